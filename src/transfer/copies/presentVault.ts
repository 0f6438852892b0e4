import { stat } from 'node:fs/promises';
import { isWithin, placeOf } from '../../files/place.ts';
import type { VaultFile } from '../../vault/protectors/vaultFile.ts';
import { readVaultFile } from '../../vault/keys/vaultStore.ts';
import { TransferError } from '../transferError.ts';
import type { JobPlace } from '../transferJob.ts';

/** The vault of the place. @throws {TransferError} `unreachable` when there is none */
export async function presentVault({ folder, standIn }: JobPlace): Promise<VaultFile> {
  const file = standIn ?? (await readVaultFile(folder));
  if (file === undefined) {
    throw new TransferError('unreachable', 'There is no vault');
  }
  return file;
}

/** @throws {TransferError} `unreachable` when the folder is not there, or no folder */
export async function demandFolder(folder: string): Promise<void> {
  if (!(await stat(folder)).isDirectory()) {
    throw new TransferError('unreachable', 'What should be a folder is a file');
  }
}

/**
 * As {@link demandFolder}, and what is put there must outlive the vault: purging it, or removing it after a restore, takes
 * all of its folder.
 * @throws {TransferError} also `insideVault`
 */
export async function demandOutsideFolder(folder: string, vaultFolder: string): Promise<void> {
  await demandFolder(folder);
  if (isWithin(placeOf(folder), placeOf(vaultFolder))) {
    throw new TransferError('insideVault', 'This folder lies in the vault, and would go with it');
  }
}
