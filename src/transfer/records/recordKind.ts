import * as v from 'valibot';
import type { Database } from '../../vault/sqlite/database.ts';
import type { RecordId, VaultRecord } from '../../vault/record.ts';
import { isInScope, type ExportScope } from './exportScope.ts';
import { formatTime } from '../../base/isoTime.ts';

/** A kind of records that stand by themselves, as an export has them: everything but sessions, which bring their minutes. */
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

/** What a kind is made of. */
export interface KindParts<R extends LoneRecord> {
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

/** A kind of its parts. */
export function recordKind<R extends LoneRecord>(parts: KindParts<R>): RecordKind {
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
