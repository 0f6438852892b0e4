import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { StoredOverview } from '../../readings/storedReading.ts';
import { formatBytes, formatCount, formatLongDate } from '../shared/format.ts';
import '../shared/pane.ts';
import type { Pane } from '../shared/pane.ts';
import { sharedStyles } from '../shared/sharedStyles.ts';
import type { StoredShelf } from './storedBook.ts';
import { StoredEvent } from './storedEvents.ts';
import './storedRecord.ts';
import { text } from '../shared/strings.ts';

type Entry = StoredOverview['kinds'][number];

/** All that is stored of one kind: how much, and the records, newest first. */
@customElement('millrace-stored-shelf')
export class StoredShelfView extends LitElement {
  static override readonly styles = [
    sharedStyles,
    css`
      p {
        max-width: 68ch;
        color: var(--muted);
      }
      ul {
        margin-top: 8px;
        border-top: 1px solid var(--grid);
      }
      .more {
        margin-top: 8px;
      }
      .body {
        max-width: 720px;
      }
    `,
  ];

  @property({ attribute: false }) accessor entry: Entry | undefined;
  /** What has been read of it; `undefined` before somebody opens it. */
  @property({ attribute: false }) accessor shelf: StoredShelf | undefined;
  @property({ attribute: false }) accessor zoneOffsetMinutes = 0;
  @property({ attribute: false }) accessor open = false;
  /** Where in the list the keyboard was before records changed. */
  #focusedAt: number | undefined;

  readonly #toggled = (event: Event): void => {
    // Only the pane itself fires this.
    this.open = (event.currentTarget as Pane).open;
    if (this.open && this.shelf === undefined && this.entry?.records !== 0) {
      this.#more();
    }
  };

  readonly #more = (): void => {
    if (this.entry !== undefined) {
      this.dispatchEvent(new StoredEvent({ want: 'more', kind: this.entry.kind }));
    }
  };

  override willUpdate(changed: ReadonlyMap<PropertyKey, unknown>): void {
    this.#focusedAt = undefined;
    const focused = this.shadowRoot?.activeElement;
    if (changed.has('shelf') && focused instanceof HTMLElement) {
      const before = [...this.renderRoot.querySelectorAll('millrace-stored-record')];
      const index = before.findIndex((record) => record === focused);
      const isGone =
        index >= 0 &&
        this.shelf?.records.every(({ id }) => id !== before[index]?.record?.id) === true;
      this.#focusedAt = isGone ? index : undefined;
    }
  }

  /** Whoever has just deleted a record goes on from the one that took its place. */
  override updated(): void {
    if (this.#focusedAt !== undefined) {
      const records = [...this.renderRoot.querySelectorAll('millrace-stored-record')];
      (records[this.#focusedAt] ?? records.at(-1))?.focus();
    }
  }

  override render(): TemplateResult | typeof nothing {
    const { entry, shelf } = this;
    if (entry === undefined) {
      return nothing;
    }
    return html`<millrace-pane
      heading=${text(`stored.kind.${entry.kind}`)}
      mark=${sizes(entry)}
      ?open=${this.open}
      @millrace-toggled=${this.#toggled}
    >
      <div class="body" aria-busy=${shelf?.state === 'reading'}>
        <p>${text(`stored.about.${entry.kind}`)} ${this.#stretch(entry)}</p>
        ${
          shelf === undefined || shelf.records.length === 0
            ? nothing
            : html`<ul aria-label=${text(`stored.kind.${entry.kind}`)}>
                ${repeat(
                  shelf.records,
                  ({ id }) => id,
                  (record) =>
                    html`<li>
                      <millrace-stored-record
                        .record=${record}
                        .kind=${entry.kind}
                        .zoneOffsetMinutes=${this.zoneOffsetMinutes}
                      ></millrace-stored-record>
                    </li>`,
                )}
              </ul>`
        }
        ${this.#end(entry, shelf)}
      </div>
    </millrace-pane>`;
  }

  #stretch({ firstMs, lastMs }: Entry): string {
    if (firstMs === null || lastMs === null) {
      return '';
    }
    const [first, last] = [firstMs, lastMs].map((ms) => formatLongDate(ms, this.zoneOffsetMinutes));
    return first === last
      ? text('stored.day', { day: first ?? '' })
      : text('stored.stretch', { first: first ?? '', last: last ?? '' });
  }

  #end(entry: Entry, shelf: StoredShelf | undefined): TemplateResult | typeof nothing {
    if (entry.records === 0 || shelf === undefined) {
      return entry.records === 0 ? html`<p class="more">${text('stored.none')}</p>` : nothing;
    }
    switch (shelf.state) {
      case 'reading':
        return html`<p class="more">${text('stored.reading')}</p>`;
      case 'failed':
        return html`<p class="more">
          ${text('stored.failed')}
          <button class="link" type="button" @click=${this.#more}>${text('today.again')}</button>
        </p>`;
      case 'read':
        return shelf.hasMore
          ? html`<button class="link more" type="button" @click=${this.#more}>
              ${text('stored.older', {
                shown: formatCount(shelf.records.length),
                all: formatCount(Math.max(entry.records, shelf.records.length)),
              })}
            </button>`
          : nothing;
    }
  }
}

function sizes({ records, bytes }: Entry): string {
  return records === 0
    ? text('stored.noneShort')
    : text('stored.sizes', { count: formatCount(records), size: formatBytes(bytes) });
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-stored-shelf': StoredShelfView;
  }
}
