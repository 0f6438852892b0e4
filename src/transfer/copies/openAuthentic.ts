import { openSnapshot, openSource, type OpenSnapshot } from '../../vault/database/snapshot.ts';
import { AgeReader } from '../../vault/age/ageStream.ts';
import { VaultError } from '../../vault/vaultError.ts';
import type { FileKeys, OwnFile } from '../../vault/trust/readTrust.ts';
import type { Database } from '../../vault/sqlite/database.ts';
import { TransferError } from '../transferError.ts';
import type { JobPlace } from '../transferJob.ts';

/**
 * Opens a sealed database of which every byte authenticates. Where damage is to be expected, it has to be found before SQLite
 * asks for a page: an error that passes through it leaves its memory, which all databases share, as it happens to be.
 * @param what it has to be signed as
 * @throws {VaultError} as `openSnapshot`. @throws a system error
 */
export function openAuthentic(
  file: string,
  what: OwnFile,
  { keyring, trust }: FileKeys,
  { sqlite, signal }: Pick<JobPlace, 'sqlite' | 'signal'>,
): OpenSnapshot {
  const source = openSource(file);
  try {
    const reader = new AgeReader(source, keyring);
    try {
      for (let chunk = 0; chunk < reader.chunks; chunk++) {
        signal.throwIfAborted();
        reader.readChunk(chunk);
      }
    } finally {
      reader.dispose();
    }
  } finally {
    source.dispose();
  }
  return openSnapshot(file, { keyring, trust }, sqlite, { what });
}

/** As {@link openAuthentic}; `undefined` for a file of which a part does not authenticate, that is no database or not to be trusted. */
export function openUnlessDamaged(
  file: string,
  what: OwnFile,
  keys: FileKeys,
  place: JobPlace,
): OpenSnapshot | undefined {
  try {
    return openAuthentic(file, what, keys, place);
  } catch (error) {
    if (VaultError.is(error, 'damaged') || VaultError.is(error, 'untrusted')) {
      return undefined;
    }
    throw error;
  }
}

/** @throws {TransferError} `damaged` */
export function checkPages(database: Database): void {
  if (database.row('PRAGMA integrity_check(1)')?.text(0) !== 'ok') {
    throw new TransferError('damaged', 'The database of a backup is damaged');
  }
}
