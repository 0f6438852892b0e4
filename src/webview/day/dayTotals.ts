import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { DayReading } from '../../readings/dayReading.ts';
import { hoursAndMinutes, isUnderAMinute } from '../../facts/timeSpan.ts';
import { formatCount } from '../shared/format.ts';
import { sharedStyles } from '../shared/sharedStyles.ts';
import { text } from '../shared/strings.ts';

/** The three figures of a day. */
@customElement('millrace-day-totals')
export class DayTotals extends LitElement {
  static override readonly styles = [
    sharedStyles,
    css`
      :host {
        container-type: inline-size;
      }
      dl {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 4px 12px;
      }
      div {
        display: flex;
        flex-direction: column-reverse;
        justify-content: flex-end;
      }
      dt {
        color: var(--muted);
        font-size: 0.846em;
        line-height: 14px;
      }
      dd {
        height: 22px;
        font-size: 1.231em;
        font-weight: 600;
        line-height: 22px;
        white-space: nowrap;
      }
      small {
        margin-inline: 1px 3px;
        color: var(--muted);
        font-size: 0.6875em;
        font-weight: 400;
      }
      @container (max-width: 247px) {
        dl {
          column-gap: 6px;
        }
        dd {
          font-size: 1.077em;
        }
      }
      @container (min-width: 552px) {
        dl {
          justify-content: start;
          column-gap: 48px;
        }
      }
    `,
  ];

  @property({ attribute: false }) accessor day: DayReading | undefined;

  override render(): TemplateResult | typeof nothing {
    const day = this.day;
    if (day === undefined) {
      return nothing;
    }
    return html`<dl>
      <div>
        <dt>${text('today.focused')}</dt>
        <dd>${time(day.focusedSeconds)}</dd>
      </div>
      <div>
        <dt>${text('today.longest')}</dt>
        <dd>${time(day.longestSpellSeconds)}</dd>
      </div>
      <div>
        <dt>${text('today.interruptions')}</dt>
        <dd>${formatCount(day.interruptions)}</dd>
      </div>
    </dl>`;
  }
}

function time(seconds: number): TemplateResult {
  const { hours, minutes } = hoursAndMinutes(seconds * 1000);
  const minuteTemplate = (padded: string): TemplateResult =>
    html`${padded}<small>${text('unit.minute')}</small>`;
  if (isUnderAMinute(seconds * 1000)) {
    return minuteTemplate(`<${formatCount(1)}`);
  }
  return hours === 0
    ? minuteTemplate(formatCount(minutes))
    : html`${formatCount(hours)}<small>${text('unit.hour')}</small>${minuteTemplate(
        String(minutes).padStart(2, '0'),
      )}`;
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-day-totals': DayTotals;
  }
}
