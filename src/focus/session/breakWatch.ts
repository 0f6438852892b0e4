import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import { loggingEmitter, type Emitter, type Event } from '../../base/emitter.ts';
import type { FlowState } from '../../facts/flow.ts';
import type { Log } from '../../base/log.ts';
import {
  adviseBreak,
  breakTaken,
  moveBreaks,
  quietBreaks,
  usualBreakRules,
  type BreakAdvice,
  type BreakRules,
} from './breakAdvisor.ts';
import type { FocusState } from './focusState.ts';
import type { NaturalBreak } from './sessionEnding.ts';
import { heartbeatMs, type SharedFocus } from './sharedFocus.ts';

export interface BreakWatchOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly shared: SharedFocus;
  readonly surroundings: { flow(): FlowState; isFocused(): boolean; wantsBreaks?(): boolean };
  readonly breakRules?: BreakRules;
}

/** Keeps the advice on breaks going in the window in front, over a memory that all windows share. */
export class BreakWatch implements Disposable {
  readonly #options: BreakWatchOptions;
  readonly #suggested: Emitter<'break' | 'overdue'>;

  constructor(options: BreakWatchOptions) {
    this.#options = options;
    this.#suggested = loggingEmitter('break suggestions', options.log);
  }

  /** A break would be good now. */
  get onSuggest(): Event<'break' | 'overdue'> {
    return this.#suggested.event;
  }

  /** Called at every tick, and at natural breaks. */
  async look(naturalBreak: NaturalBreak | undefined): Promise<void> {
    const { shared, surroundings } = this.#options;
    if (!surroundings.isFocused() || surroundings.wantsBreaks?.() === false) {
      return;
    }
    const { breaks } = shared.state;
    const { memory, suggest } = this.#advise(shared.state, naturalBreak);
    const isNews = suggest !== 'no' || memory.workSinceMs !== breaks.workSinceMs;
    // Every second would be a write a second: that somebody works is told as rarely as the heartbeat.
    if (!isNews && Math.abs(memory.lastWorkMs - breaks.lastWorkMs) < 2 * heartbeatMs) {
      return;
    }
    await shared.change(
      (state) => ({ ...state, breaks: this.#advise(state, naturalBreak).memory }),
      isNews,
    );
    if (suggest !== 'no') {
      this.#suggested.fire(suggest);
    }
  }

  /** No suggestions until a moment. */
  async quiet(untilMs: number): Promise<void> {
    await this.#options.shared.change((state) => ({
      ...state,
      breaks: quietBreaks(state.breaks, untilMs),
    }));
  }

  dispose(): void {
    this.#suggested.dispose();
  }

  #advise(state: FocusState, naturalBreak: NaturalBreak | undefined): BreakAdvice {
    const { clock, shared, surroundings, breakRules = usualBreakRules } = this.#options;
    const jumpMs = Math.max(0, shared.jumpSince(state.breaks.lastWorkMs));
    const breaks = jumpMs === 0 ? state.breaks : moveBreaks(state.breaks, jumpMs);
    const memory = state.session?.kind === 'break' ? breakTaken(breaks) : breaks;
    return adviseBreak(
      memory,
      {
        wallMs: clock.wallMs(),
        flow: surroundings.flow(),
        naturalBreak,
        inSession: state.session !== null,
      },
      breakRules,
    );
  }
}
