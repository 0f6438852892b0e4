import { isOfMacOs } from './backupNames.ts';

/**
 * What sync tools, systems and people make of the names of our files and folders. Each tool has a way of its own (" (1)", " 2",
 * "-DESKTOP-1", " (Anna's conflicted copy 2026-11-01)", ".sync-conflict-…", "_conflict-…", " (SFConflict …)" behind the ending,
 * "..path1", ".conflict1", ".part", upper case), and the next one will have another. So no tool is listed here: a name is known by
 * what stays of ours in it, and the file by what is in it.
 */

/** `.age`, and not the beginning of a longer word. */
const ageForm = /\.age(?![a-z0-9])/i;
const homeForm = /(?<![0-9a-z])millrace-([0-9a-f]{8})(?![0-9a-f])/gi;
const backupForm = /millrace-[0-9a-f]{8}-\d{8}T\d{6}Z/i;
const monthForm = /(?<![0-9])\d{4}-(?:0[1-9]|1[0-2])(?![0-9])|tombstones/i;
const deviceForm = /(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])/i;
/** What stands for a file whose bytes are elsewhere: iCloud's, Nextcloud's and ownCloud's, odrive's. */
const placeholderForm = /^\.?(.+)\.(?:icloud|nextcloud|owncloud|cloudf?)$/i;

/** Whether a name is that of an age file, or of what became of one. */
export function looksLikeAge(name: string): boolean {
  return ageForm.test(name) && !isOfMacOs(name);
}

/** Whether the first digits of a vault's id stand in a name as we write them: `millrace-0123abcd`. */
export function namesVault(name: string, shortId: string): boolean {
  return [...name.matchAll(homeForm)].some(([, id]) => id?.toLowerCase() === shortId);
}

/** The digits of the first vault's id in a name; `undefined` where there are none. */
export function vaultNamedIn(name: string): string | undefined {
  const [first] = name.matchAll(homeForm);
  return first?.[1]?.toLowerCase();
}

/** The name of the backup that a file is a copy of, or stands for, as far as it is in its own. */
export function backupNamedIn(name: string): string | undefined {
  const [stem] = backupForm.exec(name) ?? [];
  return stem === undefined ? undefined : `${stem}.age`;
}

/** The month in the name of a file of a sync folder, as `2026-11`, or `tombstones`. */
export function monthNamedIn(name: string): string | undefined {
  return monthForm.exec(name)?.[0].toLowerCase();
}

/** The id of a device in the name of its folder, whatever else is in the name. */
export function deviceNamedIn(name: string): string | undefined {
  return deviceForm.exec(name)?.[0].toLowerCase();
}

/** The name of the file that a placeholder stands for; `undefined` for any other name. */
export function placeholderOf(name: string): string | undefined {
  return placeholderForm.exec(name)?.[1];
}
