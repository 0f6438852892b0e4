import { createHash, timingSafeEqual } from 'node:crypto';
import { wipe } from '../age/identity.ts';
import { VaultError } from '../vaultError.ts';
import { protectorKeyBytes } from './identityWrapping.ts';

/** Which of our key files it is: of a protector, or of a device that signs. */
export type KeyFileMagic = 'MRKEY1' | 'MRDEV1';

const checksumBytes = 16;

/** The magic, 32 key bytes, the first 16 of SHA-256 of both: a damaged file is told from a wrong one. The caller wipes it. */
export function formatKeyFile(magic: KeyFileMagic, key: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(magic, 'latin1'), key]);
  try {
    return Buffer.concat([body, checksumOf(body)]);
  } finally {
    wipe(body);
  }
}

/**
 * The key in what {@link formatKeyFile} made. The caller wipes it, and the bytes.
 * @throws {VaultError} `damagedKeyFile`
 */
export function parseKeyFile(magic: KeyFileMagic, bytes: Buffer): Uint8Array {
  const keyEnd = magic.length + protectorKeyBytes;
  if (
    bytes.length !== keyEnd + checksumBytes ||
    !timingSafeEqual(checksumOf(bytes.subarray(0, keyEnd)), bytes.subarray(keyEnd)) ||
    bytes.toString('latin1', 0, magic.length) !== magic
  ) {
    throw new VaultError('damagedKeyFile', 'The key file is damaged');
  }
  return Uint8Array.from(bytes.subarray(magic.length, keyEnd));
}

function checksumOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest().subarray(0, checksumBytes);
}
