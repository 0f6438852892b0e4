import * as v from 'valibot';
import { count } from '../facts/guards.ts';
import { dayNumber } from './dayReading.ts';

/** Today and the six days before it, oldest first. */
export const weekReading = v.strictObject({
  days: v.pipe(
    v.array(
      v.strictObject({
        day: dayNumber,
        inFlowSeconds: count,
        steadySeconds: count,
        /**
         * The middle half (25-75 %) of focused seconds on the same weekday in the eight weeks before, days
         * without a record counted as 0; `null` while there is a record of fewer than four such weeks.
         */
        usual: v.nullable(v.strictObject({ lowSeconds: count, highSeconds: count })),
      }),
    ),
    v.minLength(1),
    v.maxLength(7),
  ),
  /** True when any of it is made-up history. */
  demo: v.boolean(),
});

export type WeekReading = v.InferOutput<typeof weekReading>;
