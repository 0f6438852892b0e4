import * as v from 'valibot';
import { isRecordId, isTime } from '../codecs/bounds.ts';
import { recordId, time } from '../codecs/jsonFields.ts';
import {
  begin,
  expectLength,
  idBytes as bytesOfId,
  idIn,
  prefixBytes,
  whole,
} from '../codecs/recordBytes.ts';
import { idBytes, idText } from '../codecs/rowValues.ts';
import type { RecordId, TombstoneRecord } from '../record.ts';
import type { Database } from '../sqlite/database.ts';
import { readRecords } from './loneRows.ts';
import type { LoneTable, RecordCodec, RecordForm } from './recordKind.ts';

/** That something was deleted. Its id is that of what is gone; nothing deletes a deletion. */

const tombstoneBytes = prefixBytes + bytesOfId + 6;

export const tombstoneCodec: RecordCodec<TombstoneRecord> = {
  number: 3,
  encode(record) {
    const target = begin(tombstoneCodec.number, record.id, tombstoneBytes);
    target.writeUIntLE(whole(record.deletedMs), 18, 6);
    return target;
  },
  decode(source) {
    expectLength(source, tombstoneBytes);
    return { type: 'tombstone', id: idIn(source), deletedMs: source.readUIntLE(18, 6) };
  },
  isSound: isSoundTombstone,
  timeOf: ({ deletedMs }) => deletedMs,
  deletedBy: () => undefined,
  endsSegment: () => true,
};

export const tombstoneTable: LoneTable<TombstoneRecord> = {
  name: 'tombstones',
  schema: `CREATE TABLE tombstones (
  id         BLOB PRIMARY KEY,
  deleted_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX tombstones_by_time ON tombstones (deleted_ms);
`,
  startMs: 'deleted_ms',
  endMs: 'deleted_ms',
  zoneOffsetMinutes: '0',
  isOfDay: false,
  monthColumn: undefined,
  boundKeys: [],
  dependents: [],
  columns: ['id', 'deleted_ms'],
  order: 'id',
  toRow: ({ id, deletedMs }) => [idBytes(id), deletedMs],
  fromRow: (row) => ({ type: 'tombstone', id: idText(row.blob(0)), deletedMs: row.number(1) }),
  isSound: isSoundTombstone,
  uniting: { unite: (one, other) => (other.deletedMs < one.deletedMs ? other : one) },
  reach: undefined,
  stored: {
    index: 'tombstones_by_time',
    bytes: '22',
    columns: 'id',
    fieldsOf: (row) => [{ name: 'deletedMs', value: row.number(1) }],
  },
};

export const tombstoneForm: RecordForm<TombstoneRecord> = {
  name: 'tombstones',
  columns: ['id', 'deleted'],
  timeOf: ({ deletedMs }) => [deletedMs, undefined],
  toJson: (record, timeText) => ({ id: record.id, deleted: timeText(record.deletedMs) }),
  schema: () =>
    v.pipe(
      v.strictObject({ id: recordId, deleted: time }),
      v.transform(({ id, deleted }): TombstoneRecord => ({
        type: 'tombstone',
        id,
        deletedMs: deleted,
      })),
    ),
};

/** Every deletion that a database knows of. */
export function readTombstones(database: Database): TombstoneRecord[] {
  return readRecords(database, tombstoneTable);
}

/** Whether what has this id was deleted. */
export function isBuried(database: Database, id: RecordId): boolean {
  return database.row('SELECT 1 FROM tombstones WHERE id = ?', [idBytes(id)]) !== undefined;
}

function isSoundTombstone({ id, deletedMs }: TombstoneRecord): boolean {
  return isRecordId(id) && isTime(deletedMs);
}
