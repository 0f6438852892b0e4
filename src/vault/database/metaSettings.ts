import type { Database, Value } from '../sqlite/database.ts';
import { keysOf } from '../kinds/recordKind.ts';

/** By key of `meta` that says how a database is counted and scored: the least and the most that its value can be. */
const bounds = {
  day_start_hour: [0, 23],
  rules: [1, Number.MAX_SAFE_INTEGER],
  counting_rules: [1, Number.MAX_SAFE_INTEGER],
} as const;
type SettingKey = keyof typeof bounds;

export const settingKeys: readonly SettingKey[] = keysOf(bounds);

/** A value that is what it can be; `undefined` for any other, and where there is none. */
export function settingOf(database: Database, key: SettingKey): number | undefined {
  const value = valueOf(database, key);
  const [least, most] = bounds[key];
  const isSound = typeof value === 'number' && Number.isInteger(value);
  return isSound && value >= least && value <= most ? value : undefined;
}

/** Whatever stands in `meta` under a key; `null` where nothing does. */
export function valueOf(database: Database, key: string): Value {
  return database.row('SELECT value FROM meta WHERE key = ?', [key])?.value(0) ?? null;
}
