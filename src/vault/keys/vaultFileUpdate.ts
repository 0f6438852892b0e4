import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { systemErrorCode } from '../../base/errors.ts';
import { createFile, replaceFile } from '../../files/durableFiles.ts';
import { lifeOf, ownProcessMark } from '../folder/processPlace.ts';
import { VaultError } from '../vaultError.ts';
import { formatVaultFile, type VaultFile } from '../protectors/vaultFile.ts';
import { vaultFileName } from '../folder/vaultFolder.ts';
import { readVaultFile } from './vaultStore.ts';

/**
 * Changes to `vault.json`, one at a time over all processes: a lost change could be a lost key. Who wants to
 * write generation g + 1 creates `vault.json.<g>-<attempt>.lock`, which only one can. Attempt n + 1 is open
 * once the process of attempt n is dead. The lock is taken for a generation and not for the file, so that
 * one that was taken late is worth nothing.
 */
const lockForm = /^vault\.json\.(\d+)-(\d+)\.lock$/;
const lockSchema = v.object({ place: v.string(), pid: v.number(), startTicks: v.number() });
const tries = 50;
const pauseMs = 100;
/** A lock whose process can't be looked at is abandoned after this time. */
const abandonedAfterMs = 60_000;

/**
 * Applies a change to the file as it is now. `change` may run more than once, on a newer file each time.
 * @returns the file as it was written; unchanged, with nothing written, when `change` returns its argument.
 * @throws {VaultError} `busy` when others hold the lock for too long, `damaged` where there is no file;
 * whatever `change` throws.
 */
export async function updateVaultFile(
  folder: string,
  change: (file: VaultFile) => VaultFile | Promise<VaultFile>,
): Promise<VaultFile> {
  for (let attempt = 0; attempt < tries; attempt++) {
    const { generation } = await readExisting(folder);
    const lock = await takeLock(folder, generation);
    if (lock === undefined) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + Math.random())));
      continue;
    }
    try {
      const file = await readExisting(folder);
      if (file.generation === generation) {
        const changed = await change(file);
        if (changed === file) {
          return file;
        }
        const written = { ...changed, generation: generation + 1 };
        await replaceFile(path.join(folder, vaultFileName), formatVaultFile(written));
        return written;
      }
    } finally {
      await rm(lock, { force: true });
    }
  }
  throw new VaultError('busy', 'Another process is changing the keys of the vault');
}

async function readExisting(folder: string): Promise<VaultFile> {
  const file = await readVaultFile(folder);
  if (file === undefined) {
    throw new VaultError('damaged', 'There is no vault.json');
  }
  return file;
}

/** The lock's path, or `undefined` while a living process has it. */
async function takeLock(folder: string, generation: number): Promise<string | undefined> {
  let next = 0;
  for (const name of await readdir(folder)) {
    const [, ofGeneration, attempt] = lockForm.exec(name) ?? [];
    if (attempt === undefined || Number(ofGeneration) > generation) {
      continue;
    }
    const lock = path.join(folder, name);
    if (!(await isAbandoned(lock))) {
      return undefined;
    }
    if (Number(ofGeneration) === generation) {
      next = Math.max(next, Number(attempt) + 1);
    } else {
      // Of a change that was made: nobody waits for it.
      await rm(lock, { force: true });
    }
  }
  const lock = path.join(folder, `${vaultFileName}.${generation}-${next}.lock`);
  const mark = JSON.stringify({ ...(await ownProcessMark()), id: randomBytes(8).toString('hex') });
  return (await createFile(lock, new TextEncoder().encode(mark))) ? lock : undefined;
}

async function isAbandoned(lock: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(lock);
    const mark = v.safeParse(lockSchema, JSON.parse(await readFile(lock, 'utf8')));
    const life = mark.success ? await lifeOf(mark.output) : 'unknown';
    return life === 'unknown' ? Date.now() - mtimeMs > abandonedAfterMs : life === 'dead';
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') {
      return true;
    }
    if (error instanceof SyntaxError) {
      return false;
    }
    throw error;
  }
}
