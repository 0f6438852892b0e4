/**
 * The words of flow that every room shares. They are stored and sent, so an entry's place in a list is part
 * of a format: append, never reorder.
 */

/** What a moment looks like. See docs/how-the-score-is-made.md for the rules behind each. */
export const flowStates = [
  'unknown',
  'building',
  'steady',
  'inFlow',
  'assisted',
  'reading',
  'away',
  'paused',
] as const;
export type FlowState = (typeof flowStates)[number];

/** True for the states that count as focused: steady and in flow. */
export function isFocusedState(state: FlowState): boolean {
  return state === 'steady' || state === 'inFlow';
}

/** The five features, in the order of every vector that holds them. */
export const featureNames = ['rhythm', 'focus', 'consistency', 'error', 'velocity'] as const;
export type FeatureName = (typeof featureNames)[number];
export const featureCount = featureNames.length;

/** What one feature adds to the score or takes from it, in points; those of a reading add up to score minus usual. */
export interface ScoreContribution {
  readonly feature: FeatureName;
  readonly points: number;
}
