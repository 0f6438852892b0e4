import * as v from 'valibot';
import { formatTime } from '../../facts/isoTime.ts';
import { idBytes } from '../../vault/codecs/rowValues.ts';
import { readRecords } from '../../vault/kinds/loneRows.ts';
import {
  keysOf,
  type LoneRecord,
  type LoneTable,
  type RecordForm,
} from '../../vault/kinds/recordKind.ts';
import { recordForms, recordTables } from '../../vault/kinds/registry.ts';
import type { RecordId } from '../../vault/record.ts';
import type { Database } from '../../vault/sqlite/database.ts';
import { isInScope, type ExportScope } from './exportScope.ts';

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

/** In the order in which an export has them. */
export const recordKinds: readonly RecordKind[] = /* @__PURE__ */ everyKind();

/** Whether the vault holds anything of this id, a deletion apart. */
export function isStored(database: Database, id: RecordId): boolean {
  return keysOf(recordTables).some(
    (type) =>
      type !== 'tombstone' &&
      database.row(`SELECT 1 FROM ${recordTables[type].name} WHERE id = ?`, [idBytes(id)]) !==
        undefined,
  );
}

function everyKind(): RecordKind[] {
  return keysOf(recordForms).map((type) => recordKind(recordForms[type], recordTables[type]));
}

function recordKind(form: RecordForm<LoneRecord>, table: LoneTable<LoneRecord>): RecordKind {
  let schema: v.GenericSchema<unknown, LoneRecord> | undefined;
  return {
    name: form.name,
    table: table.name,
    columns: form.columns,
    *objects(database, scope) {
      for (const record of readRecords(database, table)) {
        const [wallMs, zoneOffsetMinutes] = form.timeOf(record);
        if (isInScope(scope, wallMs, zoneOffsetMinutes)) {
          yield form.toJson(record, (atMs) =>
            formatTime(atMs, zoneOffsetMinutes ?? scope.zoneOffsetMinutes(atMs)),
          );
        }
      }
    },
    parse(value) {
      schema ??= form.schema();
      const result = v.safeParse(schema, value, { abortEarly: true });
      return result.success ? result.output : undefined;
    },
  };
}
