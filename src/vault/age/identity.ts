import { bech32 } from '@scure/base';
import { createPrivateKey, createPublicKey, diffieHellman, randomBytes } from 'node:crypto';
import { VaultError } from '../vaultError.ts';

/**
 * X25519 identities as `age` has them (https://age-encryption.org/v1, "The X25519 recipient type"), held as
 * bytes so that they can be wiped. Node's own X25519 is used: it needs no module that takes the extension
 * host tens of milliseconds to load.
 */
export interface Identity {
  /** `age1...`, the public half. */
  readonly recipient: string;
  /** The 32 secret bytes. Whoever holds them wipes them with {@link wipe} when done. */
  readonly secret: Uint8Array;
}

/** Every identity that may still open something of a vault; the current one first. */
export type Keyring = readonly Identity[];

const keyBytes = 32;
/** DER around 32 raw bytes: PKCS #8 private key and SPKI public key of algorithm 1.3.101.110 (RFC 8410). */
const privateKeyPrefix = Buffer.from('302e020100300506032b656e04220420', 'hex');
const publicKeyPrefix = Buffer.from('302a300506032b656e032100', 'hex');
const recipientPrefix = 'age';
const identityPrefix = 'age-secret-key-';
/** X25519's base point, u = 9. */
const basePoint = Uint8Array.of(9, ...new Uint8Array(keyBytes - 1));

/** A new random identity. */
export function generateIdentity(): Identity {
  return identityFromSecret(Uint8Array.from(randomBytes(keyBytes)));
}

/**
 * The identity whose secret these 32 bytes are; it takes them over and wipes them in the end.
 * @throws {RangeError} when there are not 32.
 */
export function identityFromSecret(secret: Uint8Array): Identity {
  if (secret.length !== keyBytes) {
    throw new RangeError('An identity has 32 secret bytes');
  }
  return {
    recipient: bech32.encodeFromBytes(recipientPrefix, agree(secret, basePoint)),
    secret,
  };
}

/**
 * The 32 public bytes of an `age1...` recipient.
 * @throws {VaultError} `damaged` when the text is none or its checksum fails.
 */
export function recipientBytes(recipient: string): Uint8Array {
  try {
    const { prefix, bytes } = bech32.decodeToBytes(recipient);
    if (prefix === recipientPrefix && bytes.length === keyBytes) {
      return bytes;
    }
  } catch (cause) {
    throw new VaultError('damaged', 'This is no recipient', { cause });
  }
  throw new VaultError('damaged', 'This is no recipient');
}

/** `AGE-SECRET-KEY-1...`. A string cannot be wiped: for the recovery kit only. */
export function formatIdentity(identity: Identity): string {
  return bech32.encodeFromBytes(identityPrefix, identity.secret).toUpperCase();
}

/**
 * The identity that a text of `AGE-SECRET-KEY-1...` is, in large letters or in small ones; `undefined` when it is none, or its
 * checksum fails. The caller wipes it.
 */
export function parseIdentity(text: string): Identity | undefined {
  try {
    const { prefix, bytes } = bech32.decodeToBytes(text);
    return prefix === identityPrefix && bytes.length === keyBytes
      ? identityFromSecret(bytes)
      : undefined;
  } catch {
    // Nothing of it is kept: the library's message quotes the text, which is the secret.
    return undefined;
  }
}

/** Overwrites secrets with zeros. What held them is of no use afterwards. */
export function wipe(...secrets: readonly (Uint8Array | Identity)[]): void {
  for (const secret of secrets) {
    (secret instanceof Uint8Array ? secret : secret.secret).fill(0);
  }
}

/**
 * X25519 (RFC 7748 section 5) of a secret and a public value.
 * @throws when the result is all zeros, as it is for the few public values of low order.
 */
export function agree(secret: Uint8Array, publicBytes: Uint8Array): Uint8Array {
  const der = Buffer.concat([privateKeyPrefix, secret]);
  try {
    return Uint8Array.from(
      diffieHellman({
        privateKey: createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }),
        publicKey: createPublicKey({
          key: Buffer.concat([publicKeyPrefix, publicBytes]),
          format: 'der',
          type: 'spki',
        }),
      }),
    );
  } finally {
    wipe(der);
  }
}

/** The public value of a secret: X25519 with the base point. */
export function publicBytes(secret: Uint8Array): Uint8Array {
  return agree(secret, basePoint);
}
