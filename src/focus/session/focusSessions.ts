import { randomBytes } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import type { Event } from '../../base/emitter.ts';
import type { FlowState } from '../../facts/flow.ts';
import { runDetached, type Log } from '../../base/log.ts';
import { SingleFlight } from '../../base/singleFlight.ts';
import type { BreakRules } from './breakAdvisor.ts';
import { BreakWatch } from './breakWatch.ts';
import type {
  EarlyReason,
  FocusSession,
  SessionCounts,
  SessionKind,
} from '../../facts/focusSession.ts';
import {
  endSession,
  extendSession,
  pauseSession,
  phaseOf,
  resumeSession,
  startSession,
  steadyMs,
} from './sessionSteps.ts';
import {
  blockAt,
  blockNothing,
  changeOrder,
  giveOrder,
  markStored,
  settleSession,
  type BlockChoice,
  type FocusState,
  type PresentBlock,
} from './focusState.ts';
import type { FocusStateStore } from './focusStateFile.ts';
import { viewOf, type FocusView } from './focusView.ts';
import { SessionTally } from './sessionTally.ts';
import type { NaturalBreak } from './sessionEnding.ts';
import { SessionWatch } from './sessionWatch.ts';
import { SharedFocus } from './sharedFocus.ts';

/** What sessions ask of their host. */
export interface FocusSurroundings {
  flow(): FlowState;
  /** This window is in front. */
  isFocused(): boolean;
  /** Whether breaks are suggested at all; left out: yes. While not, nothing about them is remembered. */
  wantsBreaks?(): boolean;
}

export interface FocusSessionsOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: FocusStateStore;
  readonly surroundings: FocusSurroundings;
  readonly windowId?: string;
  readonly breakRules?: BreakRules;
}

export interface StartOptions {
  readonly kind: SessionKind;
  readonly plannedMs: number;
  /** What to block while it runs; nothing in a break. */
  readonly block: BlockChoice | undefined;
}

const tickMs = 1_000;

/**
 * The person's focus sessions, as one window sees and changes them. Reads the shared state at each tick; a
 * {@link SessionWatch} drives what runs. Dispose it to stop; the session goes on in the other windows, or
 * waits for the next.
 */
export class FocusSessions implements Disposable {
  readonly #options: FocusSessionsOptions;
  readonly #shared: SharedFocus;
  readonly #store = new DisposableStore();
  readonly #breaks: BreakWatch;
  readonly #tally: SessionTally;
  readonly #watch: SessionWatch;
  readonly #ticking = new SingleFlight(async () => {
    await this.#shared.refresh();
    await this.#step(undefined);
  });

  constructor(options: FocusSessionsOptions) {
    this.#options = options;
    const { clock, log, store, surroundings, windowId } = options;
    this.#shared = this.#store.add(
      new SharedFocus({ clock, log, store, ...(windowId === undefined ? {} : { windowId }) }),
    );
    this.#tally = new SessionTally(this.#shared.windowId);
    this.#watch = this.#store.add(
      new SessionWatch({ clock, log, surroundings, shared: this.#shared, tally: this.#tally }),
    );
    this.#breaks = this.#store.add(new BreakWatch({ ...options, shared: this.#shared }));
  }

  /** Reads the shared state and begins to tick. */
  async start(): Promise<void> {
    await this.tick();
    this.#store.add(
      this.#options.clock.every(tickMs, () => {
        runDetached(this.#options.log, 'A tick of focus sessions', this.tick());
      }),
    );
  }

  /** Told of every change in any window. What to show is in `view`, what to store in `unstored`. */
  get onDidChange(): Event<FocusState> {
    return this.#shared.onDidChange;
  }

  /** The time is over in flow, and this is a natural break: ask. At most once a session, in one window. */
  get onShouldAsk(): Event<FocusView> {
    return this.#watch.onShouldAsk;
  }

  /** A break would be good now. */
  get onSuggestBreak(): Event<'break' | 'overdue'> {
    return this.#breaks.onSuggest;
  }

  get state(): FocusState {
    return this.#shared.state;
  }

  /** This window acts for all: applies the hosts file, looks at programs. */
  get drives(): boolean {
    return this.#watch.drives;
  }

  /** The running session, if one runs. */
  get view(): FocusView | undefined {
    const session = this.#session;
    return session === null ? undefined : viewOf(session, this.#steady(session));
  }

  /** What has to be held off now; a clock that was set changes nothing of it. `undefined` for nothing. */
  get block(): PresentBlock | undefined {
    const { state } = this.#shared;
    const jumpMs = state.order === null ? 0 : this.#shared.jumpSince(state.order.setMs);
    return blockAt({ ...state, session: this.#session }, this.#options.clock.wallMs(), jumpMs);
  }

  /** Sessions that have ended and are not in the vault yet. */
  get unstored(): readonly FocusSession[] {
    return this.#shared.state.outbox;
  }

  /** Begins a session; one that runs is replaced, and kept as such. @returns its id */
  async begin({ kind, plannedMs, block }: StartOptions): Promise<string> {
    const id = randomBytes(16).toString('hex');
    const { clock } = this.#options;
    await this.#shared.change((state) => {
      const wallMs = clock.wallMs();
      const before = state.session && this.#shared.noteTime(state.session);
      const replaced = before && endSession(before, this.#steady(before), 'replaced');
      const session = startSession({
        id,
        kind,
        plannedMs,
        // Strictly later than what it replaces, so that the merge knows which came last.
        wallMs: Math.max(wallMs, (replaced?.startMs ?? -Infinity) + 1),
        zoneOffsetMinutes: clock.zoneOffsetMinutes(wallMs),
      });
      const next: FocusState = {
        ...state,
        session,
        outbox: replaced === null ? state.outbox : [...state.outbox, replaced],
        heartbeat: this.#shared.beat(),
      };
      return block === undefined ? next : giveOrder(next, wallMs, { by: id, untilMs: 0, ...block });
    });
    return id;
  }

  pause(): Promise<void> {
    return this.#changeSession((session, atMs) => pauseSession(session, atMs));
  }

  resume(): Promise<void> {
    return this.#changeSession((session, atMs) => resumeSession(session, atMs));
  }

  extend(byMs: number): Promise<void> {
    return this.#changeSession((session, atMs) => extendSession(session, atMs, byMs));
  }

  /** Ends the session: by time where its time is over, else early, with a reason or none. */
  end(reason?: EarlyReason): Promise<void> {
    return this.#changeSession((session, atMs) => {
      const isOver = phaseOf(session, atMs) === 'overtime';
      return endSession(session, atMs, isOver ? 'time' : 'early', reason);
    });
  }

  /** A natural break in this window: a save, the end of a task or test run, a pause in typing. */
  naturalBreak(what: NaturalBreak): Promise<void> {
    return this.#step(what);
  }

  /** What this window saw of the session since the last call. Cheap: kept here until the next heartbeat. */
  count(seen: Partial<SessionCounts>): void {
    const { session } = this.#shared.state;
    if (session !== null) {
      this.#tally.add(session, seen);
    }
  }

  /** Blocks without a session, while flow lasts; has to be given again before `untilMs`. `undefined` lifts it. */
  async blockForFlow(block: BlockChoice | undefined, untilMs: number): Promise<void> {
    await this.#shared.change((state) =>
      state.session === null
        ? giveOrder(state, this.#options.clock.wallMs(), {
            by: 'flow',
            untilMs: block === undefined ? 0 : untilMs,
            ...(block ?? blockNothing),
          })
        : state,
    );
  }

  /** Blocks something else for the rest of the running session; nothing where its block was lifted, or it is a break. */
  async changeBlock(block: BlockChoice): Promise<void> {
    const { clock } = this.#options;
    await this.#shared.change((state) => changeOrder(state, clock.wallMs(), block));
  }

  /** Lifts every block, the running session's too, and leaves its timer alone. */
  async liftBlocks(): Promise<void> {
    const lifted = { by: 'flow', untilMs: 0, ...blockNothing } as const;
    await this.#shared.change((state) =>
      state.order === null ? state : giveOrder(state, this.#options.clock.wallMs(), lifted),
    );
  }

  /** No suggestions of breaks until a moment. */
  quietBreaks(untilMs: number): Promise<void> {
    return this.#breaks.quiet(untilMs);
  }

  /** The vault has this session. */
  async markStored(id: string): Promise<void> {
    await this.#shared.change((state) => markStored(state, id, this.#options.clock.wallMs()));
  }

  /** One look at clock and disk; called every second. */
  async tick(): Promise<void> {
    // A tick that takes long (a slow disk) must not pile up others behind it.
    if (!this.#ticking.isBusy && !this.#store.isDisposed) {
      await this.#ticking.join();
    }
  }

  dispose(): void {
    this.#store.dispose();
  }

  /** The running session, with what the clock says that is not written yet. */
  get #session(): FocusSession | null {
    const { session } = this.#shared.state;
    return session && this.#shared.noteTime(session);
  }

  async #step(naturalBreak: NaturalBreak | undefined): Promise<void> {
    await this.#watch.look(naturalBreak);
    await this.#breaks.look(naturalBreak);
  }

  async #changeSession(work: (session: FocusSession, atMs: number) => FocusSession): Promise<void> {
    await this.#shared.change((state) => {
      if (state.session === null) {
        return state;
      }
      const timed = this.#shared.noteTime(state.session);
      const session = this.#tally.into(work(timed, this.#steady(timed)));
      return settleSession({ ...state, session, heartbeat: this.#shared.beat() });
    });
  }

  #steady(session: FocusSession): number {
    return steadyMs(session, this.#options.clock.wallMs());
  }
}
