import path from 'node:path';
import type { SqlJsStatic } from 'sql.js';
import { systemErrorCode } from '../../base/errors.ts';
import type { VaultKeys } from '../trust/readTrust.ts';
import { digestContent } from '../database/contentDigest.ts';
import { readDamagedSnapshot } from '../database/damagedDatabase.ts';
import { ingest, ingestDatabase, ingestSessions, type IngestOptions } from '../database/ingest.ts';
import { createSchema } from '../database/schema.ts';
import { openSnapshot } from '../database/snapshot.ts';
import { segmentsFolderOf, snapshotsFolderName } from '../folder/vaultFolder.ts';
import { listReserve, type ReserveFile } from '../folder/vaultListing.ts';
import { readSegmentFile } from '../folder/vaultParts.ts';
import { rollUp } from '../history/dayQueries.ts';
import { defaultDayStartHour, type Ledger } from '../ledger/ledger.ts';
import { readSegment } from '../segments/segmentReader.ts';
import { Database } from '../sqlite/database.ts';
import { VaultError } from '../vaultError.ts';
import type { FileReport } from './verify.ts';

/**
 * What can be read of a damaged vault as one database: of every whole or damaged snapshot and segment, those in the trash and those
 * that were set aside among them. The caller closes it. Writes nothing.
 * @param files what `verifyVault` found
 */
export async function uniteReadable(
  folder: string,
  files: readonly FileReport[],
  keys: VaultKeys,
  sqlite: SqlJsStatic,
): Promise<Database> {
  const union = new Union(keys, sqlite);
  try {
    await union.take(inPlace(folder, files));
    await union.take(await listReserve(folder));
    return union.finish();
  } catch (error) {
    union.database.close();
    throw error;
  }
}

/**
 * Whether records are left in the trash, or in what was set aside, that nothing in its place holds: what held them is lost. Reads
 * all of the vault where there is such a file, and writes nothing.
 * @param files what `verifyVault` found
 */
export async function hasMoreInReserve(
  folder: string,
  files: readonly FileReport[],
  keys: VaultKeys,
  sqlite: SqlJsStatic,
): Promise<boolean> {
  const reserve = await listReserve(folder);
  if (reserve.length === 0) {
    return false;
  }
  const union = new Union(keys, sqlite);
  try {
    await union.take(inPlace(folder, files));
    const { sha256 } = digestContent(union.database);
    await union.take(reserve);
    return digestContent(union.database).sha256 !== sha256;
  } finally {
    union.database.close();
  }
}

/** Takes what can be read in the trash, and in what was set aside, into a ledger. What it holds or knows as deleted stays as it is. */
export async function takeReserve(
  ledger: Ledger,
  folder: string,
  sqlite: SqlJsStatic,
): Promise<void> {
  const reserve = await listReserve(folder);
  if (reserve.length === 0) {
    return;
  }
  const union = new Union(ledger.keys, sqlite);
  try {
    await union.take(reserve);
    ledger.takeDatabase(union.database, { unsound: 'leaveOut' });
  } finally {
    union.database.close();
  }
}

function inPlace(folder: string, files: readonly FileReport[]): ReserveFile[] {
  return files.map(({ kind, file }) => ({ kind, file: pathInVault(folder, kind, file) }));
}

/** Files of a vault become one database, as far as they can be read. */
class Union {
  readonly database: Database;
  readonly #keys: VaultKeys;
  readonly #sqlite: SqlJsStatic;
  readonly #options: IngestOptions = { dayStartHour: defaultDayStartHour, dirtyDays: new Set() };

  constructor(keys: VaultKeys, sqlite: SqlJsStatic) {
    this.#keys = keys;
    this.#sqlite = sqlite;
    this.database = new Database(sqlite, undefined);
    this.database.execute(createSchema);
  }

  async take(files: readonly ReserveFile[]): Promise<void> {
    for (const { file, kind } of files) {
      if (kind === 'segment') {
        await takeSegment(file, this.#keys, this.database, this.#options);
      } else {
        await takeSnapshot(file, this.#keys, this.#sqlite, this.database, this.#options);
      }
    }
  }

  /** @returns the database, its roll-ups up to date */
  finish(): Database {
    rollUp(this.database, this.#options.dirtyDays, this.#options.dayStartHour);
    return this.database;
  }
}

/** Where a file of a vault lies. */
export function pathInVault(folder: string, kind: FileReport['kind'], file: string): string {
  return kind === 'segment'
    ? path.join(segmentsFolderOf(folder), file)
    : path.join(folder, snapshotsFolderName, file);
}

async function takeSegment(
  file: string,
  keys: VaultKeys,
  database: Database,
  options: IngestOptions,
): Promise<void> {
  try {
    ingest(database, readSegment(await readSegmentFile(file), keys).records, options);
  } catch (error) {
    ignoreUnreadable(error);
  }
}

async function takeSnapshot(
  file: string,
  keys: VaultKeys,
  sqlite: SqlJsStatic,
  database: Database,
  options: IngestOptions,
): Promise<void> {
  try {
    const snapshot = openSnapshot(file, keys, sqlite);
    try {
      ingestDatabase(database, snapshot.database, options, { unsound: 'leaveOut' });
      return;
    } finally {
      snapshot.dispose();
    }
  } catch (error) {
    ignoreUnreadable(error);
  }
  try {
    const { sessions, others } = await readDamagedSnapshot(file, keys, sqlite);
    ingest(database, others, options);
    ingestSessions(database, sessions, options);
  } catch (error) {
    ignoreUnreadable(error);
  }
}

/** The report names it, or a peer took it away; what else can be read still counts. */
function ignoreUnreadable(error: unknown): void {
  if (!VaultError.is(error) && systemErrorCode(error) !== 'ENOENT') {
    throw error;
  }
}
