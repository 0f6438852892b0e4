import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import {
  isCorrectable,
  isDeletable,
  type StoredKind,
  type StoredRecord,
} from '../../readings/storedReading.ts';
import { formatDateTime } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { sharedStyles } from '../shared/sharedStyles.ts';
import { DoneEvent, StoredEvent } from './storedEvents.ts';
import { fieldName, fieldValue, recordJson, recordLine, zoneOf } from './storedWords.ts';
import { text } from '../shared/strings.ts';

/** One stored record: a line, and below it, once opened, all that is in it and what can be done with it. */
@customElement('millrace-stored-record')
export class StoredRecordView extends LitElement {
  static override readonly styles = [
    sharedStyles,
    css`
      :host {
        border-bottom: 1px solid var(--grid);
      }
      .head {
        display: flex;
        align-items: center;
        gap: 8px;
        width: 100%;
        min-height: 26px;
        padding: 3px 6px 3px 0;
        border: 0;
        border-radius: 3px;
        background: none;
        text-align: start;
        cursor: pointer;
      }
      .head:hover {
        background: var(--vscode-list-hoverBackground, transparent);
        outline: 1px dashed var(--vscode-toolbar-hoverOutline, transparent);
        outline-offset: -1px;
      }
      .head:focus-visible {
        outline: 1px solid var(--focus);
        outline-offset: -1px;
      }
      .chevron {
        color: var(--icon-fg);
        transition: transform var(--motion);
      }
      [aria-expanded='false'] .chevron {
        transform: rotate(-90deg);
      }
      .time {
        flex: 1;
        min-width: 0;
      }
      .line {
        flex: none;
        max-width: 45%;
        overflow: hidden;
        color: var(--muted);
        text-align: end;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .body {
        padding: 2px 0 12px 24px;
      }
      dl {
        display: grid;
        grid-template-columns: fit-content(45%) minmax(0, 1fr);
        gap: 2px 12px;
        font-size: 0.923em;
        line-height: 20px;
      }
      dt {
        color: var(--muted);
      }
      dt,
      dd {
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .row {
        gap: 4px 12px;
        margin: 8px 0 0 -4px;
      }
      .do {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        min-height: 24px;
        padding: 0 4px;
        border: 0;
        border-radius: 4px;
        background: none;
        cursor: pointer;
      }
      .do .icon {
        color: var(--icon-fg);
      }
      .do:hover {
        background: var(--vscode-toolbar-hoverBackground, transparent);
        outline: 1px dashed var(--vscode-toolbar-hoverOutline, transparent);
        outline-offset: -1px;
      }
      .do:focus-visible {
        outline: 1px solid var(--focus);
        outline-offset: -1px;
      }
      .do .bin {
        color: var(--danger);
      }
    `,
  ];

  @property({ attribute: false }) accessor record: StoredRecord | undefined;
  @property({ attribute: false }) accessor kind: StoredKind = 'session';
  @property({ attribute: false }) accessor zoneOffsetMinutes = 0;
  @property({ attribute: false }) accessor open = false;
  #isCopied = false;

  /** Puts the keyboard on the record's line. */
  override focus(): void {
    this.renderRoot.querySelector('button')?.focus();
  }

  readonly #toggle = (): void => {
    this.open = !this.open;
    this.#isCopied = false;
  };

  readonly #copy = (): void => {
    if (this.record !== undefined) {
      void this.#write(recordJson(this.kind, this.record));
    }
  };

  async #write(json: string): Promise<void> {
    const isCopied = await navigator.clipboard.writeText(json).then(
      () => true,
      () => false,
    );
    this.#isCopied = isCopied;
    this.dispatchEvent(new DoneEvent(text(isCopied ? 'stored.copied' : 'stored.notCopied')));
    this.requestUpdate();
  }

  override render(): TemplateResult | typeof nothing {
    const { record, kind } = this;
    if (record === undefined) {
      return nothing;
    }
    const zone = zoneOf(record, this.zoneOffsetMinutes);
    return html`<button
        class="head"
        type="button"
        aria-expanded=${this.open}
        aria-controls="body"
        @click=${this.#toggle}
      >
        ${icon('chevronDown', 'chevron')}<span class="time"
          >${formatDateTime(record.atMs, zone)}</span
        ><span class="line">${recordLine(kind, record)}</span>
      </button>
      <div class="body" id="body" ?hidden=${!this.open}>
        ${this.open ? this.#body(record, zone) : nothing}
      </div>`;
  }

  #body(record: StoredRecord, zone: number): TemplateResult {
    const { kind } = this;
    const ask = (what: 'delete' | 'correct') => (): void => {
      this.dispatchEvent(new StoredEvent({ want: what, kind, id: record.id }));
    };
    return html`<dl>
        ${record.fields.map(
          ({ name, value }) =>
            html`<dt>${fieldName(name)}</dt>
              <dd>${fieldValue(name, value, zone)}</dd>`,
        )}
      </dl>
      <div class="row">
        ${
          isCorrectable(kind, record)
            ? html`<button class="do" type="button" @click=${ask('correct')}>
                ${icon('edit')}<span>${text('stored.correct')}</span>
              </button>`
            : nothing
        }
        <button class="do" type="button" @click=${this.#copy}>
          ${icon('copy')}<span>${text(this.#isCopied ? 'stored.copied' : 'stored.copy')}</span>
        </button>
        ${
          isDeletable(kind)
            ? html`<button class="do" type="button" @click=${ask('delete')}>
                ${icon('trash', 'bin')}<span>${text('stored.delete')}</span>
              </button>`
            : nothing
        }
      </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-stored-record': StoredRecordView;
  }
}
