import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { DayState, SpanState, VaultCondition } from '../protocol/dashboard.ts';
import './dayLegend.ts';
import { SpanEvent, describeSpan } from './dayRibbon.ts';
import './dayTable.ts';
import './dayTotals.ts';
import { formatDuration, formatPercent } from './format.ts';
import { icon } from './icons.ts';
import './pane.ts';
import './scoreCurve.ts';
import './sessionList.ts';
import { sharedStyles } from './sharedStyles.ts';
import { text } from './strings.ts';
import { PreferenceEvent } from './viewEvents.ts';

/** The day so far: totals, ribbon, what could not be told, sessions. */
@customElement('millrace-today')
export class TodayPane extends LitElement {
  static override readonly styles = [
    sharedStyles,
    css`
      millrace-day-ribbon,
      .demo + millrace-day-totals,
      millrace-day-table {
        margin-top: 10px;
      }
      millrace-day-legend {
        margin-top: 8px;
      }
      .line {
        display: flex;
        gap: 6px;
        min-height: 2.8em;
        margin-top: 10px;
        color: var(--muted);
        font-size: 0.923em;
      }
      .line .icon {
        margin-top: 1px;
      }
      .demo {
        display: flex;
        gap: 6px;
        color: var(--fg);
      }
      .demo .icon {
        color: var(--warn);
      }
      millrace-session-list {
        margin-top: 12px;
      }
      .empty {
        margin-top: 8px;
        color: var(--muted);
      }
    `,
  ];

  /** `null` where the day is not known (yet). */
  @property({ attribute: false }) accessor day: DayState | null = null;
  @property({ attribute: false }) accessor condition: VaultCondition = 'starting';
  @property({ attribute: false }) accessor atMs = 0;
  @property({ attribute: false }) accessor zoneOffsetMinutes = 0;
  @property({ attribute: false }) accessor open = true;
  @property({ attribute: false }) accessor asTable = false;
  #span: SpanState | undefined;

  readonly #toggleTable = (): void => {
    this.dispatchEvent(new PreferenceEvent('todayTable', !this.asTable));
  };

  readonly #look = (event: Event): void => {
    this.#span = event instanceof SpanEvent ? event.span : undefined;
    this.requestUpdate();
  };

  override render(): TemplateResult {
    const day = this.day;
    const isEmpty = day === null || (day.spans.length === 0 && day.sessions.length === 0);
    return html`<millrace-pane
      heading=${text('today.title')}
      summary=${this.#summary()}
      mark=${day?.demo === true ? text('demo.mark') : ''}
      ?open=${this.open}
      .preference=${'todayOpen'}
    >
      ${
        isEmpty
          ? nothing
          : html`<button
              slot="tools"
              class="icon-button"
              type="button"
              title=${text('table.show')}
              aria-label=${text('table.show')}
              aria-pressed=${this.asTable}
              @click=${this.#toggleTable}
            >
              ${icon('table')}
            </button>`
      }
      ${day === null ? this.#unknownDay() : isEmpty ? this.#emptyDay(day) : this.#fullDay(day)}
    </millrace-pane>`;
  }

  #summary(): string {
    if (this.day !== null) {
      return this.day.sessions.length === 0 && this.day.spans.length === 0
        ? text('today.summaryEmpty')
        : text('today.summary', { duration: formatDuration(this.day.focusedSeconds * 1000) });
    }
    switch (this.condition) {
      case 'locked':
        return text('today.summaryLocked');
      case 'unusable':
        return text('today.summaryUnreadable');
      case 'starting':
      case 'ready':
      case 'damaged':
      case 'unwritable':
        return text('today.summaryStarting');
    }
  }

  #unknownDay(): TemplateResult {
    switch (this.condition) {
      case 'locked':
        return html`<p class="muted">${text('today.locked')}</p>`;
      case 'unusable':
        return html`<p class="muted">${text('today.unreadable')}</p>`;
      case 'starting':
      case 'ready':
      case 'damaged':
      case 'unwritable':
        return html`<p class="muted" aria-busy="true">${text('today.starting')}</p>`;
    }
  }

  #emptyDay(day: DayState): TemplateResult {
    return html`<millrace-day-ribbon
        .day=${day}
        .atMs=${this.atMs}
        .zoneOffsetMinutes=${this.zoneOffsetMinutes}
      ></millrace-day-ribbon>
      <p class="empty">${text('today.empty')}</p>`;
  }

  #fullDay(day: DayState): TemplateResult {
    return html`${
        day.demo
          ? html`<p class="demo">
              ${icon('beaker')}<span>${text('demo.mark')}. ${text('demo.more')}</span>
            </p>`
          : nothing
      }
      <millrace-day-totals .day=${day}></millrace-day-totals>
      ${
        this.asTable
          ? html`<millrace-day-table
              .day=${day}
              .zoneOffsetMinutes=${this.zoneOffsetMinutes}
            ></millrace-day-table>`
          : html`<millrace-day-ribbon
                .day=${day}
                .atMs=${this.atMs}
                .zoneOffsetMinutes=${this.zoneOffsetMinutes}
                @millrace-span=${this.#look}
              ></millrace-day-ribbon>
              <millrace-score-curve
                .day=${day}
                .atMs=${this.atMs}
                .zoneOffsetMinutes=${this.zoneOffsetMinutes}
              ></millrace-score-curve>
              <millrace-day-legend .day=${day}></millrace-day-legend>`
      }
      <p class="line">${icon('info')}<span>${this.#line(day)}</span></p>
      <millrace-session-list
        .day=${day}
        .zoneOffsetMinutes=${this.zoneOffsetMinutes}
      ></millrace-session-list>`;
  }

  /** What is being looked at in the ribbon; otherwise how much could not be told. */
  #line(day: DayState): string {
    if (this.#span !== undefined && !this.asTable) {
      return describeSpan(this.#span, this.zoneOffsetMinutes);
    }
    const counted = Object.entries(day.seconds)
      .filter(([state]) => state !== 'away' && state !== 'paused')
      .reduce((sum, [, seconds]) => sum + seconds, 0);
    const unknown = day.seconds.unknown ?? 0;
    return unknown === 0 || counted === 0
      ? text('today.noUnknown')
      : text('today.unknownShare', { percent: formatPercent(unknown / counted) });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-today': TodayPane;
  }
}
