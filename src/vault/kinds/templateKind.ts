import * as v from 'valibot';
import { isRecordId, isTime, isUint32 } from '../codecs/bounds.ts';
import { blob, blobText, integer, recordId, time } from '../codecs/jsonFields.ts';
import {
  begin,
  idBytes as bytesOfId,
  idIn,
  longestRecordBytes,
  malformed,
  prefixBytes,
  whole,
} from '../codecs/recordBytes.ts';
import { idBytes, idText } from '../codecs/rowValues.ts';
import type { TemplateRecord } from '../record.ts';
import type { LoneTable, RecordCodec, RecordForm } from './recordKind.ts';

/** Versions of biometric templates. */

const sha256Bytes = 32;
const templateHeadBytes = prefixBytes + bytesOfId + 4 + 6 + sha256Bytes + 1;
const templateName = /^[a-z0-9.-]{1,64}$/;

export const templateCodec: RecordCodec<TemplateRecord> = {
  number: 4,
  encode: encodeTemplate,
  decode: decodeTemplate,
  isSound: isSoundTemplate,
  timeOf: ({ createdMs }) => createdMs,
  deletedBy: ({ id }) => id,
  endsSegment: () => true,
};

export const templateTable: LoneTable<TemplateRecord> = {
  name: 'templates',
  schema: `CREATE TABLE templates (
  id         BLOB PRIMARY KEY,
  name       TEXT NOT NULL,
  version    INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  sha256     BLOB NOT NULL,
  -- Raw deflate (RFC 1951).
  deflated   BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX templates_by_name ON templates (name, version);
`,
  startMs: 'created_ms',
  endMs: 'created_ms',
  zoneOffsetMinutes: '0',
  isOfDay: false,
  monthColumn: 'created_ms',
  boundKeys: [],
  dependents: [],
  columns: ['id', 'name', 'version', 'created_ms', 'sha256', 'deflated'],
  order: 'id',
  toRow: (record) => [
    idBytes(record.id),
    record.name,
    record.version,
    record.createdMs,
    record.sha256,
    record.deflated,
  ],
  fromRow: (row) => ({
    type: 'template',
    id: idText(row.blob(0)),
    name: row.text(1),
    version: row.number(2),
    createdMs: row.number(3),
    sha256: row.blob(4),
    deflated: row.blob(5),
  }),
  isSound: isSoundTemplate,
  uniting: undefined,
  reach: undefined,
  stored: {
    index: undefined,
    bytes: '58 + length(name) + length(deflated)',
    columns: 'name, version, length(deflated)',
    fieldsOf: (row) => [
      { name: 'createdMs', value: row.number(1) },
      { name: 'name', value: row.text(2) },
      { name: 'version', value: row.number(3) },
      { name: 'bytes', value: row.number(4) },
    ],
  },
};

export const templateForm: RecordForm<TemplateRecord> = {
  name: 'templates',
  columns: ['id', 'name', 'version', 'created', 'sha256', 'deflated'],
  timeOf: ({ createdMs }) => [createdMs, undefined],
  toJson: (record, timeText) => ({
    id: record.id,
    name: record.name,
    version: record.version,
    created: timeText(record.createdMs),
    sha256: blobText(record.sha256),
    deflated: blobText(record.deflated),
  }),
  schema: () =>
    v.pipe(
      v.strictObject({
        id: recordId,
        name: v.pipe(v.string(), v.regex(templateName)),
        version: integer(0, 2 ** 32 - 1),
        created: time,
        sha256: v.pipe(
          blob(sha256Bytes),
          v.check((bytes) => bytes.length === sha256Bytes),
        ),
        deflated: blob(longestRecordBytes),
      }),
      v.transform(({ created, ...rest }): TemplateRecord => ({
        ...rest,
        type: 'template',
        createdMs: created,
      })),
    ),
};

function encodeTemplate(record: TemplateRecord): Uint8Array {
  if (!templateName.test(record.name) || record.sha256.length !== sha256Bytes) {
    throw new RangeError('A template has a name of 1-64 characters a-z0-9.- and a SHA-256');
  }
  const bytes = templateHeadBytes + record.name.length + record.deflated.length;
  if (bytes > longestRecordBytes) {
    throw new RangeError('A template is longer than a record can be');
  }
  const target = begin(templateCodec.number, record.id, bytes);
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

function isSoundTemplate(record: TemplateRecord): boolean {
  const { id, name, version, createdMs, sha256, deflated } = record;
  return (
    isRecordId(id) &&
    templateName.test(name) &&
    Number.isInteger(version) &&
    isUint32(version) &&
    isTime(createdMs) &&
    sha256.length === sha256Bytes &&
    templateHeadBytes + name.length + deflated.length <= longestRecordBytes
  );
}
