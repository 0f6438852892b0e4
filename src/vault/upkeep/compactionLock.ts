import { readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { systemErrorCode } from '../../base/errors.ts';
import { createFile } from '../../files/durableFiles.ts';
import { lifeOf, ownProcessMark } from '../folder/processPlace.ts';

/**
 * Keeps two windows from doing the same work at the same time. It is never needed for safety: whoever finds
 * it stale takes it, and whoever works without it loses nothing.
 */
const lockFileName = 'compaction.lock';
/** No compaction takes so long; where the other process can't be looked at, its lock is void after that. */
const staleMs = 10 * 60_000;

const lockSchema = v.object({ place: v.string(), pid: v.number(), startTicks: v.number() });

/** Runs `work` unless another process is at it; `undefined` when it is. */
export async function withCompactionLock<T>(
  folder: string,
  nowMs: number,
  work: () => Promise<T>,
): Promise<T | undefined> {
  const file = path.join(folder, lockFileName);
  const mark = new TextEncoder().encode(`${JSON.stringify(await ownProcessMark())}\n`);
  if (!(await createFile(file, mark))) {
    if (!(await isStale(file, nowMs))) {
      return undefined;
    }
    await rm(file, { force: true });
    if (!(await createFile(file, mark))) {
      return undefined;
    }
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function isStale(file: string, nowMs: number): Promise<boolean> {
  try {
    if (nowMs - (await stat(file)).mtimeMs > staleMs) {
      return true;
    }
    const mark = v.safeParse(lockSchema, JSON.parse(await readFile(file, 'utf8')));
    return !mark.success || (await lifeOf(mark.output)) === 'dead';
  } catch (error) {
    // Gone by now: try to make it. Anything else that can't be read is nobody's lock.
    return systemErrorCode(error) === 'ENOENT' || error instanceof SyntaxError;
  }
}
