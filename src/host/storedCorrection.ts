import type { EarlyReason } from '../base/focusSession.ts';
import type { StoredRecord } from '../protocol/stored.ts';
import type { Activity } from '../vault/record.ts';

/** What somebody puts right in one record; all else of it stays as it is. */
export type StoredCorrection =
  | { readonly kind: 'session'; readonly startMs: number; readonly endMs: number }
  | {
      readonly kind: 'feedback';
      readonly rating: number;
      readonly activity: Activity;
      readonly interrupted: boolean;
    }
  | { readonly kind: 'focusSession'; readonly reason: EarlyReason };

/** One field of a stored record where it is a number. */
export function numberField(record: StoredRecord, name: string): number | undefined {
  const value = record.fields.find((field) => field.name === name)?.value;
  return typeof value === 'number' ? value : undefined;
}

/** One field of a stored record where it is text. */
export function textField(record: StoredRecord, name: string): string | undefined {
  const value = record.fields.find((field) => field.name === name)?.value;
  return typeof value === 'string' ? value : undefined;
}
