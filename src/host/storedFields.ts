import type { StoredRecord } from '../protocol/stored.ts';

/** One field of a stored record where it is a number. */
export function numberField(record: StoredRecord, name: string): number | undefined {
  const value = record.fields.find((field) => field.name === name)?.value;
  return typeof value === 'number' ? value : undefined;
}
