import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import { makeFolder, replaceFile } from '../../files/durableFiles.ts';
import { wipe } from '../age/identity.ts';
import { protectorKeyBytes } from './identityWrapping.ts';
import type { Protector } from './protector.ts';
import { VaultError } from '../vaultError.ts';

const magic = Buffer.from('MRKEY1', 'latin1');
const checksumBytes = 16;

/**
 * Keeps keys in files of their owner alone (mode 0600; Windows: the profile's own access list), one a vault,
 * in a folder that must not be the vault's. `MRKEY1`, 32 key bytes, the first 16 of SHA-256 of both: a
 * damaged file is told from a wrong one.
 */
export class KeyFileProtector implements Protector {
  readonly kind = 'keyFile';
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async load(vaultId: string): Promise<Uint8Array | undefined> {
    const bytes = await this.#read(vaultId);
    if (bytes === undefined) {
      return undefined;
    }
    const keyEnd = magic.length + protectorKeyBytes;
    try {
      if (
        bytes.length !== keyEnd + checksumBytes ||
        !timingSafeEqual(checksumOf(bytes.subarray(0, keyEnd)), bytes.subarray(keyEnd)) ||
        !bytes.subarray(0, magic.length).equals(magic)
      ) {
        throw new VaultError('damagedKeyFile', 'The key file is damaged');
      }
      return Uint8Array.from(bytes.subarray(magic.length, keyEnd));
    } finally {
      wipe(bytes);
    }
  }

  async store(vaultId: string, key: Uint8Array): Promise<void> {
    if (key.length !== protectorKeyBytes) {
      throw new RangeError('A protector keeps 32 bytes');
    }
    await makeFolder(this.#folder);
    const body = Buffer.concat([magic, key]);
    const bytes = Buffer.concat([body, checksumOf(body)]);
    try {
      await replaceFile(this.#fileOf(vaultId), bytes);
    } finally {
      wipe(body, bytes);
    }
  }

  async remove(vaultId: string): Promise<void> {
    await rm(this.#fileOf(vaultId), { force: true });
  }

  async #read(vaultId: string): Promise<Buffer | undefined> {
    try {
      return await readFile(this.#fileOf(vaultId));
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') {
        return undefined;
      }
      throw error;
    }
  }

  #fileOf(vaultId: string): string {
    if (!/^[0-9a-f]{32}$/.test(vaultId)) {
      throw new RangeError('A vault id has 32 lower-case hex digits');
    }
    return path.join(this.#folder, `${vaultId}.key`);
  }
}

function checksumOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest().subarray(0, checksumBytes);
}
