import * as v from 'valibot';
import { bestHoursReading } from './bestHoursReading.ts';
import { historyReading } from './dayReading.ts';
import { weekReading } from './weekReading.ts';

/**
 * What a look back from today shows. The keeper answers it whole, and the dashboard's state holds each entry under the same
 * name: what is added here reaches a pane by itself, once `keeperAnswers.ts` reads it.
 */
export const pastReading = v.strictObject({
  history: historyReading,
  week: weekReading,
  bestHours: bestHoursReading,
});
export type PastReading = v.InferOutput<typeof pastReading>;

/** As they are in the dashboard's state: `null` until the keeper has answered, and while the vault is locked. */
export const shownPast = {
  history: v.nullable(historyReading),
  week: v.nullable(weekReading),
  bestHours: v.nullable(bestHoursReading),
} as const satisfies Record<keyof PastReading, v.GenericSchema>;

/** While nothing is known. */
export const unknownPast = {
  history: null,
  week: null,
  bestHours: null,
} as const satisfies Record<keyof PastReading, null>;
