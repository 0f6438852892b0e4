import { createHash } from 'node:crypto';
import type { RecordId } from '../record.ts';

/**
 * The id of something that an import brings: the first 16 bytes of the SHA-256 of these lines, as hex.
 * @param source the program that told of it
 * @param key what it is among all that this program tells
 * @param generation how many of its ids before this one were deleted, or hold another part of it
 * @param device without it the same thing has the same id on every device
 */
export function importedId(
  source: string,
  key: string,
  generation: number,
  device?: string,
): RecordId {
  const lines = device === undefined ? ['1'] : ['2', device];
  return createHash('sha256')
    .update(['millrace-import', ...lines, source, key, String(generation)].join('\n'))
    .digest('hex')
    .slice(0, 32);
}
