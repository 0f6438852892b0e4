import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { createCipheriv, createDecipheriv, getCiphers } from 'node:crypto';

/**
 * ChaCha20-Poly1305 (RFC 8439). Node's own is some ten times faster over large pieces, and is there in plain
 * Node: the command line, and the extension host of a remote folder. Electron is built without it, so the
 * desktop editor uses the one in JavaScript. They give the same bytes.
 */
export interface ChunkCipher {
  /** Ciphertext and tag into `target`, which is 16 bytes longer than `plain`. */
  seal(
    key: Uint8Array,
    nonce: Uint8Array,
    plain: Uint8Array,
    target: Uint8Array,
    associated?: Uint8Array,
  ): void;
  /** The plaintext; throws when ciphertext and tag do not authenticate. */
  open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, associated?: Uint8Array): Uint8Array;
}

const tagBytes = 16;
const name = 'chacha20-poly1305';

/** In JavaScript, everywhere. */
export const portableCipher: ChunkCipher = {
  seal(key, nonce, plain, target, associated) {
    chacha20poly1305(key, nonce, associated).encrypt(plain, target);
  },
  open: (key, nonce, sealed, associated) =>
    chacha20poly1305(key, nonce, associated).decrypt(sealed),
};

const nodeCipher: ChunkCipher = {
  seal(key, nonce, plain, target, associated) {
    const cipher = createCipheriv(name, key, nonce, { authTagLength: tagBytes });
    if (associated !== undefined) {
      cipher.setAAD(associated, { plaintextLength: plain.length });
    }
    target.set(cipher.update(plain), 0);
    cipher.final();
    target.set(cipher.getAuthTag(), plain.length);
  },
  open(key, nonce, sealed, associated) {
    if (sealed.length < tagBytes) {
      throw new RangeError('There is no tag');
    }
    const decipher = createDecipheriv(name, key, nonce, { authTagLength: tagBytes });
    if (associated !== undefined) {
      decipher.setAAD(associated, { plaintextLength: sealed.length - tagBytes });
    }
    decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
    const plain = decipher.update(sealed.subarray(0, sealed.length - tagBytes));
    decipher.final();
    return plain;
  },
};

/** The fastest that this program has. */
export const fastestCipher: ChunkCipher = getCiphers().includes(name) ? nodeCipher : portableCipher;
