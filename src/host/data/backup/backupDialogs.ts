import * as vscode from 'vscode';
import { chooseFolder } from '../../dialogs/chooseFile.ts';
import type { BackupScheduler } from './backupScheduler.ts';
import type { PartWindow } from '../../lazy/lazyPart.ts';
import { writeSetting } from '../../settings/writeSetting.ts';
import { sizeText } from '../transfers/transferWords.ts';

/** Backs up into the folder that is set, or, where none is, into the vault's own. @throws {TransferError | VaultError} */
export async function backUpNow(
  { settings, vault }: PartWindow,
  scheduler: BackupScheduler,
): Promise<void> {
  const { backupFolder } = settings();
  const { sizeBytes, leftOut, madeRoom } = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Millrace: backing up') },
    async () =>
      backupFolder === ''
        ? { ...(await vault.makeSnapshot()), leftOut: 0, madeRoom: undefined }
        : await scheduler.backUpNow(backupFolder),
  );
  if (leftOut > 0) {
    void vscode.window.showWarningMessage(
      vscode.l10n.t(
        'Backed up what can be read. {0} files of the vault are damaged: verify the vault to see what is lost.',
        leftOut,
      ),
    );
    return;
  }
  const words =
    backupFolder === ''
      ? vscode.l10n.t('Backed up inside the vault: {0}, encrypted.', sizeText(sizeBytes))
      : vscode.l10n.t('Backed up and verified: {0}, encrypted.', sizeText(sizeBytes));
  const before =
    madeRoom === undefined
      ? []
      : [
          vscode.l10n.t(
            'There was no space left: {0} old backups were removed to make room.',
            madeRoom.removed.length,
          ),
        ];
  void vscode.window.showInformationMessage([...before, words].join(' '));
}

/** Asks where backups go, sets it, and makes the first. @throws {TransferError} */
export async function chooseBackupFolder(
  desk: PartWindow,
  scheduler: BackupScheduler,
): Promise<void> {
  const folder = await chooseFolder(vscode.l10n.t('The Folder for Backups'));
  if (folder === undefined) {
    return;
  }
  await writeSetting('backupFolder', folder);
  if (desk.vault.condition === 'ready') {
    await backUpNow(
      { ...desk, settings: () => ({ ...desk.settings(), backupFolder: folder }) },
      scheduler,
    );
  }
}
