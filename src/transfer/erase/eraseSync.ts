import { rm } from 'node:fs/promises';
import { replaceFile } from '../../files/durableFiles.ts';
import { noSteps } from '../../files/stepHook.ts';
import type { Database } from '../../vault/sqlite/database.ts';
import { sealAsOwner } from '../../vault/trust/ownerSeal.ts';
import { CopySigner } from '../copies/copySigner.ts';
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
 * of them and make theirs anew. One that can't be read is removed; it is written again when there is something to write.
 */
export async function eraseInSync(
  sync: NonNullable<EraseParams['sync']>,
  main: Database,
  search: DeletedSearch,
  place: JobPlace,
  places: Pick<ErasedPlaces, 'backupFolders'>,
): Promise<{ readonly files: number; readonly unreached: readonly Unreached[] }> {
  const { own, unreached } = await findInSync(sync, search, place, places);
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
  const { keyring } = place;
  const trust = new CopySigner(keyring);
  const snapshot = openUnlessDamaged(file, 'month', { keyring, trust }, place);
  if (snapshot === undefined) {
    return undefined;
  }
  try {
    takeDeletions(snapshot.database, main);
    return sealAsOwner(keyring, 'month', snapshot.database.export());
  } catch (error) {
    if (asTransferError(error).reason === 'damaged') {
      return undefined;
    }
    throw error;
  } finally {
    snapshot.dispose();
  }
}
