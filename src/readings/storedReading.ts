import * as v from 'valibot';
import { count, shortText, wallMs } from '../facts/guards.ts';

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

/** What may be done with records of a kind, and how a list tells of one. */
interface StoredTraits {
  /** Whether a person can delete one. */
  readonly isDeletable: boolean;
  /** Whether a person can erase all of them. */
  readonly isErasable: boolean;
  /** Whether something in one is the person's to put right; `early`: in one that was ended early. */
  readonly isCorrectable: boolean | 'early';
  /** What stands beside its time: how long it was, a field by name, a rating, or the beginning of its id. */
  readonly summary: { readonly form: 'span' | 'rating' | 'id' } | { readonly field: string };
}

export const storedTraits = {
  session: {
    isDeletable: true,
    isErasable: true,
    isCorrectable: true,
    summary: { form: 'span' },
  },
  focusSession: {
    isDeletable: true,
    isErasable: true,
    // Only who ended a focus session early has given a reason for it.
    isCorrectable: 'early',
    summary: { form: 'span' },
  },
  feedback: {
    isDeletable: true,
    isErasable: true,
    isCorrectable: true,
    summary: { form: 'rating' },
  },
  template: {
    isDeletable: true,
    isErasable: true,
    isCorrectable: false,
    summary: { field: 'name' },
  },
  // What says that others are gone, and what was done, can't be deleted one by one.
  audit: {
    isDeletable: false,
    isErasable: true,
    isCorrectable: false,
    summary: { field: 'event' },
  },
  tombstone: {
    isDeletable: false,
    isErasable: false,
    isCorrectable: false,
    summary: { form: 'id' },
  },
} as const satisfies Readonly<Record<StoredKind, StoredTraits>>;

type KindWith<Trait extends keyof StoredTraits> = {
  [K in StoredKind]: (typeof storedTraits)[K][Trait] extends false ? never : K;
}[StoredKind];
/** Kinds of which a person can delete a record. */
export type DeletableKind = KindWith<'isDeletable'>;
/** Kinds that a person can erase; a session goes with its minutes. */
export type ErasableKind = KindWith<'isErasable'>;
/** Kinds in which something is the person's to put right. */
export type CorrectableKind = KindWith<'isCorrectable'>;

export const erasableKinds: readonly ErasableKind[] = /* @__PURE__ */ storedKinds.filter(
  (kind): kind is ErasableKind => storedTraits[kind].isErasable,
);

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

/** Whether records of a kind can be deleted. */
export function isDeletable(kind: StoredKind): kind is DeletableKind {
  return storedTraits[kind].isDeletable;
}

/** Whether records of a kind can be put right, those of them that {@link isCorrectable} tells of. */
export function isCorrectableKind(kind: StoredKind): kind is CorrectableKind {
  return storedTraits[kind].isCorrectable !== false;
}

/** Whether something in a record is the person's to put right. */
export function isCorrectable(kind: StoredKind, { fields }: StoredRecord): boolean {
  const { isCorrectable: when } = storedTraits[kind];
  return when === 'early'
    ? fields.some(({ name, value }) => name === 'endedBy' && value === 'early')
    : when;
}
