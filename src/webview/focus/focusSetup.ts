import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { FocusReading } from '../../readings/focusReading.ts';
import { focusStyles } from './focusStyles.ts';
import { formatCount } from '../shared/format.ts';
import { sharedStyles } from '../shared/sharedStyles.ts';
import { text } from '../shared/strings.ts';
import { WishEvent } from '../shared/viewEvents.ts';

/** Lengths that are offered, in minutes. */
const usualLengths = [15, 25, 50, 90] as const;

/** The usual lengths, and the chosen one where it is another. Ascending. */
export function offeredLengths(chosen: number): readonly number[] {
  return [...new Set([...usualLengths, chosen])].sort((one, other) => one - other);
}

/** How long a session is, and whether a break is suggested after it. */
@customElement('millrace-focus-setup')
export class FocusSetup extends LitElement {
  static override readonly styles = [
    sharedStyles,
    focusStyles,
    css`
      :host {
        container-type: inline-size;
      }
      .length {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 4px 12px;
        margin: 0 0 4px;
      }
      .line > .name {
        white-space: normal;
      }
      @container (max-width: 247px) {
        .segments {
          display: flex;
          width: 100%;
        }
        .segments label {
          flex: 1;
        }
        .segments span {
          min-width: 0;
          padding: 0 2px;
        }
      }
    `,
  ];

  @property({ attribute: false }) accessor focusState: FocusReading | undefined;
  /** While a session runs its length is not chosen any more. */
  @property({ attribute: false }) accessor isInSession = false;
  /** How many wishes have failed: each one puts the controls back to what is so. */
  @property({ attribute: false }) accessor failures = 0;

  readonly #switchBreaks = (event: Event): void => {
    if (event.target instanceof HTMLInputElement) {
      this.dispatchEvent(new WishEvent({ wish: 'suggestBreaks', isOn: event.target.checked }));
    }
  };

  override render(): TemplateResult | typeof nothing {
    const focus = this.focusState;
    if (focus === undefined) {
      return nothing;
    }
    return html`${this.isInSession ? nothing : this.#lengths(focus)}
      <div class="line">
        <label class="name" for="breaks"
          >${text('focus.suggestBreak')}
          <span class="tiny muted">${minuteWords(focus.breakMinutes)}</span></label
        >
        <input
          id="breaks"
          class="switch"
          type="checkbox"
          role="switch"
          .checked=${live(focus.suggestsBreaks)}
          @change=${this.#switchBreaks}
        />
      </div>`;
  }

  #lengths({ lengthMinutes }: FocusReading): TemplateResult {
    return html`<div class="length">
      <span id="length">${text('focus.length')}</span>
      <div class="segments" role="radiogroup" aria-labelledby="length">
        ${offeredLengths(lengthMinutes).map(
          (minutes) =>
            html`<label
              ><input
                type="radio"
                name="length"
                value=${minutes}
                aria-label=${minuteWords(minutes)}
                .checked=${live(minutes === lengthMinutes)}
                @change=${() => {
                  this.dispatchEvent(new WishEvent({ wish: 'chooseLength', minutes }));
                }}
              /><span aria-hidden="true">${formatCount(minutes)}</span></label
            >`,
        )}
      </div>
    </div>`;
  }
}

function minuteWords(minutes: number): string {
  return text('duration.minutes', { minutes: formatCount(minutes) });
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-focus-setup': FocusSetup;
  }
}
