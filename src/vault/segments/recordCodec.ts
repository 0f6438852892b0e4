import { malformed, prefixBytes, recordVersion } from '../codecs/recordBytes.ts';
import type { RecordCodec } from '../kinds/recordKind.ts';
import { recordCodecs } from '../kinds/registry.ts';
import type { RecordId, VaultRecord } from '../record.ts';

/**
 * A record as a segment's plaintext: type, schema version, payload. Integers are little-endian; the layouts
 * are in docs/vault-format.md, "Records". Types are never used again and layouts never changed: a change is a
 * new schema version.
 */

/**
 * The bytes of a record.
 * @throws {RangeError} when a field is out of its range, or the record longer than `longestRecordBytes`.
 */
export function encodeRecord(record: VaultRecord): Uint8Array {
  return codecOf(record).encode(record);
}

/**
 * The record in these bytes, or `undefined` when its type or schema version is of a later Millrace.
 * @throws {VaultError} `damaged` when the bytes are no record of the type that they name.
 */
export function decodeRecord(bytes: Uint8Array): VaultRecord | undefined {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (source.length < prefixBytes) {
    throw malformed();
  }
  const codec =
    source.readUInt8(1) === recordVersion ? codecsByNumber[source.readUInt8(0)] : undefined;
  const record = codec?.decode(source);
  if (record !== undefined && codec?.isSound(record) !== true) {
    throw malformed();
  }
  return record;
}

/** The wall-clock time that a record is about, to say which stretch of time a loss falls into. */
export function timeOfRecord(record: VaultRecord): number {
  return codecOf(record).timeOf(record);
}

/** The id by which a tombstone deletes a record; `undefined` for a tombstone. */
export function deletedBy(record: VaultRecord): RecordId | undefined {
  return codecOf(record).deletedBy(record);
}

/** Whether a segment ends behind this record. */
export function endsSegment(record: VaultRecord): boolean {
  return codecOf(record).endsSegment(record);
}

function codecOf(record: VaultRecord): RecordCodec<VaultRecord> {
  return recordCodecs[record.type];
}

/** By the first byte of a record. Bundles that use none leave it out. */
const codecsByNumber = /* @__PURE__ */ byNumber();

function byNumber(): readonly (RecordCodec<VaultRecord> | undefined)[] {
  const codecs: (RecordCodec<VaultRecord> | undefined)[] = [];
  for (const codec of Object.values<RecordCodec<VaultRecord>>(recordCodecs)) {
    codecs[codec.number] = codec;
  }
  return codecs;
}
