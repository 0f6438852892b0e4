import { readdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import { syncFolder } from '../../files/durableFiles.ts';
import { shredFile } from '../../files/shredFile.ts';
import { noSteps } from '../../files/stepHook.ts';
import { demandFolder, presentVault } from '../copies/presentVault.ts';
import { beginsAsAge } from '../copies/folderWalk.ts';
import { deviceNamedIn, looksLikeAge } from '../copies/toolNames.ts';
import { deviceId } from './deviceId.ts';
import type { LeaveSyncParams, LeftSync } from '../messages/syncMessages.ts';
import { findSyncHomes, walkHomes, type HomeEntry } from './syncHomes.ts';
import { isSyncKeys, isSyncLeftover, syncHomeName } from './syncNames.ts';
import { syncStateFile } from './syncState.ts';
import type { JobPlace } from '../transferJob.ts';

/**
 * Takes this device's files out of a sync folder, and what sync tools made of them, and its folders where nothing else is left in
 * them. Whatever is not ours by its name or its content stays, and so does a link. A removal that was cut short goes on when it is
 * asked for again.
 */
export async function leaveSync(
  { folder, storage }: LeaveSyncParams,
  place: JobPlace,
): Promise<LeftSync> {
  const { signal, step = noSteps } = place;
  const { vault } = await presentVault(place);
  await demandFolder(folder);
  const name = syncHomeName(vault);
  const device = await deviceId(storage);
  const home = path.join(folder, name);
  const own = path.join(home, device);
  const homes = await findSyncHomes(folder, name);
  const files: string[] = [];
  const links = homes.unread
    .filter(({ reason }) => reason === 'linkedOutside')
    .map(({ file }) => file);
  for (const entry of await walkHomes(homes)) {
    if (entry.device !== device && !isLinkTo(entry, device)) {
      continue;
    }
    if (entry.kind === 'linkOut' || entry.isLinked) {
      links.push(entry.name);
    } else if (entry.kind === 'file' && (await isOwnFile(entry))) {
      files.push(entry.path);
    }
  }
  // First: a state that says of files that they are there would be wrong from the first removal on.
  await rm(syncStateFile(storage), { force: true });
  step('leave: forgotten');
  let removed = 0;
  for (const file of files) {
    signal.throwIfAborted();
    await shredFile(file);
    step(`${path.basename(file)}: removed`);
    place.progress(++removed, files.length);
  }
  const folders = new Set([...files.map((file) => path.dirname(file)), own]);
  for (const each of [...folders].sort((one, other) => other.length - one.length)) {
    await removeEmpty(each);
  }
  let othersRemain = false;
  for (const each of homes.homes) {
    othersRemain = !(await removeEmpty(each.path)) || othersRemain;
  }
  await syncFolder(folder);
  return { removed, othersRemain, ...(links.length > 0 && { links }) };
}

function isLinkTo({ name, kind }: HomeEntry, device: string): boolean {
  return kind === 'linkOut' && deviceNamedIn(path.posix.basename(name)) === device;
}

async function isOwnFile({ name, path: file }: HomeEntry): Promise<boolean> {
  const base = path.posix.basename(name);
  return (
    looksLikeAge(base) || isSyncKeys(base) || isSyncLeftover(base) || (await beginsAsAge(file))
  );
}

async function removeEmpty(folder: string): Promise<boolean> {
  try {
    if ((await readdir(folder)).length > 0) {
      return false;
    }
    await rmdir(folder);
    return true;
  } catch (error) {
    // Somebody put a file there in the meantime, it is a link to a folder, or the folder is gone already.
    if (['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) {
      return false;
    }
    if (systemErrorCode(error) === 'ENOENT') {
      return true;
    }
    throw error;
  }
}
