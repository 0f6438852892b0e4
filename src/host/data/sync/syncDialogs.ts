import * as vscode from 'vscode';
import {
  isDoubtful,
  type Synced,
  type UnreadFile,
} from '../../../transfer/messages/syncMessages.ts';
import { chooseFolder } from '../../dialogs/chooseFile.ts';
import { confirm } from '../../dialogs/confirm.ts';
import type { PartWindow } from '../../lazy/lazyPart.ts';
import { writeSetting } from '../../settings/writeSetting.ts';
import type { SyncScheduler } from './syncScheduler.ts';
import { withTransferProgress } from '../transfers/transferProgress.ts';
import type { Transfers } from '../transfers/transfers.ts';
import { contentText, earlierText, leftOutText, unreadText } from '../transfers/transferWords.ts';

/** Syncs with the folder that is set, or asks for one. @throws {TransferError} */
export async function syncNow(desk: PartWindow, scheduler: SyncScheduler): Promise<void> {
  if (desk.settings().syncFolder === '') {
    await chooseSyncFolder(desk);
    return;
  }
  const synced = await withSyncProgress(() => scheduler.syncNow());
  const doubtful = synced.unread.filter(isDoubtful);
  if (doubtful.length === 0) {
    show(synced);
    return;
  }
  const takeIn = vscode.l10n.t('Take It In…');
  const chosen = await vscode.window.showWarningMessage(syncText(synced), takeIn);
  if (chosen === takeIn && (await isTheirs(doubtful))) {
    // What they were told of, and nothing that came since.
    const hashes = doubtful.flatMap(({ sha256 = [] }) => sha256);
    show(await withSyncProgress(() => scheduler.syncAccepting(hashes)));
  }
}

function withSyncProgress(sync: () => Promise<Synced>): Thenable<Synced> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Millrace: syncing') },
    sync,
  );
}

function show(synced: Synced): void {
  const tell =
    synced.unread.length === 0 && synced.earlier === undefined
      ? vscode.window.showInformationMessage
      : vscode.window.showWarningMessage;
  void tell(syncText(synced));
}

function isTheirs(doubtful: readonly UnreadFile[]): Promise<boolean> {
  return confirm({
    question: vscode.l10n.t('Take in {0} files that nobody of this vault signed?', doubtful.length),
    detail: vscode.l10n.t(
      '{0} Whoever knows the public key of the vault could have made them, to add records or to delete some. Say yes if you know which device wrote them. They are taken in once, as they are now; another file in their place is asked about again.',
      leftOutText(doubtful),
    ),
    yes: vscode.l10n.t('Take In'),
  });
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

function syncText({ added, waiting, unread, earlier = [] }: Synced): string {
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
  const doubtful = unread.filter(isDoubtful);
  if (doubtful.length > 0) {
    lines.push(leftOutText(doubtful));
  }
  const others = unread.filter((file) => !isDoubtful(file));
  if (others.length > 0) {
    lines.push(unreadText(others));
  }
  if (earlier.length > 0) {
    lines.push(earlierText(earlier));
  }
  return lines.join(' ');
}
