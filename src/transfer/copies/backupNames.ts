import { temporaryName } from '../../files/temporaryName.ts';

/**
 * Names in a backup folder: docs/vault-format.md, "Backups". This is the one place that says by its name what a file of ours
 * is, for whoever lists, restores, prunes, erases or syncs. We write all in lower case but for the two letters of ISO 8601; a
 * drive or a tool may have changed the case since, which makes no other file of it. What else tools make of these names, and of
 * those in a sync folder, `toolNames.ts` knows.
 */

/** So many digits of a vault's id stand in the names. */
const idDigits = 8;
const backupForm = /^millrace-([0-9a-f]{8})-(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z\.age$/i;
const leftoverForm =
  /^millrace-([0-9a-f]{8})(?:-(?:\d{8}T\d{6}Z\.(?:age|json)|keys\.json))?\.[0-9a-f]{16}\.tmp$/i;
const leftoverAgeForm = /^(millrace-[0-9a-f]{8}-\d{8}T\d{6}Z\.age)\.[0-9a-f]{16}\.tmp$/i;
const ageEnding = /\.age$/i;
/** What macOS writes beside a file on a drive that does not keep all that it wants to say of it. */
const ofMacOs = '._';

/** The part of a vault's id that is in the names. */
export function shortVaultId(vaultId: string): string {
  return vaultId.slice(0, idDigits);
}

/** The name of a backup: `millrace-0123abcd-20261121T074512Z.age`. */
export function backupFileName(vaultId: string, createdMs: number): string {
  return `millrace-${shortVaultId(vaultId)}-${formatStamp(createdMs)}.age`;
}

/** Whether a file may be a backup, or another age file of ours, by its name without a folder. */
export function isBackupFileName(name: string): boolean {
  return ageEnding.test(name) && !isOfMacOs(name);
}

/** Whether a file is what macOS writes beside another of that name. */
export function isOfMacOs(name: string): boolean {
  return name.startsWith(ofMacOs);
}

/** The manifest beside a backup, by name or path; `findBeside` says how it is called on the disk. */
export function manifestFileName(backupFile: string): string {
  return backupFile.replace(ageEnding, '.json');
}

/** Where the passphrase's wrapping of the vault's identities lies. */
export function keysFileName(shortId: string): string {
  return `millrace-${shortId}-keys.json`;
}

/** What the name of a backup that we wrote says, to the second; `undefined` for any other file. */
export function parseBackupName(
  file: string,
): { readonly shortId: string; readonly createdMs: number } | undefined {
  const [, shortId, year, month, day, hour, minute, second] = backupForm.exec(file) ?? [];
  if (shortId === undefined) {
    return undefined;
  }
  const createdMs = Date.parse(
    `${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}Z`,
  );
  return Number.isNaN(createdMs) ? undefined : { shortId: shortId.toLowerCase(), createdMs };
}

/** Whether a file is what a process that was killed left behind of a vault's backup. */
export function isLeftover(file: string, shortId: string): boolean {
  return leftoverForm.exec(file)?.[1]?.toLowerCase() === shortId;
}

/** The name of the backup that a leftover was to become or was; `undefined` where it tells of none. */
export function backupOfLeftover(file: string): string | undefined {
  return leftoverAgeForm.exec(file)?.[1];
}

/** A name for an age file that is about to go, whatever it is called: one that {@link isLeftover} knows. */
export function leftoverName(file: string, shortId: string): string {
  return temporaryName(parseBackupName(file)?.shortId === shortId ? file : `millrace-${shortId}`);
}

/** Whether two names are one on a drive that does not tell cases apart. */
export function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** `20261121T074512Z`, ISO 8601's basic format. */
export function formatStamp(wallMs: number): string {
  return `${new Date(wallMs).toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`;
}
