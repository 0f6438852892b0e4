import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { createHmac, randomBytes } from 'node:crypto';
import { agree, publicBytes, recipientBytes, wipe, type Identity } from './identity.ts';

/**
 * The X25519 stanza of an age header (https://github.com/C2SP/C2SP/blob/main/age.md, "The X25519 recipient
 * type"), from Node's own X25519 and HMAC: the age library takes about 40 ms of the extension host's thread to
 * load, and its identities are strings that cannot be wiped.
 */
export interface X25519Stanza {
  /** The ephemeral public value, 32 bytes. */
  readonly share: Uint8Array;
  /** The file key, sealed: 32 bytes. */
  readonly body: Uint8Array;
}

export const fileKeyBytes = 16;
/** The nonce may be constant as each wrapping key seals one file key. */
const zeroNonce = new Uint8Array(12);

/** Seals a file's 16-byte key for a recipient. */
export function wrapFileKey(fileKey: Uint8Array, recipient: string): X25519Stanza {
  const theirs = recipientBytes(recipient);
  const ephemeral = Uint8Array.from(randomBytes(32));
  const share = publicBytes(ephemeral);
  const shared = agree(ephemeral, theirs);
  const key = wrappingKey(shared, share, theirs);
  const body = chacha20poly1305(key, zeroNonce).encrypt(fileKey);
  wipe(ephemeral, shared, key);
  return { share, body };
}

/** The file key, or `undefined` when the stanza was made for someone else. The caller wipes the key. */
export function unwrapFileKey(stanza: X25519Stanza, identity: Identity): Uint8Array | undefined {
  if (stanza.share.length !== 32 || stanza.body.length !== fileKeyBytes + 16) {
    return undefined;
  }
  const key = new Uint8Array(32);
  try {
    const shared = agree(identity.secret, stanza.share);
    key.set(wrappingKey(shared, stanza.share, recipientBytes(identity.recipient)));
    wipe(shared);
    return chacha20poly1305(key, zeroNonce).decrypt(stanza.body);
  } catch {
    // Another's stanza, a damaged one, or a share of low order: one answer to all three, as age gives it.
    return undefined;
  } finally {
    wipe(key);
  }
}

/** HKDF-SHA-256 (RFC 5869) for up to 32 bytes of output. An empty salt is 32 zeros. */
export function hkdf(secret: Uint8Array, salt: Uint8Array, info: string): Uint8Array {
  const extracted = createHmac('sha256', salt).update(secret).digest();
  const expanded = createHmac('sha256', extracted).update(info).update(Uint8Array.of(1)).digest();
  wipe(extracted);
  return expanded;
}

function wrappingKey(shared: Uint8Array, share: Uint8Array, recipient: Uint8Array): Uint8Array {
  return hkdf(shared, Buffer.concat([share, recipient]), 'age-encryption.org/v1/X25519');
}
