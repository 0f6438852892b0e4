import { translated } from './commandLanguage.ts';

/** What the rows of the vault's tables are called where they are counted, in English. */
export const rowNames = [
  'sessions',
  'minutes',
  'feedback',
  'focus sessions',
  'templates',
  'audit log',
  'tombstones',
] as const;

/** So many rows of a table, in words. */
export function countedRows([table, count]: readonly [string, number]): string {
  return `${count} ${translated(table.replaceAll('_', ' '))}`;
}
