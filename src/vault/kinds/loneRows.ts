import { idBytes } from '../codecs/rowValues.ts';
import type { RecordId } from '../record.ts';
import type { Database, Row } from '../sqlite/database.ts';
import { RefusedContent, VaultError } from '../vaultError.ts';
import type { LoneRecord, LoneTable } from './recordKind.ts';

/** Records that stand by themselves out of their rows, whatever their kind. */

/**
 * What becomes of a row that is no sound record: `refuse` it with all that it came with, as where somebody else may have made it; or
 * `leaveOut` that row alone, as in the vault itself, which has to go on without what got in before there was this check.
 */
export type Unsound = 'refuse' | 'leaveOut';

/**
 * Every record of a table, in its order.
 * @throws {RefusedContent} when one is to be refused. @throws {VaultError} as `fromRow`, and when the table can't be read
 */
export function readRecords<R extends LoneRecord>(
  database: Database,
  table: LoneTable<R>,
  unsound: Unsound = 'leaveOut',
): R[] {
  return database
    .rows(`SELECT ${table.columns.join(', ')} FROM ${table.name} ORDER BY ${table.order}`)
    .flatMap((row) => {
      const record = soundRecord(table, row);
      if (record === undefined && unsound === 'refuse') {
        throw new RefusedContent('A database holds a record that nothing writes');
      }
      return record ?? [];
    });
}

/** The record of this id, or `undefined` when the table has none that is sound. */
export function readRecord<R extends LoneRecord>(
  database: Database,
  table: LoneTable<R>,
  id: RecordId,
): R | undefined {
  const sql = `SELECT ${table.columns.join(', ')} FROM ${table.name} WHERE id = ?`;
  const row = database.row(sql, [idBytes(id)]);
  return row && soundRecord(table, row);
}

function soundRecord<R extends LoneRecord>(table: LoneTable<R>, row: Row): R | undefined {
  try {
    const record = table.fromRow(row);
    return table.isSound(record) ? record : undefined;
  } catch (error) {
    if (VaultError.is(error, 'damaged')) {
      return undefined;
    }
    throw error;
  }
}
