import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder } from '../../files/durableFiles.ts';
import { shredFile } from '../../files/shredFile.ts';
import type { Database } from '../../vault/sqlite/database.ts';
import { sealAsOwner, sealUnsigned } from '../../vault/trust/ownerSeal.ts';
import { CopySigner } from '../copies/copySigner.ts';
import { placeBackup } from '../backup/backup.ts';
import { presentVault } from '../copies/presentVault.ts';
import type { BackupManifest } from '../backup/backupManifest.ts';
import { isBackupFileName, parseBackupName, shortVaultId } from '../copies/backupNames.ts';
import { removeBackup, removeLeftovers } from '../copies/backupRemoval.ts';
import { readManifest } from '../backup/readManifest.ts';
import { countContent, digestContent } from '../../vault/database/contentDigest.ts';
import { takeDeletions } from './deletions.ts';
import type { DeletedSearch } from './deletedSearch.ts';
import { findInBackups, type ErasedPlaces } from './findInBackups.ts';
import type { EraseReport, Unreached } from '../messages/eraseMessages.ts';
import { checkPages, openUnlessDamaged } from '../copies/openAuthentic.ts';
import { backupNamedIn } from '../copies/toolNames.ts';
import { asTransferError, TransferError } from '../transferError.ts';
import type { JobPlace } from '../transferJob.ts';

/**
 * Makes each backup that holds something anew without it, verifies that, and only then overwrites and removes the old one. One
 * that can't be read, or of which nothing is left, is only removed.
 * @param main the vault's database, which knows every deletion
 */
export async function eraseInBackups(
  folder: string,
  main: Database,
  search: DeletedSearch,
  place: JobPlace,
  places: ErasedPlaces,
): Promise<{
  readonly backups: EraseReport['backups'];
  readonly unreached: readonly Unreached[];
}> {
  const shortId = shortVaultId((await presentVault(place)).vault);
  const { holding, leftovers, unreached } = await findInBackups(folder, search, place, places);
  const left = [...unreached];
  const backups: EraseReport['backups'] = [];
  // Another device that is just writing one is told that it could not, and tries again.
  for (const each of new Set(leftovers.map((file) => path.dirname(file)))) {
    await removeLeftovers(each, shortId, { dispose: shredFile });
  }
  for (const file of holding) {
    place.signal.throwIfAborted();
    try {
      const replacedBy = await remake(file, main, place);
      // What is half overwritten is no damaged backup: the next run, or the next backup, removes it.
      if (!(await removeBackup(file, shortId, { dispose: shredFile, step: place.step }))) {
        throw new TransferError('unreachable', 'A backup is not there any more');
      }
      await syncFolder(path.dirname(file));
      backups.push({ file, replacedBy });
    } catch (error) {
      place.signal.throwIfAborted();
      left.push({ place: 'backup', name: file, reason: asTransferError(error).reason });
    }
  }
  return { backups, unreached: left };
}

/** @returns the path of the new backup; `null` when there is nothing to keep */
async function remake(file: string, main: Database, place: JobPlace): Promise<string | null> {
  const folder = path.dirname(file);
  const manifest = await readManifest(file).catch(() => undefined);
  const made = openWhole(file, main, place);
  if (made === undefined) {
    return null;
  }
  const vault = await presentVault(place);
  const known = await findSame(folder, made, file);
  if (known !== undefined) {
    return known;
  }
  const createdMs =
    manifest?.createdMs ??
    parseBackupName(backupNamedIn(path.basename(file)) ?? '')?.createdMs ??
    (await stat(file)).mtimeMs;
  const { sealed, isUnsigned, digest } = made;
  const { file: name } = await placeBackup(
    folder,
    { vault, sealed, isUnsigned, digest, leftOut: 0 },
    createdMs,
    place,
  );
  return path.join(folder, name);
}

interface RemadeBackup {
  readonly sealed: Uint8Array;
  readonly isUnsigned: boolean;
  /** Of what it was made of. */
  readonly signer: CopySigner;
  readonly digest: ReturnType<typeof digestContent>;
}

/** What is left of a backup; `undefined` when it is nothing, or the backup can't be read. */
function openWhole(file: string, main: Database, place: JobPlace): RemadeBackup | undefined {
  const { keyring } = place;
  const signer = new CopySigner(keyring, ['snapshot']);
  const snapshot = openUnlessDamaged(file, 'backup', { keyring, trust: signer }, place);
  if (snapshot === undefined) {
    return undefined;
  }
  try {
    checkPages(snapshot.database);
    takeDeletions(snapshot.database, main);
    const counts = countContent(snapshot.database);
    if (Object.entries(counts).every(([table, rows]) => table === 'tombstones' || rows === 0)) {
      return undefined;
    }
    const digest = digestContent(snapshot.database, () => {
      place.signal.throwIfAborted();
    });
    // What is not known to be the owner's does not become so by this.
    const isUnsigned = signer.doubt !== undefined;
    const plain = snapshot.database.export();
    const sealed = isUnsigned
      ? sealUnsigned(keyring, plain)
      : sealAsOwner(keyring, 'backup', plain);
    return { sealed, isUnsigned, signer, digest };
  } catch (error) {
    place.signal.throwIfAborted();
    // A page that does not authenticate: what can't be read can't be kept without what is erased.
    if (asTransferError(error).reason === 'damaged') {
      return undefined;
    }
    throw error;
  } finally {
    snapshot.dispose();
  }
}

/** A run that was cut short may have made it already. */
async function findSame(
  folder: string,
  { digest, isUnsigned, signer }: RemadeBackup,
  other: string,
): Promise<string | undefined> {
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    if (isBackupFileName(name) && file !== other) {
      const manifest = await readManifest(file).catch((): BackupManifest | undefined => undefined);
      // What anybody can say of a file is no reason to let the owner's go.
      const isBelieved = isUnsigned || signer.isAuthor(manifest?.author);
      if (manifest?.contentSha256 === digest.sha256 && manifest.verifiedMs !== null && isBelieved) {
        return file;
      }
    }
  }
  return undefined;
}
