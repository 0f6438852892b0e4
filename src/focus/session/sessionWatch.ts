import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import { loggingEmitter, type Emitter, type Event } from '../../base/emitter.ts';
import type { Log } from '../../base/log.ts';
import type { FlowState } from '../../facts/flow.ts';
import type { FocusSession } from '../../facts/focusSession.ts';
import { settleSession } from './focusState.ts';
import { viewOf, type FocusView } from './focusView.ts';
import { stepTowardsEnd, type NaturalBreak } from './sessionEnding.ts';
import { endSession, markAsked, steadyMs } from './sessionSteps.ts';
import type { SessionTally } from './sessionTally.ts';
import { heartbeatMs, type SharedFocus } from './sharedFocus.ts';

export interface SessionWatchOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly shared: SharedFocus;
  readonly tally: SessionTally;
  readonly surroundings: { flow(): FlowState; isFocused(): boolean };
}

/**
 * Drives the running session in whichever window acts for all: keeps the heartbeat, ends it when its time is over, or
 * asks. Every other window only adds what it counted.
 */
export class SessionWatch implements Disposable {
  readonly #options: SessionWatchOptions;
  readonly #asked: Emitter<FocusView>;

  constructor(options: SessionWatchOptions) {
    this.#options = options;
    this.#asked = loggingEmitter('focus sessions', options.log);
  }

  /** The time is over in flow, and this is a natural break: ask. At most once a session, in one window. */
  get onShouldAsk(): Event<FocusView> {
    return this.#asked.event;
  }

  /** This window acts for all. */
  get drives(): boolean {
    const { shared, surroundings } = this.#options;
    return shared.drives(surroundings.isFocused());
  }

  /** Called at every tick, and at natural breaks. */
  async look(naturalBreak: NaturalBreak | undefined): Promise<void> {
    const { clock, shared, tally } = this.#options;
    const before = shared.state.session;
    if (before === null) {
      return;
    }
    const now = this.#stepOf(before, naturalBreak);
    if (now === before && !this.#isHeartbeatDue() && !tally.hasNews(before)) {
      return;
    }
    const known = { askedMs: before.askedMs };
    const { session } = await shared.change((current) => {
      if (current.session === null) {
        return current;
      }
      known.askedMs = current.session.askedMs;
      const next = this.#stepOf(current.session, naturalBreak);
      // Who only adds its counts does not take over.
      const isActing = next !== current.session || this.drives;
      const heartbeat = isActing ? shared.beat() : current.heartbeat;
      return settleSession({ ...current, session: tally.into(next), heartbeat });
    }, now !== before);
    // As this window knows it by now: another change may have come in between.
    const latest = shared.state.session;
    const view = latest === null ? undefined : viewOf(latest, steadyMs(latest, clock.wallMs()));
    if (view !== undefined && known.askedMs === undefined && session?.askedMs !== undefined) {
      this.#asked.fire(view);
    }
  }

  dispose(): void {
    this.#asked.dispose();
  }

  #stepOf(session: FocusSession, naturalBreak: NaturalBreak | undefined): FocusSession {
    const { clock, shared, surroundings } = this.#options;
    const timed = shared.noteTime(session);
    if (!this.drives) {
      return timed;
    }
    const atMs = steadyMs(timed, clock.wallMs());
    const step = stepTowardsEnd(timed, { atMs, flow: surroundings.flow(), naturalBreak });
    if (step === 'end') {
      return endSession(timed, atMs, 'time');
    }
    return step === 'ask' ? markAsked(timed, atMs) : timed;
  }

  #isHeartbeatDue(): boolean {
    const { clock, shared } = this.#options;
    const { heartbeat } = shared.state;
    const age = heartbeat === null ? Infinity : clock.wallMs() - heartbeat.wallMs;
    return this.drives && (age >= heartbeatMs || age < 0);
  }
}
