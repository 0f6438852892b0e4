import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { DayReading } from '../../readings/dayReading.ts';
import type { FocusReading, RunningSession } from '../../readings/focusReading.ts';
import type { FocusWish } from '../../protocol/focusWish.ts';
import { endTime } from './focusWords.ts';
import './focusRing.ts';
import { formatDuration, formatTime } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { sharedStyles } from '../shared/sharedStyles.ts';
import { text } from '../shared/strings.ts';
import { WishEvent } from '../shared/viewEvents.ts';
import { zoneOffsetAt } from '../shared/zone.ts';

const addedMinutes = 5;

/** The session that runs: the time that is left, and what can be done about it. */
@customElement('millrace-focus-running')
export class FocusRunning extends LitElement {
  static override readonly styles = [
    sharedStyles,
    css`
      :host {
        container-type: inline-size;
      }
      .session {
        display: flex;
        align-items: center;
        gap: 12px 16px;
        max-width: 560px;
      }
      .session > div {
        flex: 1;
        min-width: 0;
      }
      h3 {
        font-size: 1em;
        font-weight: 600;
        line-height: 18px;
      }
      .row {
        gap: 6px;
        margin-top: 12px;
      }
      .button {
        padding-inline: 8px;
      }
      .after {
        display: flex;
        gap: 8px;
        margin-top: 16px;
      }
      @container (max-width: 247px) {
        .session {
          flex-direction: column;
          align-items: stretch;
        }
        millrace-focus-ring {
          align-self: center;
        }
      }
    `,
  ];

  @property({ attribute: false }) accessor focusState: FocusReading | undefined;
  @property({ attribute: false }) accessor atMs = 0;
  @property({ attribute: false }) accessor zoneOffsetMinutes = 0;
  /** The local time of today, where it changed. */
  @property({ attribute: false }) accessor zones: DayReading['zones'];

  override render(): TemplateResult | typeof nothing {
    const session = this.focusState?.session;
    if (this.focusState === undefined || session === null || session === undefined) {
      return nothing;
    }
    const isPaused = session.phase === 'paused';
    return html`<div class="session">
        <millrace-focus-ring .session=${session} .atMs=${this.atMs}></millrace-focus-ring>
        <div>
          <h3>${text(session.kind === 'break' ? 'focus.break' : 'focus.session')}</h3>
          <p class="muted">${this.#about(session)}</p>
          <div class="row">
            ${this.#button('focus.end', { wish: 'end' })}
            ${
              session.phase === 'overtime'
                ? nothing
                : isPaused
                  ? this.#button('focus.resume', { wish: 'resume' })
                  : this.#button('focus.pause', { wish: 'pause' })
            }
            ${this.#button('focus.extend', { wish: 'extend', minutes: addedMinutes })}
          </div>
        </div>
      </div>
      ${this.#after(this.focusState, session)}`;
  }

  #about(session: RunningSession): string {
    if (session.phase === 'overtime') {
      return text(session.kind === 'break' ? 'focus.breakOver' : 'focus.overtime');
    }
    const values = {
      active: formatDuration(session.activeMs),
      planned: formatDuration(session.plannedMs),
      start: formatTime(
        session.startMs,
        zoneOffsetAt({ zones: this.zones }, session.startMs, this.zoneOffsetMinutes),
      ),
    };
    return text('focus.progress', values);
  }

  #button(
    key: 'focus.end' | 'focus.pause' | 'focus.resume' | 'focus.extend',
    wish: FocusWish,
  ): TemplateResult {
    return html`<button
      class="button second"
      type="button"
      @click=${() => {
        this.dispatchEvent(new WishEvent(wish));
      }}
    >
      ${key === 'focus.extend' ? text(key, { minutes: addedMinutes }) : text(key)}
    </button>`;
  }

  /** What comes after the session, where something does. */
  #after(focus: FocusReading, session: RunningSession): TemplateResult | typeof nothing {
    if (session.kind === 'break' || !focus.suggestsBreaks) {
      return nothing;
    }
    const minutes = focus.breakMinutes;
    const words =
      session.phase === 'running'
        ? text('focus.breakAt', {
            minutes,
            time: endTime(session, this.atMs, this.zoneOffsetMinutes),
          })
        : text('focus.breakThen', { minutes });
    return html`<p class="after small muted">${icon('coffee')}<span>${words}</span></p>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-focus-running': FocusRunning;
  }
}
