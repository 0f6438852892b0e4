import * as v from 'valibot';
import { count } from '../facts/guards.ts';

/** Where in the week the person's flow was, over the last weeks. */
export const bestHoursReading = v.strictObject({
  /** Weeks back from today that were looked at, 12 as soon as there are so many. */
  weeks: count,
  /** Hours of local time with any active time; the rest is left out. */
  hours: v.pipe(
    v.array(
      v.strictObject({
        /** 0 is Monday. */
        weekday: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(6)),
        hour: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(23)),
        /** Seconds in any state but away and paused. */
        activeSeconds: count,
        inFlowSeconds: count,
      }),
    ),
    v.maxLength(7 * 24),
  ),
  demo: v.boolean(),
});

export type BestHoursReading = v.InferOutput<typeof bestHoursReading>;
