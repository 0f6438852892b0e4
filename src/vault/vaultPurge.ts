import { readdir, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../base/errors.ts';
import { describeError } from '../base/log.ts';
import { readIfOurs, syncFolder } from '../files/durableFiles.ts';
import { shredFile } from '../files/shredFile.ts';
import { noSteps, type StepHook } from '../files/stepHook.ts';
import { vaultFileName } from './folder/vaultFolder.ts';
import {
  copiesOfFolders,
  copiesOfKeys,
  purgedFolderNames,
  removeIfLink,
  removeLinks,
  sealedFilesIn,
} from './folder/vaultCopies.ts';
import { largestVaultFileBytes } from './folder/vaultParts.ts';
import { DeviceKeys } from './keys/deviceKeys.ts';
import { VaultPins } from './trust/vaultPins.ts';
import type { VaultPlace } from './keys/vaultStore.ts';

/** What is left of a vault that was purged. */
export interface PurgeOutcome {
  readonly folder: string;
  /**
   * `files`: files that could not be removed; what this device had to open them is destroyed. `key`: the folder could not be
   * looked into, or not all that opens the vault be destroyed.
   */
  readonly left: 'nothing' | 'files' | 'key';
}

export interface PurgePlace extends Omit<VaultPlace, 'folder' | 'clock'> {
  /** Ids of vaults that stay. Their keys stay as well, also where a vault that goes has the same id. */
  readonly keptIds?: ReadonlySet<string>;
  readonly step?: StepHook;
}

/**
 * Destroys vaults. First what opens them, of all: the protectors' keys of this device and each `vault.json` with the wrapped
 * identities, so that even a purge that is cut short leaves nothing that can be read. Then every file is overwritten and
 * removed, vault by vault. To purge again what a purge that was cut short has left finishes it. A file system that writes
 * elsewhere (copy on write, flash) may keep the overwritten bytes; without the keys they are noise. Recovery kits and
 * copies of the folders are beyond reach. What could not be done is in the outcomes, in the order of the folders.
 * @param onKeysGone told how it stands in between; what it throws ends the purge
 */
export async function purgeVaults(
  folders: readonly string[],
  place: PurgePlace,
  onKeysGone: (soFar: readonly PurgeOutcome[]) => Promise<void>,
): Promise<readonly PurgeOutcome[]> {
  const purges = folders.map((folder) => new Purge(folder, place));
  for (const purge of purges) {
    await purge.destroyKeys();
  }
  await onKeysGone(purges.map(({ outcome }) => outcome));
  for (const purge of purges) {
    await purge.removeFiles();
  }
  return purges.map(({ outcome }) => outcome);
}

/**
 * Destroys one vault, as {@link purgeVaults}.
 * @throws {AggregateError} when something could not be removed, after all the rest was.
 */
export async function purgeVault({
  folder,
  ...place
}: PurgePlace & Pick<VaultPlace, 'folder'>): Promise<void> {
  const purge = new Purge(folder, place);
  await purge.destroyKeys();
  await purge.removeFiles();
  if (purge.outcome.left !== 'nothing') {
    throw new AggregateError(
      purge.failures,
      purge.outcome.left === 'files'
        ? 'The keys are destroyed; some files could not be removed'
        : 'Not all that opens the vault could be destroyed',
    );
  }
}

/** Whether a folder has anything in it that a purge would remove. @throws what the file system says */
export async function holdsVault(folder: string): Promise<boolean> {
  const found = [await listFiles(folder, isOfTheVault)];
  for (const name of purgedFolderNames) {
    found.push(await listFiles(path.join(folder, name)));
  }
  return found.flat().length > 0;
}

class Purge {
  readonly #folder: string;
  readonly #place: PurgePlace;
  readonly #step: StepHook;
  /** What went wrong so far. */
  readonly failures: unknown[] = [];
  #left: PurgeOutcome['left'] = 'nothing';

  constructor(folder: string, place: PurgePlace) {
    this.#folder = folder;
    this.#place = place;
    this.#step = place.step ?? noSteps;
  }

  get outcome(): PurgeOutcome {
    return { folder: this.#folder, left: this.#left };
  }

  async destroyKeys(): Promise<void> {
    const folder = this.#folder;
    const { keysFolder } = this.#place;
    const vault = await this.#attempt('key', () => readVaultId(folder));
    if (vault !== undefined && this.#place.keptIds?.has(vault) !== true) {
      for (const protector of this.#place.protectors) {
        this.#step('purge: before a key');
        await this.#attempt('key', () => protector.remove(vault));
      }
      await this.#attempt('files', () => new DeviceKeys(keysFolder).remove(vault));
      await this.#attempt('files', () => new VaultPins(keysFolder).forgetVault(vault));
    }
    await this.#attempt('files', () => new VaultPins(keysFolder).forget(folder));
    // vault.json, and what a change that was cut short may have left of it.
    for (const name of await this.#list('key', folder, isOfTheVault)) {
      this.#step('purge: before vault.json');
      await this.#attempt('key', () => shredFile(path.join(folder, name), this.#step));
    }
    for (const copy of (await this.#attempt('key', () => copiesOfKeys(folder, vault))) ?? []) {
      this.#step('purge: before a copy of vault.json');
      await this.#attempt('key', () => shredFile(copy, this.#step));
    }
    await this.#attempt('files', () => syncIfThere(folder));
    this.#step('purge: keys gone');
  }

  async removeFiles(): Promise<void> {
    for (const name of purgedFolderNames) {
      const inner = path.join(this.#folder, name);
      if (await this.#attempt('files', () => removeIfLink(inner))) {
        continue;
      }
      for (const entry of await this.#list('files', inner)) {
        this.#step('purge: before a file');
        await this.#attempt('files', () => shredFile(path.join(inner, entry), this.#step));
      }
      await this.#attempt('files', () => removeLinks(inner));
      await this.#attempt('files', () => removeFolder(inner));
    }
    for (const copy of (await this.#attempt('files', () => copiesOfFolders(this.#folder))) ?? []) {
      for (const file of (await this.#attempt('files', () => sealedFilesIn(copy))) ?? []) {
        this.#step('purge: before a copied file');
        await this.#attempt('files', () => shredFile(file, this.#step));
      }
      await this.#attempt('files', () => removeFolder(copy));
    }
    if (this.#left === 'nothing') {
      this.#place.log.info('A vault was purged');
    }
  }

  async #list(
    stake: 'files' | 'key',
    folder: string,
    isOwn?: (name: string) => boolean,
  ): Promise<readonly string[]> {
    return (await this.#attempt(stake, () => listFiles(folder, isOwn))) ?? [];
  }

  /** Does what it can; what it can't is remembered. */
  async #attempt<T>(stake: 'files' | 'key', work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.#place.log.error('A part of the vault was not purged', describeError(error));
      this.failures.push(error);
      this.#left = this.#left === 'key' ? 'key' : stake;
      return undefined;
    }
  }
}

function isOfTheVault(name: string): boolean {
  return name.startsWith(vaultFileName) || name.startsWith('compaction.lock');
}

/** Its id, which is all that is needed of a `vault.json`: one that is damaged, or of a later version, has it as well. */
async function readVaultId(folder: string): Promise<string | undefined> {
  const text =
    (
      await readIfOurs(path.join(folder, vaultFileName), { largestBytes: largestVaultFileBytes })
    )?.toString('latin1') ?? '';
  return /"vault":\s*"([0-9a-f]{32})"/.exec(text)?.[1];
}

async function syncIfThere(folder: string): Promise<void> {
  try {
    await syncFolder(folder);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') {
      throw error;
    }
  }
}

async function listFiles(
  folder: string,
  isOwn: (name: string) => boolean = () => true,
): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile() && isOwn(entry.name)).map(({ name }) => name);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') {
      return [];
    }
    throw error;
  }
}

async function removeFolder(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    const code = systemErrorCode(error);
    // A peer that still writes may have put something there; its key is gone with the next look at vault.json.
    if (code !== 'ENOENT' && code !== 'ENOTEMPTY') {
      throw error;
    }
  }
}
