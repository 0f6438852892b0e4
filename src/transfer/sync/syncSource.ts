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
import type { SignerDoubt } from '../copies/copySigner.ts';
import type { MissingPart, SyncedDoubt, UnreadFile } from '../messages/syncMessages.ts';
import { findSyncHomes, onlyHome, walkHomes, type HomeEntry, type SyncHomes } from './syncHomes.ts';
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

export interface OpenHomeOptions {
  /** Whether the person wants what nobody is known to have made beside what somebody is. */
  readonly takesUnsigned?: boolean;
}

/** What a sync folder holds, as one database. */
export interface OpenSyncHome extends Disposable {
  readonly database: Database;
  /** What it may hold besides. */
  readonly missing: readonly MissingPart[];
  /** Why nobody knows that its devices made what is in it, where that is so and it was taken. */
  readonly doubt: SignerDoubt | undefined;
}

/**
 * Unites every file that can be read. What is torn or for another key is left out, as sync brings it when it can be read, and so is
 * what nobody knows who made; that it is only a part then is in `missing`. Where no file is signed with the current key, as in a folder
 * that only earlier versions wrote, all are taken, with a doubt.
 * @param keyring the current identity first
 * @throws {VaultError} `wrongKey` when none is for the keys at hand, `damaged` when none is whole, `unknownVersion`
 * @throws {TransferError} `notOurs` when there is none
 */
export async function openSyncHome(
  location: string,
  keyring: Keyring,
  place: JobPlace,
  { takesUnsigned = false }: OpenHomeOptions = {},
): Promise<OpenSyncHome> {
  const union = new SyncUnion(keyring, place);
  try {
    const { files, unread } = await listSynced(await homesAt(location));
    const missing = unread.map(asMissing);
    const doubtful = await union.take(files, missing, false);
    if (doubtful.length > 0 && (takesUnsigned || union.opened === 0)) {
      await union.take(
        doubtful.map(({ file }) => file),
        missing,
        true,
      );
    } else {
      missing.push(
        ...doubtful.map(({ file, doubt }) => asMissing({ file: file.name, reason: doubt })),
      );
    }
    if (union.opened === 0) {
      throw union.failure ?? nothingRead(unread);
    }
    missing.sort((one, other) => (one.file < other.file ? -1 : 1));
    return union.finish(missing);
  } catch (error) {
    union.dispose();
    throw error;
  }
}

function nothingRead(unread: readonly UnreadFile[]): TransferError {
  return unread.length === 0
    ? new TransferError('notOurs', 'There is no file in this sync folder')
    : new TransferError('unreachable', 'No file of this sync folder is here');
}

interface DoubtfulFile {
  readonly file: HomeEntry;
  readonly doubt: SyncedDoubt;
}

class SyncUnion implements Disposable {
  opened = 0;
  /** Why nothing was read: that it is another key says most. */
  failure: VaultError | undefined;
  readonly #options = { dayStartHour: defaultDayStartHour, dirtyDays: new Set<number>() };
  readonly #keyring: Keyring;
  readonly #place: JobPlace;
  readonly #database: Database;
  #doubt: SignerDoubt | undefined;

  constructor(keyring: Keyring, place: JobPlace) {
    this.#keyring = keyring;
    this.#place = place;
    this.#database = new Database(place.sqlite, undefined);
    this.#database.execute(createSchema);
  }

  /** @returns those that were left out as nobody knows who made them */
  async take(
    files: readonly HomeEntry[],
    missing: MissingPart[],
    takesDoubtful: boolean,
  ): Promise<DoubtfulFile[]> {
    const doubtful: DoubtfulFile[] = [];
    for (const file of files) {
      this.#place.progress(0, 1);
      this.#place.signal.throwIfAborted();
      const bytes = await readSynced(file);
      if (typeof bytes === 'string') {
        missing.push(asMissing({ file: file.name, reason: bytes }));
        this.#fail(new VaultError('damaged', 'A file of a sync folder is not here'));
        continue;
      }
      try {
        const doubt = this.#takeOne(file, bytes, takesDoubtful);
        if (doubt !== undefined) {
          doubtful.push({ file, doubt });
        }
      } catch (error) {
        missing.push(asMissing({ file: file.name, reason: unreadReason(error) }));
        this.#fail(error);
      }
    }
    return doubtful;
  }

  finish(missing: readonly MissingPart[]): OpenSyncHome {
    rollUp(this.#database, this.#options.dirtyDays, this.#options.dayStartHour);
    return {
      database: this.#database,
      missing,
      doubt: this.#doubt,
      dispose: () => {
        this.dispose();
      },
    };
  }

  dispose(): void {
    this.#database.close();
  }

  #takeOne(file: HomeEntry, bytes: Uint8Array, takesDoubtful: boolean): SyncedDoubt | undefined {
    const { sqlite } = this.#place;
    const month = openSynced(file, bytes, { keyring: this.#keyring, sqlite, takesDoubtful });
    if (typeof month === 'string') {
      return month;
    }
    try {
      ingestDatabase(this.#database, month.database, this.#options);
      this.opened++;
    } finally {
      month.database.close();
    }
    if (month.doubt !== undefined) {
      // What is signed by nobody says least. One in another's place is at least signed.
      const doubt = month.doubt === 'misplaced' ? this.#doubt : month.doubt;
      this.#doubt = this.#doubt === 'unsigned' ? 'unsigned' : doubt;
    }
    return undefined;
  }

  #fail(error: unknown): void {
    // What is no reason of the file's own was thrown on.
    this.failure = isWrongKey(this.failure) || !VaultError.is(error) ? this.failure : error;
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
