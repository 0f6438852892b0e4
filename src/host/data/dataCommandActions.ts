import type { Protector } from '../../vault/protectors/protector.ts';
import { backUpNow, chooseBackupFolder } from './backup/backupDialogs.ts';
import type { BackupScheduler } from './backup/backupScheduler.ts';
import { exportConfiguration, importConfiguration } from './exchange/configurationDialogs.ts';
import type { CommandOf } from '../commandTable.ts';
import type { PartWindow } from '../lazy/lazyPart.ts';
import { eraseData } from './erase/eraseDialogs.ts';
import { exportData } from './exchange/exportDialogs.ts';
import { importData, undoImport } from './exchange/importDialogs.ts';
import { checkRecoveryKit } from './backup/kitDialogs.ts';
import type { KitReminder } from './backup/kitReminder.ts';
import { removeOldVault } from './backup/oldVaultDialogs.ts';
import { purgeOnceConfirmed } from './erase/purgeDialogs.ts';
import { restoreBackup } from './backup/restoreDialogs.ts';
import { chooseSyncFolder, leaveSyncFolder, syncNow } from './sync/syncDialogs.ts';
import type { SyncScheduler } from './sync/syncScheduler.ts';
import type { Transfers } from './transfers/transfers.ts';
import type { VaultWatcher } from '../vault/vaultWatcher.ts';
import { saveRecoveryKit } from '../vault/keys/vaultProtecting.ts';

/** What the commands work with. */
export interface DataCommandOptions extends PartWindow {
  readonly transfers: Transfers;
  readonly backups: BackupScheduler;
  readonly sync: SyncScheduler;
  readonly vaultWatcher: VaultWatcher;
  readonly kit: KitReminder;
  readonly protectors: readonly Protector[];
  /** The vault holds something else than before. */
  readonly onChanged: () => Promise<void>;
}

/** @throws {TransferError} what became of the transfer; {@link VaultError} */
export async function runDataCommand(
  command: CommandOf<'data'>,
  options: DataCommandOptions,
): Promise<void> {
  const { vault, transfers, backups, sync, vaultWatcher, kit, protectors, onChanged } = options;
  switch (command) {
    case 'backUpNow':
      return backUpNow(options, backups);
    case 'chooseBackupFolder':
      return chooseBackupFolder(options, backups);
    case 'restoreBackup':
      return restoreBackup(options, transfers, protectors, onChanged);
    case 'removeOldVault':
      return removeOldVault(options, vault.folder, vaultWatcher, protectors);
    case 'exportData':
      return exportData(options, transfers);
    case 'importData':
      return importData(options, transfers, onChanged);
    case 'undoImport':
      return undoImport(options, transfers, onChanged);
    case 'checkRecoveryKit':
      if (await checkRecoveryKit(options, transfers)) {
        await kit.settle();
      }
      return;
    case 'postponeKitCheck':
      return kit.settle();
    case 'saveRecoveryKit':
      return saveRecoveryKit(vault.secrets);
    case 'exportConfiguration':
      return exportConfiguration(options.clock.wallMs());
    case 'importConfiguration':
      return importConfiguration();
    case 'syncNow':
      return syncNow(options, sync);
    case 'chooseSyncFolder':
      return chooseSyncFolder(options);
    case 'leaveSyncFolder':
      return leaveSyncFolder(options, transfers);
    case 'eraseData':
      return eraseData(options, transfers, onChanged, () => {
        options.tracker.finish();
      });
    case 'purgeVault':
      return purgeOnceConfirmed(options, protectors);
  }
}
