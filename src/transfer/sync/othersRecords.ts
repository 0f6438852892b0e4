import { systemErrorCode } from '../../base/errors.ts';
import { idText } from '../../vault/codecs/rowValues.ts';
import type { RecordId } from '../../vault/record.ts';
import { contentTables } from '../../vault/database/contentDigest.ts';
import { presentVault } from '../copies/presentVault.ts';
import type { JobPlace } from '../transferJob.ts';
import { deviceId } from './deviceId.ts';
import { listSynced, openSynced, readSynced, sha256Of, unreadReason } from './syncedFiles.ts';
import { findSyncHomes, type HomeEntry } from './syncHomes.ts';
import { syncHomeName } from './syncNames.ts';
import { readMerged, readSyncedFolder } from './syncState.ts';

/**
 * Which of these records other devices hold as well: those that are in their files in the folder that this device last synced
 * with. A file that can't be read now, or that nobody knows who made, and a folder that is not there, say nothing.
 * @param storage this device's own
 */
export async function idsAtOthers(
  ids: readonly RecordId[],
  storage: string,
  place: JobPlace,
): Promise<ReadonlySet<RecordId>> {
  const held = new Set<RecordId>();
  const { vault } = await presentVault(place);
  const folder = await readSyncedFolder(storage, vault);
  if (folder === undefined || ids.length === 0) {
    return held;
  }
  const device = await deviceId(storage);
  const asked = new Set(ids);
  const merged = await readMerged(storage, vault);
  const files = await filesIn(folder, vault);
  for (const [done, file] of files.entries()) {
    place.progress(done, files.length);
    place.signal.throwIfAborted();
    const bytes = file.device === device ? 'unavailable' : await readSynced(file);
    if (typeof bytes !== 'string') {
      for (const id of idsIn(file, bytes, merged, place)) {
        if (asked.has(id)) {
          held.add(id);
        }
      }
    }
  }
  return held;
}

async function filesIn(folder: string, vault: string): Promise<readonly HomeEntry[]> {
  try {
    return (await listSynced(await findSyncHomes(folder, syncHomeName(vault)))).files;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') {
      return [];
    }
    throw error;
  }
}

function idsIn(
  file: HomeEntry,
  bytes: Uint8Array,
  merged: ReadonlySet<string>,
  { keyring, sqlite }: JobPlace,
): readonly RecordId[] {
  try {
    const takesDoubtful = merged.has(sha256Of(bytes));
    const opened = openSynced(file, bytes, { keyring, sqlite, takesDoubtful });
    if (typeof opened === 'string') {
      return [];
    }
    const { database } = opened;
    try {
      // What is deleted there is nothing that is kept for it.
      return contentTables(database)
        .filter((table) => table !== 'tombstones')
        .flatMap((table) => database.rows(`SELECT id FROM ${table}`))
        .map((row) => idText(row.blob(0)));
    } finally {
      database.close();
    }
  } catch (error) {
    // Throws what is no fault of the file's own.
    unreadReason(error);
    return [];
  }
}
