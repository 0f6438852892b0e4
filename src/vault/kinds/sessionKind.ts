import { isFocusedState } from '../../facts/flow.ts';
import { isRecordId, isTime, isZoneOffset } from '../codecs/bounds.ts';
import { readSamples } from '../codecs/minuteSeries.ts';
import {
  begin,
  expectLength,
  idBytes,
  idIn,
  originOf as originAt,
  prefixBytes,
  whole,
} from '../codecs/recordBytes.ts';
import { originOf } from '../codecs/rowValues.ts';
import { origins, type SessionRecord } from '../record.ts';
import type { RecordCodec, RecordTable } from './recordKind.ts';
import { sessionReachKey } from './sessionRows.ts';

/** Sessions. Their rows hold their minutes as well; `sessionRows.ts` has the rules by which tellings become one. */

const sessionBytes = prefixBytes + idBytes + 6 + 6 + 2 + 1;

export const sessionCodec: RecordCodec<SessionRecord> = {
  number: 1,
  encode: encodeSession,
  decode: decodeSession,
  isSound: isSoundSession,
  timeOf: ({ endMs }) => endMs,
  deletedBy: ({ id }) => id,
  endsSegment: () => false,
};

export const sessionTable: RecordTable = {
  name: 'sessions',
  // The text is the same in every database of this schema; origins that came later are in record.ts.
  schema: `CREATE TABLE sessions (
  number              INTEGER PRIMARY KEY,
  id                  BLOB NOT NULL UNIQUE,
  -- 1 when start and end are the session's own; 0 when they are only the bounds of its minutes.
  told                INTEGER NOT NULL,
  start_ms            INTEGER NOT NULL,
  end_ms              INTEGER NOT NULL,
  zone_offset_minutes INTEGER NOT NULL,
  -- 0 recorded, 1 demo, 2 imported
  origin              INTEGER NOT NULL,
  -- All minutes, packed; the view "minutes" unpacks them.
  series              BLOB NOT NULL
);
-- With the bytes of a session, so that counting what is stored reads none.
CREATE INDEX sessions_by_start ON sessions (start_ms, 32 + length(series));
`,
  startMs: 'start_ms',
  endMs: 'end_ms',
  zoneOffsetMinutes: 'zone_offset_minutes',
  isOfDay: true,
  monthColumn: 'start_ms',
  boundKeys: [sessionReachKey],
  dependents: ['DELETE FROM rescored WHERE session = (SELECT number FROM sessions WHERE id = ?)'],
  stored: {
    index: 'sessions_by_start',
    bytes: '32 + length(series)',
    columns: 'end_ms, zone_offset_minutes, origin, series',
    fieldsOf(row) {
      const samples = readSamples(row.blob(5));
      const focusedSeconds = samples
        .filter(({ state }) => isFocusedState(state))
        .reduce((sum, { seconds }) => sum + seconds, 0);
      return [
        { name: 'startMs', value: row.number(1) },
        { name: 'endMs', value: row.number(2) },
        { name: 'zoneOffsetMinutes', value: row.number(3) },
        { name: 'minutes', value: samples.length },
        { name: 'focusedSeconds', value: focusedSeconds },
        { name: 'origin', value: originOf(row.number(4)) },
      ];
    },
  },
};

function encodeSession(record: SessionRecord): Uint8Array {
  const target = begin(sessionCodec.number, record.id, sessionBytes);
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
    origin: originAt(source.readUInt8(32)),
  };
}

function isSoundSession({ id, startMs, endMs, zoneOffsetMinutes }: SessionRecord): boolean {
  return isRecordId(id) && isTime(startMs) && isTime(endMs) && isZoneOffset(zoneOffsetMinutes);
}
