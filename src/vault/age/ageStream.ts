import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { fileKeyBytes, hkdf, unwrapFileKey, wrapFileKey } from './ageStanza.ts';
import { formatAuthorStanza, isAuthorStanza, type FileAuthor } from './authorStanza.ts';
import { fastestCipher, type ChunkCipher } from './chunkCipher.ts';
import { wipe, type Identity, type Keyring } from './identity.ts';
import { VaultError } from '../vaultError.ts';

/**
 * age files of one X25519 recipient, chunk by chunk (https://github.com/C2SP/C2SP/blob/main/age.md, "Payload").
 * The age library only reads a file from its beginning to its end; here any chunk can be opened alone, which
 * is what lets a database of ten years open in the time of its first pages. The two agree: a test makes each
 * read what the other wrote.
 */

/** Plaintext bytes of every chunk but the last. */
export const chunkBytes = 64 * 1024;
const tagBytes = 16;
const sealedChunkBytes = chunkBytes + tagBytes;
const payloadNonceBytes = 16;
const noSalt = new Uint8Array(0);
/** More than any header of a few recipients has. */
const longestHeaderBytes = 16 * 1024;

/** Where the bytes of an age file come from. */
export interface ByteSource {
  readonly sizeBytes: number;
  /** Exactly these bytes; throws when they are not there. */
  read(offset: number, lengthBytes: number): Uint8Array;
}

/** A source over bytes in memory. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    sizeBytes: bytes.length,
    read: (offset, lengthBytes) => bytes.subarray(offset, offset + lengthBytes),
  };
}

/**
 * An age file of `plain` for one recipient.
 * @param author who says so, in a stanza of its own; without one it is a file that anybody may have made
 */
export function sealAge(
  recipient: string,
  plain: Uint8Array,
  author?: FileAuthor,
  cipher: ChunkCipher = fastestCipher,
): Uint8Array {
  const fileKey = Uint8Array.from(randomBytes(fileKeyBytes));
  const { share, body } = wrapFileKey(fileKey, recipient);
  const signed = author === undefined ? '' : formatAuthorStanza(author, fileKey);
  const head = `age-encryption.org/v1\n-> X25519 ${base64(share)}\n${base64(body)}\n${signed}---`;
  const header = Buffer.from(`${head} ${base64(macOf(head, fileKey))}\n`, 'latin1');
  const nonce = randomBytes(payloadNonceBytes);
  const payloadKey = hkdf(fileKey, nonce, 'payload');
  const chunks = chunksOf(plain.length);
  const payloadStart = header.length + nonce.length;
  const file = new Uint8Array(payloadStart + plain.length + chunks * tagBytes);
  file.set(header, 0);
  file.set(nonce, header.length);
  for (let chunk = 0; chunk < chunks; chunk++) {
    const part = plain.subarray(chunk * chunkBytes, (chunk + 1) * chunkBytes);
    const start = payloadStart + chunk * sealedChunkBytes;
    const target = file.subarray(start, start + part.length + tagBytes);
    cipher.seal(payloadKey, chunkNonce(chunk, chunks), part, target);
  }
  wipe(fileKey, payloadKey);
  return file;
}

/** An opened age file whose chunks are read in any order. Dispose it to wipe its key. */
export class AgeReader {
  readonly plainBytes: number;
  readonly chunks: number;
  readonly #source: ByteSource;
  readonly #cipher: ChunkCipher;
  readonly #fileKey: Uint8Array;
  readonly #head: string;
  readonly #payloadKey: Uint8Array;
  readonly #payloadStart: number;

  /**
   * Checks the header, and the last chunk with it: a file that was cut is found at once.
   * @param expects of a `damaged` file the header alone is checked, and each chunk when it is read
   * @throws {VaultError} `wrongKey` when it was made for none of the identities, `damaged` when it is no age
   * file or does not authenticate.
   */
  constructor(
    source: ByteSource,
    keyring: Keyring,
    cipher: ChunkCipher = fastestCipher,
    expects: 'whole' | 'damaged' = 'whole',
  ) {
    this.#cipher = cipher;
    const { fileKey, head, headerBytes } = openHeader(source, keyring);
    this.#fileKey = fileKey;
    this.#head = head;
    this.#payloadStart = headerBytes + payloadNonceBytes;
    const sealedBytes = source.sizeBytes - this.#payloadStart;
    this.chunks = Math.max(1, Math.ceil(sealedBytes / sealedChunkBytes));
    this.plainBytes = sealedBytes - this.chunks * tagBytes;
    if (this.plainBytes < 0 || (expects === 'whole' && chunksOf(this.plainBytes) !== this.chunks)) {
      throw new VaultError('damaged', 'An age file ends where none does');
    }
    this.#source = source;
    this.#payloadKey = hkdf(fileKey, source.read(headerBytes, payloadNonceBytes), 'payload');
    if (expects === 'whole') {
      this.readChunk(this.chunks - 1);
    }
  }

  /**
   * The plaintext of one chunk.
   * @throws {VaultError} `damaged` when it does not authenticate at that place.
   */
  readChunk(chunk: number): Uint8Array {
    const start = chunk * sealedChunkBytes;
    const end = Math.min(start + sealedChunkBytes, this.plainBytes + this.chunks * tagBytes);
    const sealed = this.#source.read(this.#payloadStart + start, end - start);
    try {
      return this.#cipher.open(this.#payloadKey, chunkNonce(chunk, this.chunks), sealed);
    } catch (cause) {
      throw new VaultError('damaged', 'A part of an age file does not authenticate', { cause });
    }
  }

  /**
   * The whole plaintext.
   * @throws {VaultError} as {@link readChunk}
   */
  readAll(): Uint8Array {
    const plain = new Uint8Array(this.plainBytes);
    for (let chunk = 0; chunk < this.chunks; chunk++) {
      plain.set(this.readChunk(chunk), chunk * chunkBytes);
    }
    return plain;
  }

  /** Whether the holder of a key signed this file as such a one. */
  isSignedBy(what: string, publicKey: string): boolean {
    return isAuthorStanza(this.#head, what, publicKey, this.#fileKey);
  }

  dispose(): void {
    wipe(this.#fileKey, this.#payloadKey);
  }
}

/** Whether an age file that begins so was made for an identity. Its header is all that is looked at. */
export function isAgeFileFor(start: Uint8Array, identity: Identity): boolean {
  try {
    wipe(openHeader(memorySource(start), [identity]).fileKey);
    return true;
  } catch {
    return false;
  }
}

function openHeader(
  source: ByteSource,
  keyring: Keyring,
): { readonly fileKey: Uint8Array; readonly head: string; readonly headerBytes: number } {
  const text = Buffer.from(source.read(0, Math.min(source.sizeBytes, longestHeaderBytes))).toString(
    'latin1',
  );
  const form =
    /^(age-encryption\.org\/v1\n(?:-> [!-~ ]+\n(?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{0,63}\n)+---) ([A-Za-z0-9+/]{43})\n/;
  const [header, head, mac] = form.exec(text) ?? [];
  if (header === undefined || head === undefined || mac === undefined) {
    throw new VaultError('damaged', 'This does not begin as an age file does');
  }
  const stanzas = head.matchAll(/-> X25519 ([A-Za-z0-9+/]{43})\n([A-Za-z0-9+/]{43})\n/g);
  for (const [, share, body] of stanzas) {
    for (const identity of keyring) {
      const stanza = { share: fromBase64(share), body: fromBase64(body) };
      const fileKey = unwrapFileKey(stanza, identity);
      if (fileKey !== undefined) {
        if (!timingSafeEqual(macOf(head, fileKey), fromBase64(mac))) {
          throw new VaultError('damaged', 'The header of an age file does not authenticate');
        }
        return { fileKey, head, headerBytes: header.length };
      }
    }
  }
  throw new VaultError('wrongKey', 'An age file is for none of the identities at hand');
}

function chunksOf(plainBytes: number): number {
  return Math.max(1, Math.ceil(plainBytes / chunkBytes));
}

/** STREAM's nonce: an 11-byte big-endian counter, then 1 for the last chunk. */
function chunkNonce(chunk: number, chunks: number): Uint8Array {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(chunk, 5, 6);
  nonce[11] = chunk === chunks - 1 ? 1 : 0;
  return nonce;
}

function macOf(head: string, fileKey: Uint8Array): Uint8Array {
  const key = hkdf(fileKey, noSalt, 'header');
  const mac = createHmac('sha256', key).update(head, 'latin1').digest();
  wipe(key);
  return mac;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('=', '');
}

/** Only the one way to write these bytes is taken, as the age specification asks; else bits could change unseen. */
function fromBase64(text: string | undefined): Uint8Array {
  const bytes = Buffer.from(text ?? '', 'base64');
  if (base64(bytes) !== text) {
    throw new VaultError('damaged', 'A header is not in canonical base64');
  }
  return bytes;
}
