import type { Protector } from '../../vault/protectors/protector.ts';
import { backUpNow, chooseBackupFolder } from './backupDialogs.ts';
import type { BackupKeeping } from './backupKeeping.ts';
import { exportConfiguration, importConfiguration } from './configurationDialogs.ts';
import type { CommandOf } from '../commandTable.ts';
import type { PartWindow } from '../lazy/lazyPart.ts';
import { eraseData } from './eraseDialogs.ts';
import { exportData } from './exportDialogs.ts';
import { importData, undoImport } from './importDialogs.ts';
import { checkRecoveryKit } from './kitDialogs.ts';
import type { KitReminder } from './kitReminder.ts';
import { removeOldVault } from './oldVaultDialogs.ts';
import { purgeOnceConfirmed } from './purgeDialogs.ts';
import { restoreBackup } from './restoreDialogs.ts';
import { chooseSyncFolder, leaveSyncFolder, syncNow } from './syncDialogs.ts';
import type { SyncKeeping } from './syncKeeping.ts';
import type { Transfers } from './transfers.ts';
import type { VaultFollowing } from '../vault/vaultFollowing.ts';
import { saveRecoveryKit } from '../vault/vaultProtecting.ts';

/** What the commands work with. */
export interface DataCommandParts extends PartWindow {
  readonly transfers: Transfers;
  readonly backups: BackupKeeping;
  readonly sync: SyncKeeping;
  readonly following: VaultFollowing;
  readonly kit: KitReminder;
  readonly protectors: readonly Protector[];
  /** The vault holds something else than before. */
  readonly onChanged: () => Promise<void>;
}

/** @throws {TransferError} what became of the transfer; {@link VaultError} */
export async function runDataCommand(
  command: CommandOf<'data'>,
  parts: DataCommandParts,
): Promise<void> {
  const { vault, transfers, backups, sync, following, kit, protectors, onChanged } = parts;
  switch (command) {
    case 'backUpNow':
      return backUpNow(parts, backups);
    case 'chooseBackupFolder':
      return chooseBackupFolder(parts, backups);
    case 'restoreBackup':
      return restoreBackup(parts, transfers, protectors, onChanged);
    case 'removeOldVault':
      return removeOldVault(parts, vault.folder, following, protectors);
    case 'exportData':
      return exportData(parts, transfers);
    case 'importData':
      return importData(parts, transfers, onChanged);
    case 'undoImport':
      return undoImport(parts, transfers, onChanged);
    case 'checkRecoveryKit':
      if (await checkRecoveryKit(parts, transfers)) {
        await kit.settle();
      }
      return;
    case 'postponeKitCheck':
      return kit.settle();
    case 'saveRecoveryKit':
      return saveRecoveryKit(vault.secrets);
    case 'exportConfiguration':
      return exportConfiguration(parts.clock.wallMs());
    case 'importConfiguration':
      return importConfiguration();
    case 'syncNow':
      return syncNow(parts, sync);
    case 'chooseSyncFolder':
      return chooseSyncFolder(parts);
    case 'leaveSyncFolder':
      return leaveSyncFolder(parts, transfers);
    case 'eraseData':
      return eraseData(parts, transfers, onChanged, () => {
        parts.tracker.finish();
      });
    case 'purgeVault':
      return purgeOnceConfirmed(parts, protectors);
  }
}
