import * as v from 'valibot';
import { featureCount, featureNames } from '../../facts/flow.ts';
import { isRecordId, isTime, isZoneOffset } from '../codecs/bounds.ts';
import { integer, recordId, shortNumber, time, zoneOffset } from '../codecs/jsonFields.ts';
import {
  begin,
  expectLength,
  idBytes as bytesOfId,
  idIn,
  malformed,
  originOf as originAt,
  prefixBytes,
  whole,
} from '../codecs/recordBytes.ts';
import { idBytes, idText, originOf } from '../codecs/rowValues.ts';
import { activities, origins, type FeedbackRecord } from '../record.ts';
import type { Database } from '../sqlite/database.ts';
import { readRecords } from './loneRows.ts';
import type { LoneTable, RecordCodec, RecordForm } from './recordKind.ts';

/** Answers about the ten minutes before. */

const feedbackBytes = prefixBytes + bytesOfId + 6 + 2 + 1 + 1 + 1 + 1 + featureCount;
/** A normalised feature, within +-3, in one signed byte. */
const featureSteps = 40;
const interruptedFlag = 1;
const featuresFlag = 2;

export const feedbackCodec: RecordCodec<FeedbackRecord> = {
  number: 5,
  encode: encodeFeedback,
  decode: decodeFeedback,
  isSound: isSoundFeedback,
  timeOf: ({ atMs }) => atMs,
  deletedBy: ({ id }) => id,
  endsSegment: () => false,
};

export const feedbackTable: LoneTable<FeedbackRecord> = {
  name: 'feedback',
  schema: `-- What was answered about the ten minutes before at_ms.
CREATE TABLE feedback (
  id                  BLOB PRIMARY KEY,
  at_ms               INTEGER NOT NULL,
  zone_offset_minutes INTEGER NOT NULL,
  -- 1 (not at all absorbed) to 7 (fully)
  rating              INTEGER NOT NULL,
  -- 0 writing, 1 reading, 2 assisted, 3 other
  activity            INTEGER NOT NULL,
  interrupted         INTEGER NOT NULL,
  origin              INTEGER NOT NULL,
  -- The five normalised features, one signed byte each, in fortieths; NULL without a score.
  features            BLOB
) WITHOUT ROWID;
CREATE INDEX feedback_by_time ON feedback (at_ms);
`,
  startMs: 'at_ms',
  endMs: 'at_ms',
  zoneOffsetMinutes: 'zone_offset_minutes',
  isOfDay: true,
  monthColumn: 'at_ms',
  boundKeys: [],
  dependents: [],
  columns: [
    'id',
    'at_ms',
    'zone_offset_minutes',
    'rating',
    'activity',
    'interrupted',
    'origin',
    'features',
  ],
  order: 'at_ms, id',
  toRow: (record) => [
    idBytes(record.id),
    record.atMs,
    record.zoneOffsetMinutes,
    record.rating,
    activities.indexOf(record.activity),
    record.interrupted ? 1 : 0,
    origins.indexOf(record.origin),
    record.features === undefined ? null : packFeatures(record.features),
  ],
  fromRow: (row) => ({
    type: 'feedback',
    id: idText(row.blob(0)),
    atMs: row.number(1),
    zoneOffsetMinutes: row.number(2),
    rating: row.number(3),
    activity: activities[row.number(4)] ?? 'other',
    interrupted: row.number(5) === 1,
    origin: originOf(row.number(6)),
    features: row.isNull(7) ? undefined : unpackFeatures(row.blob(7)),
  }),
  isSound: isSoundFeedback,
  uniting: undefined,
  reach: undefined,
  stored: {
    index: 'feedback_by_time',
    bytes: '33',
    columns: 'zone_offset_minutes, rating, activity, interrupted, features IS NOT NULL, origin',
    fieldsOf: (row) => [
      { name: 'atMs', value: row.number(1) },
      { name: 'zoneOffsetMinutes', value: row.number(2) },
      { name: 'rating', value: row.number(3) },
      { name: 'activity', value: activities[row.number(4)] ?? 'other' },
      { name: 'interrupted', value: row.number(5) === 1 },
      { name: 'scored', value: row.number(6) === 1 },
      { name: 'origin', value: originOf(row.number(7)) },
    ],
  },
};

export const feedbackForm: RecordForm<FeedbackRecord> = {
  name: 'feedback',
  columns: [
    'id',
    'at',
    'zoneOffsetMinutes',
    'rating',
    'activity',
    'interrupted',
    'origin',
    'features.rhythm',
    'features.focus',
    'features.consistency',
    'features.error',
    'features.velocity',
  ],
  timeOf: ({ atMs, zoneOffsetMinutes }) => [atMs, zoneOffsetMinutes],
  toJson: (record, timeText) => ({
    id: record.id,
    at: timeText(record.atMs),
    zoneOffsetMinutes: record.zoneOffsetMinutes,
    rating: record.rating,
    activity: record.activity,
    interrupted: record.interrupted,
    origin: record.origin,
    features:
      record.features === undefined
        ? null
        : Object.fromEntries(
            featureNames.map((name, index) => [name, shortNumber(record.features?.[index] ?? 0)]),
          ),
  }),
  schema() {
    /** As many fortieths as a signed byte has. */
    const feature = v.pipe(
      v.number(),
      v.minValue(-127 / featureSteps),
      v.maxValue(127 / featureSteps),
    );
    return v.pipe(
      v.strictObject({
        id: recordId,
        at: time,
        zoneOffsetMinutes: zoneOffset,
        rating: integer(1, 7),
        activity: v.picklist(activities),
        interrupted: v.boolean(),
        origin: v.picklist(origins),
        features: v.nullable(
          v.strictObject({
            rhythm: feature,
            focus: feature,
            consistency: feature,
            error: feature,
            velocity: feature,
          }),
        ),
      }),
      v.transform(({ at, features, ...rest }): FeedbackRecord => ({
        ...rest,
        type: 'feedback',
        atMs: at,
        features:
          features === null ? undefined : Float32Array.from(featureNames, (name) => features[name]),
      })),
    );
  },
};

/** Every answer, the oldest first. */
export function readFeedback(database: Database): FeedbackRecord[] {
  return readRecords(database, feedbackTable);
}

function encodeFeedback(record: FeedbackRecord): Uint8Array {
  const { rating, features } = record;
  if (!Number.isInteger(rating) || rating < 1 || rating > 7) {
    throw new RangeError('A rating is a whole number from 1 to 7');
  }
  const target = begin(feedbackCodec.number, record.id, feedbackBytes);
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
    origin: originAt(source.readUInt8(29)),
  };
}

/** Five signed bytes; zeros where there are none. */
function packFeatures(features: Float32Array | undefined): Uint8Array {
  const packed = new Int8Array(featureCount);
  features?.forEach((value, index) => {
    packed[index] = Math.max(-127, Math.min(127, Math.round(value * featureSteps)));
  });
  return new Uint8Array(packed.buffer);
}

/** The features of {@link packFeatures}, within 1/80. */
function unpackFeatures(packed: Uint8Array): Float32Array {
  return Float32Array.from(new Int8Array(packed), (value) => value / featureSteps);
}

function isSoundFeedback({
  id,
  atMs,
  zoneOffsetMinutes,
  rating,
  features,
}: FeedbackRecord): boolean {
  return (
    isRecordId(id) &&
    isTime(atMs) &&
    isZoneOffset(zoneOffsetMinutes) &&
    Number.isInteger(rating) &&
    rating >= 1 &&
    rating <= 7 &&
    (features === undefined || features.length === featureCount)
  );
}
