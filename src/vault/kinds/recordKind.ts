import type * as v from 'valibot';
import type { StoredRecord } from '../../readings/storedReading.ts';
import type { RecordId, VaultRecord } from '../record.ts';
import type { Database, Row, Value } from '../sqlite/database.ts';

/**
 * What makes a kind of records: its bytes, its rows, and its form in an export. They are three objects, not one, so that a
 * window, which only ever writes bytes, loads neither SQL nor schemas. `registry.ts` lists them; whatever handles all
 * kinds goes by those lists, so a kind that lacks a part does not compile.
 */

export type RecordType = VaultRecord['type'];
export type RecordOf<T extends RecordType> = Extract<VaultRecord, { readonly type: T }>;
/** Kinds that have a table: all but minutes, which are in the rows of their sessions. */
type TableType = Exclude<RecordType, 'minute'>;
/** Kinds whose records stand by themselves, a row each: all but sessions, which come with their minutes. */
export type LoneType = Exclude<TableType, 'session'>;
export type LoneRecord = RecordOf<LoneType>;

/** A kind as the bytes of a segment: docs/vault-format.md, "Records". A layout never changes. */
export interface RecordCodec<R extends VaultRecord> {
  /** The first byte; none is used again. */
  readonly number: number;
  /** @throws {RangeError} when a field is out of its range */
  encode(record: R): Uint8Array;
  /** @throws {VaultError} `damaged` when no writer writes these bytes */
  decode(source: Buffer): R;
  /** Whether its numbers are within their bounds; what is not is no record, though the bytes have room for it. */
  isSound(record: R): boolean;
  /** The wall-clock time that a record is about, to say which stretch of time a loss falls into. */
  timeOf(record: R): number;
  /** The id by which a tombstone deletes it; `undefined`: nothing does. */
  deletedBy(record: R): RecordId | undefined;
  /** Whether a segment ends behind it: what has to go can be taken away only with a segment that nobody writes to any more. */
  endsSegment(record: R): boolean;
}

/** A kind as a table of the database, which has a column `id`. Every text is SQL. */
export interface RecordTable {
  readonly name: string;
  /** What makes the table and its indexes. */
  readonly schema: string;
  /** When a record begins, and when what it is about is over. */
  readonly startMs: string;
  readonly endMs: string;
  /** Local time minus UTC, in minutes; where a record has none, that of UTC. */
  readonly zoneOffsetMinutes: string;
  /** Whether a record is of a day, so that it goes when days are erased; a template is learned from weeks. */
  readonly isOfDay: boolean;
  /** The column that says in which month's file of a sync folder a record travels; `undefined`: with the deletions. */
  readonly monthColumn: string | undefined;
  /** In `meta`: upper bounds that the table's readers look up by. */
  readonly boundKeys: readonly string[];
  /** Statements that take away what hangs on a row when it is deleted, before it goes; the parameter is its id. */
  readonly dependents: readonly string[];
  readonly stored: StoredRows;
}

/** How rows are counted and shown to who wants to see what is stored. */
interface StoredRows {
  /** What stands in an index that has all that `bytes` asks for. */
  readonly index: string | undefined;
  /** The bytes of a row's contents; what is of fixed length is a number. */
  readonly bytes: string;
  /** What {@link fieldsOf} reads, behind the id and the time of the start. */
  readonly columns: string;
  /** The contents by name; each name has a word in src/webview/shared/englishStrings.ts. */
  fieldsOf(row: Row, database: Database): StoredRecord['fields'];
}

/** A table with a row for each record. */
export interface LoneTable<R extends LoneRecord> extends RecordTable {
  /** All columns that a record has a part in; the first is `id`. */
  readonly columns: readonly string[];
  /** In which order all of them are read. */
  readonly order: string;
  toRow(record: R): Value[];
  /** @throws {VaultError} `unknownVersion` for a word of a later version, `damaged` for what no version writes */
  fromRow(row: Row): R;
  /** As that of its codec. */
  isSound(record: R): boolean;
  /**
   * How two tellings of one record become one; neither order nor repetition may matter. `undefined`: a record of this kind
   * never changes, so the first telling stays.
   */
  readonly uniting: { unite(one: R, other: R): R } | undefined;
  /** How far a record reaches, kept in `meta` under this key as the most of all; `undefined`: nobody looks it up. */
  readonly reach: { readonly key: string; of(record: R): number } | undefined;
}

/** A kind in an export: docs/export-format.md. Sessions have a form of their own, with their minutes. */
export interface RecordForm<R extends LoneRecord> {
  /** The member of the JSON, and the name of the CSV file. */
  readonly name: string;
  /** What {@link toJson} gives, by name, in order; an object within has one for each of its members. */
  readonly columns: readonly string[];
  /** When it was, and the zone's offset where the record has one. */
  timeOf(record: R): readonly [wallMs: number, zoneOffsetMinutes: number | undefined];
  toJson(
    record: R,
    timeText: (wallMs: number) => string,
  ): Readonly<Record<string, unknown> & { id: RecordId }>;
  /** What {@link toJson} gave, back; nothing else passes. Made when it is first needed. */
  schema(): v.GenericSchema<unknown, R>;
}

/** The names of a table that is complete by its type, in its order; `Object.keys` forgets them. */
export function keysOf<K extends string>(table: Readonly<Record<K, unknown>>): K[] {
  return Object.keys(table) as K[];
}
