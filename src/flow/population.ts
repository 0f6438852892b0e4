import type { FeatureName } from '../base/flow.ts';
import type { UsualScore } from './flowReading.ts';

/** Where the middle half of a feature's values lies. */
export interface Quartiles {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

/**
 * What is usual for people in general, in the features' own units: used before a person has a history.
 *
 * Pooled over the scored steps of 300 writing sessions of the KLiCKe corpus (Tian, Crossley, Van Waes;
 * Learning Agency Lab; CC BY 4.0). It is prose, and so only a start.
 */
export const populationFeatures: Readonly<Record<FeatureName, Quartiles>> = {
  rhythm: { low: 0.45, median: 0.55, high: 0.68 },
  focus: { low: 0.55, median: 0.75, high: 0.9 },
  consistency: { low: 0.4, median: 0.6, high: 0.75 },
  error: { low: 0.06, median: 0.11, high: 0.18 },
  velocity: { low: 4.4, median: 4.8, high: 5.1 },
};

/** Scores of people in general. */
export const populationUsual: UsualScore = { score: 40, low: 20, high: 65 };
