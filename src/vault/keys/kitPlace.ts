import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/** Why a recovery kit would be carried off from where it is saved: with a repository, or with a folder that is worked in. */
export interface KitExposure {
  readonly by: 'repository' | 'openFolder';
  readonly folder: string;
}

/**
 * Whether a kit that is saved as `file` would lie in a repository, where it is soon committed, or in one of the folders that are
 * open. Places are compared by what they are, links followed. A file that is no kit yet need not be there.
 */
export async function exposureOf(
  file: string,
  openFolders: readonly string[] = [],
): Promise<KitExposure | undefined> {
  const real = await realFile(file);
  for (let folder = path.dirname(real); ; folder = path.dirname(folder)) {
    // A folder, or a file in a working tree that is one of several.
    if (await isThere(path.join(folder, '.git'))) {
      return { by: 'repository', folder };
    }
    if (folder === path.dirname(folder)) {
      break;
    }
  }
  for (const folder of openFolders) {
    const inside = path.relative(await realFile(folder), real);
    if (!/^\.\.(?:[/\\]|$)/.test(inside) && !path.isAbsolute(inside)) {
      return { by: 'openFolder', folder };
    }
  }
  return undefined;
}

/** Where a path leads; of what is not there, as far as it leads. */
async function realFile(file: string): Promise<string> {
  const absolute = path.resolve(file);
  try {
    return await realpath(absolute);
  } catch {
    const parent = path.dirname(absolute);
    return parent === absolute
      ? absolute
      : path.join(await realFile(parent), path.basename(absolute));
  }
}

function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
