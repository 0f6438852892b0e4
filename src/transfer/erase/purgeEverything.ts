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
import { isSamePlace, isWithin, placeOf } from '../../files/place.ts';
import { foldersOf, leadTo } from '../../vault/folder/successions.ts';
import {
  noteFreshVault,
  readSuccessions,
  removeVaultLocation,
  restoredVaults,
} from '../../vault/folder/vaultLocation.ts';
import { vaultMarkOf } from '../../vault/folder/vaultMark.ts';
import { vaultsOf } from './vaultsOf.ts';

/** The vaults of a storage folder, as a person who purges everything is told of them. Absolute paths. */
export interface VaultsHere {
  readonly storage: string;
  /** The current one; a new one is made in its place. */
  readonly current: string;
  /** Those that a restore replaced, and that are still there. */
  readonly earlier: readonly string[];
  /** Of restores of this one that were not finished. */
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
  const successions = await readSuccessions(storage).catch(() => undefined);
  if (successions === undefined) {
    // Each restored one may have been replaced, or have replaced another.
    const earlier = await holding(restoredVaults(storage), [own]);
    const others = await holding([usual], [own, ...earlier]);
    const missing = await missingOf(own, storage);
    return { storage, current: own, earlier, unfinished: [], missing, others, list: 'unreadable' };
  }
  const { succession } = leadTo(own, successions);
  const { strays, otherStrays } = await vaultsOf(storage, own);
  const current = succession?.folder ?? own;
  const replaced = succession?.earlier ?? [];
  const [, ...left] = succession === undefined ? [] : foldersOf(succession);
  const earlier = await holding(left, [current]);
  const unfinished = await holding(strays, [current, ...earlier]);
  const missing = await missingOf(current, storage);
  for (const { folder, removedMs } of replaced) {
    if (removedMs === undefined) {
      missing.push(...(await missingOf(folder, storage)));
    }
  }
  const strangers = successions.filter((each) => each !== succession).flatMap(foldersOf);
  const others = await holding(
    [usual, ...strangers, ...otherStrays],
    [current, ...earlier, ...unfinished],
  );
  const isOurs = succession !== undefined || successions.length === 0;
  const list = isOurs ? 'ours' : 'others';
  return { storage, current, earlier, unfinished, missing, others, list };
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
  // A vault that stays may be a copy of one that goes, with the same id and so the same key.
  const keptIds = new Set(vaults.others.flatMap((each) => vaultMarkOf(each)?.vault ?? []));
  const purge = { ...place, keptIds };
  const outcomes = await purgeVaults([...replaced, current], purge, async (soFar) => {
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
  { storage, current, list, missing }: VaultsHere,
  left: readonly PurgeOutcome[],
  { clock, log, step }: PurgePlace & { readonly clock: Clock },
  isLast = false,
): Promise<boolean> {
  const standing = new Set([...missing, ...left.map(({ folder }) => folder)]);
  try {
    if (list === 'ours') {
      await noteFreshVault(storage, standing, clock.wallMs(), {
        folder: current,
        keepsIds: !isLast,
        ...(step === undefined ? {} : { step }),
      });
    } else if (list === 'unreadable' && isLast) {
      await removeVaultLocation(storage);
    }
    return true;
  } catch (error) {
    log.error('The list of vaults could not be written', describeError(error));
    return false;
  }
}

/** Those of the folders that hold a vault, each once. One that can't be looked into may. */
async function holding(folders: readonly string[], except: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  const known = except.map(placeOf);
  for (const folder of folders) {
    const place = placeOf(folder);
    if (!known.some((each) => isSamePlace(each, place)) && (await mayHoldVault(folder))) {
      known.push(place);
      found.push(folder);
    }
  }
  return found;
}

/** A vault outside of the storage folder that is not there may be on a drive that is not connected. */
async function missingOf(folder: string, storage: string): Promise<string[]> {
  const isInStorage = isWithin(placeOf(folder), placeOf(storage));
  return isInStorage || (await mayHoldVault(folder)) ? [] : [folder];
}

async function mayHoldVault(folder: string): Promise<boolean> {
  return holdsVault(folder).catch(() => true);
}
