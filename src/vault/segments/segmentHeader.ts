import { createHash } from 'node:crypto';
import { sealedKeyBytes } from '../age/sealedKey.ts';
import {
  isSigned,
  publicKeyBytes,
  signatureBytes,
  signBytes,
  type SigningKey,
} from '../age/signing.ts';
import type { SegmentHeader } from './segmentContents.ts';
import { VaultError } from '../vaultError.ts';

/** What a segment begins with, to the byte: docs/vault-format.md, "Segments". Integers are little-endian. */
const magic = 'MRSEG1';
const versionOffset = 6;
const writerOffset = 7;
const numberOffset = 23;
const createdOffset = 27;
const sealedKeyOffset = 33;
const sealedKeyEnd = sealedKeyOffset + sealedKeyBytes;
/** Version 2 has the device's key and signature here, version 1 its hash. */
const signatureOffset = sealedKeyEnd + publicKeyBytes;
const hashBytes = 32;

interface HeaderForm {
  readonly version: number;
  readonly copyBytes: number;
}

/** What is written, and what is read besides. */
const present: HeaderForm = {
  version: 2,
  copyBytes: signatureOffset + signatureBytes + hashBytes,
};
const unsigned: HeaderForm = { version: 1, copyBytes: sealedKeyEnd + hashBytes };

/** So many bytes of a file hold every header. */
export const longestHeaderBytes = 2 * present.copyBytes;

/** Which vault a segment is of, and the device that signs it. */
export interface SegmentAuthor {
  readonly vaultId: string;
  readonly device: SigningKey;
}

export interface ParsedHeader {
  readonly header: SegmentHeader;
  readonly sealedKey: Uint8Array;
  /** Who signed it; `undefined` in version 1, which nobody signed. */
  readonly signed: SegmentSignature | undefined;
  /** SHA-256 of the header, which every record's associated data begins with. */
  readonly hash: Uint8Array;
  /** Of both copies: where the first record begins. */
  readonly headerBytes: number;
  /** False when one of the two copies is damaged. */
  readonly whole: boolean;
}

interface SegmentSignature {
  /** The device's public key, in hex. */
  readonly device: string;
  /** Whether that device signed it for this vault. */
  isFor(vaultId: string): boolean;
}

/** The bytes that a segment begins with, and the hash that goes into its records. */
export function formatHeader(
  header: SegmentHeader,
  sealedKey: Uint8Array,
  { vaultId, device }: SegmentAuthor,
): { readonly bytes: Uint8Array; readonly hash: Uint8Array } {
  const copy = Buffer.alloc(present.copyBytes);
  copy.write(magic, 0, 'latin1');
  copy.writeUInt8(present.version, versionOffset);
  copy.write(header.writerId, writerOffset, 'hex');
  copy.writeUInt32LE(header.number, numberOffset);
  copy.writeUIntLE(header.createdMs, createdOffset, 6);
  copy.set(sealedKey, sealedKeyOffset);
  copy.write(device.publicKey, sealedKeyEnd, 'hex');
  const signed = messageOf(copy.subarray(0, signatureOffset), vaultId);
  copy.set(signBytes(device, 'segment 2', signed), signatureOffset);
  const hashOffset = copy.length - hashBytes;
  const hash = sha256(copy.subarray(0, hashOffset));
  copy.set(hash, hashOffset);
  return { bytes: Buffer.concat([copy, copy]), hash };
}

/**
 * Reads a header from the first {@link longestHeaderBytes} of a file, or as many as there are, from whichever copy is whole.
 * @returns `undefined` when the file ends before its header does
 * @throws {VaultError} `unknownVersion` for a later format, `damaged` when neither copy is whole.
 */
export function parseHeader(bytes: Uint8Array): ParsedHeader | undefined {
  for (const form of [present, unsigned]) {
    const parsed = parseCopies(bytes, form);
    if (parsed !== undefined) {
      return parsed;
    }
  }
  const start = Buffer.from(bytes.subarray(0, sealedKeyOffset));
  const isOurs = magic.startsWith(start.toString('latin1', 0, magic.length));
  const version = start[versionOffset] ?? present.version;
  if (start.toString('latin1', 0, 5) === magic.slice(0, 5) && version > present.version) {
    throw new VaultError('unknownVersion', 'A segment was written by a later Millrace');
  }
  const { copyBytes } = version === unsigned.version ? unsigned : present;
  if (isOurs && bytes.length < 2 * copyBytes) {
    return undefined;
  }
  throw new VaultError('damaged', 'Neither copy of a segment header is whole');
}

function parseCopies(bytes: Uint8Array, form: HeaderForm): ParsedHeader | undefined {
  const headerBytes = 2 * form.copyBytes;
  if (bytes.length < headerBytes) {
    return undefined;
  }
  const copies = [0, form.copyBytes].map((at) =>
    parseCopy(Buffer.from(bytes.subarray(at, at + form.copyBytes)), form),
  );
  const whole = copies.find((copy) => copy !== undefined);
  return whole && { ...whole, headerBytes, whole: copies.every((copy) => copy !== undefined) };
}

function parseCopy(
  copy: Buffer,
  { version, copyBytes }: HeaderForm,
): Omit<ParsedHeader, 'whole' | 'headerBytes'> | undefined {
  if (
    copy.toString('latin1', 0, magic.length) !== magic ||
    copy.readUInt8(versionOffset) !== version
  ) {
    return undefined;
  }
  const hashOffset = copyBytes - hashBytes;
  const hash = sha256(copy.subarray(0, hashOffset));
  if (!hash.equals(copy.subarray(hashOffset))) {
    return undefined;
  }
  return {
    header: {
      writerId: copy.toString('hex', writerOffset, numberOffset),
      number: copy.readUInt32LE(numberOffset),
      createdMs: copy.readUIntLE(createdOffset, 6),
    },
    sealedKey: copy.subarray(sealedKeyOffset, sealedKeyEnd),
    signed: version === unsigned.version ? undefined : signatureOf(copy.subarray(0, hashOffset)),
    hash,
  };
}

function signatureOf(copy: Buffer): SegmentSignature {
  const device = copy.toString('hex', sealedKeyEnd, signatureOffset);
  const bytes = copy.subarray(0, signatureOffset);
  const signature = copy.subarray(signatureOffset);
  return {
    device,
    isFor: (vaultId) => isSigned(device, 'segment 2', messageOf(bytes, vaultId), signature),
  };
}

function messageOf(bytes: Uint8Array, vaultId: string): Uint8Array {
  return Buffer.concat([Buffer.from(vaultId, 'hex'), bytes]);
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
