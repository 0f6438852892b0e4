import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { icon } from './icons.ts';
import { sharedStyles } from './sharedStyles.ts';
import { PreferenceEvent, type PreferenceKey } from './viewEvents.ts';

/**
 * A section that opens and closes under the workbench's own kind of header. Closed, the header says in a few
 * words what is inside. The slot `tools` holds buttons for an open section.
 */
@customElement('millrace-pane')
export class Pane extends LitElement {
  static override readonly styles = [
    sharedStyles,
    css`
      :host {
        container-type: inline-size;
        border-top: 1px solid var(--line);
      }
      .header {
        display: flex;
        align-items: center;
        min-height: 22px;
        padding-inline-end: 8px;
        background: var(--vscode-sideBarSectionHeader-background, transparent);
        color: var(--header-fg);
      }
      h2 {
        flex: 1;
        min-width: 0;
        font-size: 11px;
        font-weight: 700;
        line-height: 22px;
      }
      h2 button {
        display: flex;
        align-items: center;
        width: 100%;
        min-width: 0;
        height: 22px;
        padding: 0;
        border: 0;
        background: none;
        text-align: start;
        cursor: pointer;
      }
      h2 button:focus-visible {
        outline-offset: -1px;
      }
      .chevron {
        margin: 0 2px;
        transition: transform var(--motion);
      }
      [aria-expanded='false'] .chevron {
        transform: rotate(-90deg);
      }
      .title {
        flex: none;
        text-transform: uppercase;
      }
      .summary {
        min-width: 0;
        margin-inline-start: 8px;
        overflow: hidden;
        color: var(--muted);
        font-weight: 400;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .tools {
        display: flex;
        flex: none;
        gap: 2px;
      }
      .body {
        padding: 8px 16px 20px;
      }
      @container (max-width: 279px) {
        .body {
          padding-inline: 12px;
        }
      }
      @container (min-width: 600px) {
        .body {
          max-width: 1120px;
          margin-inline: auto;
          padding: 12px 24px 24px;
        }
      }
    `,
  ];

  @property() accessor heading = '';
  /** Shown in the header while the section is closed. */
  @property() accessor summary = '';
  /** Shown in the header always: what must not be overlooked. */
  @property() accessor mark = '';
  @property({ type: Boolean, reflect: true }) accessor open = false;
  /** Under what name the open or closed state is kept. */
  @property({ attribute: false }) accessor preference: PreferenceKey | undefined;

  /** Puts the keyboard on the header. */
  override focus(options?: FocusOptions): void {
    this.renderRoot.querySelector('button')?.focus(options);
  }

  readonly #toggle = (): void => {
    this.open = !this.open;
    // Does not rise: only who has put the pane there wants to know.
    this.dispatchEvent(new Event('millrace-toggled'));
    if (this.preference !== undefined) {
      this.dispatchEvent(new PreferenceEvent(this.preference, this.open));
    }
  };

  override render(): TemplateResult {
    const summary = this.open ? this.mark : [this.mark, this.summary].filter(Boolean).join(', ');
    return html`<section aria-labelledby="title">
      <div class="header">
        <h2 id="title">
          <button
            type="button"
            aria-expanded=${this.open}
            aria-controls="body"
            @click=${this.#toggle}
          >
            ${icon('chevronDown', 'chevron')}<span class="title">${this.heading}</span>
            ${summary === '' ? nothing : html`<span class="summary">${summary}</span>`}
          </button>
        </h2>
        <div class="tools" ?hidden=${!this.open}><slot name="tools"></slot></div>
      </div>
      <div class="body" id="body" ?hidden=${!this.open}><slot></slot></div>
    </section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-pane': Pane;
  }
}
