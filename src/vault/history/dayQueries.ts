import { dayAt, type DayNumber } from '../../facts/localDay.ts';
import type { DayReading } from '../../readings/dayReading.ts';
import type { Database } from '../sqlite/database.ts';
import type { DayQuery, SessionMinutes } from './countedMinutes.ts';
import { summarizeDay } from './daySummary.ts';
import { longestReachMs } from '../database/ingest.ts';
import { readSamples } from '../codecs/minuteSeries.ts';
import { rulesOf, underLaterRules } from '../database/rescoredHistory.ts';
import { idText, originOf } from '../codecs/rowValues.ts';

/** Questions to the database, and the roll-ups that keep the larger ones fast. */

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** No zone is farther from UTC. */
const widestZoneMs = 14 * hourMs;

interface PlacedSession extends SessionMinutes {
  readonly zoneOffsetMinutes: number;
}

/** One day from its minutes, over all windows. */
export function loadDay(database: Database, query: DayQuery): DayReading {
  return summarizeDay(sessionsBetween(database, query), query);
}

/** Computes the roll-ups of these days again; a day without minutes has none. */
export function rollUp(database: Database, days: Iterable<DayNumber>, dayStartHour: number): void {
  database.transaction(() => {
    for (const day of days) {
      rollUpDay(database, day, dayStartHour);
    }
  });
}

/** Every day on which a session was, by its bounds. */
export function recordedDays(database: Database, dayStartHour: number): ReadonlySet<DayNumber> {
  const days = new Set<DayNumber>();
  const sessions = database.rows('SELECT start_ms, end_ms, zone_offset_minutes FROM sessions', []);
  for (const row of sessions) {
    const offset = row.number(2);
    const last = dayAt(row.number(1), offset, dayStartHour);
    for (let day = dayAt(row.number(0), offset, dayStartHour); day <= last; day++) {
      days.add(day);
    }
  }
  return days;
}

function rollUpDay(database: Database, day: DayNumber, dayStartHour: number): void {
  const startMs = day * dayMs + dayStartHour * hourMs;
  const query = { startMs: startMs - widestZoneMs, endMs: startMs + dayMs + widestZoneMs };
  const sessions = sessionsBetween(database, query).map((session) => ({
    ...session,
    samples: session.samples.filter(
      ({ minute }) => dayAt(minute * minuteMs, session.zoneOffsetMinutes, dayStartHour) === day,
    ),
  }));
  const { seconds, ...state } = summarizeDay(sessions, query);
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
