import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../base/errors.ts';

/**
 * Called between any two steps that change something outside this process, with the step's name. Does nothing;
 * tests end the process there.
 */
export type StepHook = (step: string) => void;
export const noSteps: StepHook = () => {};

/** A file's bytes, or `undefined` when it is not there. */
export async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

export interface ReplaceOptions {
  /** Whether it has to outlive a power cut (fsync); without, it outlives only the process. */
  readonly durable: boolean;
  readonly step?: StepHook;
}

/** Puts a private file (0600) in the place of another, whole or not at all; makes its folder. */
export async function replaceFile(
  file: string,
  bytes: Uint8Array,
  { durable, step = noSteps }: ReplaceOptions,
): Promise<void> {
  const name = path.basename(file);
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  try {
    const handle = await open(temporary, 'wx', 0o600);
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
    step(`${name}: before rename`);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  step(`${name}: renamed`);
  if (durable) {
    await syncFolder(path.dirname(file));
  }
}

/** Makes a folder's entries last, where folders can be opened. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') {
    return;
  }
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some file systems refuse to sync a folder, and there is nothing better to ask of them.
    if (systemErrorCode(error) !== 'EINVAL') {
      throw error;
    }
  } finally {
    await handle.close();
  }
}

const staleLockMs = 10_000;
const lockWaitMs = 25;

/**
 * Runs work while no other process of this storage folder runs work under the same lock file. A lock whose
 * holder died is taken over after ten seconds; the work must be safe even then.
 */
export async function withLock<T>(lockFile: string, work: () => Promise<T>): Promise<T> {
  await mkdir(path.dirname(lockFile), { recursive: true, mode: 0o700 });
  const token = randomBytes(8).toString('hex');
  for (;;) {
    try {
      const handle = await open(lockFile, 'wx', 0o600);
      await handle.writeFile(token);
      await handle.close();
      break;
    } catch (error) {
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
    if ((await readIfThere(lockFile))?.toString() === token) {
      await rm(lockFile, { force: true });
    }
  }
}

async function isStale(lockFile: string): Promise<boolean> {
  try {
    const age = Date.now() - (await stat(lockFile)).mtimeMs;
    return age > staleLockMs || age < -staleLockMs;
  } catch {
    return false;
  }
}
