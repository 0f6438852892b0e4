import type { FeatureName } from '../../facts/flow.ts';
import type { UsualScore } from '../flowReading.ts';
import { simulatedUsual } from '../model/weights.ts';

/** Where the middle half of a feature's values lies. */
export interface Quartiles {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

/**
 * What is usual for people in general, in the features' own units: used before a person has a history.
 *
 * Pooled over the steps, while typing, of 300 writing sessions of the KLiCKe corpus (Tian, Crossley, Van Waes;
 * Learning Agency Lab; CC BY 4.0). It is prose, and so only a start.
 */
export const populationFeatures: Readonly<Record<FeatureName, Quartiles>> = {
  rhythm: { low: 0.447, median: 0.506, high: 0.579 },
  focus: { low: 0.573, median: 0.776, high: 0.899 },
  consistency: { low: 0.314, median: 0.642, high: 0.816 },
  error: { low: 0.056, median: 0.099, high: 0.157 },
  velocity: { low: 4.588, median: 4.926, high: 5.22 },
};

/**
 * How much a mature history of the person's own counts against the population's quartiles. How somebody types
 * tells who they are, and is compared with themselves alone; how much they stay with the text hardly differs
 * between people. In the sessions above, the share of the variance that lies between writers (intraclass
 * correlation over separate windows) is .30 for rhythm, .21 for error and .23 for velocity, and 0 for focus
 * and consistency: of these, half of what looks like a person's own is taken for chance.
 */
export const ownShare: Readonly<Record<FeatureName, number>> = {
  rhythm: 1,
  focus: 0.5,
  consistency: 0.5,
  error: 1,
  velocity: 1,
};

/** Scores of people in general: those of simulated ones, until there are others. */
export const populationUsual: UsualScore = simulatedUsual;
