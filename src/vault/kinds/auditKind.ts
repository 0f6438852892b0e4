import * as v from 'valibot';
import { isRecordId, isTime, isZoneOffset } from '../codecs/bounds.ts';
import { recordId, time, zoneOffset } from '../codecs/jsonFields.ts';
import {
  begin,
  expectLength,
  idBytes as bytesOfId,
  idIn,
  malformed,
  prefixBytes,
  whole,
} from '../codecs/recordBytes.ts';
import { idBytes, idText } from '../codecs/rowValues.ts';
import { auditActions, type AuditRecord } from '../record.ts';
import { VaultError } from '../vaultError.ts';
import type { LoneTable, RecordCodec, RecordForm } from './recordKind.ts';

/** The log of what was done with the vault. */

const auditBytes = prefixBytes + bytesOfId + 6 + 2 + 1;

export const auditCodec: RecordCodec<AuditRecord> = {
  number: 7,
  encode(record) {
    const target = begin(auditCodec.number, record.id, auditBytes);
    target.writeUIntLE(whole(record.atMs), 18, 6);
    target.writeInt16LE(whole(record.zoneOffsetMinutes), 24);
    target.writeUInt8(auditActions.indexOf(record.action), 26);
    return target;
  },
  decode(source) {
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
  },
  isSound: isSoundAudit,
  timeOf: ({ atMs }) => atMs,
  deletedBy: ({ id }) => id,
  // It is written before anything is purged, so that this window's own records can go as well.
  endsSegment: ({ action }) => action === 'purgeDays',
};

export const auditTable: LoneTable<AuditRecord> = {
  name: 'audit_log',
  schema: `-- What was done with the vault, and when.
CREATE TABLE audit_log (
  id                  BLOB PRIMARY KEY,
  at_ms               INTEGER NOT NULL,
  zone_offset_minutes INTEGER NOT NULL,
  action              TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX audit_log_by_time ON audit_log (at_ms);
`,
  startMs: 'at_ms',
  endMs: 'at_ms',
  zoneOffsetMinutes: 'zone_offset_minutes',
  isOfDay: true,
  monthColumn: 'at_ms',
  boundKeys: [],
  dependents: [],
  columns: ['id', 'at_ms', 'zone_offset_minutes', 'action'],
  order: 'at_ms, id',
  toRow: ({ id, atMs, zoneOffsetMinutes, action }) => [
    idBytes(id),
    atMs,
    zoneOffsetMinutes,
    action,
  ],
  fromRow(row) {
    const word = row.text(3);
    const action = auditActions.find((name) => name === word);
    if (action === undefined) {
      throw new VaultError('unknownVersion', 'The log has a word of a later version');
    }
    return {
      type: 'audit',
      id: idText(row.blob(0)),
      atMs: row.number(1),
      zoneOffsetMinutes: row.number(2),
      action,
    };
  },
  isSound: isSoundAudit,
  uniting: undefined,
  reach: undefined,
  stored: {
    index: 'audit_log_by_time',
    bytes: '32',
    columns: 'zone_offset_minutes, action',
    fieldsOf: (row) => [
      { name: 'atMs', value: row.number(1) },
      { name: 'zoneOffsetMinutes', value: row.number(2) },
      { name: 'event', value: row.text(3) },
    ],
  },
};

export const auditForm: RecordForm<AuditRecord> = {
  name: 'audit',
  columns: ['id', 'at', 'zoneOffsetMinutes', 'action'],
  timeOf: ({ atMs, zoneOffsetMinutes }) => [atMs, zoneOffsetMinutes],
  toJson: ({ id, atMs, zoneOffsetMinutes, action }, timeText) => ({
    id,
    at: timeText(atMs),
    zoneOffsetMinutes,
    action,
  }),
  schema: () =>
    v.pipe(
      v.strictObject({
        id: recordId,
        at: time,
        zoneOffsetMinutes: zoneOffset,
        action: v.picklist(auditActions),
      }),
      v.transform(({ at, ...rest }): AuditRecord => ({ ...rest, type: 'audit', atMs: at })),
    ),
};

function isSoundAudit({ id, atMs, zoneOffsetMinutes }: AuditRecord): boolean {
  return isRecordId(id) && isTime(atMs) && isZoneOffset(zoneOffsetMinutes);
}
