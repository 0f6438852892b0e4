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
import { deviceNamedIn, monthNamedIn, vaultNamedIn } from '../copies/toolNames.ts';
import type { MissingPart, UnreadFile } from '../messages/syncMessages.ts';
import { findSyncHomes, onlyHome, walkHomes, type SyncHomes } from './syncHomes.ts';
import { syncHomeName } from './syncNames.ts';
import { listSynced, openSynced, readSynced, unreadReason } from './syncedFiles.ts';
import { TransferError, type TransferFailure } from '../transferError.ts';
import type { JobPlace } from '../transferJob.ts';

/** A sync folder as what a vault can be restored from: all that its devices have written, united. */

/**
 * The folder of one vault: the one that is named, or the folder with the only one in it, with whatever sync tools made of that.
 * @returns its path; `undefined` when there is none, or more than one
 */
export async function findSyncHome(location: string): Promise<string | undefined> {
  return (await vaultAt(location)) === undefined ? undefined : location;
}

/** Which vault's folders those at a place are, and whether the place is one of them itself. */
async function vaultAt(
  location: string,
): Promise<{ readonly shortId: string; readonly isHome: boolean } | undefined> {
  const base = path.basename(path.resolve(location));
  const named = vaultNamedIn(base);
  if (named !== undefined && base === syncHomeName(named)) {
    return { shortId: named, isHome: true };
  }
  const entries = await readdir(location, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
  const ids = new Set(folders.flatMap(({ name }) => vaultNamedIn(name) ?? []));
  const [shortId] = ids;
  if (shortId === undefined) {
    // What a sync tool made of one may be all that there is.
    return named === undefined ? undefined : { shortId: named, isHome: true };
  }
  return ids.size === 1 ? { shortId, isHome: false } : undefined;
}

/** All folders of the vault that {@link findSyncHome} found. */
async function homesAt(location: string): Promise<SyncHomes & { readonly shortId: string }> {
  const { shortId, isHome } = (await vaultAt(location)) ?? { shortId: '', isHome: true };
  const homes = isHome ? onlyHome(location) : await findSyncHomes(location, syncHomeName(shortId));
  return { ...homes, shortId };
}

/** What a passphrase opens it with: of the keys that its devices wrote, those whose passphrase was set last. */
export async function readSyncKeys(location: string): Promise<FoundKeys> {
  const { shortId, ...homes } = await homesAt(location);
  const entries = await walkHomes(homes);
  const found: VaultFile[] = [];
  let failure: TransferFailure | undefined;
  for (const folder of new Set(entries.map(({ path: file }) => path.dirname(file)))) {
    // One that is not here yet or can't be read: another device's will do.
    const { keys, keysFailure } = await findKeys(folder, shortId);
    found.push(...(keys === undefined ? [] : [keys]));
    failure ??= keysFailure;
  }
  const [newest] = found.sort((one, other) => setMs(other) - setMs(one));
  return newest === undefined
    ? { keys: undefined, keysFailure: failure }
    : { keys: newest, keysFailure: undefined };
}

/**
 * Unites every file that can be read. What is torn or for another key is left out, as sync brings it when it can be read; that it is
 * only a part then is in `missing`.
 * @throws {VaultError} `wrongKey` when none is for the keys at hand, `damaged` when none is whole, `unknownVersion`
 * @throws {TransferError} `notOurs` when there is none
 */
export async function openSyncHome(
  location: string,
  keyring: Keyring,
  place: JobPlace,
): Promise<Disposable & { readonly database: Database; readonly missing: readonly MissingPart[] }> {
  const database = new Database(place.sqlite, undefined);
  try {
    database.execute(createSchema);
    const options = { dayStartHour: defaultDayStartHour, dirtyDays: new Set<number>() };
    const { files, unread } = await listSynced(await homesAt(location));
    const missing = unread.map(asMissing);
    let opened = 0;
    let failure: unknown =
      unread.length === 0
        ? new TransferError('notOurs', 'There is no file in this sync folder')
        : new TransferError('unreachable', 'No file of this sync folder is here');
    for (const file of files) {
      place.progress(0, 1);
      place.signal.throwIfAborted();
      try {
        const bytes = await readSynced(file);
        if (bytes === undefined) {
          missing.push(asMissing({ file: file.name, reason: 'unavailable' }));
          failure = isWrongKey(failure)
            ? failure
            : new VaultError('damaged', 'A file of a sync folder is not here');
          continue;
        }
        const part = openSynced(bytes, keyring, place.sqlite);
        try {
          ingestDatabase(database, part, options);
          opened++;
        } finally {
          part.close();
        }
      } catch (error) {
        const reason = unreadReason(error);
        missing.push(asMissing({ file: file.name, reason }));
        // That it is another key says most.
        failure = isWrongKey(failure) ? failure : error;
      }
    }
    if (opened === 0) {
      throw failure;
    }
    rollUp(database, options.dirtyDays, options.dayStartHour);
    return {
      database,
      missing: missing.sort((one, other) => (one.file < other.file ? -1 : 1)),
      dispose() {
        database.close();
      },
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

function isWrongKey(error: unknown): boolean {
  return VaultError.is(error, 'wrongKey');
}

function asMissing({ file, reason }: UnreadFile): MissingPart {
  const parts = file.split('/');
  const month = monthNamedIn(parts.at(-1) ?? '');
  const device = parts.map(deviceNamedIn).find((each) => each !== undefined);
  return { file, month: month ?? null, device: device ?? null, reason };
}

function setMs({ protectors }: VaultFile): number {
  return Math.max(...protectors.map(({ createdMs }) => createdMs));
}
