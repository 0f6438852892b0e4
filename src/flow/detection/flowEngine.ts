import type { RawFeatures } from '../../facts/minuteSample.ts';
import type { Presence } from '../../facts/presence.ts';
import { EventKind } from '../../tracking/eventKind.ts';
import type { KeystrokeRing } from '../../tracking/keystrokeRing.ts';
import { Baseline } from '../baseline/baseline.ts';
import { FeatureWindow, type SavedWindow } from '../features/featureWindow.ts';
import { SmoothedFeatures } from '../baseline/smoothedFeatures.ts';
import { EngineReading } from './engineReading.ts';
import { FlowDetector, type SavedDetector } from './flowDetector.ts';
import { sigmoid, type FlowModel } from '../model/flowModel.ts';
import type { FlowReading } from '../flowReading.ts';
import {
  editsNeeded,
  engagedAfterEditMs,
  flowShareLimit,
  flowShareMinutes,
  smoothingMs,
  stepMs,
} from '../flowRules.ts';
import { shippedModel } from '../model/shippedModel.ts';

/** How much of the latest step goes into the smoothed features. */
const newShare = 1 - Math.exp(-stepMs / smoothingMs);
/** Later than this, time did not pass: the clock was set back. */
const clockToleranceMs = 1_000;
const nobody: Presence = { focused: true, active: false, paused: false };

export interface FlowEngineOptions {
  /** What is usual for the person; grows as the engine scores. Without one, a new history begins. */
  readonly baseline?: Baseline;
  readonly model?: FlowModel;
}

/** An engine's memory, without the baseline. Plain numbers; for memory or a vault, as it tells of rhythm. */
export interface SavedEngine {
  readonly version: 1;
  readonly window: SavedWindow;
  readonly detector: SavedDetector;
  readonly smoothed: readonly number[] | null;
  /** The features of these that are known, a bit for each. */
  readonly known: number;
  readonly isFocused: boolean;
  /** From the latest step's time to the end of the step at hand. */
  readonly restMs: number;
}

/**
 * From the ring to a reading: counts what is new, and every 15 s compares the last minutes with what is
 * usual for the person, asks the model, and lets the detector say what it looks like.
 *
 * Steps end at fixed times, 15 s apart from the first event or call on. A call in between sees who is there
 * at once, and the features of the last step that ended. So it makes no difference how often, or how late,
 * {@link step} is called.
 */
export class FlowEngine {
  readonly #ring: KeystrokeRing;
  #baseline: Baseline;
  #model: FlowModel;
  readonly #detector = new FlowDetector();
  readonly #smoothed = new SmoothedFeatures();
  readonly #seen = {
    edits: 0,
    lastEditMs: -Infinity,
    spellStartMs: -Infinity,
    isAssisted: false,
    probability: undefined as number | undefined,
    ownFlowProbability: 0,
  };
  readonly #reading: EngineReading;
  #window: FeatureWindow | undefined;
  #raw: RawFeatures | undefined;
  /** Events of the ring that are counted. */
  #counted: number;
  #isFocused = true;
  #nowMs = -Infinity;
  #presence: Presence = nobody;

  constructor(ring: KeystrokeRing, options: FlowEngineOptions = {}) {
    this.#ring = ring;
    this.#counted = ring.sequence - ring.count;
    this.#baseline = options.baseline ?? new Baseline();
    this.#model = options.model ?? shippedModel();
    this.#reading = new EngineReading(
      this.#model,
      { seen: this.#seen, smoothed: this.#smoothed, detector: this.#detector },
      this.#baseline.usual,
    );
  }

  /** What is usual for the person; grows as the engine scores. */
  get baseline(): Baseline {
    return this.#baseline;
  }

  /** Goes on with another history, as when it has been read from the vault. Keeps the spell. */
  useBaseline(baseline: Baseline): void {
    this.#baseline = baseline;
  }

  /** Goes on with another model, as when it was tuned to the person. Keeps the spell. */
  useModel(model: FlowModel): void {
    this.#model = model;
    this.#reading.useModel(model);
  }

  /**
   * Scores up to a time on the ring's clock. At least every 15 s is best; after a longer time the steps in
   * between are made up for.
   * @returns the reading: one object, with one vector of features and one list of contributions, written over by the
   *   next call. Copy what is to be kept; `raw` alone is made anew for each step and may be kept.
   */
  step(nowMs: number, presence: Presence): FlowReading {
    if (nowMs < this.#nowMs - clockToleranceMs) {
      this.noteGap();
      this.#window = undefined;
      this.#nowMs = nowMs;
    }
    this.#nowMs = Math.max(nowMs, this.#nowMs);
    this.#presence = presence;
    if (presence.paused) {
      this.#forget();
    }
    this.#count(this.#nowMs);
    this.#endStepsUntil(this.#windowAt(this.#nowMs), this.#nowMs);
    this.#isFocused = presence.focused;
    return this.#read();
  }

  /** The machine slept, or the clock was set: ends the spell and forgets the window. */
  noteGap(): void {
    this.#forget();
    this.#detector.reset();
  }

  /** The memory as it is now, events of the ring included. Without the baseline. */
  save(): SavedEngine {
    this.#count(Infinity);
    const window = this.#windowAt(this.#nowMs === -Infinity ? 0 : this.#nowMs);
    return {
      version: 1,
      window: window.save(),
      detector: this.#detector.save(),
      smoothed: this.#smoothed.known === 0 ? null : [...this.#smoothed.values],
      known: this.#smoothed.known,
      isFocused: this.#isFocused,
      restMs: this.#nowMs === -Infinity ? stepMs : window.stepEndMs - this.#nowMs,
    };
  }

  /** Goes on from what {@link save} gave, as if `nowMs` were the time of its latest step. */
  restore(saved: SavedEngine, nowMs: number): void {
    this.#counted = this.#ring.sequence;
    this.#nowMs = nowMs;
    this.#window = new FeatureWindow(nowMs);
    this.#window.restore(saved.window, nowMs + saved.restMs);
    this.#detector.restore(saved.detector, this.#window.spellStartMs, nowMs);
    this.#smoothed.restore(saved.smoothed ?? [], saved.known);
    this.#isFocused = saved.isFocused;
    this.#raw = undefined;
    this.#score(this.#window);
  }

  #windowAt(timeMs: number): FeatureWindow {
    return (this.#window ??= new FeatureWindow(timeMs));
  }

  #forget(): void {
    this.#window?.clear();
    this.#counted = this.#ring.sequence;
    this.#raw = undefined;
    this.#smoothed.forget();
    this.#seen.edits = 0;
    this.#seen.isAssisted = false;
  }

  /** Counts the ring's new events; those from before a jump of the clock as of now. */
  #count(untilMs: number): void {
    const ring = this.#ring;
    const oldest = ring.sequence - ring.count;
    for (let at = Math.max(this.#counted, oldest); at < ring.sequence; at++) {
      const index = at - oldest;
      const timeMs = Math.min(ring.timeAt(index), untilMs);
      const kind = ring.kindAt(index);
      const window = this.#windowAt(timeMs);
      this.#endStepsUntil(window, timeMs);
      if (kind === EventKind.blur || kind === EventKind.focus) {
        this.#isFocused = kind === EventKind.focus;
      }
      // An edit in a window that is not in front is not this person's.
      if (this.#isFocused || kind === EventKind.blur) {
        window.add(
          Math.max(timeMs, window.stepEndMs - stepMs),
          kind,
          ring.insertedAt(index),
          ring.deletedAt(index),
        );
      }
    }
    this.#counted = ring.sequence;
  }

  #endStepsUntil(window: FeatureWindow, timeMs: number): void {
    if (timeMs < window.stepEndMs) {
      return;
    }
    window.skipTo(timeMs);
    while (window.stepEndMs <= timeMs) {
      const stepEndMs = window.stepEndMs;
      window.endStep();
      this.#score(window);
      this.#smooth();
      this.#observe(window);
      this.#detector.noteStep(this.#seen);
      this.#detector.update(stepEndMs, this.#presence, this.#seen);
      this.#learn(window, stepEndMs);
    }
  }

  /** Compares the last steps with what is usual, if there is enough in them. */
  #score(window: FeatureWindow): void {
    this.#raw = undefined;
    this.#seen.edits = window.edits;
    this.#seen.isAssisted = window.isAssisted;
    if (this.#seen.edits >= editsNeeded) {
      this.#raw = window.features();
    }
  }

  #smooth(): void {
    if (this.#raw === undefined) {
      this.#smoothed.forget();
    } else {
      this.#smoothed.add(this.#raw, this.#baseline, newShare);
    }
  }

  /** Brings what the detector sees up to the last step. */
  #observe(window: FeatureWindow): void {
    const seen = this.#seen;
    seen.lastEditMs = window.lastEditMs;
    seen.spellStartMs = window.spellStartMs;
    seen.probability =
      this.#raw === undefined ? undefined : sigmoid(this.#model.logit(this.#smoothed.values));
    seen.ownFlowProbability =
      this.#baseline.minutes < flowShareMinutes
        ? 0
        : this.#baseline.scoreOfTopShare(flowShareLimit) / 100;
  }

  /** Adds the step that ended to what is usual for the person while typing, if they are. */
  #learn(window: FeatureWindow, timeMs: number): void {
    const { focused, active, paused } = this.#presence;
    if (!focused || !active || paused) {
      return;
    }
    const { probability, isAssisted } = this.#seen;
    const isTyping = timeMs - window.lastEditMs < engagedAfterEditMs;
    if (this.#raw === undefined || probability === undefined || isAssisted || !isTyping) {
      this.#baseline.addActive();
    } else {
      this.#baseline.add(this.#raw, 100 * probability);
    }
  }

  #read(): FlowReading {
    const window = this.#windowAt(this.#nowMs);
    this.#observe(window);
    const state = this.#detector.update(this.#nowMs, this.#presence, this.#seen);
    const isUntold = this.#presence.untold === true;
    return this.#reading.write(state, this.#nowMs, isUntold, window, this.#baseline, this.#raw);
  }
}
