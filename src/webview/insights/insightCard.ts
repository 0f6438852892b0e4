import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { icon } from '../shared/icons.ts';
import { sharedStyles } from '../shared/sharedStyles.ts';
import { text } from '../shared/strings.ts';

/** One insight: what it says, and behind a button what it rests on (the slot). */
@customElement('millrace-insight')
export class InsightCard extends LitElement {
  static override readonly styles = [
    sharedStyles,
    css`
      .title {
        color: var(--muted);
        font-size: 0.923em;
        font-weight: 400;
        line-height: 18px;
      }
      .says {
        max-width: 34em;
        text-wrap: pretty;
      }
      .pending {
        color: var(--muted);
      }
      .more {
        max-width: 38em;
        margin-top: 2px;
      }
      .toggle {
        display: inline-flex;
        align-items: center;
        gap: 2px;
        min-height: 24px;
        margin-inline-start: -3px;
      }
      .toggle .icon {
        transition: transform var(--motion);
      }
      [aria-expanded='false'] .icon {
        transform: rotate(-90deg);
      }
      .evidence {
        padding-top: 6px;
      }
    `,
  ];

  @property() accessor heading = '';
  @property() accessor says = '';
  @property() accessor more = '';
  /** There is too little data yet to say anything. */
  @property({ type: Boolean }) accessor pending = false;
  /** There is evidence to show. */
  @property({ type: Boolean }) accessor founded = false;
  @property({ type: Boolean }) accessor open = false;

  readonly #toggle = (): void => {
    this.open = !this.open;
  };

  override render(): TemplateResult {
    const label = text(this.open ? 'insights.hide' : 'insights.show');
    return html`<section aria-labelledby="title">
      <h3 class="title" id="title">${this.heading}</h3>
      <p class="says ${this.pending ? 'pending' : ''}">${this.says}</p>
      ${this.more === '' ? nothing : html`<p class="more small muted">${this.more}</p>`}
      ${
        this.founded
          ? html`<button
                type="button"
                class="link small toggle"
                aria-expanded=${this.open}
                aria-controls="evidence"
                aria-label="${label}: ${this.heading}"
                @click=${this.#toggle}
              >
                ${icon('chevronDown')}${label}
              </button>
              <div class="evidence" id="evidence" ?hidden=${!this.open}><slot></slot></div>`
          : nothing
      }
    </section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-insight': InsightCard;
  }
}
