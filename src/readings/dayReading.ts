import * as v from 'valibot';
import { count, flowState, fraction, score, wallMs } from '../facts/guards.ts';

/** A stretch of the day in one state; `score` is its mean. */
const spanReading = v.strictObject({
  startMs: wallMs,
  endMs: wallMs,
  state: flowState,
  score: v.nullable(score),
});

const sessionState = v.strictObject({ startMs: wallMs, endMs: wallMs, focusedSeconds: count });

/** One person's day over all windows. Seconds are counted once, whatever the number of windows. */
export const dayReading = v.strictObject({
  startMs: wallMs,
  endMs: wallMs,
  /** Seconds in each state. */
  seconds: v.record(flowState, count),
  /** Steady and in flow together. */
  focusedSeconds: count,
  longestSpellSeconds: count,
  interruptions: count,
  /** When the interruptions were, where that is known. */
  interruptionsAtMs: v.optional(v.array(wallMs)),
  spans: v.array(spanReading),
  sessions: v.array(sessionState),
  /** Of each minute with a score: minutes after `startMs`, the score, and how sure it is. Ascending. */
  scores: v.optional(v.array(v.strictTuple([count, score, fraction]))),
  /**
   * Local time minus UTC over the day, in minutes, each entry from `fromMs` on; where a day has a change of the
   * clocks or was lived in another zone. Absent: the snapshot's offset holds for all of it.
   */
  zones: v.optional(v.array(v.strictObject({ fromMs: wallMs, zoneOffsetMinutes: v.number() }))),
  /** True when any of it is made-up history. */
  demo: v.boolean(),
});

/** A person's day by number (src/facts/localDay.ts). */
export const dayNumber = v.pipe(v.number(), v.integer());

/** Whether there are other days than today to look at. */
export const historyReading = v.strictObject({
  today: dayNumber,
  /** The last day before today that has a record. */
  previousDay: v.nullable(dayNumber),
});

/** One day of the past, with the days beside it. */
export const loadedDayReading = v.strictObject({
  day: dayReading,
  /** The nearest days with a record on either side; `nextDay` is today at the latest. */
  previousDay: v.nullable(dayNumber),
  nextDay: v.nullable(dayNumber),
});

export type DayReading = v.InferOutput<typeof dayReading>;
export type SpanReading = v.InferOutput<typeof spanReading>;
export type HistoryReading = v.InferOutput<typeof historyReading>;
export type LoadedDayReading = v.InferOutput<typeof loadedDayReading>;
