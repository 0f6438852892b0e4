import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { FlowState } from '../../facts/flow.ts';
import type { NowReading } from '../../readings/nowReading.ts';
import type { FocusReading } from '../../readings/focusReading.ts';
import './evidenceTable.ts';
import '../focus/focusStart.ts';
import { aboutState } from './nowWords.ts';
import { formatCount, formatDuration } from '../shared/format.ts';
import { icon, stateIcons } from '../shared/icons.ts';
import './scoreMeter.ts';
import { sharedStyles } from '../shared/sharedStyles.ts';
import { text } from '../shared/strings.ts';
import { ActionEvent } from '../shared/viewEvents.ts';
import './whyTable.ts';

const minuteMs = 60_000;
/** Where the start button is filled; in all others, and in flow most of all, nothing asks to be pressed. */
const askingStates: ReadonlySet<FlowState> = new Set<FlowState>(['unknown', 'building', 'steady']);

/** The moment: state, time, score against what is usual, and why. */
@customElement('millrace-now')
export class NowPane extends LitElement {
  static override readonly styles = [
    sharedStyles,
    css`
      :host {
        /* The menu of the start button lies over the panes below. */
        position: relative;
        z-index: 1;
        container-type: inline-size;
      }
      section {
        padding: 12px 16px 20px;
      }
      .top {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        column-gap: 16px;
        align-items: end;
      }
      .state {
        display: flex;
        align-items: center;
        gap: 8px;
        font-size: 1.385em;
        font-weight: 600;
        line-height: 24px;
      }
      .state .icon {
        color: var(--muted);
      }
      .building .icon,
      .steady .icon,
      .inFlow .icon {
        color: var(--flow);
      }
      .reading .icon {
        color: var(--read);
      }
      .assisted .icon {
        color: var(--insert);
      }
      .about {
        min-height: 18px;
        color: var(--muted);
      }
      .score {
        line-height: 1;
        text-align: end;
      }
      .score b {
        display: block;
        font-size: 2.615em;
        font-weight: 400;
        letter-spacing: -0.02em;
        line-height: 34px;
      }
      .score span {
        display: block;
        margin-top: 4px;
        color: var(--muted);
        font-size: 0.846em;
        line-height: 14px;
      }
      .score.none {
        align-self: start;
      }
      .score.none span {
        margin: 0;
        line-height: 24px;
      }
      .learning {
        display: block;
        width: 100%;
        height: 4px;
        margin: 8px 0 4px;
      }
      .track {
        fill: var(--grid);
      }
      .known {
        fill: var(--flow);
      }
      .learning-line {
        margin-top: 4px;
      }
      .why,
      .act {
        margin-top: 16px;
      }
      @container (max-width: 279px) {
        section {
          padding-inline: 12px;
        }
      }
      @container (min-width: 600px) {
        section {
          display: grid;
          grid-template: 'main why' auto 'act why' 1fr / 1fr 1fr;
          column-gap: 48px;
          max-width: 1120px;
          margin-inline: auto;
          padding: 20px 24px 24px;
        }
        .main {
          grid-area: main;
        }
        .why {
          grid-area: why;
          margin-top: 4px;
        }
        .act {
          grid-area: act;
        }
      }
    `,
  ];

  @property({ attribute: false }) accessor now: NowReading | undefined;
  /** What the start button begins; without it, and while a session runs, there is no button. */
  @property({ attribute: false }) accessor focusState: FocusReading | null | undefined;
  /** When the snapshot was taken. */
  @property({ attribute: false }) accessor atMs = 0;
  @property({ attribute: false }) accessor zoneOffsetMinutes = 0;
  /** Nothing was ever recorded. */
  @property({ attribute: false }) accessor isFirstRun = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener('pointerenter', this.#hold);
    this.addEventListener('focusin', this.#hold);
    this.addEventListener('pointerleave', this.#release);
    this.addEventListener('focusout', this.#release);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener('pointerenter', this.#hold);
    this.removeEventListener('focusin', this.#hold);
    this.removeEventListener('pointerleave', this.#release);
    this.removeEventListener('focusout', this.#release);
  }

  /** A new state must not move what is below while the person points at it or works in here. */
  readonly #hold = (): void => {
    this.style.minHeight = `${this.getBoundingClientRect().height}px`;
  };

  readonly #release = (): void => {
    if (!this.matches(':hover, :focus-within')) {
      this.style.removeProperty('min-height');
    }
  };

  readonly #resume = (): void => {
    this.dispatchEvent(new ActionEvent('resumeTracking'));
  };

  override render(): TemplateResult {
    const now = this.now;
    if (now === undefined) {
      return html`<section aria-label=${text('now.label')} aria-busy="true">
        <p class="state">${icon('circle')}<span>${text('now.starting')}</span></p>
        <p class="about">${text('now.startingMore')}</p>
      </section>`;
    }
    return html`<section aria-label=${text('now.label')}>
      <div class="main">
        <div class="top">
          <div>
            <p class="state ${now.state}">
              ${icon(stateIcons[now.state])}<span>${text(`state.${now.state}`)}</span>
            </p>
            <p class="about">${aboutState(now, this)}</p>
          </div>
          ${scoreOf(now)}
        </div>
        <millrace-score-meter .now=${now} ?hidden=${now.score === null}></millrace-score-meter>
        ${learning(now)}
      </div>
      ${this.#why(now)} ${this.#start(now)}
      ${
        now.state === 'paused'
          ? html`<div class="act">
              <button class="button wide" type="button" @click=${this.#resume}>
                ${icon('play')}${text('now.resume')}
              </button>
            </div>`
          : nothing
      }
    </section>`;
  }

  #start(now: NowReading): TemplateResult | typeof nothing {
    const focus = this.focusState;
    return focus?.session === null && now.state !== 'paused'
      ? html`<div class="act">
          <millrace-focus-start
            .focusState=${focus}
            .isQuiet=${!askingStates.has(now.state)}
          ></millrace-focus-start>
        </div>`
      : nothing;
  }

  #why(now: NowReading): TemplateResult | typeof nothing {
    if (now.state === 'paused') {
      return nothing;
    }
    if (now.score !== null) {
      return html`<div class="why"><millrace-why .now=${now}></millrace-why></div>`;
    }
    return html`<div class="why">
      <millrace-evidence
        .now=${now}
        .atMs=${this.atMs}
        .zoneOffsetMinutes=${this.zoneOffsetMinutes}
      ></millrace-evidence>
    </div>`;
  }
}

function scoreOf(now: NowReading): TemplateResult | typeof nothing {
  if (now.state === 'paused') {
    return nothing;
  }
  return now.score === null
    ? html`<p class="score none"><span>${text('now.noScore')}</span></p>`
    : html`<p class="score">
        <b>${formatCount(now.score)}</b><span>${text('now.ofHundred')}</span>
      </p>`;
}

/** Says whose usual the score is compared with, until it is the person's own. */
function learning(now: NowReading): TemplateResult | typeof nothing {
  const { baselineMinutes: known, baselineMinutesNeeded: needed } = now;
  if (known >= needed || now.state === 'paused' || now.state === 'away') {
    return nothing;
  }
  const bar =
    now.score === null
      ? html`<svg
          class="learning"
          role="progressbar"
          aria-label=${text('learning.label')}
          aria-valuemin="0"
          aria-valuemax=${needed}
          aria-valuenow=${Math.round(known)}
        >
          <rect class="track" width="100%" height="4" rx="2"></rect>
          <rect class="known" width="${(known / needed) * 100}%" height="4" rx="2"></rect>
        </svg>`
      : nothing;
  return html`${bar}
    <p class="small muted learning-line">
      ${text('learning.line', {
        known: formatDuration(known * minuteMs),
        needed: formatDuration(needed * minuteMs),
      })}
    </p>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-now': NowPane;
  }
}
