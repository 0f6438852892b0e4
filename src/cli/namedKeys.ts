import { wipe, type Keyring } from '../vault/age/identity.ts';
import { readKitFile } from '../vault/keys/recoveryKitReader.ts';
import { believeAlways, believeIn, type Believe } from '../vault/trust/believedFile.ts';
import { ReadTrust } from '../vault/trust/readTrust.ts';
import { openWithProtectors } from '../vault/keys/vaultKeys.ts';
import type { VaultFile } from '../vault/protectors/vaultFile.ts';
import { openByKit } from '../vault/upkeep/openByKit.ts';
import { VaultError } from '../vault/vaultError.ts';
import type { NamedVault } from '../vault/folder/namedVault.ts';
import type { CommandIo } from './command.ts';
import { keyFileOf, keysFolderOf } from './transferPlace.ts';
import { standInWords, strangeVaultFile, vaultFileOf } from './vaultFileOf.ts';

/** What opens the vault that somebody named. The caller wipes the keyring. */
export interface NamedKeys {
  readonly keyring: Keyring;
  /** Whom it trusts in the vault's folder. */
  readonly believe: Believe;
  /** The text of the recovery kit that it is from. */
  readonly kit: string | undefined;
  /** The kit opens it without its `vault.json`, which says nothing of what lies there. */
  readonly isWithoutFile: boolean;
}

/**
 * Opens a vault with the key file in its storage folder, or with a recovery kit, and says so where that has to do without `vault.json`.
 * @param action of `millrace vault`
 * @param identity the path of the kit
 * @throws {VaultError} what is wrong with vault or key; a system error of the kit's file
 */
export async function openNamedKeys(
  { folder, storage, io }: NamedVault & { readonly io: CommandIo },
  action: string,
  identity: string | undefined,
): Promise<NamedKeys> {
  if (identity === undefined) {
    const file = await demandVaultFile(folder);
    const { identities } = await openWithProtectors(file, [keyFileOf(storage)]);
    const believe = believeIn(folder, identities.slice(0, 1), keysFolderOf(storage));
    return { keyring: identities, believe, kit: undefined, isWithoutFile: false };
  }
  const kit = await readKitFile(identity);
  const { why, identities } = await openByKit(folder, kit);
  if (why === 'strange' && action === 'salvage') {
    wipe(...identities);
    throw strangeVaultFile();
  }
  if (why !== undefined) {
    io.errors.write(`millrace vault ${action}: ${standInWords(why)}\n`);
  }
  const believe =
    why === undefined
      ? believeIn(folder, identities.slice(0, 1), keysFolderOf(storage))
      : believeAlways(ReadTrust.ofAll());
  return { keyring: identities, believe, kit, isWithoutFile: why !== undefined };
}

/** @throws {VaultError} `unusable` where there is no vault; as {@link vaultFileOf} */
export async function demandVaultFile(folder: string): Promise<VaultFile> {
  const file = await vaultFileOf(folder);
  if (file === undefined) {
    throw new VaultError('unusable', 'There is no vault in this folder');
  }
  return file;
}
