import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../base/clock.ts';
import { ClockWatch } from '../../base/clockWatch.ts';
import { loggingEmitter, type Emitter } from '../../base/emitter.ts';
import type { Log } from '../../base/log.ts';
import { SerialQueue } from '../../base/serialQueue.ts';
import type { FocusSession } from '../../facts/focusSession.ts';
import {
  isShiftKnown,
  lapseIfForgotten,
  noteGap,
  noteJump,
  noteShift,
  steadyMs,
} from './sessionSteps.ts';
import { emptyFocusState, mergeFocusStates, type FocusState } from './focusState.ts';
import type { FocusStateStore } from './focusStateFile.ts';

export interface SharedFocusOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: FocusStateStore;
  /** 8-32 lower-case hex digits, different in every window. */
  readonly windowId?: string;
}

/** The driver's mark of life is written this often, and is old after three times that. */
export const heartbeatMs = 5_000;
/** A longer silence is sleep, or a time without an editor. */
const gapMs = 3 * heartbeatMs;

/**
 * One window's hold on the shared state: reads what others wrote, joins, and writes. Every change goes through
 * `change`, one after the other within this window; what two windows write at once is joined at the next look.
 */
export class SharedFocus {
  readonly windowId: string;
  readonly #clock: Clock;
  readonly #watch: ClockWatch;
  readonly #store: FocusStateStore;
  readonly #queue = new SerialQueue();
  readonly #changed: Emitter<FocusState>;
  #state: FocusState = emptyFocusState;
  #version: string | undefined;

  constructor({ clock, log, store, windowId }: SharedFocusOptions) {
    this.#clock = clock;
    this.#watch = new ClockWatch(clock);
    this.#store = store;
    this.windowId = windowId ?? randomBytes(8).toString('hex');
    this.#changed = loggingEmitter('the focus state', log);
  }

  /** The state as this window knows it. */
  get state(): FocusState {
    return this.#state;
  }

  get onDidChange(): Emitter<FocusState>['event'] {
    return this.#changed.event;
  }

  /** Reads what others wrote, if they did. */
  refresh(): Promise<FocusState> {
    return this.#queue.run(async () => {
      this.#watch.look();
      if ((await this.#store.version()) !== this.#version) {
        await this.#join((state) => state, true);
      }
      return this.#state;
    });
  }

  /** Joins with the disk, changes, and writes if there is anything new. */
  change(work: (state: FocusState) => FocusState, durable = true): Promise<FocusState> {
    return this.#queue.run(() => this.#join(work, durable));
  }

  /**
   * Looks at the clock: notes sleep, a clock that was set, and pauses that were forgotten. Measured from the shared
   * heartbeat, so that two windows find the same gap, which then counts once. What passed without a heartbeat is a gap;
   * a clock that was set is none, however far: whoever worked goes on working. A window that has only just begun knows
   * nothing of the time before and takes the wall clock's word for it.
   */
  noteTime(session: FocusSession): FocusSession {
    const { heartbeat } = this.#state;
    let next = session;
    if (heartbeat !== null && !isShiftKnown(session, heartbeat.wallMs)) {
      const lastMs = steadyMs(session, heartbeat.wallMs);
      const { silentMs, jumpMs } = this.#since(heartbeat.wallMs);
      const isGap = silentMs > gapMs;
      if (jumpMs < 0) {
        next = noteShift(next, lastMs, jumpMs);
      }
      if (isGap) {
        next = noteGap(next, lastMs, lastMs + silentMs);
      }
      next = noteJump(next, isGap ? lastMs + silentMs : lastMs, jumpMs);
    }
    return lapseIfForgotten(next, steadyMs(next, this.#clock.wallMs()));
  }

  /** How far the wall clock was set since it showed a time, as far as this window saw it. */
  jumpSince(wallMs: number): number {
    return this.#since(wallMs).jumpMs;
  }

  /** Whether this window is the one that acts. Two may think so for a moment; that does no harm. */
  drives(isFocused: boolean): boolean {
    const { heartbeat } = this.#state;
    if (isFocused || heartbeat === null || heartbeat.windowId === this.windowId) {
      return true;
    }
    return this.#since(heartbeat.wallMs).silentMs > gapMs;
  }

  /** This window's mark of life as of now, for the state that it changes. */
  beat(): NonNullable<FocusState['heartbeat']> {
    return { windowId: this.windowId, wallMs: this.#clock.wallMs() };
  }

  dispose(): void {
    this.#changed.dispose();
  }

  /** Resolves when everything asked so far is on the disk. */
  idle(): Promise<void> {
    return this.#queue.idle();
  }

  /** Time that passed since the wall clock showed a time, and how far it was set since. */
  #since(wallMs: number): { readonly silentMs: number; readonly jumpMs: number } {
    const silentMs = Math.max(0, Math.round(this.#watch.ageMs(wallMs)));
    const jumpMs = Math.round(this.#clock.wallMs() - wallMs) - silentMs;
    return { silentMs, jumpMs: Math.abs(jumpMs) > heartbeatMs ? jumpMs : 0 };
  }

  async #join(work: (state: FocusState) => FocusState, durable: boolean): Promise<FocusState> {
    const disk = (await this.#store.read()) ?? emptyFocusState;
    const before = this.#state;
    const joined = mergeFocusStates(disk, this.#state);
    // The heartbeat is needed while the change is made.
    this.#state = joined;
    this.#state = work(joined);
    if (!areSame(this.#state, disk)) {
      await this.#store.write(this.#state, durable);
    }
    this.#version = await this.#store.version();
    if (!areSame(this.#state, before)) {
      this.#changed.fire(this.#state);
    }
    return this.#state;
  }
}

/** Equal as they would stand in the file, whatever the order of keys: else two windows would never rest. */
function areSame(one: FocusState, other: FocusState): boolean {
  const plain = (state: FocusState): unknown => JSON.parse(JSON.stringify(state));
  return isDeepStrictEqual(plain(one), plain(other));
}
