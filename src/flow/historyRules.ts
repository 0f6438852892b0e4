import type { DayNumber } from '../base/localDay.ts';
import type { MinuteSample } from '../base/minuteSample.ts';
import { encodeBaseline } from './baselineTemplate.ts';
import { tune, type FeedbackAnswer } from './personalModel.ts';
import { encodePersonalFit } from './personalTemplate.ts';
import { Rescorer, type RescoredMinute } from './rescore.ts';
import { shippedModel } from './shippedModel.ts';

/**
 * The present rules, for whoever scores the past by them. Raise `rules` with every change of a rule, a
 * threshold or the model that changes what a minute reads as: then history is computed again.
 */
export const historyRules = {
  rules: 1,
  begin(): { next(sample: MinuteSample, day: DayNumber): RescoredMinute; baseline(): Uint8Array } {
    const rescorer = new Rescorer();
    return {
      next: (sample, day) => rescorer.next(sample, day),
      baseline: () => encodeBaseline(rescorer.baseline),
    };
  },
  tune: (answers: readonly FeedbackAnswer[]) => encodePersonalFit(tune(shippedModel(), answers)),
} as const;
