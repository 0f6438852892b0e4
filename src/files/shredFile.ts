import { randomBytes } from 'node:crypto';
import { lstat, open, rm } from 'node:fs/promises';
import { systemErrorCode } from '../base/errors.ts';
import { noSteps, type StepHook } from './stepHook.ts';

const overwriteBytes = 64 << 10;

/** Overwrites a file and removes it; it need not be there. Of a link nothing but the link is removed. */
export async function shredFile(file: string, step: StepHook = noSteps): Promise<void> {
  try {
    if ((await lstat(file)).isSymbolicLink()) {
      await rm(file, { force: true });
      return;
    }
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
    step('overwritten');
    await rm(file, { force: true });
  } catch (error) {
    // A peer may have removed it first.
    if (systemErrorCode(error) !== 'ENOENT') {
      throw error;
    }
  }
}
