import type { DataState } from '../../readings/dataReading.ts';
import { readVaultLocation } from '../../transfer/copies/vaultLocation.ts';
import type { LazyPart } from '../lazy/lazyPart.ts';

/** Backups, export, import, sync and erasing. */
export const lazyData: LazyPart<DataState> = {
  // An editor that starts has better things to do.
  firstLookMs: 20_000,
  // Another window may restore a vault at any time.
  lookMs: 60_000,
  /** A folder is set, or a vault was restored beside another. */
  isNeeded: async ({ storageFolder, settings }) => {
    const { backupFolder, backupSchedule, syncFolder } = settings;
    const isOn = (backupFolder !== '' && backupSchedule !== 'off') || syncFolder !== '';
    return isOn || (await hasRestoredVault(storageFolder));
  },
  load: async (window) => {
    const { DataPart } = await import('./dataPart.ts');
    return new DataPart(window);
  },
};

async function hasRestoredVault(storageFolder: string): Promise<boolean> {
  try {
    return (await readVaultLocation(storageFolder)) !== undefined;
  } catch {
    // A pointer that can't be read is said by the vault itself.
    return false;
  }
}
