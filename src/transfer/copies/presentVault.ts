import { stat } from 'node:fs/promises';
import { isWithin, placeOf } from '../../files/place.ts';
import type { VaultFile } from '../../vault/protectors/vaultFile.ts';
import { readVaultFile } from '../../vault/keys/vaultStore.ts';
import { TransferError } from '../transferError.ts';
import type { JobPlace } from '../transferJob.ts';

/**
 * The vault of the place, as it is believed.
 * @throws {TransferError} `unreachable` when there is none @throws {VaultError} as {@link JobPlace.believe}
 */
export async function presentVault({ folder, standIn, believe }: JobPlace): Promise<VaultFile> {
  if (standIn === undefined && (await readVaultFile(folder)) === undefined) {
    throw new TransferError('unreachable', 'There is no vault');
  }
  return (await believe()).file;
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
