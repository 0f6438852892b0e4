import { readdir } from 'node:fs/promises';
import path from 'node:path';
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
