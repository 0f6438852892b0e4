import { randomBytes } from 'node:crypto';
import { lstat, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { systemErrorCode } from '../../base/errors.ts';
import { createFile } from '../../files/durableFiles.ts';
import { ForeignFileError, isFolder, readPlain } from '../../files/plainFile.ts';
import { lifeOf, ownProcessMark } from './processPlace.ts';
import { largestMarkBytes } from './vaultParts.ts';

/**
 * Changes to a file that has a generation, one at a time over all processes. Who wants to write generation g + 1 creates
 * `<file>.<g>-<attempt>.lock`, which only one can. Attempt n + 1 is open once the process of attempt n is dead. The lock is
 * taken for a generation and not for the file, so that one that was taken late is worth nothing.
 */
const lockForm = /^\.(\d+)-(\d+)\.lock$/;
const lockSchema = v.object({ place: v.string(), pid: v.number(), startTicks: v.number() });
const tries = 50;
const pauseMs = 100;
/** A lock whose process can't be looked at is abandoned after this time. */
const abandonedAfterMs = 60_000;

/** The file's generation, and the change of it. */
export interface GenerationChange<T> {
  /** As the file is now; asked before the lock is taken, and again under it. */
  readonly generation: () => Promise<number>;
  /** Makes the change, with the lock. */
  readonly work: () => Promise<T>;
}

/**
 * Has a change made while no other process makes one of the same file.
 * @returns what `work` does; `undefined` when others hold the lock for too long
 */
export async function withGenerationLock<T>(
  file: string,
  { generation, work }: GenerationChange<T>,
): Promise<{ readonly done: T } | undefined> {
  for (let attempt = 0; attempt < tries; attempt++) {
    const before = await generation();
    const lock = await takeLock(file, before);
    if (lock === undefined) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + Math.random())));
      continue;
    }
    try {
      if ((await generation()) === before) {
        const done = await work();
        if ((await generation()) !== before) {
          // Of processes that died on the way. While the generation is the same, they say which attempt is next.
          await Promise.all(lock.abandoned.map(removeLock));
        }
        return { done };
      }
    } finally {
      await rm(lock.path, { force: true });
    }
  }
  return undefined;
}

interface Lock {
  readonly path: string;
  /** Earlier attempts of the same generation. */
  readonly abandoned: readonly string[];
}

/** `undefined` while a living process has it. */
async function takeLock(file: string, generation: number): Promise<Lock | undefined> {
  const folder = path.dirname(file);
  const base = path.basename(file);
  const abandoned: string[] = [];
  let next = 0;
  for (const name of await readdir(folder)) {
    const form = name.startsWith(base) ? lockForm.exec(name.slice(base.length)) : null;
    const [, ofGeneration, attempt] = form ?? [];
    if (attempt === undefined || Number(ofGeneration) > generation) {
      continue;
    }
    const lock = path.join(folder, name);
    if (!(await isAbandoned(lock))) {
      return undefined;
    }
    if (Number(ofGeneration) === generation) {
      abandoned.push(lock);
      next = Math.max(next, Number(attempt) + 1);
    } else {
      // Of a change that was made: nobody waits for it.
      await removeLock(lock);
    }
  }
  const lock = path.join(folder, `${base}.${generation}-${next}.lock`);
  const mark = JSON.stringify({ ...(await ownProcessMark()), id: randomBytes(8).toString('hex') });
  return (await createFile(lock, new TextEncoder().encode(mark)))
    ? { path: lock, abandoned }
    : undefined;
}

/** A folder of such a name is left where it is. */
async function removeLock(lock: string): Promise<void> {
  if (!(await isFolder(lock))) {
    await rm(lock, { force: true });
  }
}

async function isAbandoned(lock: string): Promise<boolean> {
  try {
    const { mtimeMs } = await lstat(lock);
    const bytes = await readPlain(lock, { largestBytes: largestMarkBytes });
    const mark = v.safeParse(lockSchema, JSON.parse(bytes.toString('utf8')));
    const life = mark.success ? await lifeOf(mark.output) : 'unknown';
    return life === 'unknown' ? Date.now() - mtimeMs > abandonedAfterMs : life === 'dead';
  } catch (error) {
    // What lies there and is no lock of ours holds nobody back.
    if (systemErrorCode(error) === 'ENOENT' || error instanceof ForeignFileError) {
      return true;
    }
    if (error instanceof SyntaxError) {
      return false;
    }
    throw error;
  }
}
