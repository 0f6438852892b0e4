import { stat } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import type { Handlers } from '../../base/channel.ts';
import type { StoredOverview } from '../../readings/storedReading.ts';
import { focusSessionsBetween } from '../kinds/focusSessionRows.ts';
import { recordsOf } from '../database/recordsOf.ts';
import { dataFolderNames, vaultFileName } from '../folder/vaultFolder.ts';
import { listFiles } from '../folder/vaultListing.ts';
import { loadStoredKinds, loadStoredPage } from '../history/storedRecords.ts';
import { encodeRecord } from '../segments/recordCodec.ts';
import type { KeeperContract } from './keeperContract.ts';
import type { Ledger } from './ledger.ts';

type StoredHandlers = Pick<
  Handlers<KeeperContract>,
  'loadFocus' | 'loadRecords' | 'storedOverview' | 'storedPage'
>;

/**
 * What answers questions about single records.
 * @param run gives a ledger that has all that the folder has, and the folder, when it is the question's turn
 */
export function storedHandlers(
  run: <T>(work: (ledger: Ledger, folder: string) => T | Promise<T>) => Promise<T>,
): StoredHandlers {
  return {
    loadFocus: (query) =>
      run(({ database }) => focusSessionsBetween(database, query).map(encodeRecord)),
    loadRecords: ({ id }) => run(({ database }) => recordsOf(database, id).map(encodeRecord)),
    storedOverview: () =>
      run(async ({ database }, folder): Promise<StoredOverview> => ({
        bytesOnDisk: await bytesOnDisk(folder),
        kinds: loadStoredKinds(database),
      })),
    storedPage: ({ beforeId, ...query }) =>
      run(({ database }) =>
        loadStoredPage(database, { ...query, ...(beforeId !== undefined && { beforeId }) }),
      ),
  };
}

async function bytesOnDisk(folder: string): Promise<number> {
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
    return (await stat(file)).size;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') {
      return 0;
    }
    throw error;
  }
}
