import path from 'node:path';
import { replaceFile } from '../../files/durableFiles.ts';
import { withGenerationLock } from '../folder/generationLock.ts';
import { vaultFileName } from '../folder/vaultFolder.ts';
import type { Keyring } from '../age/identity.ts';
import { VaultError } from '../vaultError.ts';
import { formatVaultFile, type VaultFile } from '../protectors/vaultFile.ts';
import { signVaultFile } from './vaultAuthorship.ts';
import { readVaultFile } from './vaultStore.ts';

export interface VaultFilePlace {
  /** The vault's own. */
  readonly folder: string;
  /** Looks whether what lies there is the vault's. @throws {VaultError} `untrusted` */
  readonly check: (file: VaultFile) => Promise<void>;
}

/**
 * Applies a change to the file as it is now, one at a time over all processes: a lost change could be a lost key. `change` may
 * run more than once, on a newer file each time. What it returns is signed, and thereby of the present version.
 * @param keyring the identities, the one that is current after the change among them
 * @returns the file as it was written; unchanged, with nothing written, when `change` returns its argument.
 * @throws {VaultError} `busy` when others hold the lock for too long, `damaged` where there is no file; as {@link signVaultFile} and the check;
 * whatever `change` throws.
 */
export async function updateVaultFile(
  { folder, check }: VaultFilePlace,
  keyring: Keyring,
  change: (file: VaultFile) => VaultFile | Promise<VaultFile>,
): Promise<VaultFile> {
  const changed = await withGenerationLock(path.join(folder, vaultFileName), {
    generation: async () => (await readExisting(folder)).generation,
    work: async () => {
      const file = await readExisting(folder);
      await check(file);
      const next = await change(file);
      if (next === file) {
        return file;
      }
      const written = signVaultFile({ ...next, generation: file.generation + 1 }, keyring);
      await replaceFile(path.join(folder, vaultFileName), formatVaultFile(written));
      return written;
    },
  });
  if (changed === undefined) {
    throw new VaultError('busy', 'Another process is changing the keys of the vault');
  }
  return changed.done;
}

async function readExisting(folder: string): Promise<VaultFile> {
  const file = await readVaultFile(folder);
  if (file === undefined) {
    throw new VaultError('damaged', 'There is no vault.json');
  }
  return file;
}
