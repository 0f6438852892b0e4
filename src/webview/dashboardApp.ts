import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { DayNumber } from '../base/localDay.ts';
import type {
  DashboardAction,
  DashboardState,
  LoadedDayState,
  VaultCondition,
} from '../protocol/dashboard.ts';
import type { FocusWish } from '../protocol/focus.ts';
import type { StoredKind, StoredOutcome, StoredOverview, StoredPage } from '../protocol/stored.ts';
import './shared/announcer.ts';
import './now/firstRun.ts';
import './focus/focusPane.ts';
import { focusSpans } from './day/focusSpans.ts';
import { FocusWishes } from './focus/focusWishes.ts';
import { formatDate } from './shared/format.ts';
import { icon } from './shared/icons.ts';
import { isBroken } from './shared/notice.ts';
import './insights/insightsPane.ts';
import './now/nowPane.ts';
import './shared/question.ts';
import type { KeptDay, OtherDay } from './day/otherDay.ts';
import { sharedStyles } from './shared/sharedStyles.ts';
import { text } from './shared/strings.ts';
import './day/todayPane.ts';
import './vault/vaultPane.ts';
import {
  ActionEvent,
  AnswerEvent,
  DayEvent,
  DismissEvent,
  PreferenceEvent,
  readPreferences,
  type Preferences,
  type QuestionAnswer,
} from './shared/viewEvents.ts';
import { StoredBook } from './stored/storedBook.ts';
import { DoneEvent, StoredEvent, type StoredWish } from './stored/storedEvents.ts';
import './stored/storedPage.ts';
import './week/weekPane.ts';

type ChangeWish = Extract<StoredWish, { readonly id: string }>;

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
  /** The day to show once it is known what today is: the one that was on view when the page was hidden. */
  @property({ attribute: false }) accessor keptDay: KeptDay | undefined;
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

  readonly #wishes = new FocusWishes(this, {
    state: () => this.state?.focus,
    send: (wish) => this.wishFocus(wish),
    onOutcome: (hasFailed) => {
      this.#failed = hasFailed;
      this.#outcome = hasFailed ? text('action.failed') : '';
      this.requestUpdate();
    },
  });

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

  readonly #book = new StoredBook({
    loadOverview: () => this.loadStored(),
    loadPage: (kind, beforeMs) => this.loadStoredPage(kind, beforeMs),
    onChange: () => {
      this.requestUpdate();
    },
  });
  /** Under which condition of the vault what is stored was last asked for, while it is on view. */
  #storedUnder: VaultCondition | undefined;
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
    this.addEventListener(StoredEvent.type, this.#wish);
    this.addEventListener(DoneEvent.type, this.#say);
    this.addEventListener(DismissEvent.type, this.#answerQuestion);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener(ActionEvent.type, this.#act);
    this.removeEventListener(PreferenceEvent.type, this.#prefer);
    this.removeEventListener(DayEvent.type, this.#go);
    this.removeEventListener(AnswerEvent.type, this.#answerQuestion);
    this.removeEventListener(StoredEvent.type, this.#wish);
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
        void this.#turn(event.value);
      }
    }
  };

  /** The day on view to come back to; `undefined` for today. */
  get shownDay(): KeptDay | undefined {
    const today = this.state?.history?.today;
    const other = this.#otherDay;
    return other === undefined || today === undefined ? this.keptDay : { day: other.day, today };
  }

  /** Shows what is stored, as if the person had asked for it here. */
  showStored(): void {
    this.dispatchEvent(new PreferenceEvent('storedShown', true));
  }

  /** Tells what became of a wish about a stored record, and shows what is stored now. */
  storedChanged(outcome: StoredOutcome): void {
    this.#failed = outcome === 'failed';
    this.#outcome = text(`stored.outcome.${outcome}`);
    if (this.#storedUnder !== undefined) {
      void this.#book.read();
    }
    this.requestUpdate();
  }

  /** Turns the page; the keyboard goes along, to the page's begin or back to where it came from. */
  async #turn(isStored: boolean): Promise<void> {
    this.#failed = false;
    this.#outcome = isStored ? text('stored.title') : text('dashboard.label');
    await this.updateComplete;
    if (isStored) {
      window.scrollTo(0, 0);
      const page = this.renderRoot.querySelector('millrace-stored');
      await page?.updateComplete;
      page?.focus();
    } else {
      await this.renderRoot.querySelector('millrace-vault')?.focusStored();
    }
  }

  readonly #wish = (event: Event): void => {
    if (!(event instanceof StoredEvent)) {
      return;
    }
    const { wish } = event;
    this.#failed = false;
    this.#outcome = '';
    if (wish.wish === 'read') {
      void this.#book.read();
    } else if (wish.wish === 'more') {
      void this.#book.more(wish.kind);
    } else {
      void this.#change(wish);
    }
    this.requestUpdate();
  };

  async #change(wish: ChangeWish): Promise<void> {
    try {
      await this.changeStored(wish);
    } catch {
      this.storedChanged('failed');
    }
  }

  readonly #say = (event: Event): void => {
    this.#outcome = event instanceof DoneEvent ? event.words : '';
    this.requestUpdate();
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
    this.#comeBack();
    this.#followStored();
  }

  /** Shows the day again that was on view when the page was hidden, unless a new day has begun. */
  #comeBack(): void {
    const { keptDay } = this;
    const today = this.state?.history?.today;
    if (keptDay === undefined || today === undefined) {
      return;
    }
    this.keptDay = undefined;
    if (keptDay.today === today && this.state?.vault.condition !== 'locked') {
      queueMicrotask(() => void this.#showDay(keptDay.day));
    }
  }

  /** Reads what is stored when it comes on view or the vault opens; forgets it when it leaves or locks. */
  #followStored(): void {
    const condition = this.state?.vault.condition;
    const isReadable = condition === 'ready' || condition === 'unwritable';
    const under = this.preferences.storedShown && isReadable ? condition : undefined;
    const wasShown = this.#storedUnder !== undefined;
    this.#storedUnder = under;
    if (under === undefined) {
      this.#book.close();
    } else if (!wasShown) {
      // Its first change asks for a drawing, which must not happen while this one is being prepared.
      queueMicrotask(() => void this.#book.read());
    }
  }

  override render(): TemplateResult {
    const { state } = this;
    if (this.preferences.storedShown) {
      return html`<main aria-label=${text('dashboard.label')}>
        <millrace-announcer .message=${''} .outcome=${this.#outcome}></millrace-announcer>
        ${this.#trouble()}
        <millrace-stored
          .view=${this.#book.view}
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
        .outcome=${this.#outcome}
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
