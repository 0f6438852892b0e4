/** Names in a backup folder: docs/vault-format.md, "Backups". All lower case but for the two letters of ISO 8601. */

/** So many digits of a vault's id stand in the names. */
const idDigits = 8;
const backupForm = /^millrace-([0-9a-f]{8})-(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z\.age$/;
const leftoverForm =
  /^millrace-([0-9a-f]{8})-(?:\d{8}T\d{6}Z\.(?:age|json)|keys\.json)\.[0-9a-f]{16}\.tmp$/;

/** The part of a vault's id that is in the names. */
export function shortVaultId(vaultId: string): string {
  return vaultId.slice(0, idDigits);
}

/** The name of a backup: `millrace-0123abcd-20261121T074512Z.age`. */
export function backupFileName(vaultId: string, createdMs: number): string {
  return `millrace-${shortVaultId(vaultId)}-${formatStamp(createdMs)}.age`;
}

/** The manifest beside a backup. */
export function manifestFileName(backupFile: string): string {
  return backupFile.replace(/\.age$/, '.json');
}

/** Where the passphrase's wrapping of the vault's identities lies. */
export function keysFileName(shortId: string): string {
  return `millrace-${shortId}-keys.json`;
}

/** What a backup's name says, to the second; `undefined` for any other file. */
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
  return Number.isNaN(createdMs) ? undefined : { shortId, createdMs };
}

/** Whether a file is what a process that was killed left behind of a vault's backup. */
export function isLeftover(file: string, shortId: string): boolean {
  return leftoverForm.exec(file)?.[1] === shortId;
}

/** `20261121T074512Z`, ISO 8601's basic format. */
export function formatStamp(wallMs: number): string {
  return `${new Date(wallMs).toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`;
}
