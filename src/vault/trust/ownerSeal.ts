import { createHash } from 'node:crypto';
import { AgeReader, memorySource, sealAge } from '../age/ageStream.ts';
import { wipe, type Identity, type Keyring } from '../age/identity.ts';
import { authorKeyOf, type SigningKey } from '../age/signing.ts';
import { VaultError } from '../vaultError.ts';
import type { FileKeys, OwnFile } from './readTrust.ts';

/**
 * The plaintext of an age file that a vault's owner signed.
 * @throws {VaultError} `untrusted` when they did not; as `AgeReader`
 */
export function readSigned(
  bytes: Uint8Array,
  { keyring, trust }: FileKeys,
  what: OwnFile,
): Uint8Array {
  const reader = new AgeReader(memorySource(bytes), keyring);
  try {
    trust.demandFile(reader, what, () => createHash('sha256').update(bytes).digest('hex'));
    return reader.readAll();
  } finally {
    reader.dispose();
  }
}

/**
 * An age file for a vault's owner that nobody signs: for what is made anew of a file that nobody had signed.
 * @throws {VaultError} as {@link sealAsOwner}
 */
export function sealUnsigned(keyring: Keyring, plain: Uint8Array): Uint8Array {
  return sealAge(ownerOf(keyring).recipient, plain);
}

/**
 * An age file for a vault's owner, who signs it. It is sealed for the identity at hand, never for whom a file in some folder names.
 * @throws {VaultError} as {@link asOwner}
 */
export function sealAsOwner(keyring: Keyring, what: OwnFile, plain: Uint8Array): Uint8Array {
  return asOwner(keyring, (key) => sealAge(ownerOf(keyring).recipient, plain, { what, key }));
}

/**
 * Signs with the key of a vault's owner, which is wiped then.
 * @param keyring the current identity first
 * @throws {VaultError} `locked` when there is none
 */
export function asOwner<T>(keyring: Keyring, sign: (key: SigningKey) => T): T {
  const key = authorKeyOf(ownerOf(keyring));
  try {
    return sign(key);
  } finally {
    wipe(key.seed);
  }
}

function ownerOf(keyring: Keyring): Identity {
  const [owner] = keyring;
  if (owner === undefined) {
    throw new VaultError('locked', 'Only who has the identity of the vault seals for it');
  }
  return owner;
}
