import * as v from 'valibot';
import { featureNames } from '../../base/flow.ts';
import { readAudit } from '../../vault/database/auditRows.ts';
import type { Database } from '../../vault/sqlite/database.ts';
import { readFeedback, readTemplates, readTombstones } from '../../vault/database/ingest.ts';
import { idBytes } from '../../vault/codecs/rowValues.ts';
import {
  activities,
  auditActions,
  origins,
  type AuditRecord,
  type FeedbackRecord,
  type RecordId,
  type TemplateRecord,
  type TombstoneRecord,
} from '../../vault/record.ts';
import { focusSessionKind } from './focusSessionKind.ts';
import {
  blob,
  blobText,
  integer,
  recordId,
  shortNumber,
  time,
  zoneOffset,
} from '../../vault/codecs/jsonFields.ts';
import { recordKind, type RecordKind } from './recordKind.ts';

/** The kinds themselves, sessions apart. A new kind is one more entry; reader, writer and tables follow from it. */

/** As many fortieths as a signed byte has. */
const feature = v.pipe(v.number(), v.minValue(-127 / 40), v.maxValue(127 / 40));
const longestTemplateBytes = 1 << 20;

const feedbackKind = recordKind<FeedbackRecord>({
  name: 'feedback',
  table: 'feedback',
  columns: [
    ...['id', 'at', 'zoneOffsetMinutes', 'rating', 'activity', 'interrupted', 'origin'],
    ...featureNames.map((name) => `features.${name}`),
  ],
  read: readFeedback,
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
  schema: v.pipe(
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
  ),
});

const templateKind = recordKind<TemplateRecord>({
  name: 'templates',
  table: 'templates',
  columns: ['id', 'name', 'version', 'created', 'sha256', 'deflated'],
  read: readTemplates,
  timeOf: ({ createdMs }) => [createdMs, undefined],
  toJson: (record, timeText) => ({
    id: record.id,
    name: record.name,
    version: record.version,
    created: timeText(record.createdMs),
    sha256: blobText(record.sha256),
    deflated: blobText(record.deflated),
  }),
  schema: v.pipe(
    v.strictObject({
      id: recordId,
      name: v.pipe(v.string(), v.regex(/^[a-z0-9.-]{1,64}$/)),
      version: integer(0, 2 ** 32 - 1),
      created: time,
      sha256: v.pipe(
        blob(32),
        v.check((bytes) => bytes.length === 32),
      ),
      deflated: blob(longestTemplateBytes),
    }),
    v.transform(({ created, ...rest }): TemplateRecord => ({
      ...rest,
      type: 'template',
      createdMs: created,
    })),
  ),
});

const tombstoneKind = recordKind<TombstoneRecord>({
  name: 'tombstones',
  table: 'tombstones',
  columns: ['id', 'deleted'],
  read: readTombstones,
  timeOf: ({ deletedMs }) => [deletedMs, undefined],
  toJson: (record, timeText) => ({ id: record.id, deleted: timeText(record.deletedMs) }),
  schema: v.pipe(
    v.strictObject({ id: recordId, deleted: time }),
    v.transform(({ id, deleted }): TombstoneRecord => ({
      type: 'tombstone',
      id,
      deletedMs: deleted,
    })),
  ),
});

const auditKind = recordKind<AuditRecord>({
  name: 'audit',
  table: 'audit_log',
  columns: ['id', 'at', 'zoneOffsetMinutes', 'action'],
  read: readAudit,
  timeOf: ({ atMs, zoneOffsetMinutes }) => [atMs, zoneOffsetMinutes],
  toJson: ({ id, atMs, zoneOffsetMinutes, action }, timeText) => ({
    id,
    at: timeText(atMs),
    zoneOffsetMinutes,
    action,
  }),
  schema: v.pipe(
    v.strictObject({
      id: recordId,
      at: time,
      zoneOffsetMinutes: zoneOffset,
      action: v.picklist(auditActions),
    }),
    v.transform(({ at, ...rest }): AuditRecord => ({ ...rest, type: 'audit', atMs: at })),
  ),
});

/** In the order in which an export has them. */
export const recordKinds: readonly RecordKind[] = [
  focusSessionKind,
  feedbackKind,
  templateKind,
  auditKind,
  tombstoneKind,
];

/** Whether the vault holds anything of this id, a deletion apart. */
export function isStored(database: Database, id: RecordId): boolean {
  return ['sessions', ...recordKinds.map(({ table }) => table)].some(
    (table) =>
      table !== tombstoneKind.table &&
      database.row(`SELECT 1 FROM ${table} WHERE id = ?`, [idBytes(id)]) !== undefined,
  );
}
