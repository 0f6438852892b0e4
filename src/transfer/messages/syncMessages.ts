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
 * `laterVersion`: a later Millrace wrote it. `unavailable`: the system did not hand it over, or a sync tool holds it elsewhere.
 * `linkedOutside`: it is a link that leads out of the folder, which is never followed.
 */
const unreadReasons = [
  'torn',
  'sealedForAnother',
  'laterVersion',
  'unavailable',
  'linkedOutside',
] as const;
export type UnreadReason = (typeof unreadReasons)[number];

/**
 * What was not read, by its path below the vault's sync folder; of a copy of that folder, below the folder that the person named. A
 * folder's path ends with a `/`.
 */
const unreadFile = v.strictObject({
  file: v.string(),
  reason: v.picklist(unreadReasons),
});
export type UnreadFile = v.InferOutput<typeof unreadFile>;

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
  sync: { params, result: synced },
  /** Removes this device's files from the folder. What was merged from others stays in the vault. */
  leaveSync: { params, result: left },
} as const;
export type SyncParams = v.InferOutput<typeof params>;
