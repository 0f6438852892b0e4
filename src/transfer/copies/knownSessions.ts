import type { Database } from '../../vault/sqlite/database.ts';

const rowsAtOnce = 2_000;
const columns = 'told, start_ms, end_ms, zone_offset_minutes, origin, series';

/**
 * Takes out of a database the sessions that another has to the byte. To merge them would change nothing, and takes a hundred
 * times as long as to see that they are the same.
 * @param database is changed, in memory
 * @param between called now and then
 */
export function dropKnownSessions(
  database: Database,
  known: Database,
  between: () => void = () => {},
): void {
  const same: Uint8Array[] = [];
  let all = 0;
  for (let after: Uint8Array = new Uint8Array(0); ;) {
    const page = database.rows(
      `SELECT id, ${columns} FROM sessions WHERE id > ? ORDER BY id LIMIT ${rowsAtOnce}`,
      [after],
    );
    for (const row of page) {
      const id = row.blob(0);
      const other = known.row(`SELECT id, ${columns} FROM sessions WHERE id = ?`, [id]);
      const isSame =
        other !== undefined &&
        [1, 2, 3, 4, 5].every((column) => row.number(column) === other.number(column)) &&
        Buffer.compare(row.blob(6), other.blob(6)) === 0;
      if (isSame) {
        same.push(id);
      }
    }
    between();
    all += page.length;
    const last = page.at(-1);
    if (last === undefined || page.length < rowsAtOnce) {
      break;
    }
    after = last.blob(0);
  }
  database.transaction(() => {
    if (same.length === all) {
      database.run('DELETE FROM sessions');
      return;
    }
    for (const id of same) {
      database.run('DELETE FROM sessions WHERE id = ?', [id]);
    }
  });
}
