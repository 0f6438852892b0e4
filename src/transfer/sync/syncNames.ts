import { shortVaultId } from '../copies/backupNames.ts';

/** Names in a sync folder: docs/vault-format.md, "Sync folder". All lower case. */

/** What stands in a month's place for every deletion, and for whatever has no time of its own. */
export const timelessMonth = 'tombstones';

const monthForm = /^(\d{4}-(?:0[1-9]|1[0-2])|tombstones)\.age$/;
const keysForm = /^millrace-[0-9a-f]{8}-keys\.json$/;
const leftoverForm =
  /^(?:(?:\d{4}-\d{2}|tombstones)\.age|millrace-[0-9a-f]{8}-keys\.json|millrace)\.[0-9a-f]{16}\.tmp$/;

/**
 * The folder of one vault in the folder that the person named; each device has a folder in it.
 * @param vaultId the first 8 digits of it are enough
 */
export function syncHomeName(vaultId: string): string {
  return `millrace-${shortVaultId(vaultId)}`;
}

/** The file of a month, as `2026-11`, or {@link timelessMonth}. */
export function monthFileName(month: string): string {
  return `${month}.age`;
}

/**
 * The file of a month that nobody knows who made, once it had to make room for this device's own: read like any other, so that the
 * person may say whose it is.
 */
export function doubtfulFileName(month: string, sha256: string): string {
  return `${month}.unsigned-${sha256.slice(0, 16)}.age`;
}

/** The month that a device's own file holds; `undefined` for every other name. */
export function parseMonthName(file: string): string | undefined {
  return monthForm.exec(file)?.[1];
}

/** Whether a file is what a process that was killed left behind in its device's folder. */
export function isSyncLeftover(file: string): boolean {
  return leftoverForm.test(file);
}

/** Whether a file is the passphrase's wrapping of a vault's identities. */
export function isSyncKeys(file: string): boolean {
  return keysForm.test(file);
}
