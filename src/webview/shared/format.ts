import { hoursAndMinutes, isUnderAMinute } from '../../facts/timeSpan.ts';
import { text } from './strings.ts';

/** Numbers, spans of time and times of day as a person reads them. */

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const dayMs = 24 * 60 * minuteMs;

let language = 'en';

/** Sets the language of numbers and dates; a tag that the platform doesn't know leaves it English. */
export function useLanguage(tag: string): void {
  try {
    language = Intl.getCanonicalLocales(tag)[0] ?? 'en';
  } catch {
    language = 'en';
  }
}

const formats = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat>();

function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  // Times are shifted to the person's zone first, so that the page's own zone, which may be another, has no say.
  const all = { ...options, timeZone: 'UTC' };
  const key = `date ${language} ${JSON.stringify(all)}`;
  const known = formats.get(key);
  if (known instanceof Intl.DateTimeFormat) {
    return known;
  }
  const made = new Intl.DateTimeFormat(language, all);
  formats.set(key, made);
  return made;
}

function numberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `number ${language} ${JSON.stringify(options)}`;
  const known = formats.get(key);
  if (known instanceof Intl.NumberFormat) {
    return known;
  }
  const made = new Intl.NumberFormat(language, options);
  formats.set(key, made);
  return made;
}

/** A whole number: `1,204`. */
export function formatCount(value: number): string {
  return numberFormat({ maximumFractionDigits: 0 }).format(value);
}

/** A number with up to three decimals: `0.25`. */
export function formatDecimal(value: number): string {
  return numberFormat({ maximumFractionDigits: 3 }).format(value);
}

/** `512 B`, `12 KB`, `1.8 MB`; a kilobyte has 1,024 bytes. */
export function formatBytes(sizeBytes: number): string {
  const kibibytes = sizeBytes / 1024;
  if (kibibytes < 1) {
    return text('size.bytes', { size: formatCount(sizeBytes) });
  }
  return kibibytes < 1000
    ? text('size.kilobytes', { size: formatCount(kibibytes) })
    : text('size.megabytes', {
        size: numberFormat({ maximumFractionDigits: 1 }).format(kibibytes / 1024),
      });
}

/** Signed points with a true minus: `+13`, `−5`, `0`. */
export function formatPoints(value: number): string {
  return numberFormat({ maximumFractionDigits: 0, signDisplay: 'exceptZero' })
    .format(value)
    .replace('-', '\u2212');
}

/** A fraction of 0-1 as a percentage: `10%`, `<1%`, and `0%` only of nothing. */
export function formatPercent(fraction: number): string {
  const format = numberFormat({ style: 'percent', maximumFractionDigits: 0 });
  return fraction > 0 && fraction < 0.005 ? `<${format.format(0.01)}` : format.format(fraction);
}

/** `46 min`, `3 h 11 min`, `2 h`, `<1 min`. */
export function formatDuration(durationMs: number): string {
  return duration(durationMs, 'duration.hoursMinutes');
}

/** As {@link formatDuration}, for columns: `1 h 17`. */
export function formatShortDuration(durationMs: number): string {
  return duration(durationMs, 'duration.hoursMinutesShort');
}

function duration(
  durationMs: number,
  both: 'duration.hoursMinutes' | 'duration.hoursMinutesShort',
): string {
  if (isUnderAMinute(durationMs)) {
    return text('duration.underAMinute');
  }
  const { hours, minutes } = hoursAndMinutes(durationMs);
  if (hours === 0) {
    return text('duration.minutes', { minutes: formatCount(minutes) });
  }
  return minutes === 0
    ? text('duration.hours', { hours: formatCount(hours) })
    : text(both, { hours: formatCount(hours), minutes: String(minutes).padStart(2, '0') });
}

/** Hours and minutes as on a clock, for where there is little room: `2:05`. */
export function formatClockDuration(durationMs: number): string {
  const { hours, minutes } = hoursAndMinutes(durationMs);
  return `${formatCount(hours)}:${String(minutes).padStart(2, '0')}`;
}

/** `50 s ago` or `7 min ago`. */
export function formatAgo(spanMs: number): string {
  const seconds = Math.max(0, Math.round(spanMs / secondMs));
  return seconds < 90
    ? text('ago.seconds', { count: formatCount(seconds) })
    : text('ago.minutes', { count: formatCount(Math.round(seconds / 60)) });
}

/** `8:42` or `8:42 AM`, as the language has it. */
export function formatTime(wallMs: number, zoneOffsetMinutes: number): string {
  return dateFormat({ hour: 'numeric', minute: '2-digit' }).format(
    wallMs + zoneOffsetMinutes * minuteMs,
  );
}

/** The bare hour for an axis, `8`, and the half of the day, `AM`, in languages that count to twelve. */
export function formatHour(
  wallMs: number,
  zoneOffsetMinutes: number,
): { readonly hour: string; readonly dayPeriod: string } {
  const parts = dateFormat({ hour: 'numeric' }).formatToParts(
    wallMs + zoneOffsetMinutes * minuteMs,
  );
  const find = (wanted: Intl.DateTimeFormatPartTypes): string =>
    parts.find(({ type }) => type === wanted)?.value ?? '';
  // "08 Uhr" needs no more than its number on an axis.
  return { hour: find('hour').replace(/^0(?=\d)/, ''), dayPeriod: find('dayPeriod') };
}

/** An hour of the day, 0-23, in words: `10` or `10 AM`. */
export function formatClockHour(hour: number): string {
  const { hour: number, dayPeriod } = formatHour(hour * 60 * minuteMs, 0);
  return dayPeriod === '' ? number : `${number} ${dayPeriod}`;
}

/** A weekday's short name, 0 for Monday. */
export function formatWeekday(weekday: number): string {
  // 1970-01-05 was a Monday.
  return dateFormat({ weekday: 'short' }).format((4 + weekday) * dayMs);
}

/** The short name of the weekday of a day number. */
export function formatDayName(day: number): string {
  return dateFormat({ weekday: 'short' }).format(day * dayMs);
}

/** A day number as a date: `Tue, Nov 17`. */
export function formatDate(day: number): string {
  return dateFormat({ weekday: 'short', day: 'numeric', month: 'short' }).format(day * dayMs);
}

/** `Nov 18, 2026, 8:42 AM`. */
export function formatDateTime(wallMs: number, zoneOffsetMinutes: number): string {
  return dateFormat({
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
  }).format(shownMs(wallMs, zoneOffsetMinutes));
}

/** `Nov 18, 2026`. */
export function formatLongDate(wallMs: number, zoneOffsetMinutes: number): string {
  return dateFormat({ day: 'numeric', month: 'short', year: 'numeric' }).format(
    shownMs(wallMs, zoneOffsetMinutes),
  );
}

/** Local time as the formats take it; what no calendar reaches is held at its ends. */
function shownMs(wallMs: number, zoneOffsetMinutes: number): number {
  const farthestMs = 8.64e15;
  return Math.min(farthestMs, Math.max(-farthestMs, wallMs + zoneOffsetMinutes * minuteMs));
}

/** `today 13:40`, `yesterday 18:10`, or the date. Days are calendar days of the person's zone. */
export function formatMoment(wallMs: number, atMs: number, zoneOffsetMinutes: number): string {
  const calendarDay = (ms: number): number =>
    Math.floor((ms + zoneOffsetMinutes * minuteMs) / dayMs);
  const age = calendarDay(atMs) - calendarDay(wallMs);
  if (age === 0) {
    return `${text('day.today')} ${formatTime(wallMs, zoneOffsetMinutes)}`;
  }
  if (age === 1) {
    return `${text('day.yesterday')} ${formatTime(wallMs, zoneOffsetMinutes)}`;
  }
  return dateFormat({ day: 'numeric', month: 'long', year: 'numeric' }).format(
    wallMs + zoneOffsetMinutes * minuteMs,
  );
}
