import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import { Database, type Sqlite } from '../../vault/sqlite/database.ts';
import { bringUpToDate } from '../../vault/database/migrations.ts';
import { AgeReader, isAgeFileFor, memorySource } from '../../vault/age/ageStream.ts';
import type { Keyring } from '../../vault/age/identity.ts';
import { VaultError } from '../../vault/vaultError.ts';
import { isBackupFileName } from '../copies/backupNames.ts';
import type { UnreadReason } from '../messages/syncMessages.ts';

/** What lies in a vault's sync folder, read as a sync tool left it. */

/** Deeper than any sync tool puts a copy. */
const deepest = 4;
/** No month is so large; whatever is goes unread, and fills no memory. */
const largestBytes = 512 << 20;

/** An age file, by its path below the vault's sync folder with `/`. */
export interface SyncedFile {
  readonly name: string;
  readonly path: string;
}

/**
 * Every age file, whatever its name, but for hidden ones (`._2026-11.age`, `.stversions/`), which are a system's or a sync
 * tool's own. By name; none when there is no such folder.
 */
export async function listSynced(home: string): Promise<SyncedFile[]> {
  const found: SyncedFile[] = [];
  await collect(home, '', 1, found);
  return found.sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** A file's bytes, whole; `undefined` while it can't be read, as when it has just been renamed or is not here yet. */
export async function readSynced(file: SyncedFile): Promise<Buffer | undefined> {
  try {
    const bytes = await readFile(file.path);
    return bytes.length > largestBytes ? undefined : bytes;
  } catch (error) {
    if (systemErrorCode(error) === undefined && !(error instanceof RangeError)) {
      throw error;
    }
    return undefined;
  }
}

/** SHA-256 in hex. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * The database in a file, brought up to date in memory: all of it authenticated, and every page read. The caller closes it.
 * @throws {VaultError} `damaged`, `wrongKey`, `unknownVersion`
 */
export function openSynced(bytes: Uint8Array, keyring: Keyring, sqlite: Sqlite): Database {
  const reader = new AgeReader(memorySource(bytes), keyring);
  let database: Database | undefined;
  try {
    database = new Database(sqlite, reader.readAll());
    bringUpToDate(database);
    if (database.row('PRAGMA integrity_check')?.text(0) !== 'ok') {
      throw new VaultError('damaged', 'The database in a file is damaged');
    }
    return database;
  } catch (error) {
    database?.close();
    throw error;
  } finally {
    reader.dispose();
  }
}

/** Whether a file, which one of the identities opens, is sealed for the one with this recipient. */
export function isSealedFor(bytes: Uint8Array, recipient: string, keyring: Keyring): boolean {
  const identity = keyring.find((each) => each.recipient === recipient);
  // With one key at hand there is nothing to tell apart.
  return identity !== undefined && (keyring.length === 1 || isAgeFileFor(bytes, identity));
}

/** Why a file was not read. @throws what is no reason of the file's own */
export function unreadReason(error: unknown): UnreadReason {
  if (VaultError.is(error, 'wrongKey')) {
    return 'sealedForAnother';
  }
  if (VaultError.is(error, 'unknownVersion')) {
    return 'laterVersion';
  }
  if (VaultError.is(error, 'damaged')) {
    return 'torn';
  }
  throw error;
}

async function collect(
  folder: string,
  prefix: string,
  depth: number,
  found: SyncedFile[],
): Promise<void> {
  let entries;
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') {
      return;
    }
    throw error;
  }
  for (const entry of entries) {
    const { name } = entry;
    if (name.startsWith('.')) {
      continue;
    }
    const there = path.join(folder, name);
    if (entry.isDirectory() && depth < deepest) {
      await collect(there, `${prefix}${name}/`, depth + 1, found);
    } else if (entry.isFile() && isBackupFileName(name)) {
      found.push({ name: `${prefix}${name}`, path: there });
    }
  }
}
