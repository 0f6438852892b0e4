import type { FlowState } from '../../facts/flow.ts';
import type { DayNumber } from '../../facts/localDay.ts';
import type { MinuteSample } from '../../facts/minuteSample.ts';
import { Baseline } from '../baseline/baseline.ts';
import { FlowDetector } from '../detection/flowDetector.ts';
import { SmoothedFeatures } from '../baseline/smoothedFeatures.ts';
import { sigmoid, type FlowModel } from '../model/flowModel.ts';
import {
  assistedShare,
  editsNeeded,
  flowShareLimit,
  flowShareMinutes,
  mostOfOneBlock,
  smoothingMs,
  spellGapMs,
  stepMs,
  windowSteps,
} from '../flowRules.ts';
import { shippedModel } from '../model/shippedModel.ts';

const minuteMs = 60_000;
const stepsPerMinute = minuteMs / stepMs;
const windowMinutes = windowSteps / stepsPerMinute;
const here = { focused: true, active: true, paused: false };
/** A minute holds fifteen seconds' steps, of which only the last one's features were kept. */
const newShare = 1 - Math.exp(-minuteMs / smoothingMs);

/** What a past minute looks like under the present rules. */
export interface RescoredMinute {
  readonly minute: number;
  readonly state: FlowState;
  readonly score: number | undefined;
}

/**
 * Computes history again from what was stored of each minute, after a rule, a threshold or the model changed.
 * Feed it the minutes of one person in the order of time; it remembers what came before, as the engine did.
 *
 * It is coarser than the engine: of the four steps of a minute only the last one's features are there, so states
 * may begin or end up to a minute off. Minutes without a person (`away`, `paused`) and minutes in which no score
 * was possible stay as they were. Nothing is written here: the old reading stays with who asked.
 */
export class Rescorer {
  readonly baseline: Baseline;
  readonly #model: FlowModel;
  readonly #detector = new FlowDetector();
  readonly #smoothed = new SmoothedFeatures();
  readonly #typedChars = new Float64Array(windowMinutes);
  readonly #blockChars = new Float64Array(windowMinutes);
  #lastMinute = -Infinity;
  #lastEditMs = -Infinity;
  #spellStartMs = -Infinity;

  constructor(baseline: Baseline = new Baseline(), model: FlowModel = shippedModel()) {
    this.baseline = baseline;
    this.#model = model;
  }

  /** @param day that the minute belongs to, by the person's own day start */
  next(sample: MinuteSample, day: DayNumber): RescoredMinute {
    const endMs = (sample.minute + 1) * minuteMs;
    this.baseline.rollTo(day);
    if ((sample.minute - this.#lastMinute) * minuteMs > spellGapMs) {
      this.#detector.reset();
      this.#typedChars.fill(0);
      this.#blockChars.fill(0);
      this.#smoothed.forget();
    }
    this.#lastMinute = sample.minute;
    this.#noteEdits(sample, endMs);
    const probability = this.#probabilityOf(sample);
    const state = this.#judge(sample, probability, endMs);
    const isScored = state === 'building' || state === 'steady' || state === 'inFlow';
    if (sample.raw !== undefined && probability !== undefined && isScored) {
      this.baseline.add(sample.raw, 100 * probability, stepsPerMinute);
    } else {
      this.baseline.addActive(stepsPerMinute);
    }
    const score = probability === undefined || !isScored ? undefined : 100 * probability;
    return { minute: sample.minute, state, score };
  }

  /** As FeatureWindow.isAssisted, with the fullest minute's blocks in the place of the largest block. */
  #isAssisted(): boolean {
    const largest = Math.max(...this.#blockChars);
    const block = sumOf(this.#blockChars) - largest + Math.min(largest, mostOfOneBlock);
    return block > assistedShare * (block + sumOf(this.#typedChars));
  }

  #noteEdits({ insertedChars, deletes, blockChars, raw }: MinuteSample, endMs: number): void {
    shift(this.#typedChars, insertedChars);
    shift(this.#blockChars, blockChars);
    if (insertedChars + deletes + blockChars > 0 || raw !== undefined) {
      if (endMs - this.#lastEditMs >= spellGapMs) {
        this.#spellStartMs = endMs - minuteMs;
      }
      this.#lastEditMs = endMs - stepMs;
    }
  }

  #probabilityOf({ raw }: MinuteSample): number | undefined {
    if (raw === undefined) {
      this.#smoothed.forget();
      return undefined;
    }
    this.#smoothed.add(raw, this.baseline, newShare);
    return sigmoid(this.#model.logit(this.#smoothed.values));
  }

  #judge(sample: MinuteSample, probability: number | undefined, endMs: number): FlowState {
    const seen = {
      edits: probability === undefined ? 0 : editsNeeded,
      lastEditMs: this.#lastEditMs,
      spellStartMs: this.#spellStartMs,
      // What came without a sign of a key is not in the record: that it was most of a minute is known by its state alone.
      isAssisted: this.#isAssisted() || sample.state === 'assisted',
      probability,
      ownFlowProbability:
        this.baseline.minutes < flowShareMinutes
          ? 0
          : this.baseline.scoreOfTopShare(flowShareLimit) / 100,
    };
    let state: FlowState = 'unknown';
    for (let step = stepsPerMinute - 1; step >= 0; step--) {
      this.#detector.noteStep(seen);
      state = this.#detector.update(endMs - step * stepMs, here, seen);
    }
    // Only what features speak for can be seen anew; who was there can't.
    return probability === undefined || isPersonless(sample.state) ? sample.state : state;
  }
}

/** Forgets the oldest and takes the newest. */
function shift(values: Float64Array, newest: number): void {
  values.copyWithin(0, 1);
  values[values.length - 1] = newest;
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function isPersonless(state: FlowState): boolean {
  return state === 'away' || state === 'paused';
}
