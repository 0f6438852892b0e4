import type { DayNumber } from '../../../facts/localDay.ts';

/**
 * The dates of WakaTime's dumps: `2015-11-21` since September 2015, before that `11-21-2015`, which its own converter reads as well
 * (https://github.com/wakatime/wakadump/issues/1); its pages and API wrote `11/21/2015` then.
 */

const dayMs = 86_400_000;
const yearFirst = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?=T|$)/;
const yearLast = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})$/;

/**
 * The calendar date of each text, as whole days since 1970; `undefined` for what is none. Where the year comes last, the month comes
 * first, as WakaTime writes it, unless all dates of the dump that can only be read in one way say otherwise.
 * @param isLikely whether a dump like this may tell of that day; decides where both readings are dates
 */
export function readDates(
  texts: readonly string[],
  isLikely: (day: DayNumber) => boolean,
): readonly (DayNumber | undefined)[] {
  const dates = texts.map((text) => text.trim()).map((text) => readIso(text) ?? readOld(text));
  const votes = new Set(dates.map((date) => voteOf(date, isLikely)));
  const isDayFirst = votes.has('dayFirst') && !votes.has('monthFirst');
  return dates.map((date) => (isDayFirst ? date?.dayFirst : date?.monthFirst));
}

/** What a text may mean. */
interface Reading {
  readonly monthFirst: DayNumber | undefined;
  readonly dayFirst: DayNumber | undefined;
}

function voteOf(
  date: Reading | undefined,
  isLikely: (day: DayNumber) => boolean,
): keyof Reading | undefined {
  if (date === undefined || date.monthFirst === date.dayFirst) {
    return undefined;
  }
  const { monthFirst, dayFirst } = date;
  if (monthFirst === undefined || dayFirst === undefined) {
    return monthFirst === undefined ? 'dayFirst' : 'monthFirst';
  }
  const [asMonthFirst, asDayFirst] = [isLikely(monthFirst), isLikely(dayFirst)];
  return asMonthFirst === asDayFirst ? undefined : asDayFirst ? 'dayFirst' : 'monthFirst';
}

function readIso(text: string): Reading | undefined {
  const [whole, year, , month, day] = yearFirst.exec(text) ?? [];
  const date = whole === undefined ? undefined : calendarDay(year, month, day);
  return date === undefined ? undefined : { monthFirst: date, dayFirst: date };
}

function readOld(text: string): Reading | undefined {
  const [whole, one, , other, year] = yearLast.exec(text) ?? [];
  return whole === undefined
    ? undefined
    : { monthFirst: calendarDay(year, one, other), dayFirst: calendarDay(year, other, one) };
}

/** `undefined` for a day that its month does not have. */
function calendarDay(year = '', month = '', day = ''): DayNumber | undefined {
  const atMs = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const date = new Date(atMs);
  const isOne =
    date.getUTCFullYear() === Number(year) &&
    date.getUTCMonth() === Number(month) - 1 &&
    date.getUTCDate() === Number(day);
  return isOne ? atMs / dayMs : undefined;
}
