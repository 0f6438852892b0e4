import { randomBytes } from 'node:crypto';
import { lstat, rm } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../base/errors.ts';
import { makeFolder, readIfOurs } from './durableFiles.ts';
import { openNew } from './newFile.ts';

const staleLockMs = 10_000;
const lockWaitMs = 25;

/**
 * Runs work while no other process of this storage folder runs work under the same lock file. A lock whose
 * holder died is taken over after ten seconds, and on a full disk there is none; the work must be safe even then.
 */
export async function withLock<T>(lockFile: string, work: () => Promise<T>): Promise<T> {
  await makeFolder(path.dirname(lockFile));
  const token = randomBytes(8).toString('hex');
  for (;;) {
    try {
      const handle = await openNew(lockFile);
      try {
        await handle.writeFile(token);
      } finally {
        await handle.close();
      }
      break;
    } catch (error) {
      if (['ENOSPC', 'EDQUOT'].includes(systemErrorCode(error) ?? '')) {
        // A full disk holds no lock: what frees room, or undoes something, must go on nevertheless.
        await rm(lockFile, { force: true });
        return work();
      }
      // Windows says EPERM while a removed lock is still open elsewhere.
      if (!['EEXIST', 'EPERM'].includes(systemErrorCode(error) ?? '')) {
        throw error;
      }
    }
    if (await isStale(lockFile)) {
      await rm(lockFile, { force: true });
    } else {
      await new Promise((resolve) => setTimeout(resolve, lockWaitMs));
    }
  }
  try {
    return await work();
  } finally {
    // Only our own: somebody may have taken it over in the meantime.
    if ((await readIfOurs(lockFile))?.toString() === token) {
      await rm(lockFile, { force: true });
    }
  }
}

async function isStale(lockFile: string): Promise<boolean> {
  try {
    const age = Date.now() - (await lstat(lockFile)).mtimeMs;
    return age > staleLockMs || age < -staleLockMs;
  } catch {
    return false;
  }
}
