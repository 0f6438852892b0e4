import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { VaultCondition } from '../../readings/vaultReading.ts';
import type { StoredOverview } from '../../readings/storedReading.ts';
import { formatBytes, formatCount } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { sharedStyles } from '../shared/sharedStyles.ts';
import type { StoredView } from './storedBook.ts';
import { StoredEvent } from './storedEvents.ts';
import './storedShelf.ts';
import { text } from '../shared/strings.ts';
import { ActionEvent, PreferenceEvent } from '../shared/viewEvents.ts';

/** Everything that the vault holds, kind by kind, with a way back to the dashboard. */
@customElement('millrace-stored')
export class StoredPage extends LitElement {
  static override readonly styles = [
    sharedStyles,
    css`
      :host {
        container-type: inline-size;
      }
      header {
        padding: 6px 16px 16px;
      }
      h1 {
        margin: 4px 0 2px;
        font-size: 1.385em;
        font-weight: 600;
        line-height: 24px;
      }
      p {
        max-width: 68ch;
        color: var(--muted);
      }
      .size {
        margin-top: 8px;
        color: var(--fg);
      }
      .back {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        min-height: 24px;
        margin-inline-start: -4px;
        padding: 0 6px 0 4px;
        border: 0;
        border-radius: 4px;
        background: none;
        color: var(--link-fg);
        cursor: pointer;
      }
      .back:hover {
        background: var(--vscode-toolbar-hoverBackground, transparent);
        outline: 1px dashed var(--vscode-toolbar-hoverOutline, transparent);
        outline-offset: -1px;
      }
      .back:focus-visible {
        outline: 1px solid var(--focus);
        outline-offset: -1px;
      }
      .row {
        margin-top: 12px;
      }
      @container (max-width: 279px) {
        header {
          padding-inline: 12px;
        }
      }
      @container (min-width: 600px) {
        header {
          max-width: 1120px;
          margin-inline: auto;
          padding: 12px 24px 20px;
        }
      }
    `,
  ];

  @property({ attribute: false }) accessor view: StoredView = { overview: 'reading', shelves: {} };
  @property({ attribute: false }) accessor condition: VaultCondition = 'starting';
  @property({ attribute: false }) accessor zoneOffsetMinutes = 0;

  /** Puts the keyboard on the way back, where the page begins. */
  override focus(): void {
    this.renderRoot.querySelector('button')?.focus();
  }

  readonly #back = (): void => {
    this.dispatchEvent(new PreferenceEvent('storedShown', false));
  };

  readonly #keys = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      this.#back();
    }
  };

  override render(): TemplateResult {
    return html`<div @keydown=${this.#keys}>
      <header>
        <button class="back" type="button" @click=${this.#back}>
          ${icon('arrowLeft')}<span>${text('stored.back')}</span>
        </button>
        <h1>${text('stored.title')}</h1>
        ${this.#contents()}
      </header>
      ${this.#shelves()}
    </div>`;
  }

  #isReadable(): boolean {
    return this.condition === 'ready' || this.condition === 'unwritable';
  }

  #contents(): TemplateResult {
    if (!this.#isReadable()) {
      return this.#unreadable();
    }
    const { overview } = this.view;
    if (overview === 'reading') {
      return html`<p aria-busy="true">${text('stored.reading')}</p>`;
    }
    if (overview === 'failed') {
      const again = (): void => {
        this.dispatchEvent(new StoredEvent({ want: 'read' }));
      };
      return html`<p>${text('stored.failed')}</p>
        <div class="row">
          <button class="button" type="button" @click=${again}>
            ${icon('refresh')}${text('today.again')}
          </button>
          ${this.#log()}
        </div>`;
    }
    return html`<p>${text('stored.about')}</p>
      <p class="size">
        ${text('stored.total', {
          size: formatBytes(overview.bytesOnDisk),
          count: formatCount(overview.kinds.reduce((sum, { records }) => sum + records, 0)),
        })}
      </p>`;
  }

  /** Without an open vault there is nothing to show, and every reason to say so. */
  #unreadable(): TemplateResult {
    switch (this.condition) {
      case 'locked':
        return html`<p>${text('stored.locked')}</p>
          <div class="row">
            <button
              class="button"
              type="button"
              @click=${() => {
                this.dispatchEvent(new ActionEvent('unlockVault'));
              }}
            >
              ${icon('unlock')}${text('vault.unlockVault')}
            </button>
          </div>`;
      case 'untrusted':
      case 'damaged':
      case 'unusable':
        return html`<p>${text('stored.unreadable')}</p>
          <div class="row">${this.#log()}</div>`;
      case 'starting':
      case 'ready':
      case 'unwritable':
        return html`<p aria-busy="true">${text('today.starting')}</p>`;
    }
  }

  #log(): TemplateResult {
    return html`<button
      class="button second"
      type="button"
      @click=${() => {
        this.dispatchEvent(new ActionEvent('showLog'));
      }}
    >
      ${icon('output')}${text('vault.showLog')}
    </button>`;
  }

  #shelves(): TemplateResult | typeof nothing {
    const { overview, shelves } = this.view;
    if (!this.#isReadable() || typeof overview === 'string') {
      return nothing;
    }
    return html`${inOrder(overview).map(
      (entry) =>
        html`<millrace-stored-shelf
          .entry=${entry}
          .shelf=${shelves[entry.kind]}
          .zoneOffsetMinutes=${this.zoneOffsetMinutes}
        ></millrace-stored-shelf>`,
    )}`;
  }
}

/** What there is first, what there is none of last; else as the vault tells it. */
function inOrder({ kinds }: StoredOverview): StoredOverview['kinds'] {
  return [
    ...kinds.filter(({ records }) => records > 0),
    ...kinds.filter(({ records }) => records === 0),
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-stored': StoredPage;
  }
}
