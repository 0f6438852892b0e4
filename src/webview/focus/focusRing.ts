import { LitElement, css, html, nothing, svg, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { RunningSession } from '../../readings/focusReading.ts';
import { focusMoment, formatCountdown, formatStopwatch, untilNextSecondMs } from './focusClock.ts';
import { formatDuration } from '../shared/format.ts';
import { sharedStyles } from '../shared/sharedStyles.ts';
import { text } from '../shared/strings.ts';

const radius = 44;
const circumference = 2 * Math.PI * radius;

/**
 * The time that is left as a ring and a clock. It counts by itself from the last snapshot on, by the machine's
 * steady clock; screen readers find the minutes here, and are not told when they change.
 */
@customElement('millrace-focus-ring')
export class FocusRing extends LitElement {
  static override readonly styles = [
    sharedStyles,
    css`
      :host,
      svg {
        display: block;
        width: 104px;
        height: 104px;
      }
      circle {
        fill: none;
        stroke-width: 7;
      }
      .track {
        stroke: var(--grid);
      }
      .left {
        stroke: var(--plan);
        stroke-linecap: round;
      }
      /* Time stands still: dots instead of a line. */
      .paused .left {
        stroke: var(--axis);
        stroke-width: 3;
      }
      .overtime .track {
        stroke: var(--plan);
        stroke-dasharray: 2 5;
      }
      text {
        text-anchor: middle;
      }
      .clock {
        fill: var(--fg);
        font-size: 22px;
      }
      .clock.long {
        font-size: 18px;
      }
      .word {
        fill: var(--muted);
        font-size: 11px;
      }
    `,
  ];

  @property({ attribute: false }) accessor session: RunningSession | undefined;
  /** When the snapshot was taken: with another one, counting begins anew. */
  @property({ attribute: false }) accessor atMs = 0;
  #arrivedMs = 0;
  #timer: number | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('visibilitychange', this.#look);
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('visibilitychange', this.#look);
    window.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  readonly #look = (): void => {
    this.requestUpdate();
  };

  override willUpdate(changed: ReadonlyMap<PropertyKey, unknown>): void {
    if (changed.has('session') || changed.has('atMs')) {
      this.#arrivedMs = performance.now();
    }
  }

  override updated(): void {
    window.clearTimeout(this.#timer);
    this.#timer = undefined;
    const session = this.session;
    if (session === undefined || session.phase === 'paused' || document.hidden) {
      return;
    }
    const waitMs = untilNextSecondMs(focusMoment(session, performance.now() - this.#arrivedMs));
    this.#timer = window.setTimeout(this.#look, waitMs);
  }

  override render(): TemplateResult | typeof nothing {
    const session = this.session;
    if (session === undefined) {
      return nothing;
    }
    const { leftMs, overMs } = focusMoment(session, performance.now() - this.#arrivedMs);
    const isOver = session.phase === 'overtime';
    const shown = isOver ? `+${formatStopwatch(overMs)}` : formatCountdown(leftMs);
    const word = text(
      isOver ? 'focus.over' : session.phase === 'paused' ? 'focus.paused' : 'focus.left',
    );
    const share = session.plannedMs === 0 ? 0 : Math.min(1, leftMs / session.plannedMs);
    return html`<div role="timer" aria-label=${ringWords(session, leftMs, overMs)}>
      <svg class=${session.phase} viewBox="0 0 104 104" aria-hidden="true">
        <circle class="track" cx="52" cy="52" r=${radius}></circle>
        ${
          share === 0
            ? nothing
            : svg`<circle class="left" cx="52" cy="52" r=${radius} transform="rotate(-90 52 52)" stroke-dasharray="${(share * circumference).toFixed(2)} ${(circumference + 8).toFixed(2)}"></circle>`
        }
        <text class="clock ${shown.length > 5 ? 'long' : ''}" x="52" y="57">${shown}</text>
        <text class="word" x="52" y="73">${word}</text>
      </svg>
    </div>`;
  }
}

/** By the minute: what is read out should not be old when its end is heard. */
function ringWords(session: RunningSession, leftMs: number, overMs: number): string {
  const planned = formatDuration(session.plannedMs);
  switch (session.phase) {
    case 'running':
      return text('focus.ringLeft', { left: formatDuration(leftMs), planned });
    case 'paused':
      return text('focus.ringPaused', { left: formatDuration(leftMs), planned });
    case 'overtime':
      return text('focus.ringOver', { over: formatDuration(Math.max(1, overMs)), planned });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-focus-ring': FocusRing;
  }
}
