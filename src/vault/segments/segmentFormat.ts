import { chacha20, hchacha } from '@noble/ciphers/chacha.js';
import { fastestCipher, type ChunkCipher } from '../age/chunkCipher.ts';
import { longestRecordBytes } from '../codecs/recordBytes.ts';

/** The records of a segment to the byte: docs/vault-format.md, "Segments". Integers are little-endian. */
export const tagBytes = 16;
const lengthBytes = 4;
/** What a record's frame has beside its plaintext. */
export const frameOverheadBytes = lengthBytes + tagBytes;
/** A type and a schema version. */
const shortestRecordBytes = 2;

/** The plaintext of a segment's last record: type 0, schema version 1, nothing else. */
export const endMark = Uint8Array.of(0, 1);

/** The tag before a segment's first record. */
export const firstPreviousTag = new Uint8Array(tagBytes);

/** What seals and opens one segment's records. */
export interface SegmentCipher {
  /** The caller of {@link segmentCipher} wipes it. */
  readonly subkey: Uint8Array;
  readonly headerHash: Uint8Array;
  readonly chunks: ChunkCipher;
}

/**
 * XChaCha20-Poly1305 under a segment's key, as ChaCha20-Poly1305 under the key that HChaCha20 makes of it
 * (draft-irtf-cfrg-xchacha-03, section 2.3): the first 16 bytes of every nonce are zeros, so it is the same one for all
 * records.
 */
export function segmentCipher(
  key: Uint8Array,
  headerHash: Uint8Array,
  chunks: ChunkCipher = fastestCipher,
): SegmentCipher {
  const words = (bytes: Uint8Array): Uint32Array => new Uint32Array(Uint8Array.from(bytes).buffer);
  const keyWords = words(key);
  const subkey = new Uint32Array(8);
  hchacha(words(Buffer.from('expand 32-byte k', 'latin1')), keyWords, new Uint32Array(4), subkey);
  keyWords.fill(0);
  return { subkey: new Uint8Array(subkey.buffer), headerHash, chunks };
}

/** A record's bytes in the file: length, ciphertext, tag. */
export function sealFrame(
  cipher: SegmentCipher,
  sequence: number,
  previousTag: Uint8Array,
  plain: Uint8Array,
): Uint8Array {
  const frame = Buffer.alloc(plain.length + frameOverheadBytes);
  frame.writeUInt32LE(plain.length, 0);
  cipher.chunks.seal(
    cipher.subkey,
    nonceOf(sequence),
    plain,
    frame.subarray(lengthBytes),
    associatedData(cipher, plain.length, previousTag),
  );
  return frame;
}

/**
 * The length of the frame that begins at `offset`, or `undefined` when no frame can begin there: too short,
 * too long, or not all there.
 */
export function frameLengthAt(bytes: Uint8Array, offset: number): number | undefined {
  const frameBytes = announcedFrameLength(bytes, offset);
  return frameBytes !== undefined && offset + frameBytes <= bytes.length ? frameBytes : undefined;
}

/** As {@link frameLengthAt}, of a frame that may go beyond the end of what is there. */
export function announcedFrameLength(bytes: Uint8Array, offset: number): number | undefined {
  if (offset + lengthBytes > bytes.length) {
    return undefined;
  }
  const length =
    ((bytes[offset] ?? 0) |
      ((bytes[offset + 1] ?? 0) << 8) |
      ((bytes[offset + 2] ?? 0) << 16) |
      ((bytes[offset + 3] ?? 0) << 24)) >>>
    0;
  return length >= shortestRecordBytes && length <= longestRecordBytes
    ? length + frameOverheadBytes
    : undefined;
}

/**
 * Opens a frame as the record of that number that follows the record of that tag; `undefined` when it is
 * not. The length that is authenticated is the frame's own, so that a damaged length field can be put right.
 */
export function openFrame(
  cipher: SegmentCipher,
  sequence: number,
  previousTag: Uint8Array,
  frame: Uint8Array,
): Uint8Array | undefined {
  try {
    return cipher.chunks.open(
      cipher.subkey,
      nonceOf(sequence),
      frame.subarray(lengthBytes),
      associatedData(cipher, frame.length - frameOverheadBytes, previousTag),
    );
  } catch {
    return undefined;
  }
}

/** The tag that a frame has, right or wrong. */
export function tagOf(frame: Uint8Array): Uint8Array {
  return frame.subarray(frame.length - tagBytes);
}

/**
 * The frame with the tag that its ciphertext should have there. It proves nothing by itself: the
 * ciphertext is authentic only if the record behind it was sealed with this very tag.
 */
export function withComputedTag(
  cipher: SegmentCipher,
  sequence: number,
  previousTag: Uint8Array,
  frame: Uint8Array,
): Uint8Array {
  const ciphertext = frame.subarray(lengthBytes, frame.length - tagBytes);
  // The AEAD encrypts from block 1 on; block 0 makes the one-time key (RFC 8439 section 2.8).
  const plain = chacha20(cipher.subkey, nonceOf(sequence), ciphertext, undefined, 1);
  return sealFrame(cipher, sequence, previousTag, plain);
}

/**
 * The record's number in the last eight bytes of XChaCha's 24: a key seals each number once. What is left of them
 * for the inner cipher is four zeros and those eight.
 */
function nonceOf(sequence: number): Uint8Array {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntLE(sequence, 4, 6);
  return nonce;
}

function associatedData(
  cipher: SegmentCipher,
  length: number,
  previousTag: Uint8Array,
): Uint8Array {
  const data = Buffer.alloc(cipher.headerHash.length + lengthBytes + tagBytes);
  data.set(cipher.headerHash, 0);
  data.writeUInt32LE(length, cipher.headerHash.length);
  data.set(previousTag, cipher.headerHash.length + lengthBytes);
  return data;
}
