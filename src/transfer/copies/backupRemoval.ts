import { lstat, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import { noSteps, type StepHook } from '../../files/stepHook.ts';
import {
  backupOfLeftover,
  isLeftover,
  isSameName,
  leftoverName,
  manifestFileName,
} from './backupNames.ts';
import { removeBeside } from './findBeside.ts';

/**
 * How a backup goes. A manifest without its age file may be that of one that is only away: evicted by a cloud's client, not here
 * yet, on a drive that is not mounted. So a manifest is removed by who removes the age file and by nobody else, and as long as
 * it is not yet removed the age file is there under a name that says that it is to go.
 */

/** A temporary file that nobody has written to for so long is a dead process's. */
const leftoverMs = 3_600_000;

interface RemovalOptions {
  /** Removes the bytes of a file. */
  readonly dispose?: (file: string) => Promise<void>;
  readonly step?: StepHook | undefined;
}

const unlink = (file: string): Promise<void> => rm(file, { force: true });

/**
 * Removes a backup and its manifest. It needs no room on the drive.
 * @returns false when the age file is not there, and its manifest stays
 */
export async function removeBackup(
  file: string,
  shortId: string,
  { dispose = unlink, step = noSteps }: RemovalOptions = {},
): Promise<boolean> {
  const name = path.basename(file);
  const manifest = manifestFileName(file);
  const doomed = path.join(path.dirname(file), leftoverName(name, shortId));
  step(`${name}: before removal`);
  try {
    await rename(file, doomed);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') {
      return false;
    }
    // There is no room for another name, or the drive can't rename.
    await dispose(file);
    await removeBeside(manifest);
    return true;
  }
  step(`${name}: put aside`);
  await removeBeside(manifest);
  step(`${name}: manifest removed`);
  await dispose(doomed);
  step(`${name}: removed`);
  return true;
}

interface LeftoverOptions {
  /** The clock's time where what somebody may still be writing to is left alone, by the folder's own times. */
  readonly unlessNewMs?: number;
  readonly dispose?: (file: string) => Promise<void>;
}

/** Removes what processes that were killed left of a vault's backups, and of a backup that was being made or removed its manifest. */
export async function removeLeftovers(
  folder: string,
  shortId: string,
  { unlessNewMs, dispose = unlink }: LeftoverOptions,
): Promise<void> {
  const names = await readdir(folder);
  for (const name of names.filter((each) => isLeftover(each, shortId))) {
    const file = path.join(folder, name);
    // Its process may be alive, and done by now.
    const found = await lstat(file).catch(() => undefined);
    const isNew =
      found === undefined ||
      (unlessNewMs !== undefined && unlessNewMs - found.mtimeMs <= leftoverMs);
    if (isNew) {
      continue;
    }
    const backup = backupOfLeftover(name);
    if (backup !== undefined && !names.some((each) => isSameName(each, backup))) {
      await removeBeside(path.join(folder, manifestFileName(backup)));
    }
    await dispose(file);
  }
}
