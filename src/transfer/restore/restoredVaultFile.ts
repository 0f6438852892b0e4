import { randomBytes } from 'node:crypto';
import { wipe, type Keyring } from '../../vault/age/identity.ts';
import { wrapIdentity } from '../../vault/protectors/identityWrapping.ts';
import { identitiesInKit } from '../../vault/keys/recoveryKitReader.ts';
import { tryProtector, type Protector } from '../../vault/protectors/protector.ts';
import {
  vaultFileVersion,
  vaultFormat,
  type IdentityEntry,
  type ProtectorEntry,
  type VaultFile,
} from '../../vault/protectors/vaultFile.ts';
import { isModest } from '../../vault/protectors/passphraseCost.ts';
import { demandAuthor, signVaultFile } from '../../vault/keys/vaultAuthorship.ts';
import { newProtectorId } from '../../vault/keys/vaultProtection.ts';
import { vaultIdOf } from '../../vault/upkeep/openByKit.ts';
import { VaultError } from '../../vault/vaultError.ts';
import type { Log } from '../../base/log.ts';
import { passphraseKeysOf } from '../copies/backupKeys.ts';
import type { RestoreKey } from '../messages/backupMessages.ts';
import type { BackupSource } from '../backup/backupSource.ts';
import { TransferError } from '../transferError.ts';

/** A protector's key for a vault, handed to whoever wraps the identities with it. */
export interface RestoreProtector {
  readonly kind: Protector['kind'];
  readonly key: Uint8Array;
}

/**
 * The id that a restored vault gets: the backup's, then that of the recovery kit, else a new one.
 * @throws {VaultError} `damagedKeyFile` for a kit that is none, or names a vault that can't be made out
 */
export function restoredVaultId(
  { kind, manifest, keys, leftId }: BackupSource,
  key: RestoreKey,
): string {
  if (manifest !== undefined || key.kind !== 'recoveryKey') {
    return manifest?.vault ?? keys?.vault ?? leftId ?? randomBytes(16).toString('hex');
  }
  const identities = identitiesInKit(key.text);
  try {
    const known = new Set(keys?.identities.map(({ recipient }) => recipient));
    if (keys !== undefined && identities.some(({ recipient }) => known.has(recipient))) {
      return keys.vault;
    }
    // A vault.json that knows nothing of the kit is another's; a keys file is only of another time.
    const left = kind === 'vault' ? leftId : keys?.vault;
    return vaultIdOf(key.text, left, identities);
  } finally {
    wipe(...identities);
  }
}

/**
 * A key that wraps a restored vault's identities: the one that a protector already has for the vault's id, which another
 * vault of this id may depend on, or a new one. The caller wipes it.
 * @throws {TransferError} `locked` when no protector keeps one
 */
export async function protectorForRestore(
  protectors: readonly Protector[],
  vaultId: string,
  log: Log,
): Promise<RestoreProtector> {
  for (const protector of protectors) {
    const key = await protector.load(vaultId).catch(() => undefined);
    if (key !== undefined) {
      return { kind: protector.kind, key };
    }
  }
  for (const protector of protectors) {
    const key = await tryProtector(protector, vaultId, log);
    if (key !== undefined) {
      return { kind: protector.kind, key };
    }
  }
  throw new TransferError('locked', 'No protector keeps a key here');
}

/**
 * The `vault.json` of a vault that was restored with a key of its own: its identities, wrapped for this device's protector,
 * and for the passphrase as they were.
 * @param keyring what opened the backup, the current identity first
 * @param keys what lay beside the backup
 */
export function restoredVaultFile(
  vaultId: string,
  keyring: Keyring,
  keys: VaultFile | undefined,
  { kind, key }: RestoreProtector,
  nowMs: number,
): VaultFile {
  const [current] = keyring;
  if (current === undefined) {
    throw new TransferError('locked', 'There is no identity to restore with');
  }
  const createdMs = Math.round(nowMs);
  const protector: ProtectorEntry = { id: newProtectorId(), kind, createdMs };
  const known = keys?.vault === vaultId ? passphraseKeysOf(keys) : undefined;
  // What the passphrase wraps is of use only if the identities are these; after a rotation it opens none of them.
  const isOfUse = known?.recipient === current.recipient && isOfOwner(known, keyring);
  const passphrases = isOfUse ? known : undefined;
  const identities = keyring.map((identity, index): IdentityEntry => {
    const entry = passphrases?.identities.find(({ recipient }) => recipient === identity.recipient);
    const wrapped = entry === undefined || entry.state === 'destroyed' ? [] : entry.wrapped;
    return {
      recipient: identity.recipient,
      state: index === 0 ? 'current' : 'retired',
      createdMs: entry?.createdMs ?? createdMs,
      sinceMs: createdMs,
      wrapped: [
        ...wrapped,
        { protector: protector.id, box: wrapIdentity(identity, vaultId, protector, key) },
      ],
    };
  });
  const file: VaultFile = {
    format: vaultFormat,
    version: vaultFileVersion,
    vault: vaultId,
    generation: 1,
    createdMs: passphrases?.createdMs ?? createdMs,
    recipient: current.recipient,
    protectors: [...(passphrases?.protectors ?? []), protector],
    identities,
  };
  return signVaultFile(file, keyring);
}

/** Whether keys that lay beside a backup may become the vault's: its owner signed them, or it was before keys were signed. */
function isOfOwner(keys: VaultFile, keyring: Keyring): boolean {
  try {
    demandAuthor(keys, keyring);
  } catch (error) {
    if (VaultError.is(error, 'untrusted')) {
      return false;
    }
    throw error;
  }
  return keys.protectors.every((entry) => entry.kind !== 'passphrase' || isModest(entry.kdf));
}
