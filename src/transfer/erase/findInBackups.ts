import { stat } from 'node:fs/promises';
import path from 'node:path';
import { readStart } from '../../files/plainFile.ts';
import { isAgeFileFor } from '../../vault/age/ageStream.ts';
import { vaultFileName } from '../../vault/folder/vaultFolder.ts';
import {
  backupOfLeftover,
  isLeftover,
  isOfMacOs,
  parseBackupName,
  shortVaultId,
} from '../copies/backupNames.ts';
import {
  beginsAsAge,
  isWithin,
  realPathOf,
  walkFolder,
  type FoundEntry,
} from '../copies/folderWalk.ts';
import { demandFolder, presentVault } from '../copies/presentVault.ts';
import {
  looksLikeAge,
  monthNamedIn,
  namesVault,
  placeholderOf,
  vaultNamedIn,
} from '../copies/toolNames.ts';
import type { PlanEraseParams, Unreached } from '../messages/eraseMessages.ts';
import { asTransferError } from '../transferError.ts';
import type { JobPlace } from '../transferJob.ts';
import type { DeletedSearch, Finding } from './deletedSearch.ts';

/** Folders in the folder, and folders in those. */
const deepest = 5;
/** The header of an age file ends before. */
const headerBytes = 16 * 1024;

/** What one folder of backups holds of what is erased. */
export interface HoldingBackups {
  /** Age files, by path. */
  readonly holding: readonly string[];
  /** What processes that were killed left, by path. */
  readonly leftovers: readonly string[];
  readonly unreached: readonly Unreached[];
}

/** Where else is erased in the same run: what lies there is not told of here. */
export interface ErasedPlaces extends Pick<PlanEraseParams, 'backupFolders' | 'sync'> {
  /** Folders of vaults. */
  readonly vaults: readonly string[];
}

/**
 * What of this vault's lies in a folder and holds something, whatever its name and however deep: a copy that a sync tool made opens
 * like the file that it is of. What is ours by its name or by its key and can't be looked into, or is not for this to change, is told.
 */
export async function findInBackups(
  folder: string,
  search: DeletedSearch,
  place: JobPlace,
  places: ErasedPlaces,
): Promise<HoldingBackups> {
  const shortId = shortVaultId((await presentVault(place)).vault);
  const look = new BackupSearch(shortId, search, place, await realPlaces(places));
  try {
    await demandFolder(folder);
    await look.through(folder);
  } catch (error) {
    place.signal.throwIfAborted();
    const { reason } = asTransferError(error);
    const unreached = [{ place: 'backupFolder' as const, name: folder, reason }];
    return { holding: [], leftovers: [], unreached };
  }
  return look;
}

interface RealPlaces {
  readonly backupFolders: readonly string[];
  readonly syncFolder: string | undefined;
  readonly vaults: readonly string[];
}

class BackupSearch implements HoldingBackups {
  readonly holding: string[] = [];
  readonly leftovers: string[] = [];
  readonly unreached: Unreached[] = [];
  readonly #shortId: string;
  readonly #search: DeletedSearch;
  readonly #place: JobPlace;
  readonly #places: RealPlaces;

  constructor(shortId: string, search: DeletedSearch, place: JobPlace, places: RealPlaces) {
    this.#shortId = shortId;
    this.#search = search;
    this.#place = place;
    this.#places = places;
  }

  async through(folder: string): Promise<void> {
    const vaults: string[] = [];
    const entries = await walkFolder(folder, {
      deepest,
      enters: async (_, inner) => {
        this.#place.signal.throwIfAborted();
        if (!(await isThere(path.join(inner, vaultFileName)))) {
          return true;
        }
        vaults.push(inner);
        return false;
      },
    });
    for (const entry of entries) {
      this.#place.progress(0, 1);
      this.#place.signal.throwIfAborted();
      await this.#lookAt(entry);
    }
    for (const file of backupsAway(entries, this.#shortId)) {
      this.#tell('backup', file, 'unreachable');
    }
    for (const vault of vaults) {
      await this.#lookAtVault(vault);
    }
  }

  async #lookAt(entry: FoundEntry): Promise<void> {
    const { name, kind, path: file, leadsToFolder } = entry;
    const names = namesOf(entry);
    const isAge = names.some(looksLikeAge);
    const isNamed = names.some((each) => namesVault(each, this.#shortId) && !isOfMacOs(each));
    // One that names another vault is that one's.
    const mayBeOurs = isNamed || (isAge && names.every((each) => vaultNamedIn(each) === undefined));
    // What has nothing of ours in its name is told of where backups lie, and not of whatever else is in there.
    const isNear =
      !name.replace(/\/$/, '').includes('/') ||
      name.split('/').some((each) => namesVault(each, this.#shortId));
    const mayHold = mayBeOurs || (isNear && leadsToFolder === true);
    switch (kind) {
      case 'closedFolder':
      case 'deepFolder':
        if (isNear) {
          this.#tell('backupFolder', file, kind === 'deepFolder' ? 'unreachable' : 'denied');
        }
        return;
      case 'linkOut':
        if (mayHold && !(await this.#isErasedElsewhere(file))) {
          this.#tell('backup', file, 'linkedOutside');
        }
        return;
      case 'linkNowhere':
        if (mayBeOurs) {
          this.#tell('backup', file, 'unreachable');
        }
        return;
      case 'file':
        if (mayBeOurs && isAge && names.some((each) => placeholderOf(each) !== undefined)) {
          this.#tell('backup', file, 'unreachable');
        } else {
          await this.#lookInto(entry, isNamed);
        }
    }
  }

  async #lookInto(entry: FoundEntry, isNamed: boolean): Promise<void> {
    const { name, path: file } = entry;
    const names = namesOf(entry);
    if (isLeftover(path.basename(file), this.#shortId)) {
      this.leftovers.push(file);
      return;
    }
    // What has nothing of ours in its name is looked at where backups lie, and not in whatever else is in there.
    const isInFolder = !name.includes('/');
    if (!isNamed && !names.some(looksLikeAge) && !(isInFolder && (await beginsAsAge(file)))) {
      return;
    }
    const finding = await this.#find(file);
    if (finding === 'free' || (finding === 'wrongKey' && !isNamed)) {
      return;
    }
    const isOurs = isNamed || finding === 'holds' || (await opens(file, this.#place));
    if (
      name
        .split('/')
        .slice(0, -1)
        .some((each) => namesVault(each, this.#shortId))
    ) {
      if (isOurs && !(await this.#isInSync(file))) {
        this.#tell('syncFile', file, null);
      }
    } else if (finding === 'holds' || (finding === 'perhaps' && isOurs)) {
      this.holding.push(file);
    } else if (isOurs || (finding === 'perhaps' && (await mayHaveBeenOurs(file, names)))) {
      this.#tell('backup', file, finding === 'perhaps' ? 'damaged' : finding);
    }
  }

  /** A share may fail for one file as for all. */
  async #find(file: string): Promise<Finding> {
    try {
      return await this.#search.look(file);
    } catch {
      return 'perhaps';
    }
  }

  /** A vault's folder that was copied here is not changed: it would have to be opened as one. */
  async #lookAtVault(folder: string): Promise<void> {
    const real = await realPathOf(folder);
    if (this.#places.vaults.some((each) => isWithin(real, each))) {
      return;
    }
    const found = await this.#search.lookThrough(folder).catch(() => undefined);
    if (found === undefined || found.size > 0) {
      this.#tell('vaultCopy', folder, null);
    }
  }

  async #isErasedElsewhere(link: string): Promise<boolean> {
    const real = await realPathOf(link);
    const { backupFolders, syncFolder } = this.#places;
    const all = [...backupFolders, ...(syncFolder === undefined ? [] : [syncFolder])];
    return all.some((each) => isWithin(real, each));
  }

  async #isInSync(file: string): Promise<boolean> {
    const { syncFolder } = this.#places;
    return syncFolder !== undefined && isWithin(await realPathOf(file), syncFolder);
  }

  #tell(place: Unreached['place'], name: string, reason: Unreached['reason']): void {
    this.unreached.push({ place, name, reason });
  }
}

/** The backups of a vault that are described and not there: they may come back, with all that they hold. */
function backupsAway(entries: readonly FoundEntry[], shortId: string): string[] {
  const described = new Map<string, string>();
  const there = new Set<string>();
  for (const { path: file } of entries) {
    const [folder, name] = [path.dirname(file), path.basename(file)];
    const backup = name.replace(/\.json$/i, '.age');
    if (backup !== name && parseBackupName(backup)?.shortId === shortId) {
      described.set(path.join(folder, backup.toLowerCase()), path.join(folder, backup));
    }
    // One of which a placeholder is there is told by that; what a killed process left of one goes with its manifest.
    const original = placeholderOf(name) ?? backupOfLeftover(name) ?? name;
    there.add(path.join(folder, original.toLowerCase()));
  }
  return [...described].filter(([key]) => !there.has(key)).map(([, file]) => file);
}

/** What a file is called, and a link to it. */
function namesOf({ name, path: file, alias }: FoundEntry): string[] {
  return [name, file, ...(alias === undefined ? [] : [alias])].map((each) => path.basename(each));
}

/** Whether a file was sealed for a key at hand, though not all of it may be there. */
async function opens(file: string, { keyring }: JobPlace): Promise<boolean> {
  const start = await readStart(file, headerBytes).catch(() => undefined);
  return start !== undefined && keyring.some((identity) => isAgeFileFor(start, identity));
}

/** Of a file of which not even the beginning can be read: one of ours by the month in its name, or of an age file at least. */
async function mayHaveBeenOurs(file: string, names: readonly string[]): Promise<boolean> {
  const isOfAnother = names.some((name) => vaultNamedIn(name) !== undefined);
  const hasMonth = names.some((name) => looksLikeAge(name) && monthNamedIn(name) !== undefined);
  return !isOfAnother && (hasMonth || (await beginsAsAge(file)));
}

async function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

/** As links lead; one that is not there is told of by who erases in it. */
async function realPlaces({ backupFolders, sync, vaults }: ErasedPlaces): Promise<RealPlaces> {
  const real = async (folders: readonly string[]): Promise<string[]> =>
    (await Promise.all(folders.map((each) => realPathOf(each).catch(() => [])))).flat();
  const [syncFolder] = await real(sync === null ? [] : [sync.folder]);
  return {
    backupFolders: await real(backupFolders),
    syncFolder,
    vaults: await real(vaults),
  };
}
