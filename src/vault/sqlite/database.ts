import initSqlJs, {
  type BindParams,
  type SqlJsStatic,
  type SqlValue,
  type Statement,
} from 'sql.js';
import { readFile } from 'node:fs/promises';
import { toError } from '../../base/errors.ts';
import { VaultError } from '../vaultError.ts';

/** SQLite, loaded. */
export type Sqlite = SqlJsStatic;

/** A value that SQLite takes or gives. */
export type Value = SqlValue;

/**
 * Loads SQLite's WebAssembly. Costs some 25 ms and several megabytes, so only the keeper and the command line do.
 * @param wasmPath of `sql-wasm.wasm`
 * @throws {VaultError} `keeperFailed` when it is not there or not itself.
 */
export async function loadSqlite(wasmPath: string): Promise<SqlJsStatic> {
  try {
    const file = await readFile(wasmPath);
    const wasmBinary = file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength);
    return await initSqlJs({ wasmBinary });
  } catch (error) {
    throw new VaultError('keeperFailed', 'SQLite could not be loaded', { cause: toError(error) });
  }
}

/**
 * The only door to sql.js. It throws bare strings and plain errors, leaks statements that are not freed, and
 * forgets statements and pragmas at every export: here each statement is prepared once, is prepared again
 * after an export, and whatever goes wrong is a {@link VaultError}.
 */
export class Database {
  readonly #database: InstanceType<SqlJsStatic['Database']>;
  readonly #statements = new Map<string, Statement>();

  /**
   * @param file a database file, or anything that reads like one; `undefined` for a new, empty database
   * @throws {VaultError} `damaged`
   */
  constructor(sqlite: SqlJsStatic, file: ArrayLike<number> | undefined) {
    this.#database = atTheDoor(() => new sqlite.Database(file));
    this.#beCareful();
  }

  /** Runs statements that take no values and give no rows. */
  execute(sql: string): void {
    atTheDoor(() => {
      this.#database.exec(sql);
    });
  }

  /** Runs one statement. */
  run(sql: string, values: readonly Value[] = []): void {
    atTheDoor(() => {
      this.#prepared(sql).run(bindable(values));
    });
  }

  /** All rows of a query. */
  rows(sql: string, values: readonly Value[] = []): Row[] {
    return atTheDoor(() => {
      const statement = this.#prepared(sql);
      const rows: Row[] = [];
      try {
        statement.bind(bindable(values));
        while (statement.step()) {
          rows.push(new Row(statement.get()));
        }
      } finally {
        statement.reset();
      }
      return rows;
    });
  }

  /** The first row of a query. */
  row(sql: string, values: readonly Value[] = []): Row | undefined {
    return this.rows(sql, values)[0];
  }

  /** Runs `work` as one transaction; what it threw is thrown again after the rollback. */
  transaction<T>(work: () => T): T {
    this.run('BEGIN');
    try {
      const result = work();
      this.run('COMMIT');
      return result;
    } catch (error) {
      try {
        this.run('ROLLBACK');
      } catch {
        // SQLite rolled back by itself when it hit the error.
      }
      throw error;
    }
  }

  /** The database as a file. */
  export(): Uint8Array {
    this.#freeStatements();
    const file = atTheDoor(() => this.#database.export());
    this.#beCareful();
    return file;
  }

  close(): void {
    this.#freeStatements();
    atTheDoor(() => {
      this.#database.close();
    });
  }

  /**
   * What is deleted must not stay in a file's unused pages, and what a schema says may call nothing that reaches out of the
   * database; sql.js forgets pragmas at every export.
   */
  #beCareful(): void {
    this.execute('PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF;');
  }

  #prepared(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) {
      return known;
    }
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #freeStatements(): void {
    for (const statement of this.#statements.values()) {
      statement.free();
    }
    this.#statements.clear();
  }
}

/** One row, read by column number. A value of another type than asked for is damage. */
export class Row {
  readonly #values: readonly Value[];

  constructor(values: readonly Value[]) {
    this.#values = values;
  }

  number(column: number): number {
    const value = this.#values[column];
    if (typeof value !== 'number') {
      throw new VaultError('damaged', 'The database holds another type than its schema says');
    }
    return value;
  }

  text(column: number): string {
    const value = this.#values[column];
    if (typeof value !== 'string') {
      throw new VaultError('damaged', 'The database holds another type than its schema says');
    }
    return value;
  }

  blob(column: number): Uint8Array {
    const value = this.#values[column];
    if (!(value instanceof Uint8Array)) {
      throw new VaultError('damaged', 'The database holds another type than its schema says');
    }
    return value;
  }

  /** Whatever is there; `null` also where there is no such column. */
  value(column: number): Value {
    return this.#values[column] ?? null;
  }

  isNull(column: number): boolean {
    return this.#values[column] === null;
  }
}

function bindable(values: readonly Value[]): BindParams {
  return [...values];
}

/**
 * Our statements are constants, so what SQLite complains about is the data. Our own errors pass through: a
 * page that does not authenticate throws one.
 */
function atTheDoor<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (VaultError.is(error)) {
      throw error;
    }
    throw new VaultError('damaged', 'The database could not be read', { cause: toError(error) });
  }
}
