import * as v from 'valibot';
import { count, wallMs } from './guards.ts';

/**
 * What the record shows of a person's own habits. Each statement comes with the numbers that it rests on, and is
 * `null` below its least amount of data, with how much there is and how much it needs.
 */

const hour = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(23));

/** How much there is of what a statement needs, in its own unit (days, spells, breaks). */
const basis = v.strictObject({ have: count, need: count });

/** The lower quartile, the median and the upper quartile of a set of durations. */
const quartiles = v.strictObject({ lowSeconds: count, midSeconds: count, highSeconds: count });

export const insightsState = v.strictObject({
  /** Days looked back, and how many of them have a record. */
  days: count,
  recordedDays: count,
  demo: v.boolean(),
  /** The hours of the day with the largest share of active time in flow. */
  bestHours: v.strictObject({
    basis,
    found: v.nullable(v.strictObject({ fromHour: hour, toHour: v.pipe(v.number(), v.integer()) })),
    /** Evidence: every hour with active time. */
    hours: v.array(v.strictObject({ hour, activeSeconds: count, inFlowSeconds: count })),
  }),
  /** How long a spell of steady and flowing work lasts. */
  spellLength: v.strictObject({
    basis,
    found: v.nullable(quartiles),
    /** Evidence: how many spells lasted how long; `toSeconds` is past the end, `null` for the last class. */
    lengths: v.array(
      v.strictObject({ fromSeconds: count, toSeconds: v.nullable(count), spells: count }),
    ),
  }),
  /** What came right before spells ended, by how often; more than one can have come before the same end. */
  beforeBreaks: v.strictObject({
    basis,
    found: v.nullable(
      v.array(
        v.strictObject({
          cause: v.picklist(['blur', 'block', 'pause', 'gap', 'end', 'none']),
          breaks: count,
        }),
      ),
    ),
    /** Evidence: the last of them. */
    latest: v.array(
      v.strictObject({
        atMs: wallMs,
        cause: v.picklist(['blur', 'block', 'pause', 'gap', 'end', 'none']),
      }),
    ),
  }),
  /** From an interruption until work was steady or in flow again. */
  recovery: v.strictObject({
    basis,
    found: v.nullable(quartiles),
    latest: v.array(v.strictObject({ atMs: wallMs, seconds: count })),
  }),
  /** Focused time in the last seven days beside the same span in the weeks before. */
  focusedTime: v.strictObject({
    basis,
    found: v.nullable(v.strictObject({ seconds: count, lowSeconds: count, highSeconds: count })),
    weeks: v.array(v.strictObject({ fromMs: wallMs, seconds: count })),
  }),
});
export type InsightsState = v.InferOutput<typeof insightsState>;
