import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { fileKeyBytes, hkdf, unwrapFileKey, wrapFileKey } from './ageStanza.ts';
import { wipe, type Keyring } from './identity.ts';
import { VaultError } from './vaultError.ts';

/**
 * A 32-byte key as a whole age file of one X25519 stanza and one chunk, so that `age -d` opens it too. Such a
 * file is always 232 bytes long.
 */
export const sealedKeyBytes = 232;

const headerBytes = 168;
const payloadNonceBytes = 16;
/** age's STREAM nonce of a chunk that is the first and the last: an 11-byte counter of 0, then 1. */
const onlyChunkNonce = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
const noSalt = new Uint8Array(0);
const headerForm =
  /^(age-encryption\.org\/v1\n-> X25519 ([A-Za-z0-9+/]{43})\n([A-Za-z0-9+/]{43})\n---) ([A-Za-z0-9+/]{43})\n$/;

/** Seals a key for a recipient, anew each time. */
export function sealKey(key: Uint8Array, recipient: string): Uint8Array {
  const fileKey = Uint8Array.from(randomBytes(fileKeyBytes));
  const { share, body } = wrapFileKey(fileKey, recipient);
  const head = `age-encryption.org/v1\n-> X25519 ${base64(share)}\n${base64(body)}\n---`;
  const nonce = randomBytes(payloadNonceBytes);
  const payloadKey = hkdf(fileKey, nonce, 'payload');
  const sealed = Buffer.concat([
    Buffer.from(`${head} ${base64(macOf(head, fileKey))}\n`, 'latin1'),
    nonce,
    chacha20poly1305(payloadKey, onlyChunkNonce).encrypt(key),
  ]);
  wipe(fileKey, payloadKey);
  return sealed;
}

/**
 * Opens what {@link sealKey} made. The caller wipes the key.
 * @throws {VaultError} `damaged` when it is not such a file or does not authenticate, `wrongKey` when it is
 * sealed for none of the identities.
 */
export function openSealedKey(sealed: Uint8Array, keyring: Keyring): Uint8Array {
  const text = Buffer.from(sealed.subarray(0, headerBytes)).toString('latin1');
  const [, head, share, body, mac] = headerForm.exec(text) ?? [];
  if (
    sealed.length !== sealedKeyBytes ||
    head === undefined ||
    share === undefined ||
    body === undefined ||
    mac === undefined
  ) {
    throw new VaultError('damaged', 'A sealed key does not have the form of one');
  }
  const stanza = { share: fromBase64(share), body: fromBase64(body) };
  for (const identity of keyring) {
    const fileKey = unwrapFileKey(stanza, identity);
    if (fileKey !== undefined) {
      try {
        return openPayload(sealed, head, fromBase64(mac), fileKey);
      } finally {
        wipe(fileKey);
      }
    }
  }
  throw new VaultError('wrongKey', 'A key is sealed for none of the identities at hand');
}

function openPayload(
  sealed: Uint8Array,
  head: string,
  mac: Uint8Array,
  fileKey: Uint8Array,
): Uint8Array {
  if (!timingSafeEqual(macOf(head, fileKey), mac)) {
    throw new VaultError('damaged', 'The header of a sealed key does not authenticate');
  }
  const nonce = sealed.subarray(headerBytes, headerBytes + payloadNonceBytes);
  const payloadKey = hkdf(fileKey, nonce, 'payload');
  try {
    return chacha20poly1305(payloadKey, onlyChunkNonce).decrypt(
      sealed.subarray(headerBytes + payloadNonceBytes),
    );
  } catch (cause) {
    throw new VaultError('damaged', 'A sealed key does not authenticate', { cause });
  } finally {
    wipe(payloadKey);
  }
}

function macOf(head: string, fileKey: Uint8Array): Uint8Array {
  const key = hkdf(fileKey, noSalt, 'header');
  const mac = createHmac('sha256', key).update(head, 'latin1').digest();
  wipe(key);
  return mac;
}

/** Base64 without padding, as age has it. */
function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('=', '');
}

function fromBase64(text: string): Uint8Array {
  return Buffer.from(text, 'base64');
}
