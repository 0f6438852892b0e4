import { idBytes } from '../codecs/rowValues.ts';
import type { RecordId } from '../record.ts';
import type { Database } from '../sqlite/database.ts';
import type { LoneRecord, LoneTable } from './recordKind.ts';

/** Records that stand by themselves out of their rows, whatever their kind. */

/** Every record of a table, in its order. */
export function readRecords<R extends LoneRecord>(database: Database, table: LoneTable<R>): R[] {
  return database
    .rows(`SELECT ${table.columns.join(', ')} FROM ${table.name} ORDER BY ${table.order}`)
    .map((row) => table.fromRow(row));
}

/** The record of this id, or `undefined` when the table has none. */
export function readRecord<R extends LoneRecord>(
  database: Database,
  table: LoneTable<R>,
  id: RecordId,
): R | undefined {
  const sql = `SELECT ${table.columns.join(', ')} FROM ${table.name} WHERE id = ?`;
  const row = database.row(sql, [idBytes(id)]);
  return row && table.fromRow(row);
}
