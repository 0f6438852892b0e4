import type { DayNumber } from '../../facts/localDay.ts';
import type { InsightsReading } from '../../readings/insightsReading.ts';
import type { Database } from '../sqlite/database.ts';
import { sessionsToCount } from './dayQueries.ts';
import { bestHoursOf } from './insightHours.ts';
import {
  liveThrough,
  type InsightsQuery,
  type LivedDay,
  type LivedSession,
} from './insightMinutes.ts';
import { beforeBreaks, findSpells, recoveries, spellLengths } from './insightSpells.ts';
import { ascending, quantile } from './quantile.ts';

/**
 * What the record shows of a person's own habits. It says what was seen and how often, never what caused it, and
 * compares with nobody else. The rules, the least amounts of data and their reasons are in docs/insights.md.
 */

const insightWeeks = 12;
const daysInWeek = 7;
const dayMs = 24 * 60 * 60_000;
/** As many as the week's own usual needs: with fewer, quartiles would be single weeks. */
const leastWeeks = 4;

/** Reads twelve weeks back and sums them up. */
export function loadInsights(database: Database, query: InsightsQuery): InsightsReading {
  // Two days more, as days are told by the local time in which they were lived.
  const startMs = query.endMs - (insightWeeks * daysInWeek + 2) * dayMs;
  return summarizeInsights(sessionsToCount(database, { startMs, endMs: query.endMs }), query);
}

/** Sums up what was recorded in the last twelve weeks; the rest is left out, and the order does not matter. */
export function summarizeInsights(
  sessions: readonly LivedSession[],
  query: InsightsQuery,
): InsightsReading {
  const firstDay = query.today - insightWeeks * daysInWeek;
  const { minutes, days, demo, imported } = liveThrough(sessions, firstDay, query);
  const spells = findSpells(minutes, query.endMs);
  return {
    today: query.today,
    weeks: insightWeeks,
    recordedDays: days.size,
    demo,
    imported,
    bestHours: bestHoursOf([...days.values()], query.dayStartHour),
    spellLength: spellLengths(spells),
    beforeBreaks: beforeBreaks(spells),
    recovery: recoveries(minutes, query.endMs),
    focusedTime: focusedTime(days, query.today),
  };
}

/** Seven whole days before today, and the spans of seven days before those. */
function focusedTime(
  days: ReadonlyMap<DayNumber, LivedDay>,
  today: DayNumber,
): InsightsReading['focusedTime'] {
  const firstRecorded = Math.min(...days.keys());
  const weeks = Array.from({ length: insightWeeks }, (_, index) => {
    const fromDay = today - (insightWeeks - index) * daysInWeek;
    return { fromDay, seconds: fromDay < firstRecorded ? null : secondsOfWeek(days, fromDay) };
  });
  const before = ascending(weeks.slice(0, -1).flatMap(({ seconds }) => seconds ?? []));
  return {
    basis: { have: before.length, need: leastWeeks },
    found:
      before.length < leastWeeks
        ? null
        : {
            seconds: weeks.at(-1)?.seconds ?? 0,
            lowSeconds: quantile(before, 0.25),
            highSeconds: quantile(before, 0.75),
          },
    weeks,
  };
}

/** `null` for a week without any record, which may be a holiday and says nothing of what is usual. */
function secondsOfWeek(days: ReadonlyMap<DayNumber, LivedDay>, fromDay: DayNumber): number | null {
  let seconds: number | null = null;
  for (let day = fromDay; day < fromDay + daysInWeek; day++) {
    const own = days.get(day);
    seconds = own === undefined ? seconds : (seconds ?? 0) + own.focusedSeconds;
  }
  return seconds;
}
