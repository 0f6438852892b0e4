import { lstat } from 'node:fs/promises';
import { systemErrorCode } from '../../base/errors.ts';
import { replaceFile } from '../../files/durableFiles.ts';

/**
 * Writes a recovery kit where the person says, for its owner alone (0600). It takes the place of a file that is there, so that nobody
 * who may read that one, or has it open, reads the kit.
 * @returns false where something else has the name, a link, a pipe, a folder, or a file that has another name as well: a person who chose
 * it takes it for the file itself, and would look for the kit in vain
 * @throws what the system says
 */
export async function writeKit(file: string, kit: string): Promise<boolean> {
  if (!(await isFreeOrPlain(file))) {
    return false;
  }
  await replaceFile(file, new TextEncoder().encode(kit));
  return true;
}

async function isFreeOrPlain(file: string): Promise<boolean> {
  try {
    const found = await lstat(file);
    return found.isFile() && found.nlink <= 1;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') {
      return true;
    }
    throw error;
  }
}
