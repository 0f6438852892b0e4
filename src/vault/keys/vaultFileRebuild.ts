import { randomBytes } from 'node:crypto';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import { createFile } from '../../files/durableFiles.ts';
import { vaultFileName } from '../folder/vaultFolder.ts';
import { formatVaultFile, type VaultFile } from '../protectors/vaultFile.ts';
import { VaultError } from '../vaultError.ts';

/**
 * Writes a `vault.json` where there is none that can be read. What was there stays beside it under another name, until the vault
 * is purged.
 * @returns that name; `undefined` when nothing was there
 * @throws {VaultError} `busy` when another process was faster, `unwritable`; then what was there is there again
 */
export async function rebuildVaultFile(
  folder: string,
  file: VaultFile,
): Promise<string | undefined> {
  const target = path.join(folder, vaultFileName);
  // It begins as the file does, so that a purge takes it with the first.
  const name = `${vaultFileName}.${randomBytes(8).toString('hex')}.damaged`;
  const aside = path.join(folder, name);
  let isAside = false;
  try {
    isAside = await moveIfThere(target, aside);
    if (await createFile(target, formatVaultFile(file))) {
      return isAside ? name : undefined;
    }
  } catch (cause) {
    if (isAside) {
      await rename(aside, target).catch(() => undefined);
    }
    throw new VaultError('unwritable', 'vault.json cannot be written', { cause });
  }
  throw new VaultError('busy', 'Another process is changing the keys of the vault');
}

async function moveIfThere(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') {
      return false;
    }
    throw error;
  }
}
