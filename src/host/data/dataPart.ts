import path from 'node:path';
import * as vscode from 'vscode';
import { DisposableStore } from '../../base/disposable.ts';
import { loggingEmitter, type Emitter, type Event } from '../../base/emitter.ts';
import { describeError, runDetached } from '../../base/log.ts';
import type { DataReading } from '../../readings/dataReading.ts';
import { TransferError, type TransferFailure } from '../../transfer/transferError.ts';
import { readVaultFile } from '../../vault/keys/vaultStore.ts';
import { backUpNow, chooseBackupFolder } from './backup/backupDialogs.ts';
import { BackupScheduler } from './backup/backupScheduler.ts';
import { checkRecoveryKit } from './backup/kitDialogs.ts';
import { KitReminder } from './backup/kitReminder.ts';
import { removeOldVault } from './backup/oldVaultDialogs.ts';
import { restoreBackup } from './backup/restoreDialogs.ts';
import type { CommandOf } from '../commandTable.ts';
import type { LoadedPart, PartStatus, PartWindow } from '../lazy/lazyPart.ts';
import { dataStateOf } from './dataStates.ts';
import { backupStatusOf, noticeData } from './dataNotices.ts';
import { eraseData } from './erase/eraseDialogs.ts';
import { purgeOnceConfirmed } from './erase/purgeDialogs.ts';
import { exportConfiguration, importConfiguration } from './exchange/configurationDialogs.ts';
import { exportData } from './exchange/exportDialogs.ts';
import { importData, undoImport } from './exchange/importDialogs.ts';
import { keyStoreOf } from '../vault/keys/secretProtector.ts';
import { keysFolderName } from '../../vault/folder/namedVault.ts';
import type { KeyStore } from '../../vault/keys/vaultStore.ts';
import { saveRecoveryKit } from '../vault/keys/vaultProtecting.ts';
import { chooseSyncFolder, leaveSyncFolder, syncNow } from './sync/syncDialogs.ts';
import { SyncScheduler } from './sync/syncScheduler.ts';
import { Transfers } from './transfers/transfers.ts';
import { transferFailureSentence } from './transfers/transferWords.ts';
import { VaultWatcher } from '../vault/vaultWatcher.ts';
import { configuredVaultFolder } from '../vault/vaultPlace.ts';

/** How often it is looked whether something is due. */
const lookMs = 60_000;

/** Backups, sync, and vaults that were restored, joined to this window. */
export class DataPart implements LoadedPart<DataReading> {
  readonly #options: PartWindow;
  readonly #store = new DisposableStore();
  readonly #didChange: Emitter<void>;
  readonly #transfers: Transfers;
  readonly #backupScheduler: BackupScheduler;
  readonly #syncScheduler: SyncScheduler;
  readonly #vaultWatcher: VaultWatcher;
  readonly #kit: KitReminder;
  #folders = '';
  #vaultCreatedMs: number | undefined;

  constructor(options: PartWindow) {
    this.#options = options;
    const { context, vault, tracker, clock, log, settings } = options;
    const storage = context.globalStorageUri.fsPath;
    const memory = context.globalState;
    this.#didChange = this.#store.add(loggingEmitter('the data part', log));
    this.#transfers = new Transfers({
      folder: vault.folder,
      keyring: () => vault.access.keyring(),
      ...this.#keyStore,
      transferPath: context.asAbsolutePath('dist/transfer.js'),
      log,
    });
    const isReady = (): boolean => vault.condition === 'ready';
    const tells = noticeData(options.notices);
    this.#backupScheduler = this.#store.add(
      new BackupScheduler({
        ...{ storage, vaultFolder: vault.folder, settings, isReady, clock, log },
        lastTypedMs: () => {
          const { sinceLastEditMs } = tracker.latest.evidence;
          return sinceLastEditMs === undefined ? undefined : clock.wallMs() - sinceLastEditMs;
        },
        backUp: async (folder) => {
          const made = await this.#transfers.run('backUp', { folder, prunes: true });
          vault.audit('backup');
          return made;
        },
        prune: async (folder) => {
          tells.onPruned(await this.#transfers.run('pruneBackups', { folder }));
        },
        ...tells.backup,
      }),
    );
    this.#syncScheduler = new SyncScheduler({
      ...{ isReady, clock, log },
      folder: () => settings().syncFolder,
      sync: (folder, accepts) =>
        this.#transfers.run('sync', { folder, storage, accepts: [...accepts] }),
      onAdded: () => {
        runDetached(log, 'Reading again', this.#changed());
      },
      ...tells.sync,
    });
    this.#vaultWatcher = new VaultWatcher({
      ...{ storage, vaultFolder: vault.folder, isReady, memory, clock, log },
      configuredFolder: () => configuredVaultFolder(storage, settings().vaultFolder),
      merge: async (from, sinceMs) => {
        await this.#transfers.run('mergeSince', { from, sinceMs }, { otherVault: from });
        await this.#changed();
      },
      onLeft: tells.onLeft,
    });
    this.#kit = new KitReminder({ memory, clock, sinceMs: () => this.#vaultCreatedMs });
    this.#store.add(
      this.#backupScheduler.onDidChange(() => {
        this.#didChange.fire();
      }),
    );
  }

  async start(): Promise<void> {
    const { clock, log, vault } = this.#options;
    this.#folders = this.#foldersNow;
    await this.#backupScheduler.read();
    const file = await readVaultFile(vault.folder).catch(() => undefined);
    this.#vaultCreatedMs = file?.createdMs;
    const look = (): void => {
      runDetached(log, 'Looking for backups to make', this.#look());
    };
    this.#store.add(clock.every(lookMs, look));
    let condition = vault.condition;
    this.#store.add(
      vault.onDidChange(() => {
        if (vault.condition !== condition) {
          condition = vault.condition;
          look();
        }
      }),
    );
    look();
  }

  dashboardState(): DataReading {
    const settings = this.#options.settings();
    return dataStateOf({
      settings,
      backup: this.#backupScheduler.state,
      why: this.#why,
      asksForKitCheck: this.#options.vault.condition === 'ready' && this.#kit.isDue,
    });
  }

  get status(): PartStatus | undefined {
    const { settings, clock } = this.#options;
    return settings().backupSchedule === 'off'
      ? undefined
      : backupStatusOf(this.#backupScheduler.state, this.#why, clock.wallMs());
  }

  get onDidChange(): Event<void> {
    return this.#didChange.event;
  }

  async run(command: CommandOf<'data'>): Promise<void> {
    try {
      await this.#run(command);
    } catch (error) {
      if (!TransferError.is(error)) {
        throw error;
      }
      if (error.reason !== 'cancelled') {
        this.#options.log.error('A transfer failed', { command, ...describeError(error) });
        void vscode.window.showErrorMessage(transferFailureSentence(error.reason));
      }
    } finally {
      this.#didChange.fire();
    }
  }

  settingsChanged(): void {
    const { log } = this.#options;
    if (this.#foldersNow !== this.#folders) {
      this.#folders = this.#foldersNow;
      this.#syncScheduler.reset();
      runDetached(log, 'Looking for backups to make', this.#look());
    }
    this.#didChange.fire();
  }

  dispose(): void {
    this.#store.dispose();
  }

  get #keyStore(): KeyStore {
    const { context } = this.#options;
    return keyStoreOf(context.secrets, path.join(context.globalStorageUri.fsPath, keysFolderName));
  }

  get #foldersNow(): string {
    const { backupFolder, backupSchedule, syncFolder } = this.#options.settings();
    return JSON.stringify([backupFolder, backupSchedule, syncFolder]);
  }

  get #why(): string | undefined {
    const failure: TransferFailure | null | undefined = this.#backupScheduler.state?.failure;
    return failure === null || failure === undefined ? undefined : transferFailureSentence(failure);
  }

  /** @throws {TransferError} what became of the transfer; {@link VaultError} */
  async #run(command: CommandOf<'data'>): Promise<void> {
    const options = this.#options;
    const { vault } = options;
    const changed = (): Promise<void> => this.#changed();
    switch (command) {
      case 'backUpNow':
        return backUpNow(options, this.#backupScheduler);
      case 'chooseBackupFolder':
        return chooseBackupFolder(options, this.#backupScheduler);
      case 'restoreBackup':
        return restoreBackup(options, this.#transfers, this.#keyStore.protectors, changed);
      case 'removeOldVault':
        return removeOldVault(options, vault.folder, this.#vaultWatcher, this.#keyStore);
      case 'exportData':
        return exportData(options, this.#transfers);
      case 'importData':
        return importData(options, this.#transfers, changed);
      case 'undoImport':
        return undoImport(options, this.#transfers, changed);
      case 'checkRecoveryKit':
        if (await checkRecoveryKit(options, this.#transfers)) {
          await this.#kit.settle();
        }
        return;
      case 'postponeKitCheck':
        return this.#kit.settle();
      case 'saveRecoveryKit':
        return saveRecoveryKit(vault.secrets);
      case 'exportConfiguration':
        return exportConfiguration(options.clock.wallMs());
      case 'importConfiguration':
        return importConfiguration();
      case 'syncNow':
        return syncNow(options, this.#syncScheduler);
      case 'chooseSyncFolder':
        return chooseSyncFolder(options);
      case 'leaveSyncFolder':
        return leaveSyncFolder(options, this.#transfers);
      case 'eraseData':
        return eraseData(options, this.#transfers, changed, () => {
          options.tracker.finish();
        });
      case 'purgeVault':
        return purgeOnceConfirmed(options, this.#keyStore);
    }
  }

  async #look(): Promise<void> {
    await this.#vaultWatcher.look();
    const hasOld = this.#vaultWatcher.earlier.length > 0;
    void vscode.commands.executeCommand('setContext', 'millrace.oldVaults', hasOld);
    await this.#backupScheduler.tend();
    await this.#syncScheduler.tend();
  }

  /** The vault holds something else than before. */
  async #changed(): Promise<void> {
    // Where this fails, the dashboard says so by itself.
    await this.#options.readings.readAgain().catch(() => undefined);
    this.#didChange.fire();
  }
}
