import { wipe } from '../vault/age/identity.ts';
import { identitiesFromKit, readKitFile } from '../vault/keys/recoveryKitReader.ts';
import { demandAuthor } from '../vault/keys/vaultAuthorship.ts';
import { openWithProtectors } from '../vault/keys/vaultKeys.ts';
import { VaultTrust } from '../vault/trust/vaultTrust.ts';
import { demandVaultFile } from './namedKeys.ts';
import { keyFileOf, keysFolderOf } from './transferPlace.ts';

/**
 * Has this computer remember the `vault.json` of a folder as the vault's, whatever it remembered before: the person can open it, and says so.
 * @param storage the vault's storage folder
 * @param identity the path of a recovery kit; the key file where it is left out
 * @throws {VaultError} when it does not open with that, `untrusted` when whoever made it has not those keys; a system error of the kit's file
 */
export async function trustVaultFile(
  folder: string,
  storage: string,
  identity: string | undefined,
): Promise<void> {
  const file = await demandVaultFile(folder);
  const identities =
    identity === undefined
      ? (await openWithProtectors(file, [keyFileOf(storage)])).identities
      : identitiesFromKit(await readKitFile(identity), file);
  try {
    demandAuthor(file, identities);
  } finally {
    wipe(...identities);
  }
  await new VaultTrust(folder, keysFolderOf(storage)).accept(file);
}
