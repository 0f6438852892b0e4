import { rmdir } from 'node:fs/promises';
import path from 'node:path';
import { describeError } from '../../base/log.ts';
import type { Clock } from '../../base/clock.ts';
import {
  holdsVault,
  purgeVaults,
  type PurgeOutcome,
  type PurgePlace,
} from '../../vault/vaultPurge.ts';
import {
  noteFreshVault,
  readVaultLocation,
  removeVaultLocation,
  restoredVaults,
  type VaultLocation,
} from '../../vault/folder/vaultLocation.ts';

/** The vaults of a storage folder, as a person who purges everything is told of them. Absolute paths. */
export interface VaultsHere {
  readonly storage: string;
  /** The current one; a new one is made in its place. */
  readonly current: string;
  /** Those that a restore replaced, and that are still there. */
  readonly earlier: readonly string[];
  /** Of restores that were not finished. */
  readonly unfinished: readonly string[];
  /** The current one or replaced ones that are not where they were: perhaps on a drive that is not connected. */
  readonly missing: readonly string[];
  /** Vaults in the storage folder that have nothing to do with the one that the setting names. They stay. */
  readonly others: readonly string[];
  /**
   * Which vaults were replaced. `ours`: those of the current one, or none; `others`: what it names has nothing to do with the
   * vault that the setting names; `unreadable`: an earlier one that was in a folder of its own is not known.
   */
  readonly list: 'ours' | 'others' | 'unreadable';
}

export interface PurgeReport {
  /** What is left of each vault of which something is. */
  readonly left: readonly PurgeOutcome[];
  /** Vaults that were not there. */
  readonly missing: readonly string[];
  /** Whether it could be written down which vaults are gone; that does no harm, and is tried again the next time. */
  readonly isNoted: boolean;
}

/**
 * Finds what a purge of everything would destroy. Writes nothing.
 * @param vaultFolder the window's vault: the current one, or one that was replaced while the window was open
 * @throws what the file system says about the folder of restored vaults
 */
export async function findVaults(storage: string, vaultFolder: string): Promise<VaultsHere> {
  const own = path.resolve(vaultFolder);
  const usual = path.join(path.resolve(storage), 'vault');
  const read = await readVaultLocation(storage).catch(() => 'unreadable' as const);
  const isUnreadable = read === 'unreadable';
  const list = isUnreadable ? undefined : read;
  const restored = await restoredVaults(storage);
  if (list !== undefined && !foldersOf(list).includes(own)) {
    // The setting names a folder of which no other was restored.
    const others = await holding([usual, ...foldersOf(list), ...restored], [own]);
    const missing = await missingOf(own, storage);
    const none = { earlier: [], unfinished: [] };
    return { storage, current: own, ...none, missing, others, list: 'others' };
  }
  const current = list?.folder ?? own;
  const replaced = list?.earlier ?? [];
  const earlier = await holding(
    replaced.map(({ folder }) => folder),
    [current],
  );
  const unnamed = await holding(restored, [current, ...earlier]);
  const missing = await missingOf(current, storage);
  for (const { folder, removedMs } of replaced) {
    if (removedMs === undefined) {
      missing.push(...(await missingOf(folder, storage)));
    }
  }
  return {
    storage,
    current,
    // Without the list, each of them may be one that was replaced, or the one that replaced it.
    earlier: isUnreadable ? unnamed : earlier,
    unfinished: isUnreadable ? [] : unnamed,
    missing,
    others: await holding([usual], [current, ...earlier]),
    list: isUnreadable ? 'unreadable' : 'ours',
  };
}

/**
 * Destroys the vaults that were found: the keys of all, then the files of the earlier ones, then those of the current one. The
 * list of vaults goes on to name the current folder, in which the next window makes a new vault. It says which are gone once
 * their keys are: a purge that was cut short leaves no doubt then whether one that is not there is on a missing drive, and
 * what is left of the others is found by looking.
 */
export async function purgeEverything(
  vaults: VaultsHere,
  place: PurgePlace & { readonly clock: Clock },
): Promise<PurgeReport> {
  const { current, earlier, unfinished, missing } = vaults;
  const replaced = [...earlier, ...unfinished];
  const outcomes = await purgeVaults([...replaced, current], place, async (soFar) => {
    await note(vaults, leftOf(soFar), place);
  });
  const left = leftOf(outcomes);
  for (const folder of replaced) {
    if (!left.some((each) => each.folder === folder)) {
      // Only where nothing else lies in it: the person may have named the folder.
      await rmdir(folder).catch(() => undefined);
    }
  }
  place.step?.('purge: before the list');
  const isNoted = await note(vaults, left, place, true);
  return { left, missing, isNoted };
}

function leftOf(outcomes: readonly PurgeOutcome[]): readonly PurgeOutcome[] {
  return outcomes.filter(({ left }) => left !== 'nothing');
}

/** Writes down which vaults are gone. @returns false when that was not possible */
async function note(
  { storage, list, missing }: VaultsHere,
  left: readonly PurgeOutcome[],
  { clock, log, step }: PurgePlace & { readonly clock: Clock },
  isLast = false,
): Promise<boolean> {
  const standing = new Set([...missing, ...left.map(({ folder }) => folder)]);
  try {
    if (list === 'ours') {
      await noteFreshVault(storage, standing, clock.wallMs(), step);
    } else if (list === 'unreadable' && isLast) {
      await removeVaultLocation(storage);
    }
    return true;
  } catch (error) {
    log.error('The list of vaults could not be written', describeError(error));
    return false;
  }
}

function foldersOf(location: VaultLocation): readonly string[] {
  return [location.folder, ...location.earlier.map(({ folder }) => folder)];
}

/** Those of the folders that hold a vault, each once. One that can't be looked into may. */
async function holding(folders: readonly string[], except: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const folder of new Set(folders)) {
    if (!except.includes(folder) && (await mayHoldVault(folder))) {
      found.push(folder);
    }
  }
  return found;
}

/** A vault outside of the storage folder that is not there may be on a drive that is not connected. */
async function missingOf(folder: string, storage: string): Promise<string[]> {
  return isWithin(storage, folder) || (await mayHoldVault(folder)) ? [] : [folder];
}

async function mayHoldVault(folder: string): Promise<boolean> {
  return holdsVault(folder).catch(() => true);
}

function isWithin(storage: string, folder: string): boolean {
  const relative = path.relative(storage, folder);
  return !relative.startsWith('..') && !path.isAbsolute(relative);
}
