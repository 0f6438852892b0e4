import { isTime, isZoneOffset } from '../codecs/bounds.ts';
import type { Database, Row } from '../sqlite/database.ts';
import { RefusedContent, VaultError } from '../vaultError.ts';
import type { Unsound } from './loneRows.ts';
import { minutesIn, MinuteSeries } from '../codecs/minuteSeries.ts';
import { originOf } from '../codecs/rowValues.ts';
import { origins, type MinuteRecord, type Origin, type SessionRecord } from '../record.ts';

/** A session as its row holds it, and the rules by which two tellings of one session become one. */

const minuteMs = 60_000;
const sessionIdBytes = 16;
/** In `meta`: how far the minutes of any session reach. */
export const sessionReachKey = 'longest_reach_ms';

/** Where a session lies and where it comes from. */
interface Frame {
  readonly startMs: number;
  readonly endMs: number;
  readonly zoneOffsetMinutes: number;
  readonly origin: Origin;
}

/**
 * What is known of one session. Its own record says where it lies; until that was read, its minutes do. The
 * two are kept apart, so that the outcome is the same whichever comes first.
 */
export interface KnownSession {
  /** From session records. */
  frame: Frame | undefined;
  /** From minutes, of use only while there is no frame. */
  minutesFrom: { readonly zoneOffsetMinutes: number; readonly origin: Origin } | undefined;
  readonly series: MinuteSeries;
}

/** A session of which nothing is known yet. */
export function unknownSession(): KnownSession {
  return { frame: undefined, minutesFrom: undefined, series: new MinuteSeries() };
}

/** Adds what a session record tells. */
export function addSession(known: KnownSession, record: SessionRecord): void {
  known.frame = uniteFrames(known.frame, {
    startMs: record.startMs,
    endMs: Math.max(record.startMs, record.endMs),
    zoneOffsetMinutes: record.zoneOffsetMinutes,
    origin: record.origin,
  });
}

/** Adds what a minute record tells. */
export function addMinute(known: KnownSession, record: MinuteRecord): void {
  known.series.add(record.sample);
  known.minutesFrom = unitePlaces(known.minutesFrom, record);
}

/** Adds what another telling of the same session knows. */
export function addKnown(known: KnownSession, other: KnownSession): void {
  known.series.addAll(other.series);
  if (other.frame !== undefined) {
    known.frame = uniteFrames(known.frame, other.frame);
  }
  if (other.minutesFrom !== undefined) {
    known.minutesFrom = unitePlaces(known.minutesFrom, other.minutesFrom);
  }
}

/** The frame that counts; `undefined` when neither a session record nor a minute is known. */
export function frameOf(known: KnownSession): Frame | undefined {
  if (known.frame !== undefined) {
    return known.frame;
  }
  const bounds = known.series.bounds();
  if (bounds === undefined || known.minutesFrom === undefined) {
    return undefined;
  }
  return {
    startMs: bounds.first * minuteMs,
    endMs: (bounds.last + 1) * minuteMs,
    ...known.minutesFrom,
  };
}

/** How long a session is with all its minutes, even those that lie outside of its own bounds. */
export function reachMs(frame: Frame, series: Pick<MinuteSeries, 'bounds'>): number {
  const bounds = series.bounds();
  const firstMs = Math.min(frame.startMs, (bounds?.first ?? Infinity) * minuteMs);
  const lastMs = Math.max(frame.endMs, ((bounds?.last ?? -Infinity) + 1) * minuteMs);
  return lastMs - firstMs;
}

/**
 * Reads a session's row, by its id or by its number; `undefined` when there is none.
 * @param unsound what becomes of minutes that are none
 * @throws {RefusedContent} when it is none that anything writes. @throws {VaultError}
 */
export function readSession(
  database: Database,
  key: Uint8Array | number,
  unsound: Unsound = 'refuse',
): KnownSession | undefined {
  const row = database.row(
    `SELECT told, start_ms, end_ms, zone_offset_minutes, origin, series, id FROM sessions
     WHERE ${typeof key === 'number' ? 'number' : 'id'} = ?`,
    [key],
  );
  return row === undefined ? undefined : sessionOfRow(row, unsound);
}

/** As {@link readSession}, without minutes that are none; `undefined` as well for a row that is no session. */
export function readSoundSession(
  database: Database,
  key: Uint8Array | number,
): KnownSession | undefined {
  try {
    return readSession(database, key, 'leaveOut');
  } catch (error) {
    if (error instanceof RefusedContent) {
      return undefined;
    }
    throw error;
  }
}

/**
 * Reads every session, numbers first, so that a large database is never held twice.
 * @throws {RefusedContent} for a row that is no session, where it is to be refused
 */
export function* readSessions(
  database: Database,
  unsound: Unsound = 'leaveOut',
): Generator<readonly [Uint8Array, KnownSession]> {
  const read = unsound === 'refuse' ? readSession : readSoundSession;
  for (const row of database.rows('SELECT number, id FROM sessions ORDER BY number')) {
    const id = row.value(1);
    const known = read(database, row.number(0));
    // One that has another id would have been refused.
    if (known !== undefined && id instanceof Uint8Array) {
      yield [id, known];
    }
  }
}

/** Writes a session's row, in place of the one that was there. */
export function writeSession(database: Database, id: Uint8Array, known: KnownSession): void {
  const frame = frameOf(known);
  if (frame === undefined) {
    return;
  }
  database.run(
    `INSERT INTO sessions (id, told, start_ms, end_ms, zone_offset_minutes, origin, series)
     VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET told = excluded.told, start_ms = excluded.start_ms,
       end_ms = excluded.end_ms, zone_offset_minutes = excluded.zone_offset_minutes,
       origin = excluded.origin, series = excluded.series`,
    [
      id,
      known.frame === undefined ? 0 : 1,
      frame.startMs,
      frame.endMs,
      frame.zoneOffsetMinutes,
      origins.indexOf(frame.origin),
      known.series.write(),
    ],
  );
}

function sessionOfRow(row: Row, unsound: Unsound): KnownSession {
  try {
    const known = unpackSession(row);
    if (
      row.blob(6).length === sessionIdBytes &&
      (unsound === 'leaveOut' || minutesIn(row.blob(5)) !== undefined) &&
      isTime(row.number(1)) &&
      isTime(row.number(2)) &&
      isZoneOffset(row.number(3))
    ) {
      return known;
    }
  } catch (cause) {
    if (VaultError.is(cause, 'damaged')) {
      throw new RefusedContent('A row is no session that anything writes', { cause });
    }
    throw cause;
  }
  throw new RefusedContent('A row is no session that anything writes');
}

function unpackSession(row: Row): KnownSession {
  const place = { zoneOffsetMinutes: row.number(3), origin: originOf(row.number(4)) };
  const series = MinuteSeries.read(row.blob(5));
  return row.number(0) === 1
    ? {
        frame: { startMs: row.number(1), endMs: row.number(2), ...place },
        minutesFrom: undefined,
        series,
      }
    : { frame: undefined, minutesFrom: place, series };
}

function uniteFrames(one: Frame | undefined, other: Frame): Frame {
  return one === undefined
    ? other
    : {
        startMs: Math.min(one.startMs, other.startMs),
        endMs: Math.max(one.endMs, other.endMs),
        ...unitePlaces(one, other),
      };
}

/** A session has one zone and one origin; should two tellings differ, both orders keep the same one. */
function unitePlaces(
  one: { readonly zoneOffsetMinutes: number; readonly origin: Origin } | undefined,
  other: { readonly zoneOffsetMinutes: number; readonly origin: Origin },
): { readonly zoneOffsetMinutes: number; readonly origin: Origin } {
  const nearest = one ?? other;
  return {
    zoneOffsetMinutes: Math.min(nearest.zoneOffsetMinutes, other.zoneOffsetMinutes),
    origin:
      origins.indexOf(nearest.origin) < origins.indexOf(other.origin)
        ? nearest.origin
        : other.origin,
  };
}
