import { protectorForRestore, restoredVaultFile } from '../transfer/restore/restoredVaultFile.ts';
import { wipe, type Keyring } from '../vault/age/identity.ts';
import type { VaultFile } from '../vault/protectors/vaultFile.ts';
import type { CompactionPlace } from '../vault/upkeep/compaction.ts';
import { standInOf } from '../vault/upkeep/openByKit.ts';
import { VaultError } from '../vault/vaultError.ts';
import { keyFileOf } from './transferPlace.ts';

/**
 * A `vault.json` of what a recovery kit says: the vault's id and all identities of the kit, wrapped for the key file beside the
 * vault, which may be there from before.
 * @param identities of the kit, the current one first
 * @param storage the vault's storage folder
 * @throws {VaultError} as {@link standInOf}; `unusable` when the key can't be kept
 */
export async function vaultFileOfKit(
  kit: string,
  identities: Keyring,
  storage: string,
  { folder, clock, log }: CompactionPlace,
): Promise<VaultFile> {
  const { vault } = standInOf(folder, kit, { identities: [...identities], why: 'lost' });
  const protector = await protectorForRestore([keyFileOf(storage)], vault, log).catch(
    (cause: unknown) => {
      throw new VaultError('unusable', 'No protector keeps a key here', { cause });
    },
  );
  try {
    return restoredVaultFile(vault, identities, undefined, protector, clock.wallMs());
  } finally {
    wipe(protector.key);
  }
}
