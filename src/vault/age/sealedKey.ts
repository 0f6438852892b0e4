import { AgeReader, memorySource, sealAge } from './ageStream.ts';
import type { Keyring } from './identity.ts';
import { VaultError } from '../vaultError.ts';

/**
 * A 32-byte key as a whole age file of one X25519 stanza and one chunk, so that `age -d` opens it too. Such a
 * file is always 232 bytes long.
 */
export const sealedKeyBytes = 232;

const keyBytes = 32;

/** Seals a key for a recipient, anew each time. */
export function sealKey(key: Uint8Array, recipient: string): Uint8Array {
  return sealAge(recipient, key);
}

/**
 * Opens what {@link sealKey} made. The caller wipes the key.
 * @throws {VaultError} `damaged` when it is not such a file or does not authenticate, `wrongKey` when it is
 * sealed for none of the identities.
 */
export function openSealedKey(sealed: Uint8Array, keyring: Keyring): Uint8Array {
  if (sealed.length !== sealedKeyBytes) {
    throw new VaultError('damaged', 'A sealed key does not have the length of one');
  }
  const reader = new AgeReader(memorySource(sealed), keyring);
  try {
    if (reader.plainBytes !== keyBytes) {
      throw new VaultError('damaged', 'A sealed key does not hold a key');
    }
    return reader.readAll();
  } finally {
    reader.dispose();
  }
}
