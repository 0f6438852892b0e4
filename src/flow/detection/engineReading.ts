import { featureCount, type FlowState, type ScoreContribution } from '../../facts/flow.ts';
import type { RawFeatures } from '../../facts/minuteSample.ts';
import type { Baseline } from '../baseline/baseline.ts';
import type { FeatureWindow } from '../features/featureWindow.ts';
import { countKnown } from '../features/knownFeatures.ts';
import type { SmoothedFeatures } from '../baseline/smoothedFeatures.ts';
import type { FlowDetector, Observation } from './flowDetector.ts';
import type { FlowModel } from '../model/flowModel.ts';
import type { Evidence, FlowReading, UsualScore } from '../flowReading.ts';
import { editsNeeded, scoredAfterEditMs } from '../flowRules.ts';
import { ScoreRange } from '../model/scoreRange.ts';
import { ShapleyValues } from '../model/shapleyValues.ts';

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

const noContributions: readonly ScoreContribution[] = [];

/** What an engine holds for good and writes over at every step; a reading is read off it. */
export interface ReadingSources {
  readonly seen: Observation;
  readonly smoothed: SmoothedFeatures;
  readonly detector: FlowDetector;
}

/**
 * The reading that an engine gives: one object, written over by each step, so that a step allocates nothing. The
 * score's range is measured and what each feature adds is explained here, by the engine's model.
 */
export class EngineReading {
  readonly #sources: ReadingSources;
  readonly #range = new ScoreRange();
  readonly #evidence: Mutable<Evidence>;
  readonly #reading: Mutable<Omit<FlowReading, 'contributions'>> &
    Pick<FlowReading, 'contributions'>;
  #model: FlowModel;
  #shapley: ShapleyValues;
  #isExplained = false;

  constructor(model: FlowModel, sources: ReadingSources, usual: UsualScore) {
    this.#sources = sources;
    this.#model = model;
    this.#shapley = new ShapleyValues(model);
    this.#evidence = {
      edits: 0,
      editsNeeded,
      typedChars: 0,
      blockChars: 0,
      unknownChars: 0,
      navigations: 0,
      blurs: 0,
      sinceLastEditMs: undefined,
      isUntold: false,
    };
    // Explaining costs more than scoring, and mostly nobody asks: the contributions are found when they are read.
    const contributions = (): readonly ScoreContribution[] => this.#explain();
    this.#reading = {
      get contributions() {
        return contributions();
      },
      state: 'unknown',
      score: undefined,
      low: undefined,
      high: undefined,
      confidence: 0,
      features: undefined,
      raw: undefined,
      usual,
      baselineMinutes: 0,
      evidence: this.#evidence,
      stateMs: 0,
      spellMs: 0,
      inFlowMs: 0,
    };
  }

  /** Goes on with another model. */
  useModel(model: FlowModel): void {
    this.#model = model;
    this.#shapley = new ShapleyValues(model);
  }

  /**
   * Reads off what the sources hold by now.
   * @param isUntold in front is a document of which no edits are told
   * @param raw the features of the last step, or `undefined` when too few events; kept as it is
   * @returns the one object that every call gives
   */
  write(
    state: FlowState,
    nowMs: number,
    isUntold: boolean,
    window: FeatureWindow,
    baseline: Baseline,
    raw: RawFeatures | undefined,
  ): FlowReading {
    const { detector, seen, smoothed } = this.#sources;
    const reading = this.#reading;
    const evidence = this.#evidence;
    this.#isExplained = false;
    const sinceLastEditMs = nowMs - window.lastEditMs;
    reading.state = state;
    evidence.edits = seen.edits;
    evidence.typedChars = window.typedChars;
    evidence.blockChars = window.blockChars;
    evidence.unknownChars = window.unknownChars;
    evidence.navigations = window.navigations;
    evidence.blurs = window.blurs;
    evidence.isUntold = isUntold;
    evidence.sinceLastEditMs = sinceLastEditMs === Infinity ? undefined : sinceLastEditMs;
    reading.usual = baseline.usual;
    reading.baselineMinutes = baseline.minutes;
    reading.stateMs = detector.stateMs;
    reading.spellMs = detector.spellMs;
    reading.inFlowMs = detector.inFlowMs;
    reading.features = raw === undefined ? undefined : smoothed.values;
    reading.raw = raw;
    this.#writeScore(sinceLastEditMs, baseline);
    return reading;
  }

  #writeScore(sinceLastEditMs: number, baseline: Baseline): void {
    const reading = this.#reading;
    const { seen, smoothed } = this.#sources;
    const { probability } = seen;
    const makesClaim =
      reading.state === 'building' || reading.state === 'steady' || reading.state === 'inFlow';
    if (probability === undefined || !makesClaim || sinceLastEditMs >= scoredAfterEditMs) {
      reading.score = reading.low = reading.high = undefined;
      reading.confidence = 0;
      return;
    }
    this.#range.measure(
      this.#model.logit(smoothed.values),
      this.#evidence,
      baseline.maturity,
      reading.spellMs,
      featureCount - countKnown(smoothed.known),
    );
    reading.score = 100 * probability;
    reading.low = this.#range.low;
    reading.high = this.#range.high;
    reading.confidence = this.#range.confidence;
  }

  #explain(): readonly ScoreContribution[] {
    if (this.#reading.score === undefined) {
      return noContributions;
    }
    if (!this.#isExplained) {
      const { smoothed } = this.#sources;
      this.#shapley.explain(smoothed.values, this.#reading.usual.score, smoothed.known);
      this.#isExplained = true;
    }
    return this.#shapley.contributions;
  }
}
