import { boundOf } from '../codecs/rowValues.ts';
import type { Database } from '../sqlite/database.ts';
import { readRecord } from './loneRows.ts';
import { keysOf, type LoneRecord, type LoneTable, type LoneType } from './recordKind.ts';
import { recordTables } from './registry.ts';

/** What holds for the records of all kinds that stand by themselves. */

/** Writes a record, or what it adds to what is known of it. Whether it was deleted is the caller's to know. */
export function putRecord(database: Database, record: LoneRecord): void {
  const table: LoneTable<LoneRecord> = recordTables[record.type];
  // Joined with itself when it is the first, so that a row is the same whichever telling came first.
  const united = table.uniting?.unite(readRecord(database, table, record.id) ?? record, record);
  const marks = table.columns.map(() => '?').join(', ');
  database.run(
    `INSERT OR ${united === undefined ? 'IGNORE' : 'REPLACE'} INTO ${table.name}
     (${table.columns.join(', ')}) VALUES (${marks})`,
    table.toRow(united ?? record),
  );
  const { reach } = table;
  const reached = reach?.of(united ?? record) ?? 0;
  if (reach !== undefined && reached > boundOf(database, reach.key)) {
    database.run('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)', [reach.key, reached]);
  }
}

/** The tables of these kinds, deletions first: whatever else is told is held against them. */
export function loneTables(): LoneTable<LoneRecord>[] {
  const others = keysOf(recordTables).filter(
    (type): type is Exclude<LoneType, 'tombstone'> => type !== 'session' && type !== 'tombstone',
  );
  return [recordTables.tombstone, ...others.map((type) => recordTables[type])];
}
