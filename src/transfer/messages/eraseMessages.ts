import * as v from 'valibot';
import { count, wallMs } from '../../facts/guards.ts';
import { erasableKinds } from '../../readings/storedReading.ts';
import { recordId } from '../../vault/codecs/jsonFields.ts';
import { transferFailures } from '../transferError.ts';

/** The jobs that erase, as they are asked for and answered. */

const filePath = v.pipe(v.string(), v.minLength(1), v.maxLength(32_768));
/** `2026-11-21`: a person's day. */
const dayText = v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\d$/));

/** What is to be erased. Days: from the first to the last, both included. */
const selection = v.variant('what', [
  v.strictObject({ what: v.literal('days'), from: dayText, to: dayText }),
  v.strictObject({ what: v.literal('kind'), kind: v.picklist(erasableKinds) }),
  v.strictObject({ what: v.literal('everything') }),
]);
export type EraseSelection = v.InferOutput<typeof selection>;

/** Where else what is erased may lie. */
const erasePlaces = {
  /** Folders with backups of this vault. */
  backupFolders: v.array(filePath),
  /** The folder that devices share, and this one's id in it. */
  sync: v.nullable(
    v.strictObject({ folder: filePath, device: v.pipe(v.string(), v.minLength(1)) }),
  ),
  /** Where `vault-location.json` and `vaults/` lie, for vaults from before a restore. */
  storage: v.nullable(filePath),
};

/**
 * Where something may still be. `window`: a segment that another window has open; `vaultFile`: a file of the vault of which a
 * part can't be read; `backupFolder`, `backup`, `syncFile`, `otherDevice` (a file of another device in the sync folder),
 * `earlierVault`, `vaultCopy` (a vault's folder in a folder of backups). `copies` and `recoveryKits` are always told: nobody knows where they are.
 */
const unreachedPlaces = [
  'window',
  'vaultFile',
  'backupFolder',
  'backup',
  'syncFolder',
  'syncFile',
  'otherDevice',
  'earlierVault',
  'vaultCopy',
  'copies',
  'recoveryKits',
] as const;
const unreached = v.strictObject({
  place: v.picklist(unreachedPlaces),
  /** A path, or a name in the place; empty where there is none. */
  name: v.string(),
  /** Why; `null` where it is not ours to reach. */
  reason: v.nullable(v.picklist(transferFailures)),
});
export type Unreached = v.InferOutput<typeof unreached>;

const erasedKind = v.strictObject({
  kind: v.picklist(erasableKinds),
  /** Records that go whole. */
  records: count,
  firstMs: v.nullable(wallMs),
  lastMs: v.nullable(wallMs),
});

const erasePlan = v.strictObject({
  /** Each kind of which something goes. */
  kinds: v.array(erasedKind),
  /** Sessions of which a part stays, because it lies outside of the days. */
  cutSessions: count,
  /** Minutes that go. */
  minutes: count,
  /** Days of which something goes: how many, the first and the last. */
  days: v.nullable(v.strictObject({ count, from: dayText, to: dayText })),
  /** What is erased: `erase` takes it, and takes nothing else. */
  ids: v.array(recordId),
  /** Backups that hold some of it, by path. They are made anew without it, or removed where nothing is left. */
  backups: v.array(filePath),
  /** What can't be reached, as far as it is seen now. */
  unreached: v.array(unreached),
});
export type ErasePlan = v.InferOutput<typeof erasePlan>;

const eraseReport = v.strictObject({
  /** Records that went, whole or in part. */
  records: count,
  /** Sessions of which a part stays. */
  cutSessions: count,
  /** Files of the vault, and of earlier ones, that were overwritten and removed. */
  vaultFiles: count,
  backups: v.array(
    v.strictObject({
      file: filePath,
      /** What took its place; `null`: removed, as nothing of it was left or could be read. */
      replacedBy: v.nullable(filePath),
    }),
  ),
  /** Own files in the sync folder that were made anew. */
  syncFiles: count,
  unreached: v.array(unreached),
  /** Whether nothing is left that erasing again could reach: a window that was closed meanwhile, a drive that is back. */
  isComplete: v.boolean(),
});
export type EraseReport = v.InferOutput<typeof eraseReport>;

const planParams = v.strictObject({ selection, ...erasePlaces });
const eraseParams = v.strictObject({
  selection,
  /** Of the plan. None: finishes what was erased before. */
  ids: v.array(recordId),
  ...erasePlaces,
});
export type PlanEraseParams = v.InferOutput<typeof planParams>;
export type EraseParams = v.InferOutput<typeof eraseParams>;

export const eraseMessages = {
  /** What would be erased, and where it lies. Writes nothing. */
  planErase: { params: planParams, result: erasePlan },
  /** Erases what was planned, and whatever was deleted before, from every file within reach. */
  erase: { params: eraseParams, result: eraseReport },
} as const;
