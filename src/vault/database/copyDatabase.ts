import { flowStates } from '../../facts/flow.ts';
import { isTime, isZoneOffset } from '../codecs/bounds.ts';
import { minutesIn } from '../codecs/minuteSeries.ts';
import { boundOf, idText, originOf } from '../codecs/rowValues.ts';
import { readRecords } from '../kinds/loneRows.ts';
import { loneTables, putRecord } from '../kinds/loneTables.ts';
import { reachMs, sessionReachKey } from '../kinds/sessionRows.ts';
import { isBuried } from '../kinds/tombstoneKind.ts';
import { origins } from '../record.ts';
import { Database, type Row, type Sqlite, type Value } from '../sqlite/database.ts';
import { settingKeys, settingOf } from './metaSettings.ts';
import { createSchema } from './schema.ts';

/** What {@link copyDatabase} makes. */
export interface CopiedDatabase {
  readonly database: Database;
  /** Rows that are no records, and are not in it. */
  readonly leftOut: number;
}

const rowsAtOnce = 500;
const bytesPerReading = 2;
const mostOfDay = 2 ** 32;

/**
 * Copies what a database holds into a new one, row by row, each looked at: its records, its roll-ups and how it is scored. Whatever
 * else is in its pages stays behind. It says nothing of the files that the other was read from. The caller closes it.
 * @param between called now and then
 * @throws {VaultError} `unknownVersion` for a word of a later version, `damaged` when a page can't be read
 */
export function copyDatabase(
  from: Database,
  sqlite: Sqlite,
  between: () => void = () => {},
): CopiedDatabase {
  const database = new Database(sqlite, undefined);
  try {
    database.execute(createSchema);
    let leftOut = 0;
    database.transaction(() => {
      copySettings(from, database);
      leftOut += copyLoneRecords(from, database, between);
      leftOut += copySessions(from, database, between);
      copyDays(from, database);
    });
    return { database, leftOut };
  } catch (error) {
    database.close();
    throw error;
  }
}

function copySettings(from: Database, database: Database): void {
  // What else is there is counted again, or of no use elsewhere.
  for (const key of settingKeys) {
    const value = settingOf(from, key);
    if (value !== undefined) {
      database.run('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)', [key, value]);
    } else {
      database.run('DELETE FROM meta WHERE key = ?', [key]);
    }
  }
}

function copyLoneRecords(from: Database, database: Database, between: () => void): number {
  let leftOut = 0;
  for (const table of loneTables()) {
    const rows = from.row(`SELECT count(*) FROM ${table.name}`)?.number(0) ?? 0;
    const records = readRecords(from, table);
    leftOut += rows - records.length;
    for (const [done, record] of records.entries()) {
      if (record.type === 'tombstone' || !isBuried(database, record.id)) {
        putRecord(database, record);
      }
      if (done % rowsAtOnce === 0) {
        between();
      }
    }
  }
  return leftOut;
}

/** In the order of their numbers, so that what is near in time stays in near pages. */
function copySessions(from: Database, database: Database, between: () => void): number {
  const all = from.row('SELECT count(*) FROM sessions')?.number(0) ?? 0;
  let copied = 0;
  let longestMs = 0;
  let after = Number.MIN_SAFE_INTEGER;
  for (;;) {
    const rows = from.rows(
      `SELECT id, told, start_ms, end_ms, zone_offset_minutes, origin, series, number, rules, readings
       FROM sessions LEFT JOIN rescored ON session = number
       WHERE number > ? ORDER BY number LIMIT ${rowsAtOnce}`,
      [after],
    );
    for (const row of rows) {
      const reach = copySession(row, database, copied + 1);
      copied += reach === undefined ? 0 : 1;
      longestMs = Math.max(longestMs, reach ?? 0);
    }
    between();
    const last = rows.at(-1)?.number(7);
    if (last === undefined || !Number.isSafeInteger(last)) {
      break;
    }
    after = last;
  }
  if (longestMs > boundOf(database, sessionReachKey)) {
    database.run('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)', [
      sessionReachKey,
      longestMs,
    ]);
  }
  return all - copied;
}

/** @returns how far it reaches; `undefined` where it is none */
function copySession(row: Row, database: Database, number: number): number | undefined {
  const [id, told, startMs, endMs, zone] = [0, 1, 2, 3, 4].map((column) => row.value(column));
  const series = row.value(6);
  if (
    !(id instanceof Uint8Array) ||
    id.length !== 16 ||
    !isWhole(told, 1) ||
    typeof startMs !== 'number' ||
    typeof endMs !== 'number' ||
    typeof zone !== 'number' ||
    !isTime(startMs) ||
    !isTime(endMs) ||
    !isZoneOffset(zone) ||
    !(series instanceof Uint8Array) ||
    isBuried(database, idText(id))
  ) {
    return undefined;
  }
  const origin = originOf(row.number(5));
  const minutes = minutesIn(series);
  if (minutes === undefined) {
    return undefined;
  }
  database.run(
    `INSERT INTO sessions (number, id, told, start_ms, end_ms, zone_offset_minutes, origin, series)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    [number, id, told, startMs, endMs, zone, origins.indexOf(origin), series],
  );
  copyReadings(row, database, number, minutes.count);
  const frame = { startMs, endMs, zoneOffsetMinutes: zone, origin };
  return reachMs(frame, minutes);
}

function copyReadings(row: Row, database: Database, number: number, minutes: number): void {
  const [rules, readings] = [row.value(8), row.value(9)];
  if (
    isWhole(rules, Number.MAX_SAFE_INTEGER) &&
    readings instanceof Uint8Array &&
    readings.length === minutes * bytesPerReading &&
    readings.every((byte, index) => index % bytesPerReading !== 0 || byte < flowStates.length)
  ) {
    database.run('INSERT INTO rescored (session, rules, readings) VALUES (?, ?, ?)', [
      number,
      rules,
      readings,
    ]);
  }
}

function copyDays(from: Database, database: Database): void {
  const columns = from
    .rows("SELECT name FROM pragma_table_info('days') ORDER BY cid")
    .map((row) => row.text(0));
  const marks = columns.map(() => '?').join(', ');
  for (const row of from.rows(`SELECT ${columns.join(', ')} FROM days`)) {
    const values = columns.map((_, column) => row.value(column));
    if (values.every((value) => isWhole(value, mostOfDay))) {
      database.run(`INSERT INTO days (${columns.join(', ')}) VALUES (${marks})`, values);
    }
  }
}

function isWhole(value: Value | undefined, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most;
}
