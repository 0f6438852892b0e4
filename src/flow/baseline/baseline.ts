import { featureNames, type FeatureName } from '../../facts/flow.ts';
import type { DayNumber } from '../../facts/localDay.ts';
import type { RawFeatures } from '../../facts/minuteSample.ts';
import type { UsualScore } from '../flowReading.ts';
import {
  baselineDays,
  featureLimit,
  matureBaselineMinutes,
  stepMs,
  velocityLimit,
} from '../flowRules.ts';
import { ownShare, populationFeatures, populationUsual } from './population.ts';

const stepsPerMinute = 60_000 / stepMs;
/** Someone whose feature hardly varies must not be told every trifle: the range is at least this of people's. */
const leastRangeShare = 0.25;

/** The histograms that are kept: the features in their order, and the score. */
const scoreRow = featureNames.length;
const rowCount = scoreRow + 1;
/** Histograms of a day: one for each feature, and one for the score. */
export const baselineRows = rowCount;
export const baselineBins = 64;
/** First bin's lower and last bin's upper edge; what lies outside counts into them. */
const rowLow: readonly number[] = [0, 0, 0, 0, 1.5, 0];
const rowHigh: readonly number[] = [1.6, 1, 1, 0.64, 7.9, 100];

/** One day of a baseline: the steps in each bin, row by row, and steps with a person but without a score. */
export interface BaselineDay {
  readonly day: DayNumber;
  readonly bins: Uint16Array;
  activeSteps: number;
}

/**
 * What is usual for a person: histograms of their features and scores over the last fourteen days. A step is
 * compared with the steps before it and only then added. Before there is enough, the population's
 * quartiles are mixed in, by how much is missing. A day has at most 5,760 steps, so no bin overflows.
 */
export class Baseline {
  readonly #days: BaselineDay[];
  readonly #total = new Uint32Array(rowCount * baselineBins);
  readonly #centre = new Float64Array(featureNames.length);
  readonly #range = new Float64Array(featureNames.length);
  readonly #usual = { ...populationUsual };
  readonly #quartiles = { low: 0, median: 0, high: 0 };
  /** Steps in each row: a feature that was unknown in a step has none of it. */
  readonly #rowSteps = new Float64Array(rowCount);
  #activeSteps = 0;

  /** @param days history, oldest first, as {@link days} gave it */
  constructor(days: readonly BaselineDay[] = []) {
    this.#days = days.slice(-baselineDays).map((day) => ({ ...day, bins: day.bins.slice() }));
    this.#sumUp();
  }

  /** The history, oldest first. Live: copy what is to be kept. */
  get days(): readonly BaselineDay[] {
    return this.#days;
  }

  /** Minutes of scored time that this rests on. */
  get minutes(): number {
    return this.#stepsIn(scoreRow) / stepsPerMinute;
  }

  /** How much of what is usual is the person's own, 0-1. */
  get maturity(): number {
    return this.#maturityOf(scoreRow);
  }

  /** What scores are usual. One object, written over as history grows. */
  get usual(): UsualScore {
    return this.#usual;
  }

  /**
   * The score that only a given share of active time reaches, or 0 when there is no telling. Active time
   * without a score counts as below.
   */
  scoreOfTopShare(share: number): number {
    const scoredSteps = this.#stepsIn(scoreRow);
    const wanted = share * (scoredSteps + this.#activeSteps);
    if (scoredSteps === 0 || wanted >= scoredSteps) {
      return 0;
    }
    let above = 0;
    for (let bin = baselineBins - 1; bin >= 0; bin--) {
      const here = this.#total[scoreRow * baselineBins + bin] ?? 0;
      if (here > 0 && above + here >= wanted) {
        return valueAt(scoreRow, bin + 1 - (wanted - above) / here);
      }
      above += here;
    }
    return 0;
  }

  /** Begins a day, and forgets what is more than fourteen days old. Days before the latest change nothing. */
  rollTo(day: DayNumber): void {
    const latest = this.#days.at(-1);
    if (latest !== undefined && day <= latest.day) {
      return;
    }
    this.#days.push({ day, bins: new Uint16Array(rowCount * baselineBins), activeSteps: 0 });
    const oldest = this.#days[0];
    if (oldest !== undefined && oldest.day <= day - baselineDays) {
      while ((this.#days[0]?.day ?? day) <= day - baselineDays) {
        this.#days.shift();
      }
      this.#sumUp();
    }
  }

  /** Adds scored steps to the latest day; of an unknown feature nothing is learned. */
  add(raw: RawFeatures, score: number, steps = 1): void {
    const bins = this.#latest().bins;
    for (let row = 0; row < scoreRow; row++) {
      const value = raw[nameOf(row)];
      if (value !== undefined) {
        this.#addTo(bins, row, value, steps);
      }
    }
    this.#addTo(bins, scoreRow, score, steps);
    this.#settle();
  }

  /** Adds steps in which somebody was there without a score. */
  addActive(steps = 1): void {
    this.#latest().activeSteps += steps;
    this.#activeSteps += steps;
  }

  /**
   * Writes the features as distances from the usual, in interquartile ranges: z = (x - median) / range, within
   * +-3. More rhythm is an evener one, more error is never less than usual, velocity ends at +2. A feature that is not
   * known is as usual: 0.
   */
  normalise(raw: RawFeatures, into: Float32Array): void {
    for (let row = 0; row < scoreRow; row++) {
      const value = raw[nameOf(row)];
      const z =
        value === undefined ? 0 : (value - (this.#centre[row] ?? 0)) / (this.#range[row] ?? 1);
      into[row] = Math.max(-featureLimit, Math.min(featureLimit, z));
    }
    into[0] = -(into[0] ?? 0);
    into[3] = Math.max(0, into[3] ?? 0);
    into[4] = Math.min(velocityLimit, into[4] ?? 0);
  }

  #latest(): BaselineDay {
    const latest = this.#days.at(-1);
    if (latest !== undefined) {
      return latest;
    }
    this.rollTo(0);
    return this.#latest();
  }

  #addTo(bins: Uint16Array, row: number, value: number, steps: number): void {
    const at = row * baselineBins + binOf(row, value);
    const before = bins[at] ?? 0;
    bins[at] = before + steps;
    this.#total[at] = (this.#total[at] ?? 0) + steps;
    this.#rowSteps[row] = this.#stepsIn(row) + steps;
  }

  #stepsIn(row: number): number {
    return this.#rowSteps[row] ?? 0;
  }

  #maturityOf(row: number): number {
    return Math.min(1, this.#stepsIn(row) / stepsPerMinute / matureBaselineMinutes);
  }

  #sumUp(): void {
    this.#total.fill(0);
    this.#activeSteps = 0;
    for (const { bins, activeSteps } of this.#days) {
      this.#activeSteps += activeSteps;
      for (let at = 0; at < this.#total.length; at++) {
        this.#total[at] = (this.#total[at] ?? 0) + (bins[at] ?? 0);
      }
    }
    this.#rowSteps.fill(0);
    for (let at = 0; at < this.#total.length; at++) {
      const row = Math.floor(at / baselineBins);
      this.#rowSteps[row] = this.#stepsIn(row) + (this.#total[at] ?? 0);
    }
    this.#settle();
  }

  /** Computes anew what is usual. */
  #settle(): void {
    const found = this.#quartiles;
    for (let row = 0; row < scoreRow; row++) {
      const name = nameOf(row);
      const own = this.#maturityOf(row) * ownShare[name];
      const people = populationFeatures[name];
      const peopleRange = people.high - people.low;
      this.#findQuartiles(row);
      const range = found.high - found.low;
      this.#centre[row] = mix(own, found.median, people.median);
      this.#range[row] = Math.max(leastRangeShare * peopleRange, mix(own, range, peopleRange));
    }
    this.#findQuartiles(scoreRow);
    // Whole points: what is usual should not seem to move with every step.
    const own = this.maturity;
    this.#usual.score = Math.round(mix(own, found.median, populationUsual.score));
    this.#usual.low = Math.round(mix(own, found.low, populationUsual.low));
    this.#usual.high = Math.round(mix(own, found.high, populationUsual.high));
  }

  /** Writes the three quartiles of a row, interpolated within their bins; 0 without history. */
  #findQuartiles(row: number): void {
    const found = this.#quartiles;
    found.low = found.median = found.high = 0;
    const total = this.#stepsIn(row);
    let sum = 0;
    for (let bin = 0; bin < baselineBins; bin++) {
      const here = this.#total[row * baselineBins + bin] ?? 0;
      const reached = sum + here;
      if (sum < 0.25 * total && reached >= 0.25 * total) {
        found.low = valueAt(row, bin + (0.25 * total - sum) / here);
      }
      if (sum < 0.5 * total && reached >= 0.5 * total) {
        found.median = valueAt(row, bin + (0.5 * total - sum) / here);
      }
      if (sum < 0.75 * total && reached >= 0.75 * total) {
        found.high = valueAt(row, bin + (0.75 * total - sum) / here);
        return;
      }
      sum = reached;
    }
  }
}

function mix(ownShare: number, own: number, people: number): number {
  return ownShare * own + (1 - ownShare) * people;
}

/** The value at a place in a row's histogram, in bins from its lower end. */
function valueAt(row: number, bins: number): number {
  const low = rowLow[row] ?? 0;
  return low + (bins * ((rowHigh[row] ?? 0) - low)) / baselineBins;
}

function nameOf(row: number): FeatureName {
  return featureNames[row] ?? 'rhythm';
}

function binOf(row: number, value: number): number {
  const low = rowLow[row] ?? 0;
  const bin = Math.floor(((value - low) / ((rowHigh[row] ?? 1) - low)) * baselineBins);
  return Math.max(0, Math.min(baselineBins - 1, bin));
}
