import path from 'node:path';
import { leadTo } from '../../vault/folder/successions.ts';
import { readSuccessions, readSuccessionsNow } from '../../vault/folder/vaultLocation.ts';
import { VaultError } from '../../vault/vaultError.ts';

/** Where a window's vault is. */
export interface VaultFolder {
  readonly folder: string;
  /** Why that is not known; then no vault may be made or written there. */
  readonly refusal?: VaultError;
}

/**
 * The folder of the vault: the setting's or the storage's own, unless another vault was restored in its place.
 * @param vaultFolder the setting, absolute or empty
 */
export function findVaultFolder(storage: string, vaultFolder: string): VaultFolder {
  const configured = configuredVaultFolder(storage, vaultFolder);
  try {
    return { folder: leadTo(configured, readSuccessionsNow(storage)).folder };
  } catch (cause) {
    const message = 'Which vault is the current one cannot be read';
    return { folder: configured, refusal: new VaultError('unusable', message, { cause }) };
  }
}

/** Where the vault is as long as none was restored beside it. */
export function configuredVaultFolder(storage: string, vaultFolder: string): string {
  return vaultFolder === '' ? path.join(storage, 'vault') : vaultFolder;
}

/** Whether a vault was ever restored here. */
export async function hasRestoredVault(storage: string): Promise<boolean> {
  try {
    return (await readSuccessions(storage)).length > 0;
  } catch {
    // A pointer that can't be read is said by the vault itself.
    return false;
  }
}
