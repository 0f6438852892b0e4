import type { MinuteSample } from '../../facts/minuteSample.ts';
import { dayAt } from '../../facts/localDay.ts';
import type { Database } from '../../vault/sqlite/database.ts';
import { minutesIn, readSamples } from '../../vault/codecs/minuteSeries.ts';
import { isTime } from '../../vault/codecs/bounds.ts';
import { idText, originOf } from '../../vault/codecs/rowValues.ts';
import type { Origin, RecordId } from '../../vault/record.ts';
import { isInScope, type ExportScope } from './exportScope.ts';

/** A session with its minutes, ascending, as it leaves the vault and comes back. */
export interface StoredSession {
  readonly id: RecordId;
  /** False while only minutes of it are known: start and end are theirs. */
  readonly isTold: boolean;
  readonly startMs: number;
  readonly endMs: number;
  readonly zoneOffsetMinutes: number;
  readonly origin: Origin;
  readonly samples: readonly MinuteSample[];
}

const minuteMs = 60_000;

/** How many sessions there are, in the scope or not; the measure of progress. */
export function countSessions(database: Database): number {
  return database.row('SELECT count(*) FROM sessions')?.number(0) ?? 0;
}

/**
 * Every session of which a part lies in the scope, by start, one at a time. Its start and end are its own, its minutes are
 * those in the scope. `undefined` stands for one that is out of it, so that progress can be told.
 */
export function* storedSessions(
  database: Database,
  scope: ExportScope,
): Generator<StoredSession | undefined> {
  const numbers = database
    .rows('SELECT number FROM sessions ORDER BY start_ms, id')
    .map((row) => row.number(0));
  for (const number of numbers) {
    yield readStored(database, number, scope);
  }
}

function readStored(
  database: Database,
  number: number,
  scope: ExportScope,
): StoredSession | undefined {
  const row = database.row(
    `SELECT id, told, start_ms, end_ms, zone_offset_minutes, origin, series FROM sessions
     WHERE number = ?`,
    [number],
  );
  if (row === undefined) {
    return undefined;
  }
  const zoneOffsetMinutes = row.number(4);
  const [startMs, endMs] = [row.number(2), row.number(3)];
  const series = row.blob(6);
  if (!isTime(startMs) || !isTime(endMs) || minutesIn(series) === undefined) {
    // Nothing writes it: it got in when nothing looked at what came, and must not take an export with it.
    return undefined;
  }
  const all = readSamples(series);
  const samples =
    scope.days === undefined
      ? all
      : all.filter(({ minute }) => isInScope(scope, minute * minuteMs, zoneOffsetMinutes));
  if (samples.length === 0 && !touches(scope, startMs, endMs, zoneOffsetMinutes)) {
    return undefined;
  }
  return {
    id: idText(row.blob(0)),
    isTold: row.number(1) === 1,
    startMs,
    endMs,
    zoneOffsetMinutes,
    origin: originOf(row.number(5)),
    samples,
  };
}

function touches(
  { days, dayStartHour }: ExportScope,
  startMs: number,
  endMs: number,
  zoneOffsetMinutes: number,
): boolean {
  return (
    days === undefined ||
    (dayAt(startMs, zoneOffsetMinutes, dayStartHour) <= days.to &&
      dayAt(endMs, zoneOffsetMinutes, dayStartHour) >= days.from)
  );
}
