import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { systemErrorCode } from '../base/errors.ts';
import { ForeignFileError, openToOverwrite } from './plainFile.ts';
import { noSteps, type StepHook } from './stepHook.ts';

const overwriteBytes = 64 << 10;
/** No file of ours is larger. */
const largestBytes = 1 << 30;
/** From here on a file that takes less than half of its room on the drive has holes, which ours have not. */
const holesFromBytes = 64 << 20;
const blockBytes = 512;

/**
 * Overwrites a file and removes it; it need not be there. Of a link, a pipe or a device, and of a file that has another name,
 * nothing but this name is removed: what is behind it may be somebody's. Nor is more of what is none of ours by its size than its name, as to
 * overwrite it would fill the drive.
 * @throws a system error, `EISDIR` or `ERR_FS_EISDIR` for a folder
 */
export async function shredFile(file: string, step: StepHook = noSteps): Promise<void> {
  try {
    await overwrite(file);
  } catch (error) {
    // A peer may have removed it first.
    if (systemErrorCode(error) === 'ENOENT') {
      return;
    }
    if (!(error instanceof ForeignFileError)) {
      throw error;
    }
  }
  step('overwritten');
  await rm(file, { force: true });
}

async function overwrite(file: string): Promise<void> {
  const handle = await openToOverwrite(file);
  try {
    const { size, blocks } = await handle.stat();
    if (size > largestBytes || (size > holesFromBytes && blocks * blockBytes < size / 2)) {
      return;
    }
    for (let offset = 0; offset < size; offset += overwriteBytes) {
      const noise = randomBytes(Math.min(overwriteBytes, size - offset));
      await handle.write(noise, 0, noise.length, offset);
    }
    await handle.datasync();
  } finally {
    await handle.close();
  }
}
