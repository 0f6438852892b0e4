import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { DayReading } from '../../readings/dayReading.ts';
import type { FocusSpan } from './focusSpans.ts';
import { formatCount, formatShortDuration, formatTime } from '../shared/format.ts';
import { sharedStyles } from '../shared/sharedStyles.ts';
import { text } from '../shared/strings.ts';
import { zoneOffsetAt } from '../shared/zone.ts';

/** The ribbon's other face: the same stretches as rows. */
@customElement('millrace-day-table')
export class DayTable extends LitElement {
  static override readonly styles = [sharedStyles];

  @property({ attribute: false }) accessor day: DayReading | undefined;
  /** Focus sessions of the day: rows among the stretches. */
  @property({ attribute: false }) accessor focusSpans: readonly FocusSpan[] = [];
  @property({ attribute: false }) accessor zoneOffsetMinutes = 0;

  override render(): TemplateResult | typeof nothing {
    if (this.day === undefined) {
      return nothing;
    }
    const { day } = this;
    const time = (wallMs: number): string =>
      formatTime(wallMs, zoneOffsetAt(day, wallMs, this.zoneOffsetMinutes));
    return html`<table class="data">
      <caption class="sr">
        ${text('today.tableCaption')}
      </caption>
      <thead>
        <tr>
          <th scope="col">${text('today.from')}</th>
          <th scope="col">${text('today.state')}</th>
          <th scope="col" class="number">${text('today.score')}</th>
          <th scope="col" class="number">${text('today.time')}</th>
        </tr>
      </thead>
      <tbody>
        ${this.#rows(day).map(
          (span) =>
            html`<tr>
              <td>${time(span.startMs)}</td>
              <td>${span.name}</td>
              <td class="number">${span.score === null ? '–' : formatCount(span.score)}</td>
              <td class="number">${formatShortDuration(span.endMs - span.startMs)}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
  }

  /** Stretches and focus sessions by their starts, a session before the stretch that begins with it. */
  #rows(day: DayReading): readonly (FocusSpan & { readonly name: string })[] {
    const sessions = this.focusSpans.map((span) => ({ ...span, name: text('focus.session') }));
    const stretches = day.spans.map((span) => ({ ...span, name: text(`state.${span.state}`) }));
    return [...sessions, ...stretches].sort((one, other) => one.startMs - other.startMs);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-day-table': DayTable;
  }
}
