import { createHash } from 'node:crypto';
import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import { readPlain } from '../../files/plainFile.ts';
import type { Database, Sqlite } from '../../vault/sqlite/database.ts';
import { demandWholePages, openForeign } from '../../vault/database/foreignDatabase.ts';
import { AgeReader, isAgeFileFor, memorySource } from '../../vault/age/ageStream.ts';
import type { Keyring } from '../../vault/age/identity.ts';
import { VaultError } from '../../vault/vaultError.ts';
import { beginsAsAge, type FoundEntry } from '../copies/folderWalk.ts';
import { deviceNamedIn, looksLikeAge, placeholderOf } from '../copies/toolNames.ts';
import type { UnreadFile, UnreadReason } from '../messages/syncMessages.ts';
import { isHidden, walkHomes, type HomeEntry, type SyncHomes } from './syncHomes.ts';
import { isSyncKeys, isSyncLeftover } from './syncNames.ts';

/** What lies in a vault's sync folder, read as a sync tool left it. */

/** No month is so large; whatever is goes unread, and fills no memory. */
const largestBytes = 512 << 20;

/** Every file that may be read, and what is known to be there and can't be. */
export interface SyncedFiles {
  readonly files: readonly HomeEntry[];
  readonly unread: readonly UnreadFile[];
}

/**
 * Every age file in the folders of a vault, whatever its name, and whatever looks like one; in the folder of a device, and in what
 * a sync tool made of it. Of hidden ones (`._2026-11.age`, `.syncthing.2026-11.age.tmp`), which are a system's or a sync tool's own,
 * those that begin as age files. By name; none when there is no such folder.
 */
export async function listSynced(homes: SyncHomes): Promise<SyncedFiles> {
  const files: HomeEntry[] = [];
  const unread: UnreadFile[] = [...homes.unread];
  const withKeys = new Set<string>();
  const withMonths = new Set<string | undefined>();
  for (const entry of await walkHomes(homes)) {
    const { name, device, ownName } = entry;
    const reason = whyUnread(entry);
    const isSynced = reason === undefined && (await isSyncedFile(entry));
    if (isSynced) {
      files.push(entry);
    } else if (reason !== undefined) {
      unread.push({ file: entry.leadsToFolder === true ? `${name}/` : name, reason });
    } else if (device !== undefined && ownName !== undefined && isSyncKeys(ownName)) {
      withKeys.add(device);
    }
    if (isSynced || reason !== undefined) {
      withMonths.add(device);
    }
  }
  // Whoever has written its keys has written a month or a deletion too.
  for (const device of withKeys) {
    if (!withMonths.has(device)) {
      unread.push({ file: `${device}/`, reason: 'unavailable' });
    }
  }
  return { files: files.sort((one, other) => (one.name < other.name ? -1 : 1)), unread };
}

/** Why something is known to be there and can't be read; `undefined` where it can, or is none of ours. */
function whyUnread({ name, kind, leadsToFolder }: HomeEntry): UnreadReason | undefined {
  const base = path.posix.basename(name);
  switch (kind) {
    case 'closedFolder':
    case 'deepFolder':
      return 'unavailable';
    case 'linkOut':
      return leadsToFolder === true || looksLikeAge(base) ? 'linkedOutside' : undefined;
    case 'linkNowhere':
      return looksLikeAge(base) || deviceNamedIn(base) !== undefined ? 'unavailable' : undefined;
    case 'file':
      return looksLikeAge(base) && placeholderOf(base) !== undefined ? 'unavailable' : undefined;
  }
}

async function isSyncedFile({ name, path: file, kind }: HomeEntry): Promise<boolean> {
  const base = path.posix.basename(name);
  if (kind !== 'file' || isSyncLeftover(base)) {
    return false;
  }
  return (looksLikeAge(base) && !isHidden(name)) || beginsAsAge(file);
}

/** A file's bytes, whole; `undefined` while it can't be read, as when it has just been renamed or is not here yet. */
export async function readSynced(file: FoundEntry): Promise<Buffer | undefined> {
  try {
    return await readPlain(file.path, { largestBytes });
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
    database = openForeign(sqlite, reader.readAll());
    demandWholePages(database);
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
