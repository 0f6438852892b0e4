import { isRecordId, isUint32, isZoneOffset } from '../codecs/bounds.ts';
import { packedMinuteBytes, packMinute, unpackMinute } from '../codecs/minuteCodec.ts';
import {
  begin,
  expectLength,
  idBytes,
  idIn,
  originOf,
  prefixBytes,
  whole,
} from '../codecs/recordBytes.ts';
import { origins, type MinuteRecord } from '../record.ts';
import type { RecordCodec } from './recordKind.ts';

/** Minutes. They have bytes of their own only; in the database and in exports they are in their sessions. */

const minuteBytes = prefixBytes + idBytes + 4 + 2 + 1 + packedMinuteBytes;

export const minuteCodec: RecordCodec<MinuteRecord> = {
  number: 2,
  encode: encodeMinute,
  decode: decodeMinute,
  isSound: isSoundMinute,
  timeOf: ({ sample }) => sample.minute * 60_000,
  deletedBy: ({ session }) => session,
  endsSegment: () => false,
};

function encodeMinute(record: MinuteRecord): Uint8Array {
  const target = begin(minuteCodec.number, record.session, minuteBytes);
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

function isSoundMinute({ session, zoneOffsetMinutes, sample }: MinuteRecord): boolean {
  return isRecordId(session) && isZoneOffset(zoneOffsetMinutes) && isUint32(sample.minute);
}
