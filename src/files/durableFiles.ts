import { constants } from 'node:fs';
import { copyFile, link, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../base/errors.ts';
import { openNew } from './newFile.ts';
import { ForeignFileError, openToOverwrite, readPlain, type PlainOptions } from './plainFile.ts';
import { noSteps, type StepHook } from './stepHook.ts';
import { aboutFile, temporaryPath } from './temporaryName.ts';

/** The order of writes that makes a file last: temporary name, fsync, one atomic step, fsync of the folder. */

/**
 * Makes a folder and its parents, for its owner alone. A recursive `mkdir` is not used: where nothing may be written, Node's
 * says that something is missing, and in some places (`/proc`) it never ends.
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await makeOneFolder(folder);
  } catch (error) {
    const parent = path.dirname(folder);
    if (systemErrorCode(error) !== 'ENOENT' || parent === folder) {
      throw error;
    }
    await makeFolder(parent);
    await makeOneFolder(folder);
  }
}

async function makeOneFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    const isThere = await stat(folder).then(
      (each) => each.isDirectory(),
      () => false,
    );
    if (!isThere) {
      throw error;
    }
  }
}

/** Makes a folder's entries last. Does nothing where folders cannot be opened (Windows). */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') {
    return;
  }
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some network file systems refuse; there is nothing better to call on them.
    if (systemErrorCode(error) !== 'EINVAL') {
      throw error;
    }
  } finally {
    await handle.close();
  }
}

/**
 * A file's bytes, or `undefined` when it is not there.
 * @throws as {@link readPlain}
 */
export async function readIfThere(
  file: string,
  options: PlainOptions = {},
): Promise<Buffer | undefined> {
  try {
    return await readPlain(file, options);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

/**
 * As {@link readIfThere}, of what is written anew where it is not there: whatever else lies under its name is as if nothing did.
 * @throws a system error
 */
export async function readIfOurs(
  file: string,
  options: PlainOptions = {},
): Promise<Buffer | undefined> {
  try {
    return await readIfThere(file, options);
  } catch (error) {
    if (error instanceof ForeignFileError) {
      return undefined;
    }
    throw error;
  }
}

export interface ReplaceOptions {
  /** Whether it has to outlive a power cut (fsync), as is usual; without, it outlives only the process. */
  readonly durable?: boolean;
  /** Makes the file's folder where it is not there. A vault's is never made again once it is purged. */
  readonly makesFolder?: boolean;
  readonly step?: StepHook;
}

/** Puts a private file (0600) in the place of another, whole or not at all. */
export async function replaceFile(
  file: string,
  bytes: Uint8Array,
  options: ReplaceOptions = {},
): Promise<void> {
  const { durable = true, makesFolder = false, step = noSteps } = options;
  if (makesFolder) {
    await makeFolder(path.dirname(file));
  }
  const temporary = temporaryPath(file);
  try {
    await writeTemporary(temporary, file, bytes, { durable, step });
    await renameTemporary(temporary, file, { durable, step });
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw aboutFile(error, temporary, file);
  }
}

/**
 * Makes a file that must not be there yet, whole or not at all. Of several that try at once, one gets `true`.
 * @returns false when a file of this name was there.
 */
export async function createFile(
  file: string,
  bytes: Uint8Array,
  { step = noSteps }: Pick<ReplaceOptions, 'step'> = {},
): Promise<boolean> {
  const temporary = temporaryPath(file);
  try {
    await writeTemporary(temporary, file, bytes, { durable: true, step });
    return await placeFile(temporary, file, { step });
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw aboutFile(error, temporary, file);
  }
}

/**
 * Gives a finished file its name, unless a file of this name is there; the temporary one is gone in any case.
 * @returns false when there was one.
 */
export async function placeFile(
  temporary: string,
  file: string,
  { step = noSteps }: Pick<ReplaceOptions, 'step'> = {},
): Promise<boolean> {
  try {
    await linkOrCopy(temporary, file);
    step(`${path.basename(file)}: has both names`);
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') {
      return false;
    }
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(path.dirname(file));
  return true;
}

/** File systems without hard links (exFAT, some shares) get an exclusive copy: still only one can win. */
async function linkOrCopy(temporary: string, file: string): Promise<void> {
  try {
    await link(temporary, file);
  } catch (error) {
    const code = systemErrorCode(error);
    if (
      code === undefined ||
      !['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code)
    ) {
      throw error;
    }
    await copyFile(temporary, file, constants.COPYFILE_EXCL);
    const handle = await openToOverwrite(file);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

/**
 * Writes what is to become a file under a temporary name, which must be nobody's. Where it throws, what is there of it is the
 * caller's to remove.
 * @param file for the steps' names
 */
export async function writeTemporary(
  temporary: string,
  file: string,
  bytes: Uint8Array,
  { durable = true, step = noSteps }: Omit<ReplaceOptions, 'makesFolder'> = {},
): Promise<void> {
  const name = path.basename(file);
  const handle = await openNew(temporary);
  try {
    step(`${name}: temporary made`);
    await handle.writeFile(bytes);
    step(`${name}: temporary written`);
    if (durable) {
      await handle.sync();
    }
  } finally {
    await handle.close();
  }
}

/** Gives a file that was written so its name, in the place of any other. */
export async function renameTemporary(
  temporary: string,
  file: string,
  { durable = true, step = noSteps }: Omit<ReplaceOptions, 'makesFolder'> = {},
): Promise<void> {
  const name = path.basename(file);
  step(`${name}: before rename`);
  await rename(temporary, file);
  step(`${name}: renamed`);
  if (durable) {
    await syncFolder(path.dirname(file));
  }
}
