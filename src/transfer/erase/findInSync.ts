import path from 'node:path';
import { isSamePlace, placeOf } from '../../files/place.ts';
import { shortVaultId } from '../copies/backupNames.ts';
import { beginsAsAge, walkFolder, type FoundEntry } from '../copies/folderWalk.ts';
import { demandFolder, presentVault } from '../copies/presentVault.ts';
import {
  looksLikeAge,
  monthNamedIn,
  namesVault,
  placeholderOf,
  vaultNamedIn,
} from '../copies/toolNames.ts';
import type { EraseParams, Unreached } from '../messages/eraseMessages.ts';
import { findSyncHomes, walkHomes, type HomeEntry } from '../sync/syncHomes.ts';
import { syncHomeName } from '../sync/syncNames.ts';
import { asTransferError } from '../transferError.ts';
import type { JobPlace } from '../transferJob.ts';
import type { DeletedSearch } from './deletedSearch.ts';
import type { ErasedPlaces } from './findInBackups.ts';

/** A sync tool's own folder, the vault's folder in it, a device's, and one more. */
const deepest = 5;

/** What the sync folder holds of what is erased. */
export interface HoldingSyncFiles {
  /** Files that are this device's to change, by path: its own, and copies that a sync tool made. */
  readonly own: readonly string[];
  readonly unreached: readonly Unreached[];
}

/**
 * Looks through a vault's part of the sync folder, with what sync tools made of it and what they keep of it in folders of their own.
 * This device changes its own files, and copies, which no device does write to; another device's it never does.
 */
export async function findInSync(
  sync: NonNullable<EraseParams['sync']>,
  search: DeletedSearch,
  place: JobPlace,
  places: Pick<ErasedPlaces, 'backupFolders'>,
): Promise<HoldingSyncFiles> {
  const { vault } = await presentVault(place);
  const look = new SyncSearch(sync, shortVaultId(vault), search, place, places.backupFolders);
  try {
    await demandFolder(sync.folder);
    await look.through(sync.folder);
  } catch (error) {
    place.signal.throwIfAborted();
    const { reason } = asTransferError(error);
    return { own: [], unreached: [{ place: 'syncFolder', name: sync.folder, reason }] };
  }
  return look;
}

/** Whose something is: of a device that erases it when it syncs, or nobody's that this device could not be as well. */
type Owner = 'ours' | 'other';

class SyncSearch implements HoldingSyncFiles {
  readonly unreached: Unreached[] = [];
  readonly #own = new Set<string>();
  readonly #sync: NonNullable<EraseParams['sync']>;
  readonly #shortId: string;
  readonly #search: DeletedSearch;
  readonly #place: JobPlace;
  readonly #backupFolders: readonly string[];

  constructor(
    sync: NonNullable<EraseParams['sync']>,
    shortId: string,
    search: DeletedSearch,
    place: JobPlace,
    backupFolders: readonly string[],
  ) {
    this.#sync = sync;
    this.#shortId = shortId;
    this.#search = search;
    this.#place = place;
    this.#backupFolders = backupFolders;
  }

  get own(): readonly string[] {
    return [...this.#own];
  }

  async through(folder: string): Promise<void> {
    const homes = await findSyncHomes(folder, syncHomeName(this.#shortId));
    for (const { file, reason } of homes.unread) {
      this.#tell(
        'syncFolder',
        path.join(folder, file),
        reason === 'linkedOutside' ? reason : 'unreachable',
      );
    }
    for (const entry of await walkHomes(homes, true)) {
      await this.#lookAt(entry, this.#ownerOf(entry));
    }
    // What lies beside: single files, and what tools keep of earlier states.
    const enters = (name: string): boolean => name.includes('/') || /^[.~@#]/.test(name);
    for (const entry of await walkFolder(folder, { deepest, enters })) {
      if (this.#isOurs(entry)) {
        await this.#lookAt(entry, 'ours');
      }
    }
  }

  #ownerOf({ name, device, isInPlace }: HomeEntry): Owner {
    const isHidden = name.split('/').some((each) => each.startsWith('.'));
    return isInPlace && !isHidden && device !== this.#sync.device ? 'other' : 'ours';
  }

  /** By its path: what lies beside the vault's folders may be anybody's. */
  #isOurs({ name, kind, alias }: FoundEntry): boolean {
    const names = [name, alias ?? ''].map((each) => path.posix.basename(each));
    if (!name.includes('/') && names.some((each) => namesVault(each, this.#shortId))) {
      // A folder of the vault is looked into already, a backup is none of this folder's.
      return kind !== 'linkOut' && names.some(looksLikeAge) && !this.#isBackedUpTo();
    }
    return (
      name.split('/').some((each) => namesVault(each, this.#shortId)) ||
      names.some(
        (each) =>
          looksLikeAge(each) &&
          monthNamedIn(each) !== undefined &&
          vaultNamedIn(each) === undefined,
      )
    );
  }

  #isBackedUpTo(): boolean {
    const own = placeOf(this.#sync.folder);
    return this.#backupFolders.some((each) => isSamePlace(placeOf(each), own));
  }

  async #lookAt(entry: FoundEntry, owner: Owner): Promise<void> {
    this.#place.progress(0, 1);
    this.#place.signal.throwIfAborted();
    const { name, path: file, kind, leadsToFolder } = entry;
    const base = path.posix.basename(name);
    const where = owner === 'other' ? 'otherDevice' : 'syncFile';
    switch (kind) {
      case 'closedFolder':
      case 'deepFolder':
        this.#tell('syncFolder', file, kind === 'deepFolder' ? 'unreachable' : 'denied');
        return;
      case 'linkOut':
        if (leadsToFolder === true || looksLikeAge(base)) {
          this.#tell('syncFile', file, 'linkedOutside');
        }
        return;
      case 'linkNowhere':
        if (looksLikeAge(base)) {
          this.#tell(where, file, 'unreachable');
        }
        return;
      case 'file':
        if (looksLikeAge(base) && placeholderOf(base) !== undefined) {
          this.#tell(where, file, 'unreachable');
        } else if (looksLikeAge(base) || (await beginsAsAge(file))) {
          await this.#lookInto(file, base, owner);
        }
    }
  }

  async #lookInto(file: string, base: string, owner: Owner): Promise<void> {
    const finding = await this.#search.look(file);
    if (finding === 'free') {
      return;
    }
    const isToGo = finding === 'holds' || finding === 'perhaps';
    if (isToGo && owner === 'ours' && !namesVault(base, this.#shortId)) {
      this.#own.add(file);
      return;
    }
    const reason = finding === 'holds' ? null : finding === 'perhaps' ? 'damaged' : finding;
    const isBackup = namesVault(base, this.#shortId);
    this.#tell(owner === 'other' ? 'otherDevice' : isBackup ? 'backup' : 'syncFile', file, reason);
  }

  #tell(place: Unreached['place'], name: string, reason: Unreached['reason']): void {
    this.unreached.push({ place, name, reason });
  }
}
