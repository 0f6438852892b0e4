import { createHash } from 'node:crypto';
import type { SegmentHeader } from '../../src/vault/segments/segmentContents.ts';

/** The header of a segment of version 1, which nobody signed: docs/vault-format.md, "Segments". */
export function formatUnsignedHeader(
  { writerId, number, createdMs }: SegmentHeader,
  sealedKey: Uint8Array,
): { readonly bytes: Uint8Array; readonly hash: Uint8Array } {
  const start = Buffer.alloc(33);
  start.write('MRSEG1', 0, 'latin1');
  start.writeUInt8(1, 6);
  start.write(writerId, 7, 'hex');
  start.writeUInt32LE(number, 23);
  start.writeUIntLE(createdMs, 27, 6);
  const signed = Buffer.concat([start, sealedKey]);
  const hash = createHash('sha256').update(signed).digest();
  const copy = Buffer.concat([signed, hash]);
  return { bytes: Buffer.concat([copy, copy]), hash };
}
