import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { DayNumber } from '../base/localDay.ts';
import type { DashboardAction, DashboardState } from '../protocol/dashboard.ts';
import type { LoadedDayState } from '../readings/dayReading.ts';
import type { FocusWish } from '../protocol/focusWish.ts';
import type { StoredKind, StoredOverview, StoredPage } from '../readings/storedReading.ts';
import type { StoredOutcome } from '../protocol/dashboard.ts';
import './shared/announcer.ts';
import './now/firstRun.ts';
import './focus/focusPane.ts';
import { focusSpans } from './day/focusSpans.ts';
import { FocusWishes } from './focus/focusWishes.ts';
import { icon } from './shared/icons.ts';
import { isBroken } from './shared/notice.ts';
import './insights/insightsPane.ts';
import './now/nowPane.ts';
import './shared/question.ts';
import { DayTurning } from './day/dayTurning.ts';
import type { KeptDay } from './day/otherDay.ts';
import { Outcome } from './shared/outcome.ts';
import { sharedStyles } from './shared/sharedStyles.ts';
import { text } from './shared/strings.ts';
import './day/todayPane.ts';
import './vault/vaultPane.ts';
import {
  ActionEvent,
  AnswerEvent,
  DismissEvent,
  PreferenceEvent,
  readPreferences,
  type Preferences,
  type QuestionAnswer,
} from './shared/viewEvents.ts';
import { DoneEvent, type ChangeWish } from './stored/storedEvents.ts';
import './stored/storedPage.ts';
import { StoredTurning } from './stored/storedTurning.ts';
import './week/weekPane.ts';

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
      /* What is chosen beside what is kept. */
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
  /** Carries a press of a button to the host; rejects when it came to nothing. */
  @property({ attribute: false }) accessor runAction: (action: DashboardAction) => Promise<void> =
    () => Promise.resolve();

  /** Fetches a day of the past; rejects when it can't be read. */
  @property({ attribute: false }) accessor loadDay: (day: DayNumber) => Promise<LoadedDayState> =
    () => Promise.reject(new Error('There is no host to ask'));

  /** Carries an answer to the host; rejects when it could not be kept. `undefined`: not now. */
  @property({ attribute: false }) accessor answer: (
    answer: QuestionAnswer | undefined,
  ) => Promise<void> = () => Promise.resolve();

  /** Carries a wish about focus sessions to the host; rejects when it came to nothing. */
  @property({ attribute: false }) accessor wishFocus: (wish: FocusWish) => Promise<void> = () =>
    Promise.resolve();

  /** Fetches how much of what is stored. */
  @property({ attribute: false }) accessor loadStored: () => Promise<StoredOverview> = () =>
    Promise.reject(new Error('There is no host to ask'));

  /** Fetches records of one kind. */
  @property({ attribute: false }) accessor loadStoredPage: (
    kind: StoredKind,
    beforeMs: number | null,
  ) => Promise<StoredPage> = () => Promise.reject(new Error('There is no host to ask'));

  /** Carries a wish about one record to the host, which asks the person; rejects when it came to nothing. */
  @property({ attribute: false }) accessor changeStored: (wish: ChangeWish) => Promise<void> = () =>
    Promise.reject(new Error('There is no host to ask'));

  readonly #running = new Set<DashboardAction>();
  readonly #outcome = new Outcome(this);
  readonly #wishes = new FocusWishes(this, {
    state: () => this.state?.focus,
    send: (wish) => this.wishFocus(wish),
    outcome: this.#outcome,
  });
  readonly #days = new DayTurning(this, {
    state: () => this.state,
    load: (day) => this.loadDay(day),
    outcome: this.#outcome,
  });
  readonly #stored = new StoredTurning(this, {
    isWanted: () => this.preferences.storedShown,
    condition: () => this.state?.vault.condition,
    loadOverview: () => this.loadStored(),
    loadPage: (kind, beforeMs) => this.loadStoredPage(kind, beforeMs),
    change: (wish) => this.changeStored(wish),
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

  /** Tells what became of a wish about a stored record, and shows what is stored now. */
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
      await this.answer(answer);
      this.#outcome.say(answer === undefined ? '' : text('question.kept'));
    } catch {
      this.#outcome.fail();
    }
  }

  async #run(action: DashboardAction): Promise<void> {
    this.#running.add(action);
    this.#outcome.say();
    try {
      await this.runAction(action);
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
    const atMs = state?.atMs ?? Date.now();
    const zoneOffsetMinutes = state?.zoneOffsetMinutes ?? 0;
    const notice =
      state === undefined
        ? nothing
        : html`<millrace-notice .vault=${state.vault}></millrace-notice>`;
    const isNoticeFirst = state !== undefined && isBroken(state.vault);
    const isInSession = (state?.focus?.session ?? null) !== null;
    const focus =
      state === undefined
        ? nothing
        : html`<millrace-focus
            .focusState=${state.focus}
            .condition=${state.vault.condition}
            .atMs=${atMs}
            .zoneOffsetMinutes=${zoneOffsetMinutes}
            .zones=${state.today?.zones}
            .open=${preferences.focusOpen}
            .partsOpen=${preferences.focusPartsOpen}
            .failures=${this.#wishes.failures}
          ></millrace-focus>`;
    return html`<main aria-label=${text('dashboard.label')}>
      <millrace-announcer
        .message=${state === undefined ? '' : text(`state.${state.now.state}`)}
        .outcome=${this.#outcome.words}
      ></millrace-announcer>
      ${this.#trouble()} ${isNoticeFirst ? notice : nothing}
      <millrace-now
        .now=${state?.now}
        .focusState=${state?.focus}
        .atMs=${atMs}
        .zoneOffsetMinutes=${zoneOffsetMinutes}
        .isFirstRun=${isFirstRun(state)}
      ></millrace-now>
      ${isInSession ? focus : nothing}
      <millrace-question .askedMs=${state?.askedMs ?? null}></millrace-question>
      ${isNoticeFirst ? nothing : notice}
      ${
        state !== undefined && isFirstRun(state)
          ? html`<millrace-first-run
              .condition=${state.vault.condition}
              .editsNeeded=${state.now.evidence.editsNeeded}
              .open=${preferences.startOpen}
            ></millrace-first-run>`
          : nothing
      }
      <millrace-today
        .day=${state?.today ?? null}
        .condition=${state?.vault.condition ?? 'starting'}
        .reading=${state?.reading ?? 'pending'}
        .thresholds=${state?.thresholds}
        .history=${state?.history}
        .focusSpans=${focusSpans(state?.focus, atMs)}
        .other=${this.#days.other}
        .atMs=${atMs}
        .zoneOffsetMinutes=${zoneOffsetMinutes}
        .open=${preferences.todayOpen}
        .asTable=${preferences.todayTable}
      ></millrace-today>
      <millrace-week
        .week=${state?.week}
        .bestHours=${state?.bestHours}
        .open=${preferences.weekOpen}
        .asTable=${preferences.weekTable}
      ></millrace-week>
      <millrace-insights
        .insights=${state?.insights}
        .open=${preferences.insightsOpen}
      ></millrace-insights>
      <div class=${isInSession || !preferences.focusOpen || !preferences.vaultOpen ? '' : 'pair'}>
        ${isInSession ? nothing : focus}
        <millrace-vault
          .vault=${state?.vault}
          .data=${state?.data ?? null}
          .atMs=${atMs}
          .zoneOffsetMinutes=${zoneOffsetMinutes}
          .open=${preferences.vaultOpen}
          .isBackingUp=${this.#running.has('backUpNow')}
        ></millrace-vault>
      </div>
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

/** Nothing was ever recorded: only a vault that has been read can tell. */
function isFirstRun(state: DashboardState | undefined): boolean {
  return (
    state?.now.baselineMinutes === 0 &&
    state.now.evidence.lastEditMs === null &&
    state.today?.sessions.length === 0 &&
    state.history?.previousDay === null
  );
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-dashboard': DashboardApp;
  }
}
