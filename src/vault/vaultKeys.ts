import { wipe, type Identity, type Keyring } from './identity.ts';
import type { Protector } from './protector.ts';
import { VaultError } from './vaultError.ts';
import type { ProtectorEntry, VaultFile } from './vaultFile.ts';
import { unwrapAll } from './vaultStore.ts';

/** What opened the vault, and with which key; held only as long as it is needed. */
export interface OpenedVault {
  /** The caller wipes them. */
  readonly identities: Identity[];
  readonly protector: ProtectorEntry;
}

/**
 * Opens a vault with whichever protector at hand has its key.
 * @throws {VaultError} `locked` when none has one; otherwise what went wrong with the last that should:
 * `damagedKeyFile`, `wrongKey`, `damaged`.
 */
export async function openWithProtectors(
  file: VaultFile,
  protectors: readonly Protector[],
): Promise<OpenedVault> {
  let failure: VaultError | undefined;
  for (const protector of protectors) {
    const entries = file.protectors.filter((entry) => entry.kind === protector.kind);
    if (entries.length === 0) {
      continue;
    }
    const key = await protector.load(file.vault).catch((error: unknown) => {
      failure = asVaultError(error);
      return undefined;
    });
    if (key === undefined) {
      continue;
    }
    try {
      // Two devices that share the folder have an entry of the same kind each, and one key here.
      for (const entry of entries) {
        try {
          return { identities: unwrapAll(file, entry, key), protector: entry };
        } catch (error) {
          failure = asVaultError(error);
        }
      }
    } finally {
      wipe(key);
    }
  }
  throw failure ?? new VaultError('locked', 'No protector has the key of this vault');
}

/** Copies, for who wipes what it is given. */
export function copyKeyring(keyring: Keyring): Identity[] {
  return keyring.map(({ recipient, secret }) => ({ recipient, secret: Uint8Array.from(secret) }));
}

function asVaultError(error: unknown): VaultError {
  return VaultError.is(error)
    ? error
    : new VaultError('locked', 'A protector cannot be asked', { cause: error });
}
