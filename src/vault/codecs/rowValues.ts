import { origins, type Origin, type RecordId } from '../record.ts';
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
