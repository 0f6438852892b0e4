import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import { dataFolderNames, vaultFileName } from './vaultFolder.ts';
import { listFiles } from './vaultListing.ts';

/** How much room a vault takes. */
export async function bytesOnDisk(folder: string): Promise<number> {
  const files = [path.join(folder, vaultFileName)];
  for (const name of dataFolderNames) {
    const names = await listFiles(path.join(folder, name));
    files.push(...names.map((file) => path.join(folder, name, file)));
  }
  const sizes = await Promise.all(files.map(sizeOf));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** A file that a peer takes away meanwhile takes no room. */
async function sizeOf(file: string): Promise<number> {
  try {
    return (await lstat(file)).size;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') {
      return 0;
    }
    throw error;
  }
}
