import { rm } from 'node:fs/promises';
import { replaceFile } from '../../files/durableFiles.ts';
import { readPlain } from '../../files/plainFile.ts';
import { noSteps } from '../../files/stepHook.ts';
import type { Database } from '../../vault/sqlite/database.ts';
import { sealAsOwner, sealUnsigned } from '../../vault/trust/ownerSeal.ts';
import { CopySigner } from '../copies/copySigner.ts';
import { presentVault } from '../copies/presentVault.ts';
import { readMonthLabel, writeMonthLabel } from '../sync/monthLabel.ts';
import { largestMonthBytes, sha256Of } from '../sync/syncedFiles.ts';
import { noteRenewed } from '../sync/syncState.ts';
import { takeDeletions } from './deletions.ts';
import type { DeletedSearch } from './deletedSearch.ts';
import type { ErasedPlaces } from './findInBackups.ts';
import { findInSync } from './findInSync.ts';
import type { EraseParams, Unreached } from '../messages/eraseMessages.ts';
import { openUnlessDamaged } from '../copies/openAuthentic.ts';
import { asTransferError } from '../transferError.ts';
import type { JobPlace } from '../transferJob.ts';

/**
 * Makes this device's own files, and copies, anew without what is deleted, and with the deletions in them: so the other devices learn
 * of them and make theirs anew. One that can't be read is removed; it is written again when there is something to write. What nobody
 * signed is signed by nobody then either; what the device's next sync knew of a file, it knows of the one in its place.
 * @param storage this device's own, where it is known
 */
export async function eraseInSync(
  sync: NonNullable<EraseParams['sync']>,
  main: Database,
  search: DeletedSearch,
  place: JobPlace,
  places: Pick<ErasedPlaces, 'backupFolders'> & { readonly storage?: string | null },
): Promise<{ readonly files: number; readonly unreached: readonly Unreached[] }> {
  const { own, unreached } = await findInSync(sync, search, place, places);
  const { step = noSteps } = place;
  const left = [...unreached];
  const renewed = new Map<string, string>();
  let files = 0;
  for (const file of own) {
    place.signal.throwIfAborted();
    try {
      const before = sha256Of(await readPlain(file, { largestBytes: largestMonthBytes }));
      const sealed = withoutDeleted(file, main, place);
      step('erase: before a sync file');
      if (sealed === undefined) {
        await rm(file, { force: true });
      } else {
        await replaceFile(file, sealed, { step });
        renewed.set(before, sha256Of(sealed));
      }
      files++;
    } catch (error) {
      place.signal.throwIfAborted();
      left.push({ place: 'syncFile', name: file, reason: asTransferError(error).reason });
    }
  }
  const { storage = null } = places;
  if (storage !== null) {
    await noteRenewed(storage, (await presentVault(place)).vault, renewed, step);
  }
  return { files, unreached: left };
}

/** @returns `undefined` when the file can't be read */
function withoutDeleted(file: string, main: Database, place: JobPlace): Uint8Array | undefined {
  const { keyring } = place;
  const trust = new CopySigner(keyring);
  const snapshot = openUnlessDamaged(file, 'month', { keyring, trust }, place);
  if (snapshot === undefined) {
    return undefined;
  }
  try {
    const { database } = snapshot;
    takeDeletions(database, main);
    const label = readMonthLabel(database);
    if (label !== undefined) {
      // The one before is older than this.
      writeMonthLabel(database, { ...label, number: label.number + 1 });
    }
    return trust.doubt === undefined
      ? sealAsOwner(keyring, 'month', database.export())
      : sealUnsigned(keyring, database.export());
  } catch (error) {
    if (asTransferError(error).reason === 'damaged') {
      return undefined;
    }
    throw error;
  } finally {
    snapshot.dispose();
  }
}
