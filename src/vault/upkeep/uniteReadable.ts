import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { SqlJsStatic } from 'sql.js';
import type { Keyring } from '../age/identity.ts';
import { readDamagedSnapshot } from '../database/damagedDatabase.ts';
import { ingest, ingestDatabase, ingestSessions, type IngestOptions } from '../database/ingest.ts';
import { createSchema } from '../database/schema.ts';
import { openSnapshot } from '../database/snapshot.ts';
import { segmentsFolderOf, snapshotsFolderName, trashFolderName } from '../folder/vaultFolder.ts';
import { listTrash } from '../folder/vaultListing.ts';
import { rollUp } from '../history/dayQueries.ts';
import { defaultDayStartHour } from '../ledger/ledger.ts';
import { readSegment } from '../segments/segmentReader.ts';
import { Database } from '../sqlite/database.ts';
import { VaultError } from '../vaultError.ts';
import type { FileReport } from './verify.ts';

/**
 * What can be read of a damaged vault as one database: of every whole or damaged snapshot and segment, those in the trash among
 * them. The caller closes it. Writes nothing.
 * @param files what `verifyVault` found
 */
export async function uniteReadable(
  folder: string,
  files: readonly FileReport[],
  keyring: Keyring,
  sqlite: SqlJsStatic,
): Promise<Database> {
  const database = new Database(sqlite, undefined);
  try {
    database.execute(createSchema);
    const options: IngestOptions = { dayStartHour: defaultDayStartHour, dirtyDays: new Set() };
    for (const { file, kind } of await everyFile(folder, files)) {
      if (kind === 'segment') {
        await takeSegment(file, keyring, database, options);
      } else {
        await takeSnapshot(file, keyring, sqlite, database, options);
      }
    }
    rollUp(database, options.dirtyDays, options.dayStartHour);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

async function everyFile(
  folder: string,
  files: readonly FileReport[],
): Promise<{ readonly kind: FileReport['kind']; readonly file: string }[]> {
  const trash = await listTrash(folder);
  return [
    ...files.map(({ kind, file }) => ({ kind, file: pathInVault(folder, kind, file) })),
    ...trash.map(({ file, original }) => ({
      kind: original.endsWith('.seg') ? ('segment' as const) : ('snapshot' as const),
      file: path.join(folder, trashFolderName, file),
    })),
  ];
}

/** Where a file of a vault lies. */
export function pathInVault(folder: string, kind: FileReport['kind'], file: string): string {
  return kind === 'segment'
    ? path.join(segmentsFolderOf(folder), file)
    : path.join(folder, snapshotsFolderName, file);
}

async function takeSegment(
  file: string,
  keyring: Keyring,
  database: Database,
  options: IngestOptions,
): Promise<void> {
  try {
    ingest(database, readSegment(await readFile(file), keyring).records, options);
  } catch (error) {
    ignoreUnreadable(error);
  }
}

async function takeSnapshot(
  file: string,
  keyring: Keyring,
  sqlite: SqlJsStatic,
  database: Database,
  options: IngestOptions,
): Promise<void> {
  try {
    const snapshot = openSnapshot(file, keyring, sqlite);
    try {
      ingestDatabase(database, snapshot.database, options);
      return;
    } finally {
      snapshot.dispose();
    }
  } catch (error) {
    ignoreUnreadable(error);
  }
  try {
    const { sessions, others } = await readDamagedSnapshot(file, keyring, sqlite);
    ingest(database, others, options);
    ingestSessions(database, sessions, options);
  } catch (error) {
    ignoreUnreadable(error);
  }
}

/** The report names it; what else can be read still counts. */
function ignoreUnreadable(error: unknown): void {
  if (!VaultError.is(error)) {
    throw error;
  }
}
