import * as v from 'valibot';
import { count, wallMs } from '../../facts/guards.ts';
import { transferFailures } from '../transferError.ts';
import { missingPart } from './syncMessages.ts';

/** The jobs about backups, as they are asked for and answered. */

const bytes = v.custom<Uint8Array>((value) => value instanceof Uint8Array);
const filePath = v.pipe(v.string(), v.minLength(1), v.maxLength(32_768));
const vaultId = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/));
const counts = v.record(v.string(), count);
const files = v.array(v.string());

/**
 * Why a backup is not known to be what its owner made. Of the manifest beside it: it can't be read as one, it is of a later Millrace, it
 * is whole and says something else than the age file, every part of which is authentic, is, or nobody signed it, though somebody signed
 * the backup. Of the backup itself: nobody signed it (`unsigned`), or only with a key that was replaced (`retired`).
 */
const manifestDoubts = [
  'damaged',
  'laterVersion',
  'contradicts',
  'unsignedManifest',
  'unsigned',
  'retired',
] as const;
const doubt = v.exactOptional(v.picklist(manifestDoubts));
export type ManifestDoubt = (typeof manifestDoubts)[number];

/** What opens a backup: the vault's own keys as they are, the text of a recovery kit, or the passphrase. */
const restoreKey = v.variant('kind', [
  v.strictObject({ kind: v.literal('present') }),
  v.strictObject({
    kind: v.literal('recoveryKey'),
    text: v.pipe(v.string(), v.maxLength(262_144)),
  }),
  v.strictObject({ kind: v.literal('passphrase'), text: v.pipe(v.string(), v.maxLength(4_096)) }),
]);
export type RestoreKey = v.InferOutput<typeof restoreKey>;

/**
 * One backup of a list. `vault`: the folder is a vault itself, and the entry stands for all of it; `file`: an
 * age file that has no manifest.
 */
const listedBackup = v.strictObject({
  kind: v.picklist(['backup', 'vault', 'file']),
  /** Its name in the folder; of a vault the empty text. */
  file: v.string(),
  /** `null` where nothing tells. */
  createdMs: v.nullable(wallMs),
  sizeBytes: count,
  verifiedMs: v.nullable(wallMs),
  /** Of which vault. */
  vault: v.nullable(vaultId),
  /** Rows of each table; empty where nothing tells. */
  counts,
  /** Whether a passphrase may open it. */
  takesPassphrase: v.boolean(),
  /** Why it can't be opened with the key at hand; `null` when it can, as far as a look tells. */
  failure: v.nullable(v.picklist(transferFailures)),
  /** What is to be said of who made it and of its manifest, where something is; then nothing counts as verified. */
  doubt,
  /** Why no passphrase can be tried, where there is a file with the keys for one. */
  keysFailure: v.exactOptional(v.picklist(transferFailures)),
});
export type ListedBackup = v.InferOutput<typeof listedBackup>;

const pruned = v.strictObject({
  removed: files,
  kept: count,
  /** Those whose date is later than the clock. */
  ahead: files,
  /** Nothing was removed, as nobody can tell which is wrong, the clock or the date of those in `ahead`. */
  isHeld: v.boolean(),
});
export type PrunedBackups = v.InferOutput<typeof pruned>;

const madeBackup = v.strictObject({
  /** Its name in the folder. */
  file: v.string(),
  sizeBytes: count,
  createdMs: wallMs,
  verifiedMs: wallMs,
  counts,
  /** Files of the vault that could not be read whole; what they hold besides is not in the backup. Prune nothing then. */
  leftOut: count,
  /** What went to make room for it, where there was none. */
  madeRoom: v.exactOptional(pruned),
});
export type MadeBackup = v.InferOutput<typeof madeBackup>;

/** What could not be read and is not in what came back; where there is any, it is only a part, and has to be told as that. */
const missing = v.array(missingPart);

const restored = v.strictObject({
  /** The folder of the vault that is now the current one. */
  folder: v.string(),
  vault: vaultId,
  counts,
  /** Why the backup is not known to be what its owner made, where that is so. */
  doubt,
  missing,
});
export type RestoredVault = v.InferOutput<typeof restored>;

const merged = v.strictObject({
  /** Rows of each table that were not there before; all 0 when the backup held nothing new. */
  added: counts,
  /** As in a restored vault. */
  doubt,
  missing,
});
export type MergedBackup = v.InferOutput<typeof merged>;

export const backupMessages = {
  /** Writes a backup into a folder that is there, and verifies it by restoring it. */
  backUp: {
    params: v.strictObject({
      folder: filePath,
      /** Where there is no room, backups that need not be kept go before it is tried once more. */
      prunes: v.exactOptional(v.boolean()),
    }),
    result: madeBackup,
  },
  /** Verifies one again, by the path of its age file. */
  verifyBackup: {
    params: v.strictObject({ file: filePath }),
    /** Not verified, though whole, is one of which nobody knows that the vault's owner made it. */
    result: v.strictObject({ verifiedMs: v.nullable(wallMs), doubt }),
  },
  /** Removes the backups of this vault that need not be kept: see `retention.ts`. */
  pruneBackups: {
    params: v.strictObject({ folder: filePath }),
    result: pruned,
  },
  listBackups: {
    params: v.strictObject({ folder: filePath, key: restoreKey }),
    result: v.array(listedBackup),
  },
  /**
   * Makes a new vault of a backup, checks it, and makes it the current one. `from`: an age file, or the folder of
   * a vault.
   */
  restoreAsNew: {
    params: v.strictObject({
      from: filePath,
      key: restoreKey,
      /** Where `vault-location.json` and `vaults/` lie. */
      storage: filePath,
      /** A protector's key for the vault's id, for when the present vault is another or can't be opened. */
      protector: v.nullable(
        v.strictObject({ kind: v.picklist(['secretStorage', 'keyFile']), key: bytes }),
      ),
      /** The id that the new vault gets: the backup's, where it tells one. */
      vault: vaultId,
    }),
    result: restored,
  },
  /** Takes a backup's records into the present vault. */
  mergeBackup: {
    params: v.strictObject({
      from: filePath,
      key: restoreKey,
      /** Whether the person wants one that the vault's owner is not known to have made, or only with a key that was replaced. */
      takesUnsigned: v.exactOptional(v.boolean()),
    }),
    result: merged,
  },
};
