import type { DayNumber } from '../../facts/localDay.ts';
import type { MinuteSample } from '../../facts/minuteSample.ts';
import { encodeBaseline } from '../baseline/baselineTemplate.ts';
import { rulesVersion } from '../flowRules.ts';
import { tune, type FeedbackAnswer } from '../model/personalModel.ts';
import { encodePersonalFit } from '../model/personalTemplate.ts';
import { Rescorer, type RescoredMinute } from './rescore.ts';
import { shippedModel } from '../model/shippedModel.ts';

/** The present rules, for whoever scores the past by them. */
export const historyRules = {
  rules: rulesVersion,
  begin(): { next(sample: MinuteSample, day: DayNumber): RescoredMinute; baseline(): Uint8Array } {
    const rescorer = new Rescorer();
    return {
      next: (sample, day) => rescorer.next(sample, day),
      baseline: () => encodeBaseline(rescorer.baseline),
    };
  },
  tune: (answers: readonly FeedbackAnswer[]) => encodePersonalFit(tune(shippedModel(), answers)),
} as const;
