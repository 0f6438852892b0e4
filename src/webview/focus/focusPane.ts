import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { DayReading } from '../../readings/dayReading.ts';
import type { VaultCondition } from '../../readings/vaultReading.ts';
import type { FocusReading } from '../../readings/focusReading.ts';
import './focusBlockList.ts';
import './focusFigures.ts';
import './focusRunning.ts';
import './focusSetup.ts';
import './focusWays.ts';
import { idleSummary, sessionMark } from './focusWords.ts';
import '../shared/pane.ts';
import { sharedStyles } from '../shared/sharedStyles.ts';
import { text } from '../shared/strings.ts';

/** Focus sessions: the one that runs, or what the next one will be; what it blocks; what they came to. */
@customElement('millrace-focus')
export class FocusPane extends LitElement {
  static override readonly styles = [
    sharedStyles,
    css`
      :host {
        container-type: inline-size;
      }
      .part + .part {
        margin-top: 16px;
      }
      .part > * + * {
        margin-top: 16px;
      }
      @container (min-width: 600px) {
        .columns {
          display: grid;
          grid-template-columns: 1fr 1fr;
          column-gap: 48px;
          align-items: start;
        }
        .columns .part + .part {
          margin-top: 0;
        }
      }
    `,
  ];

  /** `null` and `undefined`: not known yet. */
  @property({ attribute: false }) accessor focusState: FocusReading | null | undefined;
  @property({ attribute: false }) accessor condition: VaultCondition = 'starting';
  /** When the snapshot was taken. */
  @property({ attribute: false }) accessor atMs = 0;
  @property({ attribute: false }) accessor zoneOffsetMinutes = 0;
  /** The local time of today, where it changed. */
  @property({ attribute: false }) accessor zones: DayReading['zones'];
  @property({ attribute: false }) accessor open = true;
  @property({ attribute: false }) accessor partsOpen = false;
  /** How many wishes have failed: each one puts the controls back to what is so. */
  @property({ attribute: false }) accessor failures = 0;

  /** Puts the keyboard on the pane's header. */
  override focus(options?: FocusOptions): void {
    this.renderRoot.querySelector('millrace-pane')?.focus(options);
  }

  override render(): TemplateResult {
    const { focusState: focus } = this;
    const session = focus?.session ?? null;
    return html`<millrace-pane
      heading=${text('focus.title')}
      mark=${session === null ? '' : sessionMark(session, this.atMs, this.zoneOffsetMinutes)}
      summary=${this.#summary(focus)}
      ?open=${this.open}
      .preference=${'focusOpen'}
    >
      ${
        focus === null || focus === undefined
          ? html`<p class="muted" aria-busy="true">${text('focus.unknown')}</p>`
          : focus.session === null
            ? this.#idle(focus)
            : this.#running(focus)
      }
    </millrace-pane>`;
  }

  #summary(focus: FocusReading | null | undefined): string {
    if (focus === null || focus === undefined) {
      return text('focus.summaryUnknown');
    }
    return focus.session === null ? idleSummary(focus) : '';
  }

  #running(focus: FocusReading): TemplateResult {
    const isBreak = focus.session?.kind === 'break';
    return html`<div class="columns">
      <div class="part">
        <millrace-focus-running
          .focusState=${focus}
          .atMs=${this.atMs}
          .zoneOffsetMinutes=${this.zoneOffsetMinutes}
          .zones=${this.zones}
        ></millrace-focus-running>
      </div>
      ${
        isBreak && !focus.isBlocking
          ? nothing
          : html`<div class="part">${this.#blocks(focus)} ${this.#ways(focus, true)}</div>`
      }
    </div>`;
  }

  #idle(focus: FocusReading): TemplateResult {
    return html`<div class="columns">
      <div class="part">
        <millrace-focus-setup
          .focusState=${focus}
          .failures=${this.failures}
        ></millrace-focus-setup>
        ${this.#blocks(focus)} ${this.#ways(focus, false)}
      </div>
      <div class="part">
        <millrace-focus-figures
          .focusState=${focus}
          .condition=${this.condition}
          .zoneOffsetMinutes=${this.zoneOffsetMinutes}
          .zones=${this.zones}
          .partsOpen=${this.partsOpen}
        ></millrace-focus-figures>
      </div>
    </div>`;
  }

  #blocks(focus: FocusReading): TemplateResult {
    return html`<millrace-focus-blocks
      .focusState=${focus}
      .failures=${this.failures}
    ></millrace-focus-blocks>`;
  }

  #ways({ ways }: FocusReading, troublesOnly: boolean): TemplateResult | typeof nothing {
    const isQuiet = ways.every(({ state }) => state === 'ready' || state === 'off');
    return ways.length === 0 || (troublesOnly && isQuiet)
      ? nothing
      : html`<millrace-focus-ways
          .ways=${ways}
          .troublesOnly=${troublesOnly}
        ></millrace-focus-ways>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-focus': FocusPane;
  }
}
