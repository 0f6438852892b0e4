import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { replaceFile } from '../../files/durableFiles.ts';
import { noSteps } from '../../files/stepHook.ts';
import type { Database } from '../../vault/sqlite/database.ts';
import { sealAge } from '../../vault/age/ageStream.ts';
import { presentVault } from '../copies/presentVault.ts';
import { isBackupFileName, shortVaultId } from '../copies/backupNames.ts';
import { takeDeletions } from './deletions.ts';
import type { DeletedSearch } from './deletedSearch.ts';
import type { EraseParams, Unreached } from '../messages/eraseMessages.ts';
import { openUnlessDamaged } from '../copies/openAuthentic.ts';
import { asTransferError } from '../transferError.ts';
import type { JobPlace } from '../transferJob.ts';

/** What the sync folder holds of what is erased. */
export interface HoldingSyncFiles {
  /** This device's own files, by path. */
  readonly own: readonly string[];
  readonly unreached: readonly Unreached[];
}

/** Looks through a vault's part of the sync folder. Only this device's own files are its to change. */
export async function findInSync(
  sync: NonNullable<EraseParams['sync']>,
  search: DeletedSearch,
  place: JobPlace,
): Promise<HoldingSyncFiles> {
  const { vault } = await presentVault(place);
  const folder = path.join(sync.folder, `millrace-${shortVaultId(vault)}`);
  let names: string[];
  try {
    await stat(sync.folder);
    names = (await readdir(folder, { recursive: true }).catch(noneIfMissing)).filter((name) =>
      isBackupFileName(path.basename(name)),
    );
  } catch (error) {
    const { reason } = asTransferError(error);
    return { own: [], unreached: [{ place: 'syncFolder', name: sync.folder, reason }] };
  }
  const own: string[] = [];
  const unreached: Unreached[] = [];
  for (const name of names) {
    place.signal.throwIfAborted();
    const file = path.join(folder, name);
    const isOwn = path.dirname(name) === sync.device;
    const finding = await search.look(file);
    if (isOwn && (finding === 'holds' || finding === 'perhaps')) {
      own.push(file);
    } else if (finding !== 'free') {
      const reason = finding === 'holds' ? null : finding === 'perhaps' ? 'damaged' : finding;
      unreached.push({ place: isOwn ? 'syncFile' : 'otherDevice', name: file, reason });
    }
  }
  return { own, unreached };
}

/**
 * Makes this device's own files anew without what is deleted, and with the deletions in them: so the other devices learn of them
 * and make theirs anew. One that can't be read is removed; it is written again when there is something to write.
 */
export async function eraseInSync(
  sync: NonNullable<EraseParams['sync']>,
  main: Database,
  search: DeletedSearch,
  place: JobPlace,
): Promise<{ readonly files: number; readonly unreached: readonly Unreached[] }> {
  const { own, unreached } = await findInSync(sync, search, place);
  const { step = noSteps } = place;
  const left = [...unreached];
  let files = 0;
  for (const file of own) {
    place.signal.throwIfAborted();
    try {
      const sealed = withoutDeleted(file, main, place);
      step('erase: before a sync file');
      await (sealed === undefined
        ? rm(file, { force: true })
        : replaceFile(file, sealed, { step }));
      files++;
    } catch (error) {
      place.signal.throwIfAborted();
      left.push({ place: 'syncFile', name: file, reason: asTransferError(error).reason });
    }
  }
  return { files, unreached: left };
}

/** @returns `undefined` when the file can't be read */
function withoutDeleted(file: string, main: Database, place: JobPlace): Uint8Array | undefined {
  const snapshot = openUnlessDamaged(file, place);
  if (snapshot === undefined) {
    return undefined;
  }
  try {
    takeDeletions(snapshot.database, main);
    return sealAge(place.recipient, snapshot.database.export());
  } catch (error) {
    if (asTransferError(error).reason === 'damaged') {
      return undefined;
    }
    throw error;
  } finally {
    snapshot.dispose();
  }
}

/** Nothing was ever synced there. */
function noneIfMissing(error: unknown): string[] {
  if (asTransferError(error).reason === 'unreachable') {
    return [];
  }
  throw error;
}
