import { createHash, type Hash } from 'node:crypto';
import { Database, type Sqlite, type Value } from '../../vault/sqlite/database.ts';
import { recordTables } from '../../vault/kinds/registry.ts';
import { createSchema } from '../../vault/database/schema.ts';
import { columnsOf, contentTables } from '../../vault/database/contentDigest.ts';
import { writeMonthLabel, type MonthLabel } from './monthLabel.ts';
import { timelessMonth } from './syncNames.ts';

/**
 * A vault by month: for each, in UTC, the records that begin in it, whole; and apart from them all deletions. A deletion
 * is for ever and must arrive soon, so it waits for no month's file; and a month of which everything was deleted needs no
 * file any more. A session belongs to the month of its start, which every device that knows it all the same computes the
 * same.
 */

/** The year 10000, where months get other names; what lies beyond goes with the deletions as well. */
const endMs = Date.UTC(10_000, 0, 1);
const rowsAtOnce = 2_000;
/** Small pages: a month has few rows and the schema many tables, each with a page at least. */
const monthPageBytes = 1024;

/**
 * The content of each month that has any, as hex: SHA-256 as in `contentDigest.ts`, of the month's rows and of the tables
 * that have some.
 * @param between called now and then
 */
export function digestMonths(
  database: Database,
  between: () => void = () => {},
): ReadonlyMap<string, string> {
  const hashes = new Map<string, { readonly hash: Hash; table: string }>();
  for (const table of contentTables(database)) {
    const columns = columnsOf(database, table);
    const time = timeColumnOf(table);
    for (const rows of pages(database, table, columns)) {
      for (const values of rows) {
        const month = time === undefined ? timelessMonth : monthOf(values[columns.indexOf(time)]);
        const known = hashes.get(month) ?? { hash: createHash('sha256'), table: '' };
        hashes.set(month, known);
        if (known.table !== table) {
          known.table = table;
          known.hash.update(`${JSON.stringify([table, ...columns])}\n`);
        }
        known.hash.update(rowBytes(values));
      }
      between();
    }
  }
  return new Map([...hashes].map(([month, { hash }]) => [month, hash.digest('hex')]));
}

/** Makes databases with the records of one month each, and nothing else. */
export class MonthMaker {
  readonly #database: Database;
  readonly #sqlite: Sqlite;
  readonly #empty: Uint8Array;

  constructor(database: Database, sqlite: Sqlite) {
    this.#database = database;
    this.#sqlite = sqlite;
    const empty = emptyLike(database, sqlite);
    try {
      empty.execute(`PRAGMA page_size = ${monthPageBytes}; VACUUM;`);
      this.#empty = empty.export();
    } finally {
      empty.close();
    }
  }

  /** A month as a file, which says of itself what it is. */
  make(label: MonthLabel): Uint8Array {
    const { month } = label;
    const made = new Database(this.#sqlite, this.#empty);
    try {
      made.transaction(() => {
        writeMonthLabel(made, label);
        for (const table of contentTables(this.#database)) {
          this.#copy(month, table, made);
        }
      });
      return made.export();
    } finally {
      made.close();
    }
  }

  #copy(month: string, table: string, made: Database): void {
    const columns = columnsOf(this.#database, table);
    const [where, bounds] = rangeOf(month, timeColumnOf(table));
    const rows = this.#database.rows(
      `SELECT ${columns.join(', ')} FROM ${table} WHERE ${where} ORDER BY id`,
      bounds,
    );
    for (const row of rows) {
      insertRow(made, table, columns, valuesOf(row, columns.length));
    }
  }
}

/** An empty database that readers find their way in as in another, which has everything that is to come into it. */
export function emptyLike(database: Database, sqlite: Sqlite): Database {
  const made = new Database(sqlite, undefined);
  made.execute(createSchema);
  // What readers look up by; an upper bound serves them too.
  const bounds = Object.values(recordTables).flatMap(({ boundKeys }) => boundKeys);
  for (const key of [...bounds, 'day_start_hour']) {
    const row = database.row('SELECT value FROM meta WHERE key = ?', [key]);
    if (row !== undefined) {
      made.run('INSERT INTO meta (key, value) VALUES (?, ?)', [key, row.value(0)]);
    }
  }
  return made;
}

/** Writes a row as it is. */
export function insertRow(
  database: Database,
  table: string,
  columns: readonly string[],
  values: readonly Value[],
): void {
  const marks = columns.map(() => '?').join(', ');
  database.run(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${marks})`, values);
}

/** The first values of a row. */
export function valuesOf(row: { value(column: number): Value }, count: number): Value[] {
  return Array.from({ length: count }, (_, column) => row.value(column));
}

/** A row in bytes that only equal rows have, as `contentDigest.ts` lays them out: type, u32 length, bytes. */
export function rowBytes(values: readonly Value[]): Uint8Array {
  return Buffer.concat(values.flatMap(valueBytes));
}

function valueBytes(value: Value): Uint8Array[] {
  const bytes =
    value === null
      ? Buffer.alloc(0)
      : value instanceof Uint8Array
        ? value
        : Buffer.from(String(value), 'utf8');
  const type =
    value === null ? 0 : value instanceof Uint8Array ? 3 : typeof value === 'number' ? 1 : 2;
  const head = Buffer.alloc(5);
  head[0] = type;
  head.writeUInt32LE(bytes.length, 1);
  return [head, bytes];
}

/** The column that tells which month a table's records are in; without one they go with the deletions. */
function timeColumnOf(table: string): string | undefined {
  return Object.values(recordTables).find(({ name }) => name === table)?.monthColumn;
}

function monthOf(atMs: Value | undefined): string {
  return typeof atMs === 'number' && atMs >= 0 && atMs < endMs
    ? new Date(atMs).toISOString().slice(0, 7)
    : timelessMonth;
}

/** The condition for a month's rows in a table. */
function rangeOf(month: string, time: string | undefined): readonly [string, readonly number[]] {
  if (month === timelessMonth) {
    return time === undefined ? ['1', []] : [`${time} < 0 OR ${time} >= ?`, [endMs]];
  }
  if (time === undefined) {
    return ['0', []];
  }
  const [year = 0, number = 0] = month.split('-').map(Number);
  return [`${time} >= ? AND ${time} < ?`, [utcMonthMs(year, number - 1), utcMonthMs(year, number)]];
}

/** Not `Date.UTC`, which takes the years up to 99 for those of the last century. */
function utcMonthMs(year: number, month: number): number {
  return new Date(0).setUTCFullYear(year, month, 1);
}

function* pages(
  database: Database,
  table: string,
  columns: readonly string[],
): Generator<readonly Value[][]> {
  for (let after: Uint8Array = new Uint8Array(0); ;) {
    const page = database.rows(
      `SELECT ${columns.join(', ')}, id FROM ${table} WHERE id > ? ORDER BY id LIMIT ${rowsAtOnce}`,
      [after],
    );
    yield page.map((row) => valuesOf(row, columns.length));
    const last = page.at(-1);
    if (last === undefined || page.length < rowsAtOnce) {
      return;
    }
    after = last.blob(columns.length);
  }
}
