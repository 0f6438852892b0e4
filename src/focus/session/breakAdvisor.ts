import type { FlowState } from '../../facts/flow.ts';
import type { NaturalBreak } from './sessionEnding.ts';

/** What the advice on breaks remembers, shared by all windows. Wall-clock UTC milliseconds. */
export interface BreakMemory {
  /** Since when the person has worked without a break; 0: not working. */
  readonly workSinceMs: number;
  /** When somebody was last seen at work. */
  readonly lastWorkMs: number;
  /** The last suggestion, and until when none shall come. */
  readonly suggestedMs: number;
  readonly quietUntilMs: number;
  /** How many suggestions this stretch of work has had. */
  readonly suggestions: number;
}

export const freshBreakMemory: BreakMemory = {
  workSinceMs: 0,
  lastWorkMs: 0,
  suggestedMs: 0,
  quietUntilMs: 0,
  suggestions: 0,
};

export interface BreakRules {
  /** Work without a break after which one is suggested. */
  readonly workMs: number;
  /** Time away that counts as a break. */
  readonly restMs: number;
  /** Between two suggestions in one stretch of work. */
  readonly repeatMs: number;
  /** Suggestions in one stretch of work at most. */
  readonly mostSuggestions: number;
}

export const usualBreakRules: BreakRules = {
  workMs: 50 * 60_000,
  restMs: 5 * 60_000,
  repeatMs: 20 * 60_000,
  mostSuggestions: 2,
};

export interface BreakMoment {
  readonly wallMs: number;
  readonly flow: FlowState;
  readonly naturalBreak: NaturalBreak | undefined;
  /** A focus session has its own end; nothing is suggested while one runs. */
  readonly inSession: boolean;
}

export interface BreakAdvice {
  readonly memory: BreakMemory;
  /** `overdue`: the one reminder after the machine slept before a break that was due could be suggested. */
  readonly suggest: 'no' | 'break' | 'overdue';
}

/** A longer silence between two moments than this is sleep, not a tick that came late. */
const sleepMs = 15_000;

const working: ReadonlySet<FlowState> = new Set<FlowState>([
  'unknown',
  'building',
  'steady',
  'inFlow',
  'assisted',
  'reading',
]);

/**
 * One step of the advice: called at every tick and at every natural break. Suggests only at natural breaks,
 * never in flow, never while a session runs. A sleep that is long enough is a break itself; a shorter one with a
 * break already due brings one overdue reminder, and no series of them.
 */
export function adviseBreak(
  memory: BreakMemory,
  moment: BreakMoment,
  rules: BreakRules = usualBreakRules,
): BreakAdvice {
  const { wallMs } = moment;
  // A clock that was set back must not silence the advice for hours: start anew.
  if (wallMs < memory.lastWorkMs || wallMs < memory.suggestedMs) {
    return {
      memory: { ...freshBreakMemory, lastWorkMs: wallMs, workSinceMs: wallMs },
      suggest: 'no',
    };
  }
  const isWork = working.has(moment.flow);
  const silentMs = wallMs - memory.lastWorkMs;
  if (memory.workSinceMs === 0 || silentMs >= rules.restMs) {
    const since = isWork ? wallMs : 0;
    const quietUntilMs = memory.quietUntilMs;
    return {
      memory: {
        ...freshBreakMemory,
        quietUntilMs,
        workSinceMs: since,
        lastWorkMs: isWork ? wallMs : memory.lastWorkMs,
      },
      suggest: 'no',
    };
  }
  const wasDue = memory.lastWorkMs - memory.workSinceMs >= rules.workMs;
  const next = isWork ? { ...memory, lastWorkMs: wallMs } : memory;
  if (
    wallMs - memory.workSinceMs < rules.workMs ||
    wallMs < memory.quietUntilMs ||
    moment.flow === 'inFlow' ||
    moment.inSession ||
    memory.suggestions >= rules.mostSuggestions ||
    (memory.suggestions > 0 && wallMs - memory.suggestedMs < rules.repeatMs)
  ) {
    return { memory: next, suggest: 'no' };
  }
  const slept = silentMs > sleepMs && isWork;
  if (!slept && moment.naturalBreak === undefined) {
    return { memory: next, suggest: 'no' };
  }
  const suggested = {
    ...next,
    suggestedMs: wallMs,
    // After a sleep one reminder is all there is.
    suggestions: slept ? rules.mostSuggestions : memory.suggestions + 1,
  };
  return { memory: suggested, suggest: slept && wasDue ? 'overdue' : 'break' };
}

/** As it would stand had the clock always gone as it goes now, after it was set forwards; nobody rested in what it skipped. */
export function moveBreaks(memory: BreakMemory, byMs: number): BreakMemory {
  const moved = (wallMs: number): number => (wallMs === 0 ? 0 : wallMs + byMs);
  return {
    workSinceMs: moved(memory.workSinceMs),
    lastWorkMs: moved(memory.lastWorkMs),
    suggestedMs: moved(memory.suggestedMs),
    quietUntilMs: moved(memory.quietUntilMs),
    suggestions: memory.suggestions,
  };
}

/** No suggestions until a moment; what the person asked for by "not now". */
export function quietBreaks(memory: BreakMemory, untilMs: number): BreakMemory {
  return { ...memory, quietUntilMs: Math.max(memory.quietUntilMs, untilMs) };
}

/** A break was taken in a session of its own: the stretch of work is over. */
export function breakTaken(memory: BreakMemory): BreakMemory {
  return { ...freshBreakMemory, quietUntilMs: memory.quietUntilMs };
}
