import { lstat, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import { isWithin, realPathOf, walkFolder, type FoundEntry } from '../copies/folderWalk.ts';
import { deviceNamedIn, looksLikeAge, namesVault, placeholderOf } from '../copies/toolNames.ts';
import type { UnreadFile } from '../messages/syncMessages.ts';
import { TransferError } from '../transferError.ts';

/** Deeper than any sync tool puts a copy. */
const deepest = 4;

/** One folder of a vault in the folder that the person named. */
interface SyncHome {
  readonly path: string;
  /** What the names of its files begin with where they are told of: nothing for the vault's own, as it is the usual one. */
  readonly prefix: string;
  /** Whether it is a copy that a sync tool made of the vault's own. */
  readonly isCopy: boolean;
}

/** All folders of one vault. */
export interface SyncHomes {
  /** What no link is followed out of. */
  readonly within: string;
  /** The vault's own first. */
  readonly homes: readonly SyncHome[];
  /** Folders of it that can't be looked into, and why. */
  readonly unread: readonly UnreadFile[];
}

/** A file below one of the folders, and whose it is. */
export interface HomeEntry extends FoundEntry {
  readonly home: SyncHome;
  /** The id of the device that it is of, or a copy of whose it is, as far as its path tells. */
  readonly device: string | undefined;
  /** Its name, where it lies in the device's own folder, which only that device writes to. */
  readonly ownName: string | undefined;
  /** Whether it lies below a folder of a device, and that is in the vault's own. */
  readonly isInPlace: boolean;
}

/**
 * The folders of a vault: its own, and whatever sync tools made of it ("millrace-0123abcd (1)", "Copy of millrace-0123abcd").
 * @param name of its own, `millrace-0123abcd`
 * @throws what the system says about the folder
 */
export async function findSyncHomes(folder: string, name: string): Promise<SyncHomes> {
  const shortId = name.slice(-8);
  const own = path.join(folder, name);
  const within = await realPathOf(folder);
  const homes: SyncHome[] = [];
  const unread: UnreadFile[] = [];
  const links: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!namesVault(entry.name, shortId)) {
      continue;
    }
    if (entry.isDirectory()) {
      homes.push(await describeHome(path.join(folder, entry.name), own));
    } else if (entry.isSymbolicLink()) {
      links.push(entry.name);
    } else if (placeholderOf(entry.name) !== undefined && !looksLikeAge(entry.name)) {
      unread.push({ file: entry.name, reason: 'unavailable' });
    }
  }
  for (const link of links) {
    const there = path.join(folder, link);
    const real = await realPathOf(there).catch(() => undefined);
    if (real === undefined || !isWithin(real, within)) {
      const reason = real === undefined ? 'unavailable' : 'linkedOutside';
      unread.push({ file: `${link}/`, reason });
    } else if ((await stat(real)).isDirectory() && !(await isOneOf(homes, there))) {
      homes.push(await describeHome(there, own));
    }
  }
  homes.sort((one, other) => Number(one.isCopy) - Number(other.isCopy) || order(one, other));
  return { within, homes, unread };
}

/**
 * Looks that what is to be written to lies in the folder that the person named, where it is there.
 * @throws {TransferError} `linkedOutside` when a link leads out of it
 */
export async function demandWithin(folder: string, ...inner: readonly string[]): Promise<void> {
  const within = await realPathOf(folder);
  for (const each of inner) {
    const isLink = await lstat(each).then(
      (found) => found.isSymbolicLink(),
      () => false,
    );
    const real = isLink ? await realPathOf(each).catch(() => undefined) : undefined;
    if (real !== undefined && !isWithin(real, within)) {
      throw new TransferError(
        'linkedOutside',
        'A folder is a link that leads out of the sync folder',
        { file: each },
      );
    }
  }
}

/** Where the folder of the vault itself was named: what lies beside it is not looked at. */
export function onlyHome(home: string): SyncHomes {
  return { within: home, homes: [{ path: home, prefix: '', isCopy: false }], unread: [] };
}

/**
 * Everything below the folders of a vault.
 * @param entersHidden whether into folders with a leading dot too, which are a sync tool's own
 */
export async function walkHomes(
  { within, homes }: Pick<SyncHomes, 'within' | 'homes'>,
  entersHidden = false,
): Promise<HomeEntry[]> {
  const found = new Map<string, HomeEntry>();
  for (const home of homes) {
    const enters = (name: string): boolean => entersHidden || !isHidden(name);
    for (const entry of await walkFolder(home.path, { deepest, within, enters })) {
      // A link from one of the folders to another finds nothing new.
      const known = found.get(entry.path);
      if (known === undefined || (known.isLinked && !entry.isLinked)) {
        found.set(entry.path, place(entry, home));
      }
    }
  }
  return [...found.values()];
}

/** Whether the last part of a path has a leading dot. */
export function isHidden(name: string): boolean {
  return path.posix.basename(name).startsWith('.');
}

function place(entry: FoundEntry, home: SyncHome): HomeEntry {
  const [top = '', ...rest] = entry.name.split('/');
  const device = rest.length === 0 ? undefined : (deviceNamedIn(top) ?? top);
  const isInPlace = !home.isCopy && device === top;
  return {
    ...entry,
    name: `${home.prefix}${entry.name}`,
    home,
    device,
    ownName: isInPlace && rest.length === 1 ? rest[0] : undefined,
    isInPlace,
  };
}

async function describeHome(there: string, own: string): Promise<SyncHome> {
  const isCopy = path.basename(there) !== path.basename(own) && !(await isSame(there, own));
  return { path: there, prefix: isCopy ? `${path.basename(there)}/` : '', isCopy };
}

async function isOneOf(homes: readonly SyncHome[], there: string): Promise<boolean> {
  for (const home of homes) {
    if (await isSame(home.path, there)) {
      return true;
    }
  }
  return false;
}

/** Whether two paths lead to one thing: in many file systems upper case is no other name. */
export async function isSame(one: string, other: string): Promise<boolean> {
  try {
    const [left, right] = [await stat(one, { bigint: true }), await stat(other, { bigint: true })];
    return left.ino === right.ino && left.dev === right.dev;
  } catch (error) {
    if (systemErrorCode(error) === undefined) {
      throw error;
    }
    return false;
  }
}

function order(one: SyncHome, other: SyncHome): number {
  return one.path < other.path ? -1 : 1;
}
