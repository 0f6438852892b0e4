import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Disposable } from '../../base/disposable.ts';
import { Database } from '../../vault/sqlite/database.ts';
import { ingestDatabase } from '../../vault/database/ingest.ts';
import { createSchema } from '../../vault/database/schema.ts';
import { rollUp } from '../../vault/history/dayQueries.ts';
import { defaultDayStartHour } from '../../vault/ledger/ledger.ts';
import type { Keyring } from '../../vault/age/identity.ts';
import type { VaultFile } from '../../vault/protectors/vaultFile.ts';
import { VaultError } from '../../vault/vaultError.ts';
import { findKeys, type FoundKeys } from '../copies/findKeys.ts';
import { parseSyncHomeName } from './syncNames.ts';
import { listSynced, openSynced, readSynced, unreadReason } from './syncedFiles.ts';
import { TransferError, type TransferFailure } from '../transferError.ts';
import type { JobPlace } from '../transferJob.ts';

/** A sync folder as what a vault can be restored from: all that its devices have written, united. */

/**
 * The folder of one vault: the one that is named, or the only one in it.
 * @returns `undefined` when there is none, or more than one
 */
export async function findSyncHome(location: string): Promise<string | undefined> {
  if (parseSyncHomeName(path.basename(location)) !== undefined) {
    return location;
  }
  const entries = await readdir(location, { withFileTypes: true });
  const homes = entries.filter(
    (entry) => entry.isDirectory() && parseSyncHomeName(entry.name) !== undefined,
  );
  const [only] = homes;
  return only !== undefined && homes.length === 1 ? path.join(location, only.name) : undefined;
}

/** What a passphrase opens it with: of the keys that its devices wrote, those whose passphrase was set last. */
export async function readSyncKeys(home: string): Promise<FoundKeys> {
  const shortId = parseSyncHomeName(path.basename(home));
  const found: VaultFile[] = [];
  let failure: TransferFailure | undefined;
  for (const device of await readdir(home)) {
    // One that is not here yet or can't be read: another device's will do.
    const { keys, keysFailure } = await findKeys(path.join(home, device), shortId);
    found.push(...(keys === undefined ? [] : [keys]));
    failure ??= keysFailure;
  }
  const [newest] = found.sort((one, other) => setMs(other) - setMs(one));
  return newest === undefined
    ? { keys: undefined, keysFailure: failure }
    : { keys: newest, keysFailure: undefined };
}

/**
 * Unites every file that can be read. What is torn or for another key is left out, as sync brings it when it can be read.
 * @throws {VaultError} `wrongKey` when none is for the keys at hand, `damaged` when none is whole, `unknownVersion`
 * @throws {TransferError} `notOurs` when there is none
 */
export async function openSyncHome(
  home: string,
  keyring: Keyring,
  place: JobPlace,
): Promise<Disposable & { readonly database: Database }> {
  const database = new Database(place.sqlite, undefined);
  try {
    database.execute(createSchema);
    const options = { dayStartHour: defaultDayStartHour, dirtyDays: new Set<number>() };
    const files = await listSynced(home);
    let opened = 0;
    let failure: unknown = new TransferError('notOurs', 'There is no file in this sync folder');
    for (const file of files) {
      place.progress(0, 1);
      place.signal.throwIfAborted();
      try {
        const bytes = await readSynced(file);
        if (bytes === undefined) {
          throw new VaultError('damaged', 'A file of a sync folder is not here');
        }
        const part = openSynced(bytes, keyring, place.sqlite);
        try {
          ingestDatabase(database, part, options);
          opened++;
        } finally {
          part.close();
        }
      } catch (error) {
        // That it is another key says most.
        failure = VaultError.is(failure, 'wrongKey') ? failure : error;
        unreadReason(error);
      }
    }
    if (opened === 0) {
      throw failure;
    }
    rollUp(database, options.dirtyDays, options.dayStartHour);
    return {
      database,
      dispose() {
        database.close();
      },
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

function setMs({ protectors }: VaultFile): number {
  return Math.max(...protectors.map(({ createdMs }) => createdMs));
}
