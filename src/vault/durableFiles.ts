import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../base/errors.ts';

/** The order of writes that makes a file last: temporary name, fsync, one atomic step, fsync of the folder. */

const overwriteBytes = 64 << 10;

/** Makes a folder and its parents, for its owner alone. */
export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
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

/** Puts a file in the place of another, whole or not at all. */
export async function replaceFile(file: string, bytes: Uint8Array): Promise<void> {
  const temporary = await writeTemporary(file, bytes);
  try {
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(path.dirname(file));
}

/**
 * Makes a file that must not be there yet, whole or not at all. Of several that try at once, one gets `true`.
 * @returns false when a file of this name was there.
 */
export async function createFile(file: string, bytes: Uint8Array): Promise<boolean> {
  const temporary = await writeTemporary(file, bytes);
  try {
    await linkOrCopy(temporary, file);
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

/** Overwrites a file and removes it; it need not be there. */
export async function shredFile(file: string): Promise<void> {
  try {
    const handle = await open(file, 'r+');
    try {
      const { size } = await handle.stat();
      for (let offset = 0; offset < size; offset += overwriteBytes) {
        const noise = randomBytes(Math.min(overwriteBytes, size - offset));
        await handle.write(noise, 0, noise.length, offset);
      }
      await handle.datasync();
    } finally {
      await handle.close();
    }
    await rm(file, { force: true });
  } catch (error) {
    // A peer may have removed it first.
    if (systemErrorCode(error) !== 'ENOENT') {
      throw error;
    }
  }
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
    const handle = await open(file, 'r+');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

async function writeTemporary(file: string, bytes: Uint8Array): Promise<string> {
  const temporary = `${file}.${randomBytes(8).toString('hex')}.tmp`;
  const handle = await open(temporary, 'wx', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } catch (error) {
    await handle.close();
    await rm(temporary, { force: true });
    throw error;
  }
  await handle.close();
  return temporary;
}
