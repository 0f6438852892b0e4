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
  parts: DataCommandOptions,
): Promise<void> {
  const {
    vault,
    transfers,
    backups,
    sync,
    vaultWatcher: following,
    kit,
    protectors,
    onChanged,
  } = parts;
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
