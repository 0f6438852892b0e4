/** A span of time cut for reading, by one rule for every view: the same span never shows as two numbers. */

const minuteMs = 60_000;

export interface HoursAndMinutes {
  readonly hours: number;
  /** 0-59. */
  readonly minutes: number;
}

/** Hours and minutes of a span of time in milliseconds, rounded to the nearest minute. */
export function hoursAndMinutes(spanMs: number): HoursAndMinutes {
  const minutes = Math.round(spanMs / minuteMs);
  return { hours: Math.floor(minutes / 60), minutes: minutes % 60 };
}

/** True for a span that is there but shorter than a minute: neither "0 min" nor "1 min" would be true of it. */
export function isUnderAMinute(spanMs: number): boolean {
  return spanMs > 0 && spanMs < minuteMs;
}
