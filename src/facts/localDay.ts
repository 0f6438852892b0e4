/**
 * A person's day: from the day-start hour of one calendar date to that of the next, in local time. Days of
 * 23 and 25 hours come out right because each bound is computed from the calendar, never by adding 24 hours.
 */

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Whole days since 1970-01-01 of the calendar date that names a person's day. */
export type DayNumber = number;

/** The day that a wall-clock time belongs to, from the zone offset that held then. */
export function dayAt(wallMs: number, zoneOffsetMinutes: number, dayStartHour: number): DayNumber {
  return Math.floor((wallMs + zoneOffsetMinutes * minuteMs - dayStartHour * hourMs) / dayMs);
}

/** First and past-the-end wall-clock milliseconds of a day in the machine's present zone. */
export function dayBounds(
  day: DayNumber,
  dayStartHour: number,
): { readonly startMs: number; readonly endMs: number } {
  const date = new Date(day * dayMs);
  const at = (offsetDays: number): number =>
    new Date(
      date.getUTCFullYear(),
      date.getUTCMonth(),
      date.getUTCDate() + offsetDays,
      dayStartHour,
    ).getTime();
  return { startMs: at(0), endMs: at(1) };
}

/** `2026-11-21` for a day number. */
export function formatDay(day: DayNumber): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}
