import { createHash } from 'node:crypto';
import { Database, type Sqlite } from '../sqlite/database.ts';
import { readDatabaseFile, type SchemaEntry } from '../sqlite/databaseFile.ts';
import { RefusedContent, VaultError } from '../vaultError.ts';
import {
  applicationId,
  bringUpToDate,
  migrations,
  schemaHashes,
  schemaVersion,
} from './migrations.ts';

/**
 * The door that every database comes through that lies in a file: a snapshot, a backup, a month of a sync folder. A schema can do a
 * lot by itself when a row is written or read, or an index checked, and what is taken over becomes ours; so nothing is run on a file
 * before its schema is known to be the very one that Millrace makes.
 */

/** As it stands behind `THEN` in the view of minutes: from 1 to 2, with all the digits that a double has. */
const power = /(?<=THEN )1\.\d{12,16}(?= )/g;

function elevenDigits(digits: string): string {
  return Number(digits).toFixed(10);
}

/** A file's bytes, or what reads like them. */
type DatabaseBytes = ArrayLike<number> & {
  subarray(start: number, end: number): Uint8Array;
};

/** What a file is opened with that is not of the usual kind. */
export interface ForeignOptions {
  readonly steps?: typeof migrations;
  readonly target?: number;
}

/**
 * Opens a database that was read from a file, brought up to the present schema in memory. The caller closes it.
 * @throws {RefusedContent} when it has any other schema or form than a vault's database
 * @throws {VaultError} `unknownVersion` for that of a later Millrace, `damaged` when a page can't be read
 */
export function openForeign(
  sqlite: Sqlite,
  file: DatabaseBytes,
  { steps = migrations, target = schemaVersion }: ForeignOptions = {},
): Database {
  demandOwnSchema(file, target);
  const database = new Database(sqlite, file);
  try {
    database.execute('PRAGMA cell_size_check = ON');
    bringUpToDate(database, steps, target);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Looks at the header and the schema of a file, and at nothing else of it. Costs microseconds.
 * @throws as {@link openForeign}
 */
function demandOwnSchema(file: DatabaseBytes, target = schemaVersion): void {
  const found = readFile(file);
  const version = found.userVersion;
  if (found.applicationId !== applicationId || version < 1) {
    throw new RefusedContent('A file holds another database than a vault has');
  }
  if (version > target) {
    throw new VaultError('unknownVersion', 'A database was written by a later Millrace');
  }
  if (schemaHashes[version - 1]?.includes(hashOfSchema(found.schema)) !== true) {
    throw new RefusedContent('A database holds what is in no vault');
  }
}

/**
 * Reads every page, and looks whether each is in its one place: only then is it sure that reading the rows comes to an end.
 * @throws {RefusedContent}
 */
export function demandWholePages(database: Database): void {
  // After the first finding it looks no further: what it would look through has no end, where a page is its own child.
  if (database.row('PRAGMA integrity_check(1)')?.text(0) !== 'ok') {
    throw new RefusedContent('The pages of a database are not as SQLite leaves them');
  }
}

/**
 * SHA-256 in hex over type, name, table and text of each object as JSON, by type and name. Powers of two in the view of minutes have
 * eleven digits in it: an earlier Millrace wrote them as the engine of its editor worked them out, and those differ in the last digit.
 */
export function hashOfSchema(schema: readonly SchemaEntry[]): string {
  const lines = schema
    .map(({ type, name, table, sql }) =>
      JSON.stringify([type, name, table, sql?.replaceAll(power, elevenDigits) ?? null]),
    )
    .sort();
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

function readFile(file: DatabaseBytes): ReturnType<typeof readDatabaseFile> {
  try {
    return readDatabaseFile(file);
  } catch (cause) {
    // A page of a sealed file that does not authenticate is another matter.
    if (VaultError.is(cause)) {
      throw new RefusedContent('A file is no database of a vault', { cause });
    }
    throw new VaultError('damaged', 'The first pages of a database could not be read', { cause });
  }
}
