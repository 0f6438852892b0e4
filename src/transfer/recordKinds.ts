import * as v from 'valibot';
import { featureNames } from '../base/flow.ts';
import type { Database } from '../vault/database/database.ts';
import { readFeedback, readTemplates, readTombstones } from '../vault/database/ingest.ts';
import { idBytes } from '../vault/database/sessionRows.ts';
import {
  activities,
  origins,
  type FeedbackRecord,
  type RecordId,
  type TemplateRecord,
  type TombstoneRecord,
  type VaultRecord,
} from '../vault/record.ts';
import { isInScope, type ExportScope } from './exportScope.ts';
import { formatTime } from './isoTime.ts';
import { blob, blobText, integer, recordId, shortNumber, time, zoneOffset } from './jsonFields.ts';

/**
 * The kinds of records that stand by themselves, as an export has them: everything but sessions, which bring their
 * minutes. A new kind is one more entry; reader, writer and tables follow from it.
 */
export interface RecordKind {
  /** The member of the JSON, and the name of the CSV file. */
  readonly name: string;
  /** The database's table, which has a column `id`. */
  readonly table: string;
  /** What {@link objects} has, by name, in order; an object within has one for each of its members. */
  readonly columns: readonly string[];
  /** All records in the scope, as JSON has them. */
  objects(database: Database, scope: ExportScope): Iterable<Readonly<Record<string, unknown>>>;
  /** A record of what {@link objects} gave, under its own id or another; `undefined` when it is none. */
  parse(value: unknown): LoneRecord | undefined;
}

/** A record with an id of its own and nothing that hangs on it. */
export type LoneRecord = Exclude<VaultRecord, { readonly type: 'session' | 'minute' }>;

/** As many fortieths as a signed byte has. */
const feature = v.pipe(v.number(), v.minValue(-127 / 40), v.maxValue(127 / 40));
const longestTemplateBytes = 1 << 20;

const feedbackKind = kind<FeedbackRecord>({
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

const templateKind = kind<TemplateRecord>({
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

const tombstoneKind = kind<TombstoneRecord>({
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

/** In the order in which an export has them. */
export const recordKinds: readonly RecordKind[] = [feedbackKind, templateKind, tombstoneKind];

/** Whether the vault holds anything of this id, a deletion apart. */
export function isStored(database: Database, id: RecordId): boolean {
  return ['sessions', ...recordKinds.map(({ table }) => table)].some(
    (table) =>
      table !== tombstoneKind.table &&
      database.row(`SELECT 1 FROM ${table} WHERE id = ?`, [idBytes(id)]) !== undefined,
  );
}

interface KindParts<R extends LoneRecord> {
  readonly name: string;
  readonly table: string;
  readonly columns: readonly string[];
  read(database: Database): readonly R[];
  /** When it was, and the zone's offset where the record has one. */
  timeOf(record: R): readonly [wallMs: number, zoneOffsetMinutes: number | undefined];
  toJson(
    record: R,
    timeText: (wallMs: number) => string,
  ): Readonly<Record<string, unknown> & { id: RecordId }>;
  readonly schema: v.GenericSchema<unknown, R>;
}

function kind<R extends LoneRecord>(parts: KindParts<R>): RecordKind {
  const { name, table, columns, schema } = parts;
  return {
    name,
    table,
    columns,
    *objects(database, scope) {
      for (const record of parts.read(database)) {
        const [wallMs, zoneOffsetMinutes] = parts.timeOf(record);
        if (isInScope(scope, wallMs, zoneOffsetMinutes)) {
          yield parts.toJson(record, (atMs) =>
            formatTime(atMs, zoneOffsetMinutes ?? scope.zoneOffsetMinutes(atMs)),
          );
        }
      }
    },
    parse(value) {
      const result = v.safeParse(schema, value, { abortEarly: true });
      return result.success ? result.output : undefined;
    },
  };
}
