import * as v from 'valibot';
import { count, fraction, wallMs } from '../facts/guards.ts';
import { dayNumber } from './dayReading.ts';

/**
 * What the record of the last twelve weeks shows of a person's own habits. Each statement comes with the numbers
 * that it rests on, and is `null` below its least amount of data. The rules are in docs/insights.md.
 */

const hour = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(23));
const zoneOffsetMinutes = v.number();

/** How much there is of what a statement needs, in its own unit. */
const basis = v.strictObject({ have: count, need: count });

/** How many of something lasted how long; `toSeconds` is past the end, `null` for the last class. */
const lengths = v.array(
  v.strictObject({ fromSeconds: count, toSeconds: v.nullable(count), times: count }),
);

/**
 * What the record holds of the last minutes of a spell. `blur`: the window lost the focus. `block`: a block of
 * text came in. `stop`: nothing more is recorded although the window was in front (sleep, the editor closed, or
 * nobody at the keys, which the record can't tell apart). `none`: none of these.
 */
const breakSigns = ['blur', 'block', 'stop', 'none'] as const;
export type BreakSign = (typeof breakSigns)[number];
const breakSign = v.picklist(breakSigns);

export const insightsReading = v.strictObject({
  /** The day from which it looks back. */
  today: dayNumber,
  /** Weeks looked back, and days among them with a record. */
  weeks: count,
  recordedDays: count,
  /** True when any of it is made-up history, or comes from elsewhere. */
  demo: v.boolean(),
  imported: v.boolean(),
  /** The hours of the day with the largest share of active time in flow. The basis is in days. */
  bestHours: v.strictObject({
    basis,
    /**
     * `null` also where no hours stand out. `toHour` is past the end; `days` of those that tell had more flow
     * (`daysAbove`) or less in these hours than in the rest of the day; shares are of active time.
     */
    found: v.nullable(
      v.strictObject({
        fromHour: hour,
        toHour: hour,
        days: count,
        daysAbove: count,
        share: fraction,
        restShare: fraction,
      }),
    ),
    /** Evidence: every hour with active time, in the order of a person's day. */
    hours: v.pipe(
      v.array(v.strictObject({ hour, days: count, activeSeconds: count, inFlowSeconds: count })),
      v.maxLength(24),
    ),
  }),
  /** How long a spell of steady and flowing work lasts: its quartiles. The basis is in spells. */
  spellLength: v.strictObject({
    basis,
    found: v.nullable(v.strictObject({ lowSeconds: count, midSeconds: count, highSeconds: count })),
    lengths,
  }),
  /** What came right before spells ended; more than one sign can stand before the same end. The basis is in ends. */
  beforeBreaks: v.strictObject({
    basis,
    found: v.nullable(
      v.array(
        v.strictObject({
          sign: breakSign,
          breaks: count,
          /** Of as long a stretch in the midst of spells, the share with this sign; `null` where there is none. */
          usualShare: v.nullable(fraction),
        }),
      ),
    ),
    /** Evidence: the last of them, newest first. */
    latest: v.array(
      v.strictObject({
        atMs: wallMs,
        zoneOffsetMinutes,
        spellSeconds: count,
        signs: v.pipe(v.array(breakSign), v.minLength(1)),
      }),
    ),
  }),
  /** From the return after a short absence until work was steady or in flow again. The basis is in absences. */
  recovery: v.strictObject({
    basis,
    /** Where a number reaches `longestSeconds`, it is that long or longer. */
    longestSeconds: count,
    found: v.nullable(v.strictObject({ midSeconds: count, highSeconds: count })),
    /** Absences after which the person left again before work was steady; they count nowhere else. */
    leftAgain: count,
    lengths,
    latest: v.array(v.strictObject({ atMs: wallMs, zoneOffsetMinutes, seconds: count })),
  }),
  /** Steady and flowing time of the seven days before today beside the spans of seven days before those. */
  focusedTime: v.strictObject({
    basis,
    found: v.nullable(v.strictObject({ seconds: count, lowSeconds: count, highSeconds: count })),
    /** Evidence, oldest first; `null` for a span without a record, or that the record begins in. */
    weeks: v.array(v.strictObject({ fromDay: dayNumber, seconds: v.nullable(count) })),
  }),
});
export type InsightsReading = v.InferOutput<typeof insightsReading>;
