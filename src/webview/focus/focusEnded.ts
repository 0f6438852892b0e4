import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { DayReading } from '../../readings/dayReading.ts';
import type { EndedSession } from '../../readings/focusReading.ts';
import './focusScoreTable.ts';
import { formatCount, formatShortDuration, formatTime } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { sharedStyles } from '../shared/sharedStyles.ts';
import { text } from '../shared/strings.ts';
import { PreferenceEvent } from '../shared/viewEvents.ts';
import { zoneOffsetAt } from '../shared/zone.ts';

/**
 * The sessions of today that have ended, the last one first. One with a score opens to what earned it.
 * Which ones are open is forgotten with the page, as their times are no business of a store in the clear; that
 * the person looks at parts at all is kept, and then the last score is open from the start.
 */
@customElement('millrace-focus-ended')
export class FocusEnded extends LitElement {
  static override readonly styles = [
    sharedStyles,
    css`
      :host {
        container-type: inline-size;
        max-width: 560px;
      }
      .sub {
        margin-bottom: 2px;
      }
      li {
        border-bottom: 1px solid var(--grid);
      }
      .head {
        display: flex;
        align-items: center;
        gap: 8px;
        width: 100%;
        min-height: 26px;
        padding: 0;
        border: 0;
        background: none;
        font-size: 0.923em;
        text-align: start;
      }
      button.head {
        cursor: pointer;
      }
      button.head:hover {
        background: var(--vscode-list-hoverBackground, var(--vscode-toolbar-hoverBackground));
      }
      .what {
        flex: 1;
        min-width: 0;
      }
      @container (min-width: 248px) {
        .what > span {
          white-space: nowrap;
        }
      }
      .number {
        flex: none;
        min-width: 20px;
        text-align: end;
      }
      .chevron {
        transition: transform var(--motion);
      }
      [aria-expanded='false'] .chevron {
        transform: rotate(-90deg);
      }
      .space {
        width: 16px;
      }
      millrace-focus-score-table {
        padding: 0 0 12px 24px;
      }
    `,
  ];

  @property({ attribute: false }) accessor ended: readonly EndedSession[] = [];
  @property({ attribute: false }) accessor zoneOffsetMinutes = 0;
  /** The local time of today, where it changed. */
  @property({ attribute: false }) accessor zones: DayReading['zones'];
  @property({ attribute: false }) accessor partsOpen = false;
  /** What the person has opened (true) and closed (false), by the start of the session. */
  readonly #pressed = new Map<number, boolean>();

  override render(): TemplateResult | typeof nothing {
    const sessions = [...this.ended].sort((one, other) => other.startMs - one.startMs);
    if (sessions.length === 0) {
      return nothing;
    }
    const last = sessions.find(({ score }) => score !== null);
    return html`<h3 class="sub" id="title">${text('focus.ended')}</h3>
      <ul aria-labelledby="title">
        ${sessions.map((session) => this.#session(session, session === last))}
      </ul>`;
  }

  #session(session: EndedSession, isLastScored: boolean): TemplateResult {
    const { score, startMs } = session;
    const words = this.#words(session);
    if (score === null) {
      return html`<li>
        <div class="head"><span class="space"></span>${words}</div>
      </li>`;
    }
    const isOpen = this.#pressed.get(startMs) ?? (this.partsOpen && isLastScored);
    const toggle = (): void => {
      this.#pressed.set(startMs, !isOpen);
      this.dispatchEvent(new PreferenceEvent('focusPartsOpen', !isOpen));
      this.requestUpdate();
    };
    return html`<li>
      <button class="head" type="button" aria-expanded=${isOpen} @click=${toggle}>
        ${icon('chevronDown', 'chevron')}${words}
      </button>
      ${isOpen ? html`<millrace-focus-score-table .score=${score}></millrace-focus-score-table>` : nothing}
    </li>`;
  }

  #words({ kind, startMs, endMs, activeMs, endedBy, score }: EndedSession): TemplateResult {
    const notes = [
      kind === 'break' ? text('focus.break') : undefined,
      endedBy === 'time' ? undefined : text(`focus.endedBy.${endedBy}`),
    ].filter((note) => note !== undefined);
    const time = (wallMs: number): string =>
      formatTime(wallMs, zoneOffsetAt({ zones: this.zones }, wallMs, this.zoneOffsetMinutes));
    return html`<span class="what"
        ><span
          >${text('focus.span', {
            start: time(startMs),
            end: time(endMs),
          })}</span
        >
        ${notes.length === 0 ? nothing : html`<span class="muted">${notes.join(', ')}</span>`}</span
      ><span class="number muted">${formatShortDuration(activeMs)}</span
      ><span class="number"
        >${
          score === null
            ? html`<span aria-hidden="true">–</span><span class="sr">${text('now.noScore')}</span>`
            : html`<span class="sr">${text('today.score')} </span>${formatCount(score.score)}`
        }</span
      >`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-focus-ended': FocusEnded;
  }
}
