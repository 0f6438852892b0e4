import { dayAt } from '../../facts/localDay.ts';
import type { MinuteSeries } from '../codecs/minuteSeries.ts';
import { boundOf, idBytes, idText } from '../codecs/rowValues.ts';
import { readRecords, type Unsound } from '../kinds/loneRows.ts';
import { loneTables, putRecord } from '../kinds/loneTables.ts';
import { keysOf } from '../kinds/recordKind.ts';
import { recordTables } from '../kinds/registry.ts';
import {
  addKnown,
  addMinute,
  addSession,
  frameOf,
  reachMs,
  readSessions,
  readSoundSession,
  sessionReachKey,
  unknownSession,
  writeSession,
  type KnownSession,
} from '../kinds/sessionRows.ts';
import { isBuried } from '../kinds/tombstoneKind.ts';
import type { RecordId, TombstoneRecord, VaultRecord } from '../record.ts';
import type { Database } from '../sqlite/database.ts';
import { rulesOf, setRules } from './rescoredHistory.ts';

/**
 * Records into rows. Telling a record twice, or two records in the other order, gives the same rows: that is
 * what makes it safe to read a segment again, to unite snapshots, and to compact without a lock.
 */

const minuteMs = 60_000;

/** Collects what ingesting changed, for the roll-ups. */
export interface IngestOptions {
  /** The hour at which a person's day begins. */
  readonly dayStartHour: number;
  /** Days whose roll-up has to be computed again are added to it. */
  readonly dirtyDays: Set<number>;
}

/** How another database is taken in. */
export interface TakeOptions {
  /** What becomes of rows that are no records; `refuse` when it is left out. */
  readonly unsound?: Unsound;
  /** Called now and then; what it throws ends it, and nothing of the other database is taken in. */
  readonly between?: () => void;
}

const rowsBetween = 500;

/** Writes records into the database, as one transaction. */
export function ingest(
  database: Database,
  records: readonly VaultRecord[],
  options: IngestOptions,
): void {
  database.transaction(() => {
    putAll(database, records, options);
  });
}

function putAll(
  database: Database,
  records: readonly VaultRecord[],
  options: IngestOptions,
  between: () => void = () => {},
): void {
  const sessions = new Map<RecordId, KnownSession>();
  const sessionOf = (id: RecordId): KnownSession => {
    const known = sessions.get(id) ?? unknownSession();
    sessions.set(id, known);
    return known;
  };
  for (const [done, record] of records.entries()) {
    if (record.type === 'minute') {
      addMinute(sessionOf(record.session), record);
    } else if (record.type === 'session') {
      addSession(sessionOf(record.id), record);
    } else if (record.type === 'tombstone') {
      bury(database, record, options);
    } else if (!isBuried(database, record.id)) {
      putRecord(database, record);
    }
    if (done % rowsBetween === 0) {
      between();
    }
  }
  for (const [id, known] of sessions) {
    mergeSession(database, id, known, options);
  }
}

/** Takes in sessions that were read one by one. */
export function ingestSessions(
  database: Database,
  sessions: Iterable<readonly [Uint8Array, KnownSession]>,
  options: IngestOptions,
): void {
  database.transaction(() => {
    mergeAll(database, sessions, options);
  });
}

/**
 * Unites another vault database with this one, as one transaction: all of it, or nothing.
 * @throws {RefusedContent} when a row is no record, and is not to be left out
 */
export function ingestDatabase(
  database: Database,
  other: Database,
  options: IngestOptions,
  { unsound = 'refuse', between }: TakeOptions = {},
): void {
  const others = loneTables().flatMap((table) => readRecords(other, table, unsound));
  database.transaction(() => {
    putAll(database, others, options, between);
    mergeAll(database, readSessions(other, unsound), options, between);
    // Whatever of the other is not scored under these rules has to be, so all is shown as under the earlier ones.
    setRules(database, Math.min(rulesOf(database), rulesOf(other)));
  });
}

function mergeAll(
  database: Database,
  sessions: Iterable<readonly [Uint8Array, KnownSession]>,
  options: IngestOptions,
  between: () => void = () => {},
): void {
  let done = 0;
  for (const [id, known] of sessions) {
    mergeSession(database, idText(id), known, options);
    if (done++ % rowsBetween === 0) {
      between();
    }
  }
}

/** How far the minutes of any session reach at most; what a search for a time has to look back. */
export function longestReachMs(database: Database): number {
  return boundOf(database, sessionReachKey);
}

function mergeSession(
  database: Database,
  id: RecordId,
  news: KnownSession,
  options: IngestOptions,
): void {
  if (isBuried(database, id)) {
    return;
  }
  const idInRows = idBytes(id);
  const merged = readSoundSession(database, idInRows) ?? unknownSession();
  const before = frameOf(merged);
  addKnown(merged, news);
  const frame = frameOf(merged);
  if (frame === undefined) {
    return;
  }
  writeSession(database, idInRows, merged);
  const moved =
    before?.zoneOffsetMinutes !== frame.zoneOffsetMinutes || before.origin !== frame.origin;
  const changed = moved ? merged.series : news.series;
  markDirty(frame.zoneOffsetMinutes, changed, options);
  if (moved && before !== undefined) {
    markDirty(before.zoneOffsetMinutes, changed, options);
  }
  const reach = reachMs(frame, merged.series);
  if (reach > longestReachMs(database)) {
    database.run('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)', [
      sessionReachKey,
      reach,
    ]);
  }
}

/** Deletes what has the id, now and for ever. */
function bury(database: Database, tombstone: TombstoneRecord, options: IngestOptions): void {
  const id = idBytes(tombstone.id);
  const known = readSoundSession(database, id) ?? unknownSession();
  markDirty(frameOf(known)?.zoneOffsetMinutes ?? 0, known.series, options);
  for (const type of keysOf(recordTables)) {
    if (type !== 'tombstone') {
      const { name, dependents } = recordTables[type];
      for (const sql of [...dependents, `DELETE FROM ${name} WHERE id = ?`]) {
        database.run(sql, [id]);
      }
    }
  }
  putRecord(database, tombstone);
}

function markDirty(
  zoneOffsetMinutes: number,
  series: MinuteSeries,
  { dayStartHour, dirtyDays }: IngestOptions,
): void {
  for (const minute of series.minutes()) {
    dirtyDays.add(dayAt(minute * minuteMs, zoneOffsetMinutes, dayStartHour));
  }
}
