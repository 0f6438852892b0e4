import * as v from 'valibot';
import { count } from '../../facts/guards.ts';

/** The jobs of folder sync, as they are asked for and answered. */

const filePath = v.pipe(v.string(), v.minLength(1), v.maxLength(32_768));
const params = v.strictObject({
  /** The folder that the person named, which a sync tool carries. It must be there. */
  folder: filePath,
  /** This device's own storage: `device.json` and `sync-state.json` lie in it. */
  storage: filePath,
});

/**
 * Why a file was not read. `torn`: it is not whole, or not here yet. `sealedForAnother`: none of the vault's keys opens it.
 * `laterVersion`: a later Millrace wrote it. `unavailable`: the system did not hand it over.
 */
const unreadReasons = ['torn', 'sealedForAnother', 'laterVersion', 'unavailable'] as const;
export type UnreadReason = (typeof unreadReasons)[number];

const synced = v.strictObject({
  /** This device's id. */
  device: v.string(),
  /** Files of others that were merged now, and that were merged before. */
  merged: count,
  known: count,
  /** Files that may well be readable at the next sync: torn or unavailable ones. */
  waiting: count,
  /** Every file that was not read, by its path below the vault's sync folder. */
  unread: v.array(v.strictObject({ file: v.string(), reason: v.picklist(unreadReasons) })),
  /** Rows of each table that were not in the vault before. */
  added: v.record(v.string(), count),
  /** Files of this device that were written, and that were removed. */
  written: count,
  removed: count,
  /**
   * The other devices, by the names of their folders. `earlierKey`: files that are sealed for a key of before a rotation,
   * which whoever has that key can still read; `otherKey`: files that this device has no key for. Both end when that device
   * takes the present key and syncs.
   */
  devices: v.array(
    v.strictObject({ device: v.string(), files: count, earlierKey: count, otherKey: count }),
  ),
});
export type Synced = v.InferOutput<typeof synced>;

const left = v.strictObject({
  removed: count,
  /** Whether other devices' files are still there. */
  othersRemain: v.boolean(),
});
export type LeftSync = v.InferOutput<typeof left>;

export const syncMessages = {
  /** Takes in what other devices have written, and writes what this one knows. */
  sync: { params, result: synced },
  /** Removes this device's files from the folder. What was merged from others stays in the vault. */
  leaveSync: { params, result: left },
} as const;
export type SyncParams = v.InferOutput<typeof params>;
