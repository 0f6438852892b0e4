import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { DayNumber } from '../../facts/localDay.ts';
import { unknownShare } from '../../facts/unknownShare.ts';
import type { DayReading, HistoryReading, SpanReading } from '../../readings/dayReading.ts';
import type { ReadingState, ThresholdState } from '../../protocol/dashboard.ts';
import type { VaultCondition } from '../../readings/vaultReading.ts';
import './dayLegend.ts';
import { SpanEvent, describeSpan } from './dayRibbon.ts';
import './dayTable.ts';
import './dayTotals.ts';
import type { FocusSpan } from './focusSpans.ts';
import { formatDate, formatDuration, formatPercent } from '../shared/format.ts';
import { icon, type IconName } from '../shared/icons.ts';
import type { OtherDay } from './otherDay.ts';
import '../shared/pane.ts';
import '../shared/readingFailed.ts';
import './scoreCurve.ts';
import './sessionList.ts';
import { sharedStyles } from '../shared/sharedStyles.ts';
import { text } from '../shared/strings.ts';
import { tableButton } from '../shared/tableButton.ts';
import { DayEvent, PreferenceEvent } from '../shared/viewEvents.ts';

/** Why a day is not on view: the vault's condition, or how the loading of another day goes. */
type DayCondition = VaultCondition | 'loading' | 'failed' | 'unread';

/** The day so far, or another one: totals, ribbon, what could not be told, sessions. */
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
  @property({ attribute: false }) accessor day: DayReading | null = null;
  @property({ attribute: false }) accessor condition: VaultCondition = 'starting';
  /** The scores at which engagement is entered and left. */
  @property({ attribute: false }) accessor thresholds: ThresholdState | undefined;
  /** How the reading of the vault goes. */
  @property({ attribute: false }) accessor reading: ReadingState = 'pending';
  /** Whether there are other days to look at; nothing leads there without it. */
  @property({ attribute: false }) accessor history: HistoryReading | null | undefined;
  /** Today's focus sessions. */
  @property({ attribute: false }) accessor focusSpans: readonly FocusSpan[] = [];
  /** The other day that is on view instead of today. */
  @property({ attribute: false }) accessor other: OtherDay | undefined;
  @property({ attribute: false }) accessor atMs = 0;
  @property({ attribute: false }) accessor zoneOffsetMinutes = 0;
  @property({ attribute: false }) accessor open = true;
  @property({ attribute: false }) accessor asTable = false;
  #span: SpanReading | undefined;

  readonly #toggleTable = (): void => {
    this.dispatchEvent(new PreferenceEvent('todayTable', !this.asTable));
  };

  readonly #look = (event: Event): void => {
    this.#span = event instanceof SpanEvent ? event.span : undefined;
    this.requestUpdate();
  };

  override render(): TemplateResult {
    const { day, condition } = this.#shown();
    const isEmpty = day === null || isEmptyDay(day);
    return html`<millrace-pane
      heading=${this.other === undefined ? text('today.title') : formatDate(this.other.day)}
      summary=${this.#summary(day)}
      mark=${day?.demo === true ? text('demo.mark') : ''}
      ?open=${this.open}
      .preference=${'todayOpen'}
    >
      ${this.#dayButtons()} ${isEmpty ? nothing : tableButton(this.asTable, this.#toggleTable)}
      ${
        day === null
          ? html`<p class="muted" aria-busy=${condition === 'starting' || condition === 'loading'}>
                ${unknownDay(condition)}
              </p>
              ${
                condition === 'unread'
                  ? html`<millrace-reading-failed></millrace-reading-failed>`
                  : nothing
              }`
          : isEmpty
            ? this.#emptyDay(day)
            : this.#fullDay(day)
      }
    </millrace-pane>`;
  }

  /** The day on view: today, or another one as far as it has been loaded. */
  #shown(): { readonly day: DayReading | null; readonly condition: DayCondition } {
    if (this.other === undefined) {
      return { day: this.day, condition: this.#isUnread() ? 'unread' : this.condition };
    }
    const { content } = this.other;
    if (content === 'loading') {
      return { day: null, condition: 'loading' };
    }
    return content === 'failed'
      ? { day: null, condition: 'failed' }
      : { day: content.day, condition: this.condition };
  }

  /** The vault is open, and yet today could not be read. */
  #isUnread(): boolean {
    const isOpen = this.condition === 'ready' || this.condition === 'unwritable';
    return isOpen && this.day === null && this.reading === 'failed';
  }

  /** Leads from day to day, over those without a record; there is no way into the future. */
  #dayButtons(): TemplateResult | typeof nothing {
    const { history, other } = this;
    if (!history) {
      return nothing;
    }
    const loaded = typeof other?.content === 'object' ? other.content : undefined;
    const before = other === undefined ? history.previousDay : (loaded?.previousDay ?? null);
    const after = other === undefined ? null : (loaded?.nextDay ?? history.today);
    const button = (label: string, picture: IconName, day: DayNumber | null): TemplateResult =>
      html`<button
        slot="tools"
        class="icon-button"
        type="button"
        title=${label}
        aria-label=${label}
        aria-disabled=${day === null}
        @click=${() => {
          if (day !== null) {
            this.dispatchEvent(new DayEvent(day === history.today ? undefined : day));
          }
        }}
      >
        ${icon(picture)}
      </button>`;
    return html`${button(text('today.before'), 'chevronLeft', before)}
    ${button(text('today.after'), 'chevronRight', after)}`;
  }

  #summary(day: DayReading | null): string {
    if (day === null) {
      if (this.other !== undefined) {
        return '';
      }
      return this.#isUnread() ? text('today.summaryUnread') : unknownSummary(this.condition);
    }
    return isEmptyDay(day)
      ? text('today.summaryEmpty')
      : text('today.summary', { duration: formatDuration(day.focusedSeconds * 1000) });
  }

  #emptyDay(day: DayReading): TemplateResult {
    return html`<millrace-day-ribbon
        .day=${day}
        .atMs=${this.atMs}
        .zoneOffsetMinutes=${this.zoneOffsetMinutes}
      ></millrace-day-ribbon>
      <p class="empty">${text(this.other === undefined ? 'today.empty' : 'today.nothingThen')}</p>`;
  }

  #fullDay(day: DayReading): TemplateResult {
    // What is known of sessions is today's.
    const focusSpans = this.other === undefined ? this.focusSpans : [];
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
              .focusSpans=${focusSpans}
              .zoneOffsetMinutes=${this.zoneOffsetMinutes}
            ></millrace-day-table>`
          : html`<millrace-day-ribbon
                .day=${day}
                .focusSpans=${focusSpans}
                .atMs=${this.atMs}
                .zoneOffsetMinutes=${this.zoneOffsetMinutes}
                @millrace-span=${this.#look}
              ></millrace-day-ribbon>
              <millrace-score-curve
                .day=${day}
                .thresholds=${this.thresholds}
                .atMs=${this.atMs}
                .zoneOffsetMinutes=${this.zoneOffsetMinutes}
              ></millrace-score-curve>
              <millrace-day-legend .day=${day} .focusSpans=${focusSpans}></millrace-day-legend>`
      }
      <p class="line">${icon('info')}<span>${this.#line(day)}</span></p>
      <millrace-session-list
        .day=${day}
        .zoneOffsetMinutes=${this.zoneOffsetMinutes}
      ></millrace-session-list>`;
  }

  /** What is being looked at in the ribbon; otherwise how much could not be told. */
  #line(day: DayReading): string {
    if (this.#span !== undefined && !this.asTable) {
      return describeSpan(this.#span, day, this.zoneOffsetMinutes);
    }
    const unknown = unknownShare(day.seconds);
    return unknown === 0
      ? text('today.noUnknown')
      : text('today.unknownShare', { percent: formatPercent(unknown) });
  }
}

function isEmptyDay(day: DayReading): boolean {
  return day.spans.length === 0 && day.sessions.length === 0;
}

function unknownDay(condition: DayCondition): string {
  switch (condition) {
    case 'loading':
      return text('today.loading');
    case 'failed':
      return text('today.failed');
    case 'unread':
      return text('today.unread');
    case 'locked':
      return text('today.locked');
    case 'untrusted':
    case 'damaged':
    case 'unusable':
      return text('today.unreadable');
    case 'starting':
    case 'ready':
    case 'unwritable':
      return text('today.starting');
  }
}

function unknownSummary(condition: VaultCondition): string {
  switch (condition) {
    case 'locked':
      return text('today.summaryLocked');
    case 'untrusted':
    case 'damaged':
    case 'unusable':
      return text('today.summaryUnreadable');
    case 'starting':
    case 'ready':
    case 'unwritable':
      return text('today.summaryStarting');
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-today': TodayPane;
  }
}
