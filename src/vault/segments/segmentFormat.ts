import { chacha20, hchacha } from '@noble/ciphers/chacha.js';
import { createHash } from 'node:crypto';
import { fastestCipher, type ChunkCipher } from '../age/chunkCipher.ts';
import { longestRecordBytes } from '../codecs/recordBytes.ts';
import { sealedKeyBytes } from '../age/sealedKey.ts';
import type { SegmentHeader } from './segmentContents.ts';
import { VaultError } from '../vaultError.ts';

/** Segments to the byte: docs/vault-format.md, "Segments". Integers are little-endian. */
const magic = 'MRSEG1';
const segmentVersion = 1;
const sealedKeyOffset = 33;
const hashOffset = sealedKeyOffset + sealedKeyBytes;
const headerCopyBytes = hashOffset + 32;

/** Both copies of the header. */
export const segmentHeaderBytes = 2 * headerCopyBytes;
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

export interface ParsedHeader {
  readonly header: SegmentHeader;
  readonly sealedKey: Uint8Array;
  /** SHA-256 of the header, which every record's associated data begins with. */
  readonly hash: Uint8Array;
  /** False when one of the two copies is damaged. */
  readonly whole: boolean;
}

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

/** The bytes that a segment begins with, and the hash that goes into its records. */
export function formatHeader(
  header: SegmentHeader,
  sealedKey: Uint8Array,
): { readonly bytes: Uint8Array; readonly hash: Uint8Array } {
  const copy = Buffer.alloc(headerCopyBytes);
  copy.write(magic, 0, 'latin1');
  copy.writeUInt8(segmentVersion, 6);
  copy.write(header.writerId, 7, 'hex');
  copy.writeUInt32LE(header.number, 23);
  copy.writeUIntLE(header.createdMs, 27, 6);
  copy.set(sealedKey, sealedKeyOffset);
  const hash = sha256(copy.subarray(0, hashOffset));
  copy.set(hash, hashOffset);
  return { bytes: Buffer.concat([copy, copy]), hash };
}

/**
 * Reads a header of {@link segmentHeaderBytes}, from whichever copy is whole.
 * @throws {VaultError} `unknownVersion` for a later format, `damaged` when neither copy is whole.
 */
export function parseHeader(bytes: Uint8Array): ParsedHeader {
  const copies = [0, headerCopyBytes].map((start) =>
    parseCopy(Buffer.from(bytes.subarray(start, start + headerCopyBytes))),
  );
  const whole = copies.find((copy) => copy !== undefined);
  if (whole !== undefined) {
    return { ...whole, whole: copies.every((copy) => copy !== undefined) };
  }
  const start = Buffer.from(bytes.subarray(0, 7));
  if (start.toString('latin1', 0, 5) === magic.slice(0, 5) && (start[6] ?? 0) > segmentVersion) {
    throw new VaultError('unknownVersion', 'A segment was written by a later Millrace');
  }
  throw new VaultError('damaged', 'Neither copy of a segment header is whole');
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

function parseCopy(copy: Buffer): Omit<ParsedHeader, 'whole'> | undefined {
  if (
    copy.length !== headerCopyBytes ||
    copy.toString('latin1', 0, 6) !== magic ||
    copy.readUInt8(6) !== segmentVersion
  ) {
    return undefined;
  }
  const hash = sha256(copy.subarray(0, hashOffset));
  if (!hash.equals(copy.subarray(hashOffset))) {
    return undefined;
  }
  return {
    header: {
      writerId: copy.toString('hex', 7, 23),
      number: copy.readUInt32LE(23),
      createdMs: copy.readUIntLE(27, 6),
    },
    sealedKey: copy.subarray(sealedKeyOffset, hashOffset),
    hash,
  };
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

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
