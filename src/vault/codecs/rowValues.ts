import { origins, type Origin, type RecordId } from '../record.ts';
import type { Database } from '../sqlite/database.ts';
import { VaultError } from '../vaultError.ts';

/** Values of records as the database's rows hold them. */

/** An id as the database holds it. */
export function idBytes(id: RecordId): Uint8Array {
  return Uint8Array.from(Buffer.from(id, 'hex'));
}

/** An id as records hold it. */
export function idText(id: Uint8Array): RecordId {
  return Buffer.from(id).toString('hex');
}

/** @throws {VaultError} `unknownVersion` for an origin that this version does not have. */
export function originOf(index: number): Origin {
  const origin = origins[index];
  if (origin === undefined) {
    throw new VaultError('unknownVersion', 'The database names an origin of a later version');
  }
  return origin;
}

/** An upper bound that the database keeps in `meta`; 0 where there is none. */
export function boundOf(database: Database, key: string): number {
  return database.row('SELECT value FROM meta WHERE key = ?', [key])?.number(0) ?? 0;
}
