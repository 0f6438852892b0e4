import * as vscode from 'vscode';
import type { Synced } from '../../../transfer/messages/syncMessages.ts';
import { chooseFolder } from '../../dialogs/chooseFile.ts';
import { confirm } from '../../dialogs/confirm.ts';
import type { PartWindow } from '../../lazy/lazyPart.ts';
import { writeSetting } from '../../settings/writeSetting.ts';
import type { SyncScheduler } from './syncScheduler.ts';
import { withTransferProgress } from '../transfers/transferProgress.ts';
import type { Transfers } from '../transfers/transfers.ts';
import { contentText, unreadText } from '../transfers/transferWords.ts';

/** Syncs with the folder that is set, or asks for one. @throws {TransferError} */
export async function syncNow(desk: PartWindow, scheduler: SyncScheduler): Promise<void> {
  if (desk.settings().syncFolder === '') {
    await chooseSyncFolder(desk);
    return;
  }
  const synced = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Millrace: syncing') },
    () => scheduler.syncNow(),
  );
  const show =
    synced.unread.length === 0
      ? vscode.window.showInformationMessage
      : vscode.window.showWarningMessage;
  void show(syncText(synced));
}

/** Asks for the folder that devices share, says what that means, and sets it. The next look syncs. */
export async function chooseSyncFolder({ vault }: PartWindow): Promise<void> {
  const folder = await chooseFolder(vscode.l10n.t('The Folder That Your Devices Share'));
  if (folder === undefined) {
    return;
  }
  const isMeant = await confirm({
    question: vscode.l10n.t('Sync through this folder?'),
    detail: vscode.l10n.t(
      "Millrace writes sealed files of its own there and reads those of your other devices; a sync tool of your choice carries the folder. Each device needs this vault's key: restore a backup of it there first. Sizes and times of the files can be seen by whoever carries them.",
    ),
    yes: vscode.l10n.t('Sync'),
    isWarning: false,
  });
  if (isMeant) {
    await writeSetting('syncFolder', folder);
    vault.audit('syncJoin');
  }
}

/** Removes this device's files from the folder and syncs no more. @throws {TransferError} */
export async function leaveSyncFolder(
  { context, settings, vault }: PartWindow,
  transfers: Transfers,
): Promise<void> {
  const { syncFolder } = settings();
  if (syncFolder === '') {
    return;
  }
  const isMeant = await confirm({
    question: vscode.l10n.t('Leave the sync folder?'),
    detail: vscode.l10n.t(
      "This device's files are removed from the folder. What came from other devices stays in the vault. A device that you no longer have can read what was written for the present key: rotate the key to cut it off.",
    ),
    yes: vscode.l10n.t('Leave'),
  });
  if (!isMeant) {
    return;
  }
  const storage = context.globalStorageUri.fsPath;
  const { othersRemain, links = [] } = await withTransferProgress(
    vscode.l10n.t('Millrace: leaving the sync folder'),
    (run) => transfers.run('leaveSync', { folder: syncFolder, storage }, run),
  );
  await writeSetting('syncFolder', '');
  vault.audit('syncLeave');
  if (links.length > 0) {
    void vscode.window.showWarningMessage(
      vscode.l10n.t(
        'This device has left. Links in the place of its files stay as they are: {0}.',
        links.join(', '),
      ),
    );
    return;
  }
  void vscode.window.showInformationMessage(
    othersRemain
      ? vscode.l10n.t("This device has left. Other devices' files are still in the folder.")
      : vscode.l10n.t('This device has left. Nothing of Millrace is in the folder.'),
  );
}

function syncText({ added, waiting, unread }: Synced): string {
  const lines = [
    Object.values(added).some((count) => count > 0)
      ? vscode.l10n.t('Synced. New in the vault: {0}.', contentText(added))
      : vscode.l10n.t('Synced. Nothing new came from other devices.'),
    ...(waiting > 0
      ? [vscode.l10n.t('{0} files have not arrived whole; they are read later.', waiting)]
      : []),
  ];
  const sealed = unread.filter(({ reason }) => reason === 'sealedForAnother').length;
  if (sealed > 0) {
    lines.push(vscode.l10n.t('{0} files are sealed for another key and were left alone.', sealed));
  }
  if (unread.length > 0) {
    lines.push(unreadText(unread));
  }
  return lines.join(' ');
}
