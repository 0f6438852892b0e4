import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { DayReading } from '../../readings/dayReading.ts';
import { formatCount, formatShortDuration, formatTime } from '../shared/format.ts';
import { sharedStyles } from '../shared/sharedStyles.ts';
import { text } from '../shared/strings.ts';
import { zoneOffsetAt } from '../shared/zone.ts';

const shownAtFirst = 4;

/** The day's sessions, the latest last; a long list starts with its end. */
@customElement('millrace-session-list')
export class SessionList extends LitElement {
  static override readonly styles = [
    sharedStyles,
    css`
      :host {
        container-type: inline-size;
      }
      .data {
        max-width: 560px;
      }
      td {
        white-space: nowrap;
      }
      /* The end follows from start and length. */
      @container (max-width: 247px) {
        .end {
          display: none;
        }
      }
      .sub {
        margin-bottom: 2px;
      }
      .link {
        margin-top: 6px;
        font-size: 0.923em;
      }
    `,
  ];

  @property({ attribute: false }) accessor day: DayReading | undefined;
  @property({ attribute: false }) accessor zoneOffsetMinutes = 0;
  #all = false;

  readonly #toggle = (): void => {
    this.#all = !this.#all;
    this.requestUpdate();
  };

  override render(): TemplateResult | typeof nothing {
    const day = this.day;
    const sessions = day?.sessions ?? [];
    if (day === undefined || sessions.length === 0) {
      return nothing;
    }
    const shown = this.#all ? sessions : sessions.slice(-shownAtFirst);
    const time = (wallMs: number): string =>
      formatTime(wallMs, zoneOffsetAt(day, wallMs, this.zoneOffsetMinutes));
    return html`<h3 class="sub" id="title">${text('sessions.title')}</h3>
      <table class="data" aria-labelledby="title">
        <thead>
          <tr>
            <th scope="col">${text('sessions.from')}</th>
            <th scope="col" class="end">${text('sessions.to')}</th>
            <th scope="col" class="number">${text('sessions.length')}</th>
            <th scope="col" class="number">${text('sessions.focused')}</th>
          </tr>
        </thead>
        <tbody>
          ${shown.map(
            ({ startMs, endMs, focusedSeconds }) =>
              html`<tr>
                <td>${time(startMs)}</td>
                <td class="end">${time(endMs)}</td>
                <td class="number">${formatShortDuration(endMs - startMs)}</td>
                <td class="number">${formatShortDuration(focusedSeconds * 1000)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
      ${
        sessions.length > shownAtFirst
          ? html`<button
              class="link"
              type="button"
              aria-expanded=${this.#all}
              @click=${this.#toggle}
            >
              ${
                this.#all
                  ? text('sessions.fewer', { count: formatCount(shownAtFirst) })
                  : text('sessions.all', { count: formatCount(sessions.length) })
              }
            </button>`
          : nothing
      }`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-session-list': SessionList;
  }
}
