import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import { readIfThere } from '../../files/durableFiles.ts';
import { isSameName } from './backupNames.ts';

/**
 * The path of a file by the name that we gave it, as it is called on the disk: so, or with another case. As it was asked for
 * where there is neither.
 */
export async function findBeside(file: string): Promise<string> {
  const folder = path.dirname(file);
  const wanted = path.basename(file);
  const names = await readdir(folder).catch((): string[] => []);
  const found = names.includes(wanted) ? wanted : names.find((name) => isSameName(name, wanted));
  return found === undefined ? file : path.join(folder, found);
}

/**
 * What a file beside a backup holds.
 * @returns `undefined` where there is none
 * @throws what the system says
 */
export async function readBeside(file: string): Promise<Buffer | undefined> {
  return unlessTooLong(readIfThere(await findBeside(file)));
}

/** Removes a file beside a backup, where it is there. */
export async function removeBeside(file: string): Promise<void> {
  await unlessTooLong(rm(await findBeside(file), { force: true }));
}

/**
 * The name of what lies beside a backup is made of the backup's, and may be longer than it: where the drive takes no name as long, there
 * is no such file.
 */
async function unlessTooLong<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (systemErrorCode(error) === 'ENAMETOOLONG') {
      return undefined;
    }
    throw error;
  }
}
