import { dayAt, type DayNumber } from '../../facts/localDay.ts';
import type { BestHoursReading } from '../../readings/bestHoursReading.ts';
import type { HistoryReading } from '../../readings/dayReading.ts';
import type { WeekReading } from '../../readings/weekReading.ts';
import type { Database } from '../sqlite/database.ts';
import { sessionsToCount } from './dayQueries.ts';
import { forEachCountedSample } from './countedMinutes.ts';
import { quantile } from './quantile.ts';

/** Questions about more than one day. The roll-ups of all days asked about have to be fresh. */

const daysInWeek = 7;
const usualWeeks = 8;
/** Fewer weeks with a record make no "usual". */
const leastUsualWeeks = 4;
const bestHoursWeeks = 12;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** 1970-01-01 was a Thursday; 0 is Monday. */
const weekdayOfDayZero = 3;

interface FocusedDay {
  readonly inFlowSeconds: number;
  readonly steadySeconds: number;
  readonly demo: boolean;
}

export interface Neighbours {
  readonly previousDay: DayNumber | null;
  readonly nextDay: DayNumber | null;
}

/** The nearest days with a record before and after a day. */
export function neighboursOf(database: Database, day: DayNumber): Neighbours {
  const before = database.row('SELECT day FROM days WHERE day < ? ORDER BY day DESC LIMIT 1', [
    day,
  ]);
  const after = database.row('SELECT day FROM days WHERE day > ? ORDER BY day LIMIT 1', [day]);
  return { previousDay: before?.number(0) ?? null, nextDay: after?.number(0) ?? null };
}

/** Whether there are other days to look at. */
export function loadHistory(database: Database, today: DayNumber): HistoryReading {
  return { today, previousDay: neighboursOf(database, today).previousDay };
}

/** Today and the six days before it, each against the same weekday of the eight weeks before it. */
export function loadWeek(database: Database, today: DayNumber): WeekReading {
  const firstDay = today - daysInWeek + 1;
  const known = focusedDays(database, firstDay - usualWeeks * daysInWeek, today);
  const days = Array.from({ length: daysInWeek }, (_, index) => {
    const day = firstDay + index;
    const own = known.get(day);
    return {
      day,
      inFlowSeconds: own?.inFlowSeconds ?? 0,
      steadySeconds: own?.steadySeconds ?? 0,
      usual: usualOf(known, day),
    };
  });
  return { days, demo: [...known].some(([day, { demo }]) => demo && day >= firstDay) };
}

/** The middle half of what was focused on this weekday; weeks without any record at all count as none. */
function usualOf(
  known: ReadonlyMap<DayNumber, FocusedDay>,
  day: DayNumber,
): { readonly lowSeconds: number; readonly highSeconds: number } | null {
  const seconds: number[] = [];
  let weeks = 0;
  for (let back = 1; back <= usualWeeks; back++) {
    const past = day - back * daysInWeek;
    const own = known.get(past);
    seconds.push(own === undefined ? 0 : own.inFlowSeconds + own.steadySeconds);
    weeks += hasRecordInWeekOf(known, past) ? 1 : 0;
  }
  if (weeks < leastUsualWeeks) {
    return null;
  }
  seconds.sort((one, other) => one - other);
  return { lowSeconds: quantile(seconds, 0.25), highSeconds: quantile(seconds, 0.75) };
}

function hasRecordInWeekOf(known: ReadonlyMap<DayNumber, FocusedDay>, day: DayNumber): boolean {
  for (let other = day - 3; other <= day + 3; other++) {
    if (known.has(other)) {
      return true;
    }
  }
  return false;
}

function focusedDays(
  database: Database,
  fromDay: DayNumber,
  toDay: DayNumber,
): ReadonlyMap<DayNumber, FocusedDay> {
  return new Map(
    database
      .rows(
        'SELECT day, in_flow_seconds, steady_seconds, demo FROM days WHERE day BETWEEN ? AND ?',
        [fromDay, toDay],
      )
      .map((row) => [
        row.number(0),
        {
          inFlowSeconds: row.number(1),
          steadySeconds: row.number(2),
          demo: row.number(3) === 1,
        },
      ]),
  );
}

/**
 * How the time in flow spread over the hours of the week, in the local time in which it was lived.
 * @param endMs wall-clock, exclusive
 */
export function loadBestHours(database: Database, endMs: number): BestHoursReading {
  const startMs = endMs - bestHoursWeeks * daysInWeek * dayMs;
  const query = { startMs, endMs };
  const cells = new Map<number, { activeSeconds: number; inFlowSeconds: number }>();
  let demo = false;
  let earliestMs = endMs;
  forEachCountedSample(sessionsToCount(database, query), query, (session, sample, seconds) => {
    if (sample.state === 'away' || sample.state === 'paused') {
      return;
    }
    const wallMs = sample.minute * minuteMs;
    const localMs = wallMs + session.zoneOffsetMinutes * minuteMs;
    const weekday = (dayAt(wallMs, session.zoneOffsetMinutes, 0) + weekdayOfDayZero) % daysInWeek;
    const hour = Math.floor((localMs % dayMs) / hourMs);
    const key = weekday * 24 + hour;
    const cell = cells.get(key) ?? { activeSeconds: 0, inFlowSeconds: 0 };
    cell.activeSeconds += seconds;
    cell.inFlowSeconds += sample.state === 'inFlow' ? seconds : 0;
    cells.set(key, cell);
    demo ||= session.origin === 'demo';
    earliestMs = Math.min(earliestMs, wallMs);
  });
  return {
    weeks: Math.min(bestHoursWeeks, Math.ceil((endMs - earliestMs) / (daysInWeek * dayMs))),
    hours: [...cells]
      .sort(([one], [other]) => one - other)
      .map(([key, cell]) => ({ weekday: Math.floor(key / 24), hour: key % 24, ...cell })),
    demo,
  };
}
