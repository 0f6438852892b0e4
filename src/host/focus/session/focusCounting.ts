import type { FlowState } from '../../../facts/flow.ts';
import type { SessionCounts } from '../../../facts/focusSession.ts';

/** A scoring step is 15 s; a longer time between two of them was nobody's. */
const longestStepMs = 30_000;
/** Nobody was there, or wanted to be counted. */
const uncounted: ReadonlySet<FlowState> = new Set<FlowState>(['away', 'paused']);
/** States that say nothing about flow; reading is no claim either way. */
const withoutClaim: ReadonlySet<FlowState> = new Set<FlowState>(['unknown', 'assisted', 'reading']);

export interface CountedStep {
  readonly monotonicMs: number;
  readonly flow: FlowState;
  readonly isFocused: boolean;
}

/** Turns scoring steps into what a window saw of the session: each stretch counts as the state that it began in. */
export class FocusCounting {
  readonly #count: (seen: Partial<SessionCounts>) => void;
  #last: CountedStep;

  constructor(first: CountedStep, count: (seen: Partial<SessionCounts>) => void) {
    this.#last = first;
    this.#count = count;
  }

  /** Called at every scoring step, which there is at each change of the window's focus too. */
  step(now: CountedStep): void {
    const last = this.#last;
    this.#last = now;
    const elapsedMs = now.monotonicMs - last.monotonicMs;
    const hasLeft = last.isFocused && !now.isFocused;
    if (hasLeft && !uncounted.has(last.flow)) {
      this.#count({ interruptions: 1 });
    }
    if (
      !last.isFocused ||
      uncounted.has(last.flow) ||
      elapsedMs <= 0 ||
      elapsedMs > longestStepMs
    ) {
      return;
    }
    const seconds = elapsedMs / 1000;
    this.#count({
      seconds,
      focusedSeconds: last.flow === 'steady' || last.flow === 'inFlow' ? seconds : 0,
      inFlowSeconds: last.flow === 'inFlow' ? seconds : 0,
      unknownSeconds: withoutClaim.has(last.flow) ? seconds : 0,
    });
  }
}
