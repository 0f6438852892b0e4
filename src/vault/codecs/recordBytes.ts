import { origins, type Origin, type RecordId } from '../record.ts';
import { VaultError } from '../vaultError.ts';

/** What the codecs of all records share. The layouts are in docs/vault-format.md, "Records". */

/** The second byte of a record. */
export const recordVersion = 1;

/** Type and schema version. */
export const prefixBytes = 2;
export const idBytes = 16;

/** The most bytes that an encoded record may have. */
export const longestRecordBytes = 1 << 20;

/** A record's bytes with its prefix and id in them. @throws {RangeError} for another id */
export function begin(type: number, id: RecordId, bytes: number): Buffer {
  if (!/^[0-9a-f]{32}$/.test(id)) {
    throw new RangeError('An id has 32 lower-case hex digits');
  }
  const target = Buffer.alloc(bytes);
  target[0] = type;
  target[1] = recordVersion;
  target.write(id, prefixBytes, 'hex');
  return target;
}

/** The id of a record. */
export function idIn(source: Buffer): RecordId {
  return source.toString('hex', prefixBytes, prefixBytes + idBytes);
}

/** @throws {VaultError} `damaged` for a number that no origin has */
export function originOf(index: number): Origin {
  const origin = origins[index];
  if (origin === undefined) {
    throw malformed();
  }
  return origin;
}

/**
 * Clocks may give fractions of a millisecond; nothing that is stored needs them.
 * @throws {RangeError} when it is not finite
 */
export function whole(value: number): number {
  if (!Number.isFinite(value)) {
    throw new RangeError('A number of a record is not finite');
  }
  return Math.round(value);
}

/** @throws {VaultError} `damaged` when a record has another length than its type */
export function expectLength(source: Buffer, bytes: number): void {
  if (source.length !== bytes) {
    throw malformed();
  }
}

/** What is thrown for bytes that are no record of the type that they name. */
export function malformed(): VaultError {
  return new VaultError('damaged', 'A record is not of the form that its type has');
}
