import type { FlowState, ScoreContribution } from '../facts/flow.ts';
import type { RawFeatures } from '../facts/minuteSample.ts';

/** What is usual for the person: the median of their scores and its quartiles, 0-100. */
export interface UsualScore {
  readonly score: number;
  readonly low: number;
  readonly high: number;
}

/** What was seen in the window; shown as the reason where there is no score. */
export interface Evidence {
  /** Edits in the window that count, and how many are needed for a score. */
  readonly edits: number;
  readonly editsNeeded: number;
  /** Characters in the window that were typed, came in blocks, or can't be told apart. */
  readonly typedChars: number;
  readonly blockChars: number;
  readonly unknownChars: number;
  readonly navigations: number;
  readonly blurs: number;
  /** Milliseconds since the last edit, or `undefined` when there was none. */
  readonly sinceLastEditMs: number | undefined;
  /** In front is a document of which the editor does not tell edits; left out: there is none. */
  readonly isUntold?: boolean;
}

/** The result of one scoring step. Complete in itself: nothing has to be remembered to understand it. */
export interface FlowReading {
  readonly state: FlowState;
  /** 0-100, or `undefined` in states that make no claim. */
  readonly score: number | undefined;
  /** The range in which the score likely lies, 0-100; `undefined` together with `score`. */
  readonly low: number | undefined;
  readonly high: number | undefined;
  /** 0-1; 0 where there is no score. */
  readonly confidence: number;
  /**
   * The normalised features in the order of `featureNames`, each within +-3; 0, as usual, where `raw` has none; `undefined` when too
   * few events.
   */
  readonly features: Float32Array | undefined;
  /** In their own units; one that there was too little to tell of is `undefined`. */
  readonly raw: RawFeatures | undefined;
  /**
   * What each feature that is known adds or takes; they add up to score minus usual, in the order of `featureNames`; empty without a
   * score. An engine finds them when they are first read.
   */
  readonly contributions: readonly ScoreContribution[];
  readonly usual: UsualScore;
  /** Minutes of scored time that `usual` rests on; 0 while it is the population's. */
  readonly baselineMinutes: number;
  readonly evidence: Evidence;
  /** How long the state has held, the present spell has lasted, and how much of it was in flow. */
  readonly stateMs: number;
  readonly spellMs: number;
  readonly inFlowMs: number;
}
