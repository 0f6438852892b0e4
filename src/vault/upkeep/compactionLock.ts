import { lstat, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as v from 'valibot';
import type { Clock } from '../../base/clock.ts';
import { systemErrorCode } from '../../base/errors.ts';
import { createFile } from '../../files/durableFiles.ts';
import { ForeignFileError, isFolder, readPlain } from '../../files/plainFile.ts';
import { lifeOf, ownProcessMark } from '../folder/processPlace.ts';
import { largestMarkBytes } from '../folder/vaultParts.ts';

/**
 * Keeps two windows from doing the same work at the same time. It is never needed for safety: whoever finds
 * it stale takes it, and whoever works without it loses nothing.
 */
const lockFileName = 'compaction.lock';
/** No compaction takes so long; where the other process can't be looked at, its lock is void after that. */
const staleMs = 10 * 60_000;

/** How often it is tried again, and after how long: ten seconds, longer than all but a first compaction takes. */
const mostTries = 100;
const pauseMs = 100;

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
    if (await isFolder(file)) {
      // Nobody's lock, and nothing that is ours to remove.
      return work();
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

/**
 * As {@link withCompactionLock}, for what a person asked for: waits until another process, as with the day's chores, is done.
 * @returns `undefined` when that goes on
 * @throws `AbortError` when it was cancelled meanwhile
 */
export async function onceNobodyCompacts<T>(
  folder: string,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
  work: () => Promise<T>,
): Promise<T | undefined> {
  for (let tries = 1; ; tries++) {
    const done = await withCompactionLock(folder, clock.wallMs(), async () => ({
      result: await work(),
    }));
    if (done !== undefined || tries === mostTries) {
      return done?.result;
    }
    await delay(pauseMs, undefined, { signal });
  }
}

async function isStale(file: string, nowMs: number): Promise<boolean> {
  try {
    if (nowMs - (await lstat(file)).mtimeMs > staleMs) {
      return true;
    }
    const bytes = await readPlain(file, { largestBytes: largestMarkBytes });
    const mark = v.safeParse(lockSchema, JSON.parse(bytes.toString('utf8')));
    return !mark.success || (await lifeOf(mark.output)) === 'dead';
  } catch (error) {
    // Gone by now: try to make it. Anything else that can't be read is nobody's lock.
    return (
      systemErrorCode(error) === 'ENOENT' ||
      error instanceof SyntaxError ||
      error instanceof ForeignFileError
    );
  }
}
