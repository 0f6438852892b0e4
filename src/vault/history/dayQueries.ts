import { dayAt, type DayNumber } from '../../facts/localDay.ts';
import type { DayReading } from '../../readings/dayReading.ts';
import type { Database, Row } from '../sqlite/database.ts';
import type { DayQuery, SessionMinutes } from './countedMinutes.ts';
import { summarizeDay } from './daySummary.ts';
import { longestReachMs } from '../database/ingest.ts';
import { MinuteSeries, readSamples } from '../codecs/minuteSeries.ts';
import { rulesOf, underLaterRules } from '../database/rescoredHistory.ts';
import { idText, originOf } from '../codecs/rowValues.ts';
import { isImported, origins } from '../record.ts';
import { dayOfSum, isDaySum } from './whatCounts.ts';

/** Questions to the database, and the roll-ups that keep the larger ones fast. */

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const daysInWeek = 7;
/** No two zones are so far apart that a minute's days in them are. */
const daysBeside = 3;
/** No zone is farther from UTC. */
const widestZoneMs = 14 * hourMs;
const areImported = `origin IN (${origins.flatMap((origin, index) => (isImported(origin) ? index : [])).join(', ')})`;

interface PlacedSession extends SessionMinutes {
  readonly zoneOffsetMinutes: number;
}

/** One day from its minutes, over all windows. */
export function loadDay(database: Database, query: DayQuery): DayReading {
  return summarizeDay(sessionsToCount(database, query), query);
}

/**
 * Computes the roll-ups of these days again, and of days beside them of whose imported time more or less may count now; a
 * day without minutes has none.
 */
export function rollUp(database: Database, days: Iterable<DayNumber>, dayStartHour: number): void {
  database.transaction(() => {
    const changed = new Set(days);
    for (const run of runsOf([...changed])) {
      for (const beside of importedBeside(database, run, dayStartHour)) {
        changed.add(beside);
      }
    }
    for (const day of changed) {
      rollUpDay(database, day, dayStartHour);
    }
  });
}

/**
 * Every day that has imported time. What counts of such a day is not what it was in versions that let imported time
 * stand beside what was recorded.
 */
export function importedDays(database: Database, dayStartHour: number): ReadonlySet<DayNumber> {
  return daysWithMinutes(database, dayStartHour, areImported);
}

/** Every day that has a minute. @param where of which sessions, in SQL */
export function daysWithMinutes(
  database: Database,
  dayStartHour: number,
  where = 'TRUE',
): ReadonlySet<DayNumber> {
  const days = new Set<DayNumber>();
  const sessions = database.rows(
    `SELECT zone_offset_minutes, series FROM sessions WHERE ${where}`,
    [],
  );
  for (const row of sessions) {
    for (const minute of MinuteSeries.read(row.blob(1)).minutes()) {
      days.add(dayAt(minute * minuteMs, row.number(0), dayStartHour));
    }
  }
  return days;
}

/** Every day on which a session was, by its bounds. */
export function recordedDays(database: Database, dayStartHour: number): ReadonlySet<DayNumber> {
  return daysOfBounds(
    database.rows('SELECT start_ms, end_ms, zone_offset_minutes FROM sessions', []),
    dayStartHour,
  );
}

/** The days from each session's start to its end, of those from `first` to `last`. @param sessions start, end, zone's offset */
function daysOfBounds(
  sessions: Iterable<Row>,
  dayStartHour: number,
  { first, last }: Readonly<DayRun> = { first: -Infinity, last: Infinity },
): ReadonlySet<DayNumber> {
  const days = new Set<DayNumber>();
  for (const row of sessions) {
    const dayOf = (wallMs: number): DayNumber => dayAt(wallMs, row.number(2), dayStartHour);
    const to = Math.min(last, dayOf(row.number(1)));
    for (let day = Math.max(first, dayOf(row.number(0))); day <= to; day++) {
      days.add(day);
    }
  }
  return days;
}

interface DayRun {
  readonly first: DayNumber;
  last: DayNumber;
}

/** Days that are so near that to look beside each of them would be to look at the same sessions again. */
function runsOf(days: readonly DayNumber[]): readonly DayRun[] {
  const runs: DayRun[] = [];
  for (const day of [...days].sort((one, other) => one - other)) {
    const run = runs.at(-1);
    if (run !== undefined && day - run.last <= daysInWeek) {
      run.last = day;
    } else {
      runs.push({ first: day, last: day });
    }
  }
  return runs;
}

/**
 * The days of imported time that what happens on these days may leave more or less of: a minute of one zone's day is
 * another's in the next, and the calendar day of a sum begins at another hour.
 */
function importedBeside(
  database: Database,
  { first, last }: DayRun,
  dayStartHour: number,
): ReadonlySet<DayNumber> {
  const beside = { first: first - daysBeside, last: last + daysBeside };
  const fromMs = beside.first * dayMs - widestZoneMs - longestReachMs(database);
  const toMs = (beside.last + 2) * dayMs + widestZoneMs;
  const sessions = database.rows(
    `SELECT start_ms, end_ms, zone_offset_minutes FROM sessions
     WHERE start_ms >= ? AND start_ms < ? AND ${areImported}`,
    [fromMs, toMs],
  );
  return daysOfBounds(sessions, dayStartHour, beside);
}

function rollUpDay(database: Database, day: DayNumber, dayStartHour: number): void {
  const startMs = day * dayMs + dayStartHour * hourMs;
  const query = { startMs: startMs - widestZoneMs, endMs: startMs + dayMs + widestZoneMs };
  const { seconds, ...state } = summarizeDay(sessionsToCount(database, query), {
    ...query,
    isAsked: ({ zoneOffsetMinutes }, minute) =>
      dayAt(minute * minuteMs, zoneOffsetMinutes, dayStartHour) === day,
  });
  if (state.sessions.length === 0) {
    database.run('DELETE FROM days WHERE day = ?', [day]);
    return;
  }
  database.run(
    `INSERT OR REPLACE INTO days (day, unknown_seconds, building_seconds, steady_seconds,
       in_flow_seconds, assisted_seconds, reading_seconds, away_seconds, paused_seconds,
       longest_spell_seconds, interruptions, sessions, demo)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      day,
      seconds.unknown,
      seconds.building,
      seconds.steady,
      seconds.inFlow,
      seconds.assisted,
      seconds.reading,
      seconds.away,
      seconds.paused,
      state.longestSpellSeconds,
      state.interruptions,
      state.sessions.length,
      state.demo ? 1 : 0,
    ],
  );
}

/**
 * The sessions that may have minutes between two times, with all that says what counts there: of each day of which a sum
 * is known, all minutes of that calendar day.
 */
export function sessionsToCount(database: Database, query: DayQuery): PlacedSession[] {
  const sessions = sessionsBetween(database, query);
  let { startMs, endMs } = query;
  for (const sum of sessions.filter((session) => session.samples.length > 0 && isDaySum(session))) {
    // In whichever zone another sum of this day was told.
    startMs = Math.min(startMs, dayOfSum(sum) * dayMs - widestZoneMs);
    endMs = Math.max(endMs, (dayOfSum(sum) + 1) * dayMs + widestZoneMs);
  }
  return startMs === query.startMs && endMs === query.endMs
    ? sessions
    : sessionsBetween(database, { startMs, endMs });
}

/** The sessions that may have minutes between two times, each with its minutes from there. */
export function sessionsBetween(database: Database, { startMs, endMs }: DayQuery): PlacedSession[] {
  const reachMs = longestReachMs(database);
  const [fromMinute, toMinute] = [Math.floor(startMs / minuteMs), endMs / minuteMs];
  return database
    .rows(
      `SELECT id, start_ms, end_ms, zone_offset_minutes, origin, series, readings
       FROM sessions LEFT JOIN rescored ON session = number AND rules = ?
       WHERE start_ms >= ? AND start_ms <= ? ORDER BY start_ms, id`,
      [rulesOf(database), startMs - reachMs, endMs + reachMs],
    )
    .map((row) => ({
      id: idText(row.blob(0)),
      startMs: row.number(1),
      endMs: row.number(2),
      zoneOffsetMinutes: row.number(3),
      origin: originOf(row.number(4)),
      samples: row.isNull(6)
        ? readSamples(row.blob(5), fromMinute, toMinute)
        : underLaterRules(readSamples(row.blob(5)), row.blob(6)).filter(
            ({ minute }) => minute >= fromMinute && minute < toMinute,
          ),
    }));
}
