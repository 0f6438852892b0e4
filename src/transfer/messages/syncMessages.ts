import * as v from 'valibot';
import { count } from '../../facts/guards.ts';

/** The jobs of folder sync, as they are asked for and answered. */

const filePath = v.pipe(v.string(), v.minLength(1), v.maxLength(32_768));
const places = {
  /** The folder that the person named, which a sync tool carries. It must be there. */
  folder: filePath,
  /** This device's own storage: `device.json` and `sync-state.json` lie in it. */
  storage: filePath,
};
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const params = v.strictObject(places);
const syncParams = v.strictObject({
  ...places,
  /** Files of {@link isDoubtful} that the person says are theirs, by their bytes: those, or all that are there now. They are merged once. */
  accepts: v.exactOptional(v.union([v.literal('all'), v.array(sha256)])),
});

/**
 * Why a file was not read. `torn`: it is not whole, or not here yet. `sealedForAnother`: none of the vault's keys opens it.
 * `laterVersion`: a later Millrace wrote it. `unavailable`: the system did not hand it over, or a sync tool holds it elsewhere.
 * `linkedOutside`: it is a link that leads out of the folder, which is never followed. `unsigned`: nothing says that a device of the
 * vault wrote it, as none that was not updated can. `retired`: it is signed with a key that was replaced. `misplaced`: a device wrote
 * it as another month, or another device did. `refused`: it is whole, and not as a month is, or takes too much to read.
 * `notAFile`: a folder lies where this device's file has to be.
 */
const unreadReasons = [
  'torn',
  'sealedForAnother',
  'laterVersion',
  'unavailable',
  'linkedOutside',
  'unsigned',
  'retired',
  'misplaced',
  'refused',
  'notAFile',
] as const;
export type UnreadReason = (typeof unreadReasons)[number];
/** What the person may say to be theirs all the same. */
export type SyncedDoubt = Extract<UnreadReason, 'unsigned' | 'retired' | 'misplaced'>;

/**
 * What was not read, by its path below the vault's sync folder; of a copy of that folder, below the folder that the person named. A
 * folder's path ends with a `/`.
 */
const unreadFile = v.strictObject({
  file: v.string(),
  reason: v.picklist(unreadReasons),
  /** Of its bytes, where the person may accept them. */
  sha256: v.exactOptional(sha256),
});
export type UnreadFile = v.InferOutput<typeof unreadFile>;

/** Whether a file was left out only because nobody knows that it belongs there. */
export function isDoubtful({ sha256: bytes }: UnreadFile): boolean {
  return bytes !== undefined;
}

/** A part of what was to come back that was not read. */
export const missingPart = v.strictObject({
  ...unreadFile.entries,
  /** As `2026-11`, or `tombstones`; `null` where nothing tells. */
  month: v.nullable(v.string()),
  /** The id of the device whose it is; `null` where nothing tells. */
  device: v.nullable(v.string()),
});
export type MissingPart = v.InferOutput<typeof missingPart>;

const synced = v.strictObject({
  /** This device's id. */
  device: v.string(),
  /** Files of others that were merged now, and that were merged before. */
  merged: count,
  known: count,
  /** Files that may well be readable at the next sync: torn or unavailable ones. */
  waiting: count,
  /** Every file that was not read. */
  unread: v.array(unreadFile),
  /**
   * Files in whose place this device has seen a later one: somebody put them back. What they hold is merged, and nothing is lost by it;
   * left out where there are none.
   */
  earlier: v.exactOptional(v.array(v.string())),
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
  /** Links in the place of this device's files, which stay as they are, by their paths; left out where there are none. */
  links: v.optional(v.array(v.string())),
});
export type LeftSync = v.InferOutput<typeof left>;

export const syncMessages = {
  /** Takes in what other devices have written, and writes what this one knows. */
  sync: { params: syncParams, result: synced },
  /** Removes this device's files from the folder. What was merged from others stays in the vault. */
  leaveSync: { params, result: left },
} as const;
export type LeaveSyncParams = v.InferOutput<typeof params>;
export type SyncParams = v.InferOutput<typeof syncParams>;
