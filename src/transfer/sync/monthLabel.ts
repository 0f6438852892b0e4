import type { Database } from '../../vault/sqlite/database.ts';

/**
 * What a month's file says of itself, in a place that its author's signature covers: whose it is, which month, and how often its
 * device has written. So no month passes for another, nor one device's for another's, whatever its path, and an earlier one that
 * somebody put back is known for what it is.
 */
export interface MonthLabel {
  /** Of the device that wrote it. */
  readonly device: string;
  /** As `2026-11`, or `tombstones`. */
  readonly month: string;
  /** It grows with all that the device writes: the time, in milliseconds, or more where its clock was set back. */
  readonly number: number;
}

const placeKey = 'sync_month';
const numberKey = 'sync_number';

/** Writes it into a month's database. */
export function writeMonthLabel(database: Database, { device, month, number }: MonthLabel): void {
  const sql = 'INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)';
  database.run(sql, [placeKey, `${device}/${month}`]);
  database.run(sql, [numberKey, number]);
}

/** What a month's database says of itself; `undefined` for one from before months did. */
export function readMonthLabel(database: Database): MonthLabel | undefined {
  const sql = 'SELECT value FROM meta WHERE key = ?';
  const place = database.row(sql, [placeKey])?.value(0);
  const number = database.row(sql, [numberKey])?.value(0);
  const [device, month, ...rest] = typeof place === 'string' ? place.split('/') : [];
  return device === undefined ||
    month === undefined ||
    rest.length > 0 ||
    typeof number !== 'number' ||
    !Number.isSafeInteger(number)
    ? undefined
    : { device, month, number };
}
