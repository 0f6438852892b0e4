/** Times as an export has them: ISO 8601 with the zone's offset, to the millisecond. */

const minuteMs = 60_000;
const dayMinutes = 24 * 60;
/** Longer texts have finer fractions than a millisecond. */
const longestExact = '2026-11-21T09:30:00.000+01:00'.length;
/** Years of four digits only: what lies outside is no time that somebody wrote code at. */
const form = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;

/**
 * `2026-11-21T09:30:00.000+01:00`. ISO 8601 has no offset of a day or more; such a time is told in UTC, and whoever
 * needs the offset finds it beside it. @throws {RangeError} for a time that no `Date` holds
 */
export function formatTime(wallMs: number, zoneOffsetMinutes: number): string {
  const known = Math.abs(zoneOffsetMinutes) < dayMinutes ? zoneOffsetMinutes : 0;
  const local = new Date(wallMs + known * minuteMs).toISOString().slice(0, -1);
  if (known === 0) {
    return `${local}Z`;
  }
  const distance = Math.abs(known);
  const hours = String(Math.floor(distance / 60)).padStart(2, '0');
  const minutes = String(distance % 60).padStart(2, '0');
  return `${local}${known < 0 ? '-' : '+'}${hours}:${minutes}`;
}

/**
 * UTC milliseconds of an ISO 8601 time with `Z` or an offset, finer fractions cut off; `undefined` for anything
 * else, for a year before 1970 and for one after 9999.
 */
export function parseTime(text: unknown): number | undefined {
  if (typeof text !== 'string' || text.length > 40 || !form.test(text)) {
    return undefined;
  }
  const milliseconds = text.length > longestExact ? text.replace(/(\.\d{3})\d+/, '$1') : text;
  const wallMs = isCalendarDay(text) ? Date.parse(milliseconds) : NaN;
  return wallMs >= 0 && wallMs <= latestMs ? wallMs : undefined;
}

/** The end of the year 9999, less a day so that any zone's date has four digits. */
const latestMs = Date.UTC(9999, 11, 31);

/** `Date.parse` takes the 31st of April for the 1st of May. @param text begins with `YYYY-MM-DD` */
function isCalendarDay(text: string): boolean {
  const dayOfMonth = Number(text.slice(8, 10));
  return (
    dayOfMonth <= 28 ||
    dayOfMonth <=
      new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0)).getUTCDate()
  );
}
