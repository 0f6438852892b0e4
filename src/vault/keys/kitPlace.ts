import { stat } from 'node:fs/promises';
import path from 'node:path';
import { isWithin, placeOf } from '../../files/place.ts';

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
  const place = placeOf(file);
  for (let folder = path.dirname(place.path); ; folder = path.dirname(folder)) {
    // A folder, or a file in a working tree that is one of several.
    if (await isThere(path.join(folder, '.git'))) {
      return { by: 'repository', folder };
    }
    if (folder === path.dirname(folder)) {
      break;
    }
  }
  for (const folder of openFolders) {
    if (isWithin(place, placeOf(folder))) {
      return { by: 'openFolder', folder };
    }
  }
  return undefined;
}

function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
