import { createHash } from 'node:crypto';
import type { Database, Sqlite } from '../../vault/sqlite/database.ts';
import { daysWithMinutes, rollUp } from '../../vault/history/dayQueries.ts';
import { defaultDayStartHour, type Ledger } from '../../vault/ledger/ledger.ts';
import { columnsOf, contentTables } from '../../vault/database/contentDigest.ts';
import { dropKnownSessions } from '../copies/knownSessions.ts';
import { emptyLike, insertRow, rowBytes, valuesOf } from './syncMonths.ts';

interface Change {
  readonly id: Uint8Array;
  readonly isNew: boolean;
}

/**
 * What other devices' files bring that the vault does not have. They are taken into the ledger, and the rows that this
 * changed, as they are then, become one small snapshot beside the others: readers unite all snapshots, and the next
 * compaction makes one of them. So an evening's sync writes an evening, not ten years.
 */
export class SyncNews {
  readonly #ledger: Ledger;
  /** By table and id: the hash of the row before; `undefined` where there was none. */
  readonly #before = new Map<string, Map<string, string | undefined>>();

  #changed: ReadonlyMap<string, readonly Change[]> | undefined;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /**
   * Takes a file's database in. What was deleted here stays so.
   * @param database is changed, in memory
   * @throws {VaultError} `damaged`, `unknownVersion` for what a part of it holds
   */
  take(database: Database, between: () => void): void {
    const present = this.#ledger.database;
    dropKnownSessions(database, present, between);
    for (const table of contentTables(present)) {
      const known = this.#before.get(table) ?? new Map<string, string | undefined>();
      this.#before.set(table, known);
      const columns = columnsOf(present, table);
      for (const row of database.rows(`SELECT id FROM ${table}`)) {
        const id = row.blob(0);
        const name = Buffer.from(id).toString('hex');
        if (!known.has(name)) {
          known.set(name, hashOfRow(present, table, columns, id));
        }
      }
      between();
    }
    this.#changed = undefined;
    this.#ledger.takeDatabase(database, { between });
  }

  /** How many records there are now that were not there, by table; tables without any are left out. */
  added(): Record<string, number> {
    return Object.fromEntries(
      [...this.#changes()]
        .map(([table, rows]): [string, number] => [table, rows.filter(({ isNew }) => isNew).length])
        .filter(([, count]) => count > 0),
    );
  }

  /** The changed rows as a snapshot's database; `undefined` when none was. */
  makeHead(sqlite: Sqlite): Uint8Array | undefined {
    const changes = this.#changes();
    if ([...changes.values()].every((rows) => rows.length === 0)) {
      return undefined;
    }
    const present = this.#ledger.database;
    const head = emptyLike(present, sqlite);
    try {
      head.transaction(() => {
        for (const [table, rows] of changes) {
          const columns = columnsOf(present, table);
          for (const { id } of rows) {
            const row = present.row(`SELECT ${columns.join(', ')} FROM ${table} WHERE id = ?`, [
              id,
            ]);
            if (row !== undefined) {
              insertRow(head, table, columns, valuesOf(row, columns.length));
            }
          }
        }
      });
      // It is read as any snapshot is, and may be the only one.
      const hour = present.row("SELECT value FROM meta WHERE key = 'day_start_hour'")?.number(0);
      const dayStartHour = hour ?? defaultDayStartHour;
      rollUp(head, daysWithMinutes(head, dayStartHour), dayStartHour);
      return head.export();
    } finally {
      head.close();
    }
  }

  #changes(): ReadonlyMap<string, readonly Change[]> {
    this.#changed ??= this.#compare();
    return this.#changed;
  }

  #compare(): Map<string, readonly Change[]> {
    const present = this.#ledger.database;
    const changed = new Map<string, readonly Change[]>();
    for (const [table, known] of this.#before) {
      const columns = columnsOf(present, table);
      const rows = [...known].flatMap(([name, before]) => {
        const id = Uint8Array.from(Buffer.from(name, 'hex'));
        const now = hashOfRow(present, table, columns, id);
        return now === undefined || now === before ? [] : { id, isNew: before === undefined };
      });
      changed.set(table, rows);
    }
    return changed;
  }
}

function hashOfRow(
  database: Database,
  table: string,
  columns: readonly string[],
  id: Uint8Array,
): string | undefined {
  const row = database.row(`SELECT ${columns.join(', ')} FROM ${table} WHERE id = ?`, [id]);
  if (row === undefined) {
    return undefined;
  }
  return createHash('sha256')
    .update(rowBytes(valuesOf(row, columns.length)))
    .digest('base64');
}
