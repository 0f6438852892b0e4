import type { FlowState } from '../../facts/flow.ts';
import type { DayNumber } from '../../facts/localDay.ts';
import type { MinuteSample } from '../../facts/minuteSample.ts';

/**
 * Scores past minutes under the present rules. What the rules are is not the vault's business: whoever puts
 * the keeper together hands one in.
 */
export interface HistoryScorer {
  /** Raised with every change of a rule, a threshold or the model; 1 for the first. */
  readonly rules: number;
  /** Begins at a point of history of which nothing before is known. */
  begin(): HistoryRun;
  /** What the answers teach about the person, as a template. */
  tune(answers: readonly ScoredAnswer[]): Uint8Array;
}

/** An answer about ten minutes that had a score. */
export interface ScoredAnswer {
  readonly day: DayNumber;
  /** 1-7. */
  readonly rating: number;
  readonly features: Float32Array;
}

/** One pass over a person's minutes, in the order of time. */
export interface HistoryRun {
  next(
    sample: MinuteSample,
    day: DayNumber,
  ): { readonly state: FlowState; readonly score: number | undefined };
  /** What is usual for the person after these minutes, as a template. */
  baseline(): Uint8Array;
}
