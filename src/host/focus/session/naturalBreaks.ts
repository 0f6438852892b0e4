import type { FlowState } from '../../../facts/flow.ts';
import type { NaturalBreak } from '../../../focus/session/sessionEnding.ts';

export interface BreakStep {
  readonly flow: FlowState;
  readonly isFocused: boolean;
  /** `undefined` without any edit. */
  readonly sinceLastEditMs: number | undefined;
}

/** Nobody has typed for this long: a pause. */
const pauseMs = 10_000;

/** Finds the natural breaks that scoring steps show; saves and tasks are told by the editor. */
export class NaturalBreaks {
  #last: BreakStep;

  constructor(first: BreakStep) {
    this.#last = first;
  }

  /** The break that this step is, if it is one. */
  step(now: BreakStep): NaturalBreak | undefined {
    const last = this.#last;
    this.#last = now;
    if (last.isFocused && !now.isFocused) {
      return 'leftWindow';
    }
    if (last.flow === 'inFlow' && now.flow !== 'inFlow') {
      return 'leftFlow';
    }
    return isPause(now) && !isPause(last) ? 'pause' : undefined;
  }
}

function isPause({ sinceLastEditMs }: BreakStep): boolean {
  return sinceLastEditMs !== undefined && sinceLastEditMs >= pauseMs;
}
