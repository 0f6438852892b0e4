import * as l10n from '@vscode/l10n';
import { holdsRecords, readVaultFile } from '../vault/keys/vaultStore.ts';
import type { VaultFile } from '../vault/protectors/vaultFile.ts';
import { VaultError } from '../vault/vaultError.ts';

/**
 * The `vault.json` of the vault in a folder; `undefined` where there is no vault.
 * @throws {VaultError} `damaged`, with what helps; `unknownVersion`; `unusable` when it can't be read
 */
export async function vaultFileOf(folder: string): Promise<VaultFile | undefined> {
  const file = await readVaultFile(folder).catch((error: unknown) => {
    throw VaultError.is(error, 'damaged') ? lostVaultFile(error) : error;
  });
  if (file === undefined && (await holdsRecords(folder))) {
    throw lostVaultFile();
  }
  return file;
}

/** A vault without a `vault.json` that can be read, and what helps. */
export function lostVaultFile(cause?: unknown): VaultError {
  return new VaultError(
    'damaged',
    'vault.json is gone or damaged: "vault salvage" with the recovery kit (--identity FILE) writes it anew',
    { cause },
  );
}

/** What is said when a recovery kit opens a vault whose `vault.json` is of no use. */
export function standInWords(why: 'lost' | 'strange'): string {
  if (why === 'strange') {
    return l10n.t(
      'vault.json is not that of what lies in the folder; the recovery kit opens the vault without it',
    );
  }
  return l10n.t(
    'vault.json is gone or damaged; the recovery kit opens the vault without it, and "vault salvage" writes it anew',
  );
}

/** A vault with a `vault.json` that is whole and knows nothing of what lies there. */
export function strangeVaultFile(): VaultError {
  return new VaultError('wrongIdentity', 'This recovery kit is not of this vault as it is now');
}
