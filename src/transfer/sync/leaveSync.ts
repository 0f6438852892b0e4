import { readdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import { syncFolder } from '../../files/durableFiles.ts';
import { shredFile } from '../../files/shredFile.ts';
import { noSteps } from '../../files/stepHook.ts';
import { listFiles } from '../../vault/folder/vaultListing.ts';
import { demandFolder, presentVault } from '../copies/presentVault.ts';
import { isBackupFileName, keysFileName, shortVaultId } from '../copies/backupNames.ts';
import { deviceId } from './deviceId.ts';
import type { LeftSync, SyncParams } from '../messages/syncMessages.ts';
import { isSyncLeftover, syncHomeName } from './syncNames.ts';
import { syncStateFile } from './syncState.ts';
import type { JobPlace } from '../transferJob.ts';

/**
 * Takes this device's files out of a sync folder, and its folders where nothing else is left in them. Whatever is not ours
 * by its name stays. A removal that was cut short goes on when it is asked for again.
 */
export async function leaveSync(
  { folder, storage }: SyncParams,
  place: JobPlace,
): Promise<LeftSync> {
  const { signal, step = noSteps } = place;
  const { vault } = await presentVault(place);
  await demandFolder(folder);
  const home = path.join(folder, syncHomeName(vault));
  const own = path.join(home, await deviceId(storage));
  const keys = keysFileName(shortVaultId(vault));
  const files = (await listFiles(own)).filter(
    (name) => isBackupFileName(name) || name === keys || isSyncLeftover(name),
  );
  // First: a state that says of files that they are there would be wrong from the first removal on.
  await rm(syncStateFile(storage), { force: true });
  step('leave: forgotten');
  let removed = 0;
  for (const name of files) {
    signal.throwIfAborted();
    await shredFile(path.join(own, name));
    step(`${name}: removed`);
    place.progress(++removed, files.length);
  }
  if (await removeEmpty(own)) {
    await removeEmpty(home);
  }
  await syncFolder(folder);
  return { removed, othersRemain: (await listFiles(home)).length > 0 };
}

async function removeEmpty(folder: string): Promise<boolean> {
  try {
    if ((await readdir(folder)).length > 0) {
      return false;
    }
    await rmdir(folder);
    return true;
  } catch (error) {
    // Somebody put a file there in the meantime, or the folder is gone already.
    if (['ENOTEMPTY', 'EEXIST'].includes(systemErrorCode(error) ?? '')) {
      return false;
    }
    if (systemErrorCode(error) === 'ENOENT') {
      return true;
    }
    throw error;
  }
}
