import type { DayNumber } from '../../facts/localDay.ts';
import { Database, type Sqlite } from '../../vault/sqlite/database.ts';
import { ingest, ingestSessions } from '../../vault/database/ingest.ts';
import { MinuteSeries } from '../../vault/codecs/minuteSeries.ts';
import { createSchema } from '../../vault/database/schema.ts';
import type { KnownSession } from '../../vault/kinds/sessionRows.ts';
import { idBytes } from '../../vault/codecs/rowValues.ts';
import { writeCoverage } from '../../vault/database/snapshot.ts';
import { rollUp } from '../../vault/history/dayQueries.ts';
import type { Ledger } from '../../vault/ledger/ledger.ts';
import type { ExportCounts, ExportResult, ExportSource } from './exportJson.ts';
import { writeOutputFile } from './outputFile.ts';
import type { LoneRecord } from '../../vault/kinds/recordKind.ts';
import { recordKinds } from '../records/recordKinds.ts';
import { storedSessions, type StoredSession } from '../records/storedSessions.ts';

/**
 * A plain SQLite database with the tables of a snapshot. Its view `minutes` unpacks every minute in SQL alone; a table
 * of them would be six times as large, and say nothing more.
 */
export async function exportSqlite(
  source: ExportSource,
  ledger: Ledger,
  sqlite: Sqlite,
  target: string,
  replaces: boolean,
): Promise<ExportResult> {
  const counts: ExportCounts = { sessions: 0, minutes: 0, others: 0 };
  const sizeBytes = await writeOutputFile(target, replaces, async (file) => {
    if (source.scope.days === undefined) {
      for (const session of storedSessions(source.database, source.scope)) {
        source.passed();
        countSession(counts, session);
      }
      for (const kind of recordKinds) {
        counts.others += source.database.row(`SELECT count(*) FROM ${kind.table}`)?.number(0) ?? 0;
      }
      await file.writeBytes(ledger.prepareSnapshot(new Set()));
    } else {
      await file.writeBytes(scopeAsDatabase(source, sqlite, counts));
    }
  });
  return { ...counts, sizeBytes };
}

/** A database made anew of what is in the scope: nothing of the rest is left in an unused page. */
function scopeAsDatabase(source: ExportSource, sqlite: Sqlite, counts: ExportCounts): Uint8Array {
  const { scope } = source;
  const database = new Database(sqlite, undefined);
  try {
    database.execute(createSchema);
    database.run("INSERT INTO meta VALUES ('day_start_hour', ?)", [scope.dayStartHour]);
    const dirtyDays = new Set<DayNumber>();
    const options = { dayStartHour: scope.dayStartHour, dirtyDays };
    ingestSessions(database, sessionsOf(source, counts), options);
    const others: LoneRecord[] = [];
    for (const kind of recordKinds) {
      for (const object of kind.objects(source.database, scope)) {
        const record = kind.parse(object);
        if (record !== undefined) {
          others.push(record);
        }
      }
    }
    ingest(database, others, options);
    counts.others = others.length;
    rollUp(database, dirtyDays, scope.dayStartHour);
    writeCoverage(database, [], []);
    return database.export();
  } finally {
    database.close();
  }
}

function* sessionsOf(
  source: ExportSource,
  counts: ExportCounts,
): Generator<readonly [Uint8Array, KnownSession]> {
  for (const session of storedSessions(source.database, source.scope)) {
    source.passed();
    countSession(counts, session);
    if (session !== undefined) {
      yield [idBytes(session.id), knownSession(session)];
    }
  }
}

function countSession(counts: ExportCounts, session: StoredSession | undefined): void {
  if (session !== undefined) {
    counts.sessions++;
    counts.minutes += session.samples.length;
  }
}

/** A session as the database takes it. */
export function knownSession(session: StoredSession): KnownSession {
  const { isTold, startMs, endMs, zoneOffsetMinutes, origin } = session;
  const series = new MinuteSeries();
  for (const sample of session.samples) {
    series.add(sample);
  }
  const place = { zoneOffsetMinutes, origin };
  return {
    frame: isTold ? { startMs, endMs, ...place } : undefined,
    minutesFrom: isTold ? undefined : place,
    series,
  };
}
