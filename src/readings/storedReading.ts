import * as v from 'valibot';
import { count, shortText, wallMs } from '../base/guards.ts';

/** The view of what is stored: every kind of record that the vault has, readable, with a way to correct it. */

export const storedKinds = [
  'session',
  'focusSession',
  'feedback',
  'template',
  'audit',
  'tombstone',
] as const;
export type StoredKind = (typeof storedKinds)[number];

export const storedId = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/));

/** One record. `fields` are its contents as they stand in the vault, by name, in their order. */
const storedRecord = v.strictObject({
  id: storedId,
  atMs: wallMs,
  fields: v.array(
    v.strictObject({
      name: shortText,
      value: v.union([v.string(), v.number(), v.boolean(), v.null()]),
    }),
  ),
});

export const storedOverview = v.strictObject({
  /** What the vault's files take on the disk, all together. */
  bytesOnDisk: count,
  kinds: v.array(
    v.strictObject({
      kind: v.picklist(storedKinds),
      records: count,
      /** What the contents take inside the database, before it is packed and sealed. */
      bytes: count,
      firstMs: v.nullable(wallMs),
      lastMs: v.nullable(wallMs),
    }),
  ),
});

/** A page of records of one kind, newest first. */
export const storedPage = v.strictObject({
  records: v.pipe(v.array(storedRecord), v.maxLength(100)),
  /** More are before these. */
  hasMore: v.boolean(),
});

export type StoredOverview = v.InferOutput<typeof storedOverview>;
export type StoredRecord = v.InferOutput<typeof storedRecord>;
export type StoredPage = v.InferOutput<typeof storedPage>;

/** Whether records of a kind can be deleted: all but what says that others are gone, and what was done. */
export function isDeletable(kind: StoredKind): boolean {
  return kind !== 'audit' && kind !== 'tombstone';
}

/** Whether something in a record is the person's to put right. */
export function isCorrectable(kind: StoredKind, { fields }: StoredRecord): boolean {
  // Only who ended a focus session early has given a reason for it.
  return kind === 'focusSession'
    ? fields.some(({ name, value }) => name === 'endedBy' && value === 'early')
    : kind === 'session' || kind === 'feedback';
}
