import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { randomBytes } from 'node:crypto';
import { identityFromSecret, wipe, type Identity } from '../age/identity.ts';
import { VaultError } from '../vaultError.ts';
import type { ProtectorEntry } from './vaultFile.ts';

/** Identities sealed under a protector's key: docs/vault-format.md, "Wrapped identities". */
export const protectorKeyBytes = 32;

const nonceBytes = 24;

/** Seals an identity's secret under a protector's key. The result is base64 of nonce, ciphertext and tag. */
export function wrapIdentity(
  identity: Identity,
  vaultId: string,
  protector: ProtectorEntry,
  key: Uint8Array,
): string {
  const nonce = Uint8Array.from(randomBytes(nonceBytes));
  const data = associatedData(vaultId, identity.recipient, protector);
  const box = xchacha20poly1305(key, nonce, data).encrypt(identity.secret);
  return Buffer.concat([nonce, box]).toString('base64');
}

/**
 * Opens what {@link wrapIdentity} made.
 * @throws {VaultError} `wrongKey` when the key does not open it.
 */
export function unwrapIdentity(
  box: string,
  recipient: string,
  vaultId: string,
  protector: ProtectorEntry,
  key: Uint8Array,
): Identity {
  const bytes = Buffer.from(box, 'base64');
  const data = associatedData(vaultId, recipient, protector);
  let secret: Uint8Array;
  try {
    secret = xchacha20poly1305(key, bytes.subarray(0, nonceBytes), data).decrypt(
      Uint8Array.from(bytes.subarray(nonceBytes)),
    );
  } catch (cause) {
    throw new VaultError('wrongKey', 'The key does not open this identity', { cause });
  }
  const identity = identityFromSecret(secret);
  if (identity.recipient !== recipient) {
    wipe(identity);
    throw new VaultError('damaged', 'A wrapped identity is not the one that it is said to be');
  }
  return identity;
}

/** Binds a wrapped identity to its vault, its public half, and the protector with all its parameters. */
function associatedData(vaultId: string, recipient: string, protector: ProtectorEntry): Uint8Array {
  const parts = ['millrace-vault', '1', vaultId, recipient, protector.id, protector.kind];
  if (protector.kind === 'passphrase') {
    const { name, memoryKiB, iterations, parallelism, salt } = protector.kdf;
    parts.push(name, `${memoryKiB}`, `${iterations}`, `${parallelism}`, salt);
  }
  return new TextEncoder().encode(parts.join('\n'));
}
