import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { DayNumber } from '../base/localDay.ts';
import type { DashboardAction, DashboardState, LoadedDayState } from '../protocol/dashboard.ts';
import './announcer.ts';
import './firstRun.ts';
import { formatDate } from './format.ts';
import { icon } from './icons.ts';
import { isBroken } from './notice.ts';
import './nowPane.ts';
import './question.ts';
import type { OtherDay } from './otherDay.ts';
import { sharedStyles } from './sharedStyles.ts';
import { text } from './strings.ts';
import './todayPane.ts';
import './vaultPane.ts';
import {
  ActionEvent,
  AnswerEvent,
  DayEvent,
  DismissEvent,
  PreferenceEvent,
  readPreferences,
  type Preferences,
  type QuestionAnswer,
} from './viewEvents.ts';
import './weekPane.ts';

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

  #otherDay: OtherDay | undefined;
  readonly #running = new Set<DashboardAction>();
  #failed = false;
  #outcome = '';

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener(ActionEvent.type, this.#act);
    this.addEventListener(PreferenceEvent.type, this.#prefer);
    this.addEventListener(DayEvent.type, this.#go);
    this.addEventListener(AnswerEvent.type, this.#answerQuestion);
    this.addEventListener(DismissEvent.type, this.#answerQuestion);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener(ActionEvent.type, this.#act);
    this.removeEventListener(PreferenceEvent.type, this.#prefer);
    this.removeEventListener(DayEvent.type, this.#go);
    this.removeEventListener(AnswerEvent.type, this.#answerQuestion);
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
    }
  };

  readonly #go = (event: Event): void => {
    if (event instanceof DayEvent) {
      void this.#showDay(event.day);
    }
  };

  readonly #answerQuestion = (event: Event): void => {
    void this.#keepAnswer(event instanceof AnswerEvent ? event.answer : undefined);
  };

  async #keepAnswer(answer: QuestionAnswer | undefined): Promise<void> {
    try {
      await this.answer(answer);
      this.#failed = false;
      this.#outcome = answer === undefined ? '' : text('question.kept');
    } catch {
      // The host has logged why.
      this.#failed = true;
      this.#outcome = text('action.failed');
    }
    this.requestUpdate();
  }

  /** Shows another day once it has been read, or today again. */
  async #showDay(day: DayNumber | undefined): Promise<void> {
    if (day === undefined) {
      this.#otherDay = undefined;
      this.#outcome = text('today.title');
      this.requestUpdate();
      return;
    }
    this.#otherDay = { day, content: 'loading' };
    this.#outcome = formatDate(day);
    this.requestUpdate();
    const content = await this.loadDay(day).catch(() => 'failed' as const);
    // The person may have gone on meanwhile.
    if (this.#otherDay.day === day) {
      this.#otherDay = { day, content };
      this.requestUpdate();
    }
  }

  async #run(action: DashboardAction): Promise<void> {
    this.#running.add(action);
    this.#failed = false;
    this.#outcome = '';
    this.requestUpdate();
    try {
      await this.runAction(action);
      this.#outcome = action === 'backUpNow' ? text('action.backedUp') : '';
    } catch {
      // The host has logged why; the person is told that it did not work.
      this.#failed = true;
      this.#outcome = text('action.failed');
    }
    this.#running.delete(action);
    this.requestUpdate();
  }

  override willUpdate(): void {
    if (this.state?.vault.condition === 'locked') {
      this.#otherDay = undefined;
    }
  }

  override render(): TemplateResult {
    const { state, preferences } = this;
    const atMs = state?.atMs ?? Date.now();
    const zoneOffsetMinutes = state?.zoneOffsetMinutes ?? 0;
    const notice =
      state === undefined
        ? nothing
        : html`<millrace-notice .vault=${state.vault}></millrace-notice>`;
    const isNoticeFirst = state !== undefined && isBroken(state.vault);
    return html`<main aria-label=${text('dashboard.label')}>
      <millrace-announcer
        .message=${state === undefined ? '' : text(`state.${state.now.state}`)}
        .outcome=${this.#outcome}
      ></millrace-announcer>
      ${this.#trouble()} ${isNoticeFirst ? notice : nothing}
      <millrace-now
        .now=${state?.now}
        .atMs=${atMs}
        .zoneOffsetMinutes=${zoneOffsetMinutes}
        .isFirstRun=${isFirstRun(state)}
      ></millrace-now>
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
        .history=${state?.history}
        .other=${this.#otherDay}
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
      <millrace-vault
        .vault=${state?.vault}
        .atMs=${atMs}
        .zoneOffsetMinutes=${zoneOffsetMinutes}
        .open=${preferences.vaultOpen}
        .isBackingUp=${this.#running.has('backUpNow')}
      ></millrace-vault>
    </main>`;
  }

  #trouble(): TemplateResult | typeof nothing {
    const words = this.trouble === '' && this.#failed ? text('action.failed') : this.trouble;
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
