import { readdir, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../base/errors.ts';
import { describeError } from '../base/log.ts';
import { syncFolder } from '../files/durableFiles.ts';
import { shredFile } from '../files/shredFile.ts';
import { dataFolderNames, vaultFileName } from './folder/vaultFolder.ts';
import { readVaultFile, type VaultPlace } from './keys/vaultStore.ts';

/**
 * Destroys a vault. First what opens it: the protectors' keys of this device and `vault.json` with the wrapped
 * identities, so that even a purge that is cut short leaves nothing that can be read. Then every file is
 * overwritten and removed. A file system that writes elsewhere (copy on write, flash) may keep the overwritten
 * bytes; without the keys they are noise. Recovery kits and copies of the folder are beyond reach.
 * @throws {AggregateError} when something could not be removed, after all the rest was.
 */
export async function purgeVault(place: VaultPlace): Promise<void> {
  const { folder, protectors, log } = place;
  const file = await readVaultFile(folder).catch(() => undefined);
  const failures: unknown[] = [];
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      log.error('A part of the vault was not purged', describeError(error));
      failures.push(error);
    }
  };
  if (file !== undefined) {
    for (const protector of protectors) {
      await attempt(() => protector.remove(file.vault));
    }
  }
  // vault.json and what a change that was cut short may have left of it.
  for (const name of await listOwn(
    folder,
    (entry) => entry.startsWith(vaultFileName) || entry === 'compaction.lock',
  )) {
    await attempt(() => shredFile(path.join(folder, name)));
  }
  await attempt(() => syncFolder(folder));
  for (const name of dataFolderNames) {
    const inner = path.join(folder, name);
    for (const entry of await listOwn(inner, () => true)) {
      await attempt(() => shredFile(path.join(inner, entry)));
    }
    await attempt(() => removeFolder(inner));
  }
  if (failures.length > 0) {
    throw new AggregateError(failures, 'The keys are destroyed; some files could not be removed');
  }
  log.info('The vault was purged');
}

async function listOwn(folder: string, isOwn: (name: string) => boolean): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile() && isOwn(entry.name)).map(({ name }) => name);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') {
      return [];
    }
    throw error;
  }
}

async function removeFolder(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    const code = systemErrorCode(error);
    // A peer that still writes may have put something there; its key is gone with the next look at vault.json.
    if (code !== 'ENOENT' && code !== 'ENOTEMPTY') {
      throw error;
    }
  }
}
