import { wipe, type Identity, type Keyring } from '../age/identity.ts';
import type { Protector } from '../protectors/protector.ts';
import { VaultError } from '../vaultError.ts';
import { demandModest, isModest, mostPassphrases } from '../protectors/passphraseCost.ts';
import type { PassphraseParameters, ProtectorEntry, VaultFile } from '../protectors/vaultFile.ts';
import { entryOpenedBy, protectorsOf, type ProtectorKey } from './vaultProtection.ts';
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

/** Argon2id, with new parameters where none are given. */
export type DerivePassphrase = (
  passphrase: string,
  parameters?: PassphraseParameters,
) => Promise<{ readonly key: Uint8Array; readonly parameters: PassphraseParameters }>;

/**
 * Opens a vault with its passphrase. The caller wipes the identities.
 * @throws {VaultError} `wrongPassphrase`, also when the vault has none; `costly` when that is all that can be said, as to try it would be.
 */
export async function openWithPassphrase(
  file: VaultFile,
  passphrase: string,
  derive: DerivePassphrase,
): Promise<Identity[]> {
  const entries = file.protectors.filter((entry) => entry.kind === 'passphrase');
  const modest = entries.filter(({ kdf }) => isModest(kdf)).slice(0, mostPassphrases);
  for (const entry of modest) {
    const { key } = await derive(passphrase, entry.kdf);
    try {
      return unwrapAll(file, entry, key);
    } catch (cause) {
      if (!VaultError.is(cause, 'wrongKey')) {
        throw cause;
      }
    } finally {
      wipe(key);
    }
  }
  if (modest.length < entries.length) {
    entries.map(({ kdf }) => kdf).forEach(demandModest);
  }
  throw new VaultError('wrongPassphrase', 'This is not the passphrase of the vault');
}

/**
 * The keys of every protector that can be reached from here, to wrap something new with. The caller wipes them.
 * @throws {VaultError} `passphraseNeeded` when there is a passphrase and it was not given, `wrongPassphrase`, `costly`.
 */
export async function keysAtHand(
  file: VaultFile,
  protectors: readonly Protector[],
  passphrase: string | undefined,
  derive: DerivePassphrase,
): Promise<ProtectorKey[]> {
  const keys: ProtectorKey[] = [];
  for (const protector of protectors) {
    const key = await protector.load(file.vault).catch(() => undefined);
    const entry = key && entryOpenedBy(file, protectorsOf(file, protector.kind), key);
    if (key !== undefined && entry !== undefined) {
      keys.push({ entry, key });
    }
  }
  for (const entry of file.protectors) {
    if (entry.kind !== 'passphrase') {
      continue;
    }
    if (passphrase === undefined) {
      throw new VaultError('passphraseNeeded', 'The passphrase has to wrap the new identity');
    }
    demandModest(entry.kdf);
    const { key } = await derive(passphrase, entry.kdf);
    if (entryOpenedBy(file, [entry], key) === undefined) {
      wipe(key);
      throw new VaultError('wrongPassphrase', 'This is not the passphrase of the vault');
    }
    keys.push({ entry, key });
  }
  return keys;
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
