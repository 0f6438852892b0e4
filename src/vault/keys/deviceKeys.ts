import { rm } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import { createFile, makeFolder } from '../../files/durableFiles.ts';
import { readPlain } from '../../files/plainFile.ts';
import { wipe } from '../age/identity.ts';
import { generateSigningKey, signingKeyOf, type SigningKey } from '../age/signing.ts';
import { formatKeyFile, parseKeyFile } from '../protectors/keyFileCodec.ts';
import { VaultError } from '../vaultError.ts';

const longestBytes = 4096;

/**
 * The keys with which this device signs what it writes while a vault is locked, one a vault, beside the protectors' key files and
 * never in the vault's folder. They open nothing. A device that lost its key makes another, which counts once the vault was
 * unlocked there.
 */
export class DeviceKeys {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * The key of a vault; made where there is none. Of several windows that make one at once all get the same. The caller wipes it.
   * @throws {VaultError} `unusable` when none can be kept
   */
  async load(vaultId: string): Promise<SigningKey> {
    const file = this.#fileOf(vaultId);
    try {
      const present = await read(file);
      if (present !== undefined) {
        return present;
      }
      await makeFolder(this.#folder);
      const made = generateSigningKey();
      const bytes = formatKeyFile('MRDEV1', made.seed);
      const isFirst = await createFile(file, bytes);
      wipe(bytes);
      if (isFirst) {
        return made;
      }
      wipe(made.seed);
      const other = await read(file);
      if (other !== undefined) {
        return other;
      }
    } catch (cause) {
      throw new VaultError('unusable', 'The key of this device cannot be kept', { cause });
    }
    throw new VaultError('unusable', 'The key of this device came and went');
  }

  /** Forgets the key of a vault; it need not be there. */
  async remove(vaultId: string): Promise<void> {
    await rm(this.#fileOf(vaultId), { force: true });
  }

  #fileOf(vaultId: string): string {
    if (!/^[0-9a-f]{32}$/.test(vaultId)) {
      throw new RangeError('A vault id has 32 lower-case hex digits');
    }
    return path.join(this.#folder, `${vaultId}.device`);
  }
}

/** A damaged one is removed, as it is of no use: the device signs with another from then on. */
async function read(file: string): Promise<SigningKey | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readPlain(file, { largestBytes: longestBytes });
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
  try {
    return signingKeyOf(parseKeyFile('MRDEV1', bytes));
  } catch (error) {
    if (!VaultError.is(error, 'damagedKeyFile')) {
      throw error;
    }
    await rm(file, { force: true });
    return undefined;
  } finally {
    wipe(bytes);
  }
}
