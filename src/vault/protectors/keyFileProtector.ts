import { rm } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import { makeFolder, replaceFile } from '../../files/durableFiles.ts';
import { readPlain } from '../../files/plainFile.ts';
import { largestMarkBytes } from '../folder/vaultParts.ts';
import { wipe } from '../age/identity.ts';
import { protectorKeyBytes } from './identityWrapping.ts';
import { formatKeyFile, parseKeyFile } from './keyFileCodec.ts';
import type { Protector } from './protector.ts';

/**
 * Keeps keys in files of their owner alone (mode 0600; Windows: the profile's own access list), one a vault,
 * in a folder that must not be the vault's.
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
    try {
      return parseKeyFile('MRKEY1', bytes);
    } finally {
      wipe(bytes);
    }
  }

  async store(vaultId: string, key: Uint8Array): Promise<void> {
    if (key.length !== protectorKeyBytes) {
      throw new RangeError('A protector keeps 32 bytes');
    }
    await makeFolder(this.#folder);
    const bytes = formatKeyFile('MRKEY1', key);
    try {
      await replaceFile(this.#fileOf(vaultId), bytes);
    } finally {
      wipe(bytes);
    }
  }

  async remove(vaultId: string): Promise<void> {
    await rm(this.#fileOf(vaultId), { force: true });
  }

  async #read(vaultId: string): Promise<Buffer | undefined> {
    try {
      return await readPlain(this.#fileOf(vaultId), { largestBytes: largestMarkBytes });
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
