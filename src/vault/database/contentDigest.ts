import { createHash } from 'node:crypto';
import type { Database, Value } from '../sqlite/database.ts';

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
  const hash = new ValueHash();
  let done = 0;
  for (const table of contentTables(database)) {
    const columns = columnsOf(database, table);
    hash.addText(`${JSON.stringify([table, ...columns])}\n`);
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
          hash.addValue(row.value(column));
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
  return { counts, sha256: hash.digest() };
}

/** How many rows each table with records has. */
export function countContent(database: Database): Record<string, number> {
  return Object.fromEntries(
    contentTables(database).map((table) => [
      table,
      database.row(`SELECT count(*) FROM ${table}`)?.number(0) ?? 0,
    ]),
  );
}

/** Every table with an id, by name: a kind of record that comes later is among them by itself. */
export function contentTables(database: Database): string[] {
  return database
    .rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    .map((row) => row.text(0))
    .filter((table) => !table.startsWith('sqlite_') && !otherTables.has(table))
    .filter((table) => columnsOf(database, table).includes('id'));
}

/** The columns of a table by name, without the numbers that a database gives its own rows. */
export function columnsOf(database: Database, table: string): string[] {
  return database
    .rows('SELECT name FROM pragma_table_info(?) ORDER BY name', [table])
    .map((row) => row.text(0))
    .filter((column) => !ownNumbers.has(`${table}.${column}`));
}

/** Many small values are hashed as few large pieces: each call into the hash costs more than what it hashes. */
class ValueHash {
  readonly #hash = createHash('sha256');
  readonly #waiting = Buffer.alloc(256 * 1024);
  #used = 0;

  addText(text: string): void {
    this.#add(Buffer.from(text, 'utf8'));
  }

  addValue(value: Value): void {
    if (value === null) {
      this.#addHead(0, 0);
    } else if (value instanceof Uint8Array) {
      this.#addHead(3, value.length);
      this.#add(value);
    } else {
      const text = String(value);
      this.#addHead(typeof value === 'number' ? 1 : 2, Buffer.byteLength(text, 'utf8'));
      this.addText(text);
    }
  }

  digest(): string {
    this.#flush();
    return this.#hash.digest('hex');
  }

  #addHead(type: number, lengthBytes: number): void {
    this.#ensureFits(5);
    this.#waiting.writeUInt8(type, this.#used);
    this.#waiting.writeUInt32LE(lengthBytes, this.#used + 1);
    this.#used += 5;
  }

  #add(bytes: Uint8Array): void {
    this.#ensureFits(bytes.length);
    if (bytes.length > this.#waiting.length) {
      this.#hash.update(bytes);
    } else {
      this.#waiting.set(bytes, this.#used);
      this.#used += bytes.length;
    }
  }

  #ensureFits(lengthBytes: number): void {
    if (this.#used + lengthBytes > this.#waiting.length) {
      this.#flush();
    }
  }

  #flush(): void {
    this.#hash.update(this.#waiting.subarray(0, this.#used));
    this.#used = 0;
  }
}
