import { createHash } from 'node:crypto';
import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import { ForeignFileError, readPlain, readStart } from '../../files/plainFile.ts';
import type { Database, Sqlite } from '../../vault/sqlite/database.ts';
import { demandWholePages, openForeign } from '../../vault/database/foreignDatabase.ts';
import { AgeReader, isAgeFileFor, memorySource } from '../../vault/age/ageStream.ts';
import type { Keyring } from '../../vault/age/identity.ts';
import { RefusedContent, VaultError } from '../../vault/vaultError.ts';
import { CopySigner } from '../copies/copySigner.ts';
import { ageStart, beginsAsAge, type FoundEntry } from '../copies/folderWalk.ts';
import { deviceNamedIn, looksLikeAge, placeholderOf } from '../copies/toolNames.ts';
import type { SyncedDoubt, UnreadFile, UnreadReason } from '../messages/syncMessages.ts';
import { isHidden, walkHomes, type HomeEntry, type SyncHomes } from './syncHomes.ts';
import { readMonthLabel, type MonthLabel } from './monthLabel.ts';
import { isSyncKeys, isSyncLeftover, parseMonthName } from './syncNames.ts';

/** What lies in a vault's sync folder, read as a sync tool left it. */

/** No month is so large; whatever is goes unread, and fills no memory. */
export const largestMonthBytes = 512 << 20;

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

/** A file's bytes, whole; or why there are none, as when it has just been renamed or is not here yet. */
export async function readSynced(file: FoundEntry): Promise<Buffer | UnreadReason> {
  try {
    // Of what does not even begin as one, however large, no more is read.
    const start = Buffer.from(await readStart(file.path, ageStart.length)).toString('latin1');
    return start === ageStart
      ? await readPlain(file.path, { largestBytes: largestMonthBytes })
      : 'torn';
  } catch (error) {
    if (error instanceof ForeignFileError && error.kind === 'tooLarge') {
      return 'refused';
    }
    if (systemErrorCode(error) === undefined && !(error instanceof RangeError)) {
      throw error;
    }
    return 'unavailable';
  }
}

/** SHA-256 in hex. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A month that was opened. */
export interface OpenMonth {
  /** The caller closes it. */
  readonly database: Database;
  /** What it says of itself, which is worth as much as its signature; `undefined` where it says nothing. */
  readonly label: MonthLabel | undefined;
  /** Why it would have been left out, where somebody said that it is theirs all the same. */
  readonly doubt: SyncedDoubt | undefined;
}

export interface OpenMonthOptions {
  /** The current identity first: whoever has another is cut off. */
  readonly keyring: Keyring;
  readonly sqlite: Sqlite;
  /** Whether what nobody is known to have made so is taken nevertheless. */
  readonly takesDoubtful: boolean;
}

/**
 * The database in a file, brought up to date in memory: all of it authenticated, and every page read. Nothing of what it holds is looked at
 * before it is known that a device of the vault wrote it, and that as what it lies there.
 * @returns the doubt, where there is one that is not taken
 * @throws {VaultError} `damaged`, `wrongKey` @throws {RefusedContent} for what is whole and no month
 */
export function openSynced(
  file: HomeEntry,
  bytes: Uint8Array,
  { keyring, sqlite, takesDoubtful }: OpenMonthOptions,
): OpenMonth | SyncedDoubt {
  const reader = new AgeReader(memorySource(bytes), keyring);
  let plain: Uint8Array;
  const signer = new CopySigner(keyring);
  try {
    signer.demandFile(reader, 'month');
    if (signer.doubt !== undefined && !takesDoubtful) {
      return signer.doubt;
    }
    plain = reader.readAll();
  } finally {
    reader.dispose();
  }
  let database: Database | undefined;
  try {
    database = openForeign(sqlite, plain);
    demandWholePages(database);
    const label = readMonthLabel(database);
    const doubt = signer.doubt ?? (isInItsPlace(file, label) ? undefined : 'misplaced');
    if (doubt !== undefined && !takesDoubtful) {
      database.close();
      return doubt;
    }
    return { database, label, doubt };
  } catch (error) {
    database?.close();
    throw asRefused(error);
  }
}

/** Whether a file may lie where a device's own month does: a copy under another name claims nothing. */
function isInItsPlace({ device, ownName }: HomeEntry, label: MonthLabel | undefined): boolean {
  const month = ownName === undefined ? undefined : parseMonthName(ownName);
  return month === undefined || (label?.device === device && label?.month === month);
}

/** All of the file is authentic: what is wrong with its content will be so the next time. */
function asRefused(error: unknown): unknown {
  return VaultError.is(error, 'damaged') && !(error instanceof RefusedContent)
    ? new RefusedContent('A file of a sync folder holds what is no month', { cause: error })
    : error;
}

/** Whether a file, which one of the identities opens, is sealed for the one with this recipient. */
export function isSealedFor(bytes: Uint8Array, recipient: string, keyring: Keyring): boolean {
  const identity = keyring.find((each) => each.recipient === recipient);
  // With one key at hand there is nothing to tell apart.
  return identity !== undefined && (keyring.length === 1 || isAgeFileFor(bytes, identity));
}

/** Why a file was not read. @throws what is no reason of the file's own */
export function unreadReason(error: unknown): UnreadReason {
  if (error instanceof RefusedContent) {
    return 'refused';
  }
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
