import { derivePassphraseKey, passphraseBytes } from '../../vault/protectors/passphraseKey.ts';
import { wipe, type Identity, type Keyring } from '../../vault/age/identity.ts';
import { demandAuthor, signVaultFile } from '../../vault/keys/vaultAuthorship.ts';
import { identitiesInKit } from '../../vault/keys/recoveryKitReader.ts';
import type { VaultFile } from '../../vault/protectors/vaultFile.ts';
import {
  copyKeyring,
  openWithPassphrase,
  type DerivePassphrase,
} from '../../vault/keys/vaultKeys.ts';
import type { RestoreKey } from '../messages/backupMessages.ts';
import type { FoundKeys } from './findKeys.ts';
import { TransferError } from '../transferError.ts';
import type { JobPlace } from '../transferJob.ts';

/**
 * A `vault.json` with the passphrase's wrapping of the identities alone, so that on a new machine the passphrase
 * opens a backup. The keys of other protectors stay on their device, and what they wrap is of no use elsewhere.
 * @returns `undefined` when the vault has no passphrase
 */
export function passphraseKeysOf(file: VaultFile): VaultFile | undefined {
  const protectors = file.protectors.filter(({ kind }) => kind === 'passphrase');
  const ids = new Set(protectors.map(({ id }) => id));
  const identities = file.identities.flatMap((identity) =>
    identity.state === 'destroyed'
      ? []
      : [{ ...identity, wrapped: identity.wrapped.filter(({ protector }) => ids.has(protector)) }],
  );
  const opens = identities.some(({ state, wrapped }) => state === 'current' && wrapped.length > 0);
  return opens ? { ...file, protectors, identities } : undefined;
}

/**
 * The same as it lies beside backups and in a sync folder: signed anew, as it is another file than the vault's own.
 * @param keyring of the vault
 * @throws {VaultError} as {@link signVaultFile}
 */
export function signedPassphraseKeysOf(file: VaultFile, keyring: Keyring): VaultFile | undefined {
  const keys = passphraseKeysOf(file);
  return keys && signVaultFile(keys, keyring);
}

/**
 * The identities that may open a backup. The caller wipes them.
 * @throws {TransferError} `wrongKey` when the key is none, or the passphrase another; `locked` when the vault's
 * own keys are asked for and not at hand; why the keys for the passphrase can't be read
 * @throws {VaultError} as `openWithPassphrase` and `identitiesInKit`; `untrusted` when the keys for the passphrase are signed by another
 * than who has them
 */
export async function openRestoreKey(
  key: RestoreKey,
  { keys, keysFailure }: FoundKeys,
  place: JobPlace,
): Promise<Identity[]> {
  switch (key.kind) {
    case 'present':
      if (place.keyring.length === 0) {
        throw new TransferError('locked', 'The keys of the vault are not at hand');
      }
      return copyKeyring(place.keyring);
    case 'recoveryKey':
      return identitiesInKit(key.text);
    case 'passphrase':
      if (keys === undefined && keysFailure !== undefined) {
        throw new TransferError(
          keysFailure,
          'The file beside the backup that a passphrase needs can’t be read. The recovery kit opens it without',
        );
      }
      if (keys === undefined || key.text === '') {
        throw new TransferError('wrongKey', 'No passphrase opens this backup');
      }
      return openOwnKeys(keys, key.text);
  }
}

/** Of keys that were changed since the vault's owner signed them nobody knows which of them is the present one. */
async function openOwnKeys(keys: VaultFile, passphrase: string): Promise<Identity[]> {
  const identities = await openWithPassphrase(keys, passphrase, derive);
  try {
    demandAuthor(keys, identities);
    return identities;
  } catch (error) {
    wipe(...identities);
    throw error;
  }
}

/** In this thread: a job has one of its own. */
const derive: DerivePassphrase = async (passphrase, parameters) => {
  if (parameters === undefined) {
    throw new TransferError('failed', 'A passphrase opens what it was set for');
  }
  const bytes = passphraseBytes(passphrase);
  try {
    return { key: await derivePassphraseKey(bytes, parameters), parameters };
  } finally {
    wipe(bytes);
  }
};
