import { latestTimeMs } from '../codecs/bounds.ts';
import { focusReachKey } from '../kinds/focusSessionRows.ts';
import { keysOf } from '../kinds/recordKind.ts';
import { recordTables } from '../kinds/registry.ts';
import { sessionReachKey } from '../kinds/sessionRows.ts';
import type { Database, Value } from '../sqlite/database.ts';
import { settingKeys, settingOf, valueOf } from './metaSettings.ts';

/** No session is so long; one that is has an end that no calendar has, or is next to one. */
const farMs = 100 * 366 * 24 * 3_600_000;
/** By key of `meta`: of which table, and how far a row of it reaches. */
const reaches = {
  [sessionReachKey]: { table: 'sessions', endMs: 'end_ms' },
  [focusReachKey]: { table: 'focus_sessions', endMs: 'coalesce(end_ms, start_ms)' },
} as const;

/**
 * Takes rows out of a vault's own database that have a time that no calendar has: they got in when nothing looked at what another
 * device's file brought, and each would make every list, roll-up and export fail that it is part of. It looks into indexes, which
 * costs milliseconds, and reads a table only where a bound says that there is something.
 * @returns how many
 */
export function dropUnsoundRows(database: Database): number {
  dropUnsoundMeta(database);
  const found = keysOf(recordTables).flatMap((type) => {
    const { name, startMs, dependents } = recordTables[type];
    // Text and bytes, which no time is either, stand behind all numbers.
    const ids = [
      ...database.rows(`SELECT id FROM ${name} WHERE ${startMs} > ?`, [latestTimeMs]),
      ...database.rows(`SELECT id FROM ${name} WHERE ${startMs} < 0`),
      ...lateEnds(database, name),
    ].map((row) => row.value(0));
    return ids.length === 0 ? [] : [{ name, dependents, ids }];
  });
  if (found.length === 0) {
    return 0;
  }
  return database.transaction(() => {
    for (const { name, dependents, ids } of found) {
      for (const id of ids) {
        for (const sql of [...dependents, `DELETE FROM ${name} WHERE id = ?`]) {
          database.run(sql, [id]);
        }
      }
    }
    for (const [key, { table, endMs }] of Object.entries(reaches)) {
      const reach = database.row(`SELECT coalesce(max(${endMs} - start_ms), 0) FROM ${table}`);
      if (isFar(valueOf(database, key))) {
        database.run('UPDATE meta SET value = ? WHERE key = ?', [reach?.number(0) ?? 0, key]);
      }
    }
    return new Set(found.flatMap(({ ids }) => ids)).size;
  });
}

function lateEnds(database: Database, name: string): ReturnType<Database['rows']> {
  return Object.entries(reaches).flatMap(([key, { table, endMs }]) =>
    table === name && isFar(valueOf(database, key))
      ? database.rows(`SELECT id FROM ${table} WHERE NOT ${endMs} BETWEEN 0 AND ?`, [latestTimeMs])
      : [],
  );
}

/** A reach, or what stands in the place of one. */
function isFar(value: Value): boolean {
  return value !== null && (typeof value !== 'number' || value > farMs);
}

function dropUnsoundMeta(database: Database): void {
  for (const key of settingKeys) {
    if (valueOf(database, key) !== null && settingOf(database, key) === undefined) {
      database.run('DELETE FROM meta WHERE key = ?', [key]);
    }
  }
}
