import { createPrivateKey, createPublicKey, randomBytes, sign, verify } from 'node:crypto';
import { hkdf } from './ageStanza.ts';
import { wipe, type Identity } from './identity.ts';

/**
 * Ed25519 signatures (RFC 8032): who made something, where sealing only says for whom. An *author key* is made of an identity, so
 * whoever has the identity can sign as the vault's owner; a *device key* signs what is written while no identity is at hand.
 * Either is checked by its public half alone, also while the vault is locked. Node's own is used, as for X25519.
 */
export interface SigningKey {
  /** 32 bytes in lower-case hex. */
  readonly publicKey: string;
  /** The 32 secret bytes of RFC 8032. Whoever holds them wipes them. */
  readonly seed: Uint8Array;
}

/** What a signature is for, and the version of its form: one that was made for another thing is worth nothing. */
export type SignedThing = 'vault 2' | 'identity 1' | 'segment 2' | 'file 1' | 'manifest 2';

/** A signature in the one base64 text that it has. */
export const signatureText = /^[A-Za-z0-9+/]{85}[AQgw]==$/;
const seedBytes = 32;
export const publicKeyBytes = 32;
export const signatureBytes = 64;
const authorInfo = 'millrace author 1';
/** DER around 32 raw bytes: PKCS #8 private key and SPKI public key of algorithm 1.3.101.112 (RFC 8410). */
const privateKeyPrefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const publicKeyPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/** A new random key. */
export function generateSigningKey(): SigningKey {
  return signingKeyOf(Uint8Array.from(randomBytes(seedBytes)));
}

/** The key whose secret these 32 bytes are; it takes them over. @throws {RangeError} when there are not 32 */
export function signingKeyOf(seed: Uint8Array): SigningKey {
  if (seed.length !== seedBytes) {
    throw new RangeError('A signing key has 32 secret bytes');
  }
  const der = createPublicKey(privateKeyOf(seed)).export({ format: 'der', type: 'spki' });
  return { publicKey: der.toString('hex', publicKeyPrefix.length), seed };
}

/** The key with which whoever has an identity signs: HKDF-SHA-256 of its secret, without salt. The caller wipes its seed. */
export function authorKeyOf(identity: Identity): SigningKey {
  return signingKeyOf(hkdf(identity.secret, new Uint8Array(0), authorInfo));
}

/** The 64 bytes of a signature over `millrace`, what is signed, a newline, and the bytes. */
export function signBytes(key: SigningKey, thing: SignedThing, bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(sign(null, messageOf(thing, bytes), privateKeyOf(key.seed)));
}

/** As {@link signBytes}, in base64. */
export function signedText(key: SigningKey, thing: SignedThing, bytes: Uint8Array): string {
  return Buffer.from(signBytes(key, thing, bytes)).toString('base64');
}

/** Whether the holder of a key signed just this. Never throws: what is no key or no signature signed nothing. */
export function isSigned(
  publicKey: string,
  thing: SignedThing,
  bytes: Uint8Array,
  signature: Uint8Array,
): boolean {
  try {
    const key = createPublicKey({
      key: Buffer.concat([publicKeyPrefix, Buffer.from(publicKey, 'hex')]),
      format: 'der',
      type: 'spki',
    });
    return verify(null, messageOf(thing, bytes), key, signature);
  } catch {
    return false;
  }
}

function messageOf(thing: SignedThing, bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`millrace ${thing}\n`, 'latin1'), bytes]);
}

function privateKeyOf(seed: Uint8Array): ReturnType<typeof createPrivateKey> {
  const der = Buffer.concat([privateKeyPrefix, seed]);
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } finally {
    wipe(der);
  }
}
