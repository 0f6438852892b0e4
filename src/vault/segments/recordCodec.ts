import { featureCount } from '../../base/flow.ts';
import { packedMinuteBytes, packMinute, unpackMinute } from '../codecs/minuteCodec.ts';
import { decodeFocusSession, encodeFocusSession } from '../kinds/focusSessionCodec.ts';
import {
  begin,
  expectLength,
  idBytes,
  idIn,
  malformed,
  originOf,
  prefixBytes,
  recordTypes,
  recordVersion,
  whole,
} from '../codecs/recordBytes.ts';
import {
  activities,
  auditActions,
  origins,
  type AuditRecord,
  type FeedbackRecord,
  type MinuteRecord,
  type SessionRecord,
  type TemplateRecord,
  type TombstoneRecord,
  type VaultRecord,
} from '../record.ts';

/**
 * A record as a segment's plaintext: type, schema version, payload. Integers are little-endian; the layouts
 * are in docs/vault-format.md, "Records". Types are never used again and layouts never changed: a change is a
 * new schema version.
 */

const sha256Bytes = 32;
const sessionBytes = prefixBytes + idBytes + 6 + 6 + 2 + 1;
const minuteBytes = prefixBytes + idBytes + 4 + 2 + 1 + packedMinuteBytes;
const tombstoneBytes = prefixBytes + idBytes + 6;
const templateHeadBytes = prefixBytes + idBytes + 4 + 6 + sha256Bytes + 1;
const auditBytes = prefixBytes + idBytes + 6 + 2 + 1;
const feedbackBytes = prefixBytes + idBytes + 6 + 2 + 1 + 1 + 1 + 1 + featureCount;
/** A normalised feature, within +-3, in one signed byte. */
const featureSteps = 40;
const interruptedFlag = 1;
const featuresFlag = 2;
const templateName = /^[a-z0-9.-]{1,64}$/;

/** The most bytes that an encoded record may have. */
export const longestRecordBytes = 1 << 20;

/**
 * The bytes of a record.
 * @throws {RangeError} when a field is out of its range, or the record longer than {@link longestRecordBytes}.
 */
export function encodeRecord(record: VaultRecord): Uint8Array {
  switch (record.type) {
    case 'session':
      return encodeSession(record);
    case 'minute':
      return encodeMinute(record);
    case 'tombstone':
      return encodeTombstone(record);
    case 'template':
      return encodeTemplate(record);
    case 'feedback':
      return encodeFeedback(record);
    case 'focusSession':
      return encodeFocusSession(record);
    case 'audit':
      return encodeAudit(record);
  }
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
  if (source.readUInt8(1) !== recordVersion) {
    return undefined;
  }
  switch (source.readUInt8(0)) {
    case recordTypes.session:
      return decodeSession(source);
    case recordTypes.minute:
      return decodeMinute(source);
    case recordTypes.tombstone:
      return decodeTombstone(source);
    case recordTypes.template:
      return decodeTemplate(source);
    case recordTypes.feedback:
      return decodeFeedback(source);
    case recordTypes.focusSession:
      return decodeFocusSession(source);
    case recordTypes.audit:
      return decodeAudit(source);
    default:
      return undefined;
  }
}

/** The wall-clock time that a record is about, to say which stretch of time a loss falls into. */
export function timeOfRecord(record: VaultRecord): number {
  switch (record.type) {
    case 'session':
      return record.endMs;
    case 'minute':
      return record.sample.minute * 60_000;
    case 'tombstone':
      return record.deletedMs;
    case 'template':
      return record.createdMs;
    case 'feedback':
    case 'audit':
      return record.atMs;
    case 'focusSession':
      return record.end?.atMs ?? record.startMs;
  }
}

function encodeSession(record: SessionRecord): Uint8Array {
  const target = begin(recordTypes.session, record.id, sessionBytes);
  target.writeUIntLE(whole(record.startMs), 18, 6);
  target.writeUIntLE(whole(record.endMs), 24, 6);
  target.writeInt16LE(whole(record.zoneOffsetMinutes), 30);
  target.writeUInt8(origins.indexOf(record.origin), 32);
  return target;
}

function decodeSession(source: Buffer): SessionRecord {
  expectLength(source, sessionBytes);
  return {
    type: 'session',
    id: idIn(source),
    startMs: source.readUIntLE(18, 6),
    endMs: source.readUIntLE(24, 6),
    zoneOffsetMinutes: source.readInt16LE(30),
    origin: originOf(source.readUInt8(32)),
  };
}

function encodeMinute(record: MinuteRecord): Uint8Array {
  const target = begin(recordTypes.minute, record.session, minuteBytes);
  target.writeUInt32LE(whole(record.sample.minute), 18);
  target.writeInt16LE(whole(record.zoneOffsetMinutes), 22);
  target.writeUInt8(origins.indexOf(record.origin), 24);
  packMinute(record.sample, target, 25);
  return target;
}

function decodeMinute(source: Buffer): MinuteRecord {
  expectLength(source, minuteBytes);
  return {
    type: 'minute',
    session: idIn(source),
    zoneOffsetMinutes: source.readInt16LE(22),
    origin: originOf(source.readUInt8(24)),
    sample: unpackMinute(source, 25, source.readUInt32LE(18)),
  };
}

function encodeTombstone(record: TombstoneRecord): Uint8Array {
  const target = begin(recordTypes.tombstone, record.id, tombstoneBytes);
  target.writeUIntLE(whole(record.deletedMs), 18, 6);
  return target;
}

function decodeTombstone(source: Buffer): TombstoneRecord {
  expectLength(source, tombstoneBytes);
  return { type: 'tombstone', id: idIn(source), deletedMs: source.readUIntLE(18, 6) };
}

function encodeTemplate(record: TemplateRecord): Uint8Array {
  if (!templateName.test(record.name) || record.sha256.length !== sha256Bytes) {
    throw new RangeError('A template has a name of 1-64 characters a-z0-9.- and a SHA-256');
  }
  const bytes = templateHeadBytes + record.name.length + record.deflated.length;
  if (bytes > longestRecordBytes) {
    throw new RangeError('A template is longer than a record can be');
  }
  const target = begin(recordTypes.template, record.id, bytes);
  target.writeUInt32LE(whole(record.version), 18);
  target.writeUIntLE(whole(record.createdMs), 22, 6);
  target.set(record.sha256, 28);
  target.writeUInt8(record.name.length, 60);
  target.write(record.name, templateHeadBytes, 'latin1');
  target.set(record.deflated, templateHeadBytes + record.name.length);
  return target;
}

function decodeTemplate(source: Buffer): TemplateRecord {
  const nameEnd =
    templateHeadBytes + (source.length < templateHeadBytes ? 0 : source.readUInt8(60));
  if (source.length < Math.max(nameEnd, templateHeadBytes)) {
    throw malformed();
  }
  const name = source.toString('latin1', templateHeadBytes, nameEnd);
  if (!templateName.test(name)) {
    throw malformed();
  }
  return {
    type: 'template',
    id: idIn(source),
    name,
    version: source.readUInt32LE(18),
    createdMs: source.readUIntLE(22, 6),
    sha256: Uint8Array.from(source.subarray(28, 28 + sha256Bytes)),
    deflated: Uint8Array.from(source.subarray(nameEnd)),
  };
}

function encodeFeedback(record: FeedbackRecord): Uint8Array {
  const { rating, features } = record;
  if (!Number.isInteger(rating) || rating < 1 || rating > 7) {
    throw new RangeError('A rating is a whole number from 1 to 7');
  }
  const target = begin(recordTypes.feedback, record.id, feedbackBytes);
  target.writeUIntLE(whole(record.atMs), 18, 6);
  target.writeInt16LE(whole(record.zoneOffsetMinutes), 24);
  target.writeUInt8(rating, 26);
  target.writeUInt8(activities.indexOf(record.activity), 27);
  target.writeUInt8(
    (record.interrupted ? interruptedFlag : 0) | (features === undefined ? 0 : featuresFlag),
    28,
  );
  target.writeUInt8(origins.indexOf(record.origin), 29);
  target.set(packFeatures(features), 30);
  return target;
}

function decodeFeedback(source: Buffer): FeedbackRecord {
  expectLength(source, feedbackBytes);
  const rating = source.readUInt8(26);
  const activity = activities[source.readUInt8(27)];
  const flags = source.readUInt8(28);
  if (rating < 1 || rating > 7 || activity === undefined) {
    throw malformed();
  }
  return {
    type: 'feedback',
    id: idIn(source),
    atMs: source.readUIntLE(18, 6),
    zoneOffsetMinutes: source.readInt16LE(24),
    rating,
    activity,
    interrupted: (flags & interruptedFlag) !== 0,
    features: (flags & featuresFlag) === 0 ? undefined : unpackFeatures(source.subarray(30)),
    origin: originOf(source.readUInt8(29)),
  };
}

function encodeAudit(record: AuditRecord): Uint8Array {
  const target = begin(recordTypes.audit, record.id, auditBytes);
  target.writeUIntLE(whole(record.atMs), 18, 6);
  target.writeInt16LE(whole(record.zoneOffsetMinutes), 24);
  target.writeUInt8(auditActions.indexOf(record.action), 26);
  return target;
}

function decodeAudit(source: Buffer): AuditRecord {
  expectLength(source, auditBytes);
  const action = auditActions[source.readUInt8(26)];
  if (action === undefined) {
    throw malformed();
  }
  return {
    type: 'audit',
    id: idIn(source),
    atMs: source.readUIntLE(18, 6),
    zoneOffsetMinutes: source.readInt16LE(24),
    action,
  };
}

/** Five signed bytes; zeros where there are none. */
export function packFeatures(features: Float32Array | undefined): Uint8Array {
  const packed = new Int8Array(featureCount);
  features?.forEach((value, index) => {
    packed[index] = Math.max(-127, Math.min(127, Math.round(value * featureSteps)));
  });
  return new Uint8Array(packed.buffer);
}

/** The features of {@link packFeatures}, within 1/80. */
export function unpackFeatures(packed: Uint8Array): Float32Array {
  return Float32Array.from(new Int8Array(packed), (value) => value / featureSteps);
}
