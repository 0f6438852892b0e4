import { createHash, type Hash } from 'node:crypto';
import type { Database, Value } from '../vault/database/database.ts';

/** What a database holds, in numbers: the same for the same records, in whatever order they came. */
export interface ContentDigest {
  /** Rows of each table that holds records. */
  readonly counts: Readonly<Record<string, number>>;
  /** Hex. */
  readonly sha256: string;
}

/** What is computed from the records, or says where they came from. */
const otherTables = new Set(['meta', 'parents', 'covered_segments', 'rescored', 'days']);
/** Numbers that a database gives its own rows. */
const ownNumbers = new Set(['sessions.number']);
const rowsAtOnce = 2_000;

/**
 * Counts and hashes every record: SHA-256 over, for each table by name, its name and columns as JSON and a
 * newline, then its rows by id, each value as a type byte (0 null, 1 number, 2 text, 3 blob), a u32 length and
 * its bytes (numbers in decimal, text in UTF-8). Little-endian.
 * @param between called now and then with the rows done so far
 */
export function digestContent(
  database: Database,
  between: (rows: number) => void = () => {},
): ContentDigest {
  const counts: Record<string, number> = {};
  const hash = createHash('sha256');
  let done = 0;
  for (const table of recordTables(database)) {
    const columns = columnsOf(database, table);
    hash.update(`${JSON.stringify([table, ...columns])}\n`);
    let rows = 0;
    let after: Uint8Array = new Uint8Array(0);
    for (;;) {
      // Names of tables and columns come from a schema of ours; they can't be parameters.
      const page = database.rows(
        `SELECT id, ${columns.join(', ')} FROM ${table} WHERE id > ? ORDER BY id LIMIT ${rowsAtOnce}`,
        [after],
      );
      for (const row of page) {
        for (let column = 1; column <= columns.length; column++) {
          hashValue(hash, row.value(column));
        }
      }
      rows += page.length;
      done += page.length;
      between(done);
      const last = page.at(-1);
      if (last === undefined || page.length < rowsAtOnce) {
        break;
      }
      after = last.blob(0);
    }
    counts[table] = rows;
  }
  return { counts, sha256: hash.digest('hex') };
}

/** How many rows each table with records has. */
export function countContent(database: Database): Record<string, number> {
  return Object.fromEntries(
    recordTables(database).map((table) => [
      table,
      database.row(`SELECT count(*) FROM ${table}`)?.number(0) ?? 0,
    ]),
  );
}

/** Every table with an id: a kind of record that comes later is among them by itself. */
function recordTables(database: Database): string[] {
  return database
    .rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    .map((row) => row.text(0))
    .filter((table) => !table.startsWith('sqlite_') && !otherTables.has(table))
    .filter((table) => columnsOf(database, table).includes('id'));
}

function columnsOf(database: Database, table: string): string[] {
  return database
    .rows('SELECT name FROM pragma_table_info(?) ORDER BY name', [table])
    .map((row) => row.text(0))
    .filter((column) => !ownNumbers.has(`${table}.${column}`));
}

function hashValue(hash: Hash, value: Value): void {
  if (value === null) {
    hash.update(head(0, 0));
  } else if (value instanceof Uint8Array) {
    hash.update(head(3, value.length)).update(value);
  } else {
    const bytes = Buffer.from(String(value), 'utf8');
    hash.update(head(typeof value === 'number' ? 1 : 2, bytes.length)).update(bytes);
  }
}

function head(type: number, lengthBytes: number): Uint8Array {
  const bytes = Buffer.alloc(5);
  bytes[0] = type;
  bytes.writeUInt32LE(lengthBytes, 1);
  return bytes;
}
