import * as v from 'valibot';
import { bestHoursState } from './bestHoursReading.ts';
import { historyState } from './dayReading.ts';
import { weekState } from './weekReading.ts';

/**
 * What a look back from today shows. The keeper answers it whole, and the dashboard's state holds each part under the same
 * name: what is added here reaches a pane by itself, once `keeperAnswers.ts` reads it.
 */
export const pastState = v.strictObject({
  history: historyState,
  week: weekState,
  bestHours: bestHoursState,
});
export type PastState = v.InferOutput<typeof pastState>;

/** The parts in the dashboard's state: `null` until the keeper has answered, and while the vault is locked. */
export const shownPast = {
  history: v.nullable(historyState),
  week: v.nullable(weekState),
  bestHours: v.nullable(bestHoursState),
} as const satisfies Record<keyof PastState, v.GenericSchema>;

/** The parts while nothing is known. */
export const unknownPast = {
  history: null,
  week: null,
  bestHours: null,
} as const satisfies Record<keyof PastState, null>;
