import type { SimulatedUser, TruthState } from '../generator/generator.ts';
import type { ScoredStep } from './scoredUser.ts';

/** Whether a step is shown as flow; by default, whether its state is `inFlow`. */
export type Shown = (step: ScoredStep) => boolean;

export const shownInFlow: Shown = ({ state }) => state === 'inFlow';

const longSpellMs = 10 * 60_000;
const stepsPerHour = 240;

/** How the flow that is shown fits the flow that is true, of one user. */
export interface SpellReport {
  /** True spells of ten minutes and more. */
  readonly longSpells: number;
  /** Minutes from the start of a long spell until it was shown, for those that were. */
  readonly detectionMinutes: readonly number[];
  /** Times that showing flow began without any. */
  readonly falseEntries: number;
  readonly hoursWithoutFlow: number;
  readonly hours: number;
  /** Times that showing flow began or ended. */
  readonly changes: number;
  /** Times that any state followed another. */
  readonly stateChanges: number;
  /** Steps of each true state, and how many of them were shown as flow. */
  readonly steps: ReadonlyMap<TruthState, number>;
  readonly shownSteps: ReadonlyMap<TruthState, number>;
}

/** Judges one user's steps. A spell that is cut by the end of a session counts with what there is of it. */
export function judgeSpells(
  user: SimulatedUser,
  steps: readonly ScoredStep[],
  isShown: Shown = shownInFlow,
): SpellReport {
  const spells = user.spans.filter(
    ({ state, startMs, endMs }) => state === 'flow' && endMs - startMs >= longSpellMs,
  );
  const detectionMinutes = spells.flatMap(({ startMs, endMs }) => {
    const first = steps.find(
      (step) => step.wallMs > startMs && step.wallMs <= endMs && isShown(step),
    );
    return first === undefined ? [] : [(first.wallMs - startMs) / 60_000];
  });
  const all = new Map<TruthState, number>();
  const shown = new Map<TruthState, number>();
  let falseEntries = 0;
  let changes = 0;
  let stateChanges = 0;
  steps.forEach((step, index) => {
    const before = steps[index - 1];
    const isShownNow = isShown(step);
    all.set(step.truth, (all.get(step.truth) ?? 0) + 1);
    shown.set(step.truth, (shown.get(step.truth) ?? 0) + (isShownNow ? 1 : 0));
    if (before !== undefined && isShown(before) !== isShownNow) {
      changes++;
      falseEntries += isShownNow && step.truth !== 'flow' ? 1 : 0;
    }
    stateChanges += before !== undefined && before.state !== step.state ? 1 : 0;
  });
  return {
    longSpells: spells.length,
    detectionMinutes,
    falseEntries,
    hoursWithoutFlow: (steps.length - (all.get('flow') ?? 0)) / stepsPerHour,
    hours: steps.length / stepsPerHour,
    changes,
    stateChanges,
    steps: all,
    shownSteps: shown,
  };
}
