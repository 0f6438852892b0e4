import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { DashboardAction, DashboardState } from '../protocol/dashboard.ts';
import type { StoredOutcome } from '../protocol/dashboard.ts';
import './shared/announcer.ts';
import { FocusWishes } from './focus/focusWishes.ts';
import { icon } from './shared/icons.ts';
import { DayTurning } from './day/dayTurning.ts';
import type { KeptDay } from './day/otherDay.ts';
import { Outcome } from './shared/outcome.ts';
import { drawPanes } from './panes.ts';
import { noHost, type DashboardHost } from './shared/dashboardHost.ts';
import { sharedStyles } from './shared/sharedStyles.ts';
import { text } from './shared/strings.ts';
import {
  ActionEvent,
  AnswerEvent,
  DismissEvent,
  PreferenceEvent,
  readPreferences,
  type Preferences,
  type QuestionAnswer,
} from './shared/viewEvents.ts';
import { DoneEvent } from './stored/storedEvents.ts';
import './stored/storedPage.ts';
import { StoredTurning } from './stored/storedTurning.ts';

/** The whole dashboard, drawn from one complete snapshot. */
@customElement('millrace-dashboard')
export class DashboardApp extends LitElement {
  static override readonly styles = [
    sharedStyles,
    css`
      .failed {
        display: flex;
        gap: 6px;
        padding: 8px 16px;
        border-top: 1px solid var(--line);
      }
      main {
        container-type: inline-size;
      }
      @container (min-width: 600px) {
        .pair {
          display: grid;
          grid-template-columns: 1fr 1fr;
        }
        .pair > millrace-vault {
          border-inline-start: 1px solid var(--line);
        }
      }
    `,
  ];

  /** The last snapshot; `undefined` before the first one. */
  @property({ attribute: false }) accessor state: DashboardState | undefined;
  /** How the person has arranged the view. */
  @property({ attribute: false }) accessor preferences: Preferences = readPreferences(undefined);
  /** Why there is no live line to the editor, in words for the person. */
  @property({ attribute: false }) accessor trouble = '';
  /** Whom to ask. */
  @property({ attribute: false }) accessor host: DashboardHost = noHost;

  readonly #running = new Set<DashboardAction>();
  readonly #outcome = new Outcome(this);
  readonly #wishes = new FocusWishes(this, {
    state: () => this.state?.focus,
    host: () => this.host,
    outcome: this.#outcome,
  });
  readonly #days = new DayTurning(this, {
    state: () => this.state,
    host: () => this.host,
    outcome: this.#outcome,
  });
  readonly #stored = new StoredTurning(this, {
    isWanted: () => this.preferences.storedShown,
    condition: () => this.state?.vault.condition,
    host: () => this.host,
    outcome: this.#outcome,
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener(ActionEvent.type, this.#act);
    this.addEventListener(PreferenceEvent.type, this.#prefer);
    this.addEventListener(AnswerEvent.type, this.#answerQuestion);
    this.addEventListener(DoneEvent.type, this.#say);
    this.addEventListener(DismissEvent.type, this.#answerQuestion);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener(ActionEvent.type, this.#act);
    this.removeEventListener(PreferenceEvent.type, this.#prefer);
    this.removeEventListener(AnswerEvent.type, this.#answerQuestion);
    this.removeEventListener(DoneEvent.type, this.#say);
    this.removeEventListener(DismissEvent.type, this.#answerQuestion);
  }

  readonly #act = (event: Event): void => {
    if (event instanceof ActionEvent && !this.#running.has(event.action)) {
      void this.#run(event.action);
    }
  };

  readonly #prefer = (event: Event): void => {
    if (event instanceof PreferenceEvent) {
      this.preferences = { ...this.preferences, [event.key]: event.value };
      if (event.key === 'storedShown') {
        void this.#stored.turned();
      }
    }
  };

  /** The day on view, to come back to after the page was hidden; `undefined` for today. */
  get keptDay(): KeptDay | undefined {
    return this.#days.kept;
  }

  /** The day to show once it is known what today is. */
  set keptDay(kept: KeptDay | undefined) {
    this.#days.kept = kept;
  }

  /** Shows what is stored, as if the person had asked for it here. */
  showStored(): void {
    this.dispatchEvent(new PreferenceEvent('storedShown', true));
  }

  /** Tells what became of a request to change a stored record, and shows what is stored now. */
  storedChanged(outcome: StoredOutcome): void {
    this.#stored.changed(outcome);
  }

  readonly #say = (event: Event): void => {
    if (event instanceof DoneEvent) {
      this.#outcome.say(event.words);
    }
  };

  readonly #answerQuestion = (event: Event): void => {
    void this.#keepAnswer(event instanceof AnswerEvent ? event.answer : undefined);
  };

  async #keepAnswer(answer: QuestionAnswer | undefined): Promise<void> {
    try {
      await (answer === undefined
        ? this.host.request('dismissQuestion', {})
        : this.host.request('answerQuestion', answer));
      this.#outcome.say(answer === undefined ? '' : text('question.kept'));
    } catch {
      this.#outcome.fail();
    }
  }

  async #run(action: DashboardAction): Promise<void> {
    this.#running.add(action);
    this.#outcome.say();
    try {
      await this.host.request('runAction', { action });
      this.#outcome.say(action === 'backUpNow' ? text('action.backedUp') : '');
    } catch {
      this.#outcome.fail();
    } finally {
      this.#running.delete(action);
    }
  }

  override render(): TemplateResult {
    const { state } = this;
    if (this.preferences.storedShown) {
      return html`<main aria-label=${text('dashboard.label')}>
        <millrace-announcer .message=${''} .outcome=${this.#outcome.words}></millrace-announcer>
        ${this.#trouble()}
        <millrace-stored
          .view=${this.#stored.view}
          .condition=${state?.vault.condition ?? 'starting'}
          .zoneOffsetMinutes=${state?.zoneOffsetMinutes ?? 0}
        ></millrace-stored>
      </main>`;
    }
    return this.#dashboard();
  }

  #dashboard(): TemplateResult {
    const { state, preferences } = this;
    return html`<main aria-label=${text('dashboard.label')}>
      <millrace-announcer
        .message=${state === undefined ? '' : text(`state.${state.now.state}`)}
        .outcome=${this.#outcome.words}
      ></millrace-announcer>
      ${this.#trouble()}
      ${drawPanes({
        state,
        preferences,
        other: this.#days.other,
        failedWishes: this.#wishes.failures,
        isBackingUp: this.#running.has('backUpNow'),
      })}
    </main>`;
  }

  #trouble(): TemplateResult | typeof nothing {
    const words =
      this.trouble === '' && this.#outcome.hasFailed ? text('action.failed') : this.trouble;
    return words === ''
      ? nothing
      : html`<p class="failed">${icon('warning', 'care')}<span>${words}</span></p>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-dashboard': DashboardApp;
  }
}
