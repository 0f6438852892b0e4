import * as vscode from 'vscode';
import { commandId } from '../../commandTable.ts';
import type { PartWindow } from '../../lazy/lazyPart.ts';
import { readKit } from './restoreDialogs.ts';
import { withTransferProgress } from '../transfers/transferProgress.ts';
import type { Transfers } from '../transfers/transfers.ts';
import { transferFailureSentence } from '../transfers/transferWords.ts';

/**
 * Tries a recovery kit on the vault and on its newest backup. Nothing is changed.
 * @returns whether a kit was tried and works
 * @throws {TransferError}
 */
export async function checkRecoveryKit(
  { settings }: PartWindow,
  transfers: Transfers,
): Promise<boolean> {
  const text = await readKit();
  if (text === undefined) {
    return false;
  }
  const { backupFolder } = settings();
  const backupFolders = backupFolder === '' ? [] : [backupFolder];
  const { result, file, reason, line } = await withTransferProgress(
    vscode.l10n.t('Millrace: trying the recovery kit'),
    (run) =>
      transfers.run('checkRecoveryKit', { text, backupFolders }, { ...run, allowsLocked: true }),
  );
  if (result === 'works') {
    void vscode.window.showInformationMessage(
      file === null
        ? vscode.l10n.t('Your recovery kit works: its key is that of the vault.')
        : vscode.l10n.t('Your recovery kit works: it opened the newest backup.'),
    );
    return true;
  }
  if (result === 'opensNoBackup') {
    const again = vscode.l10n.t('Back Up Now');
    const chosen = await vscode.window.showWarningMessage(
      vscode.l10n.t(
        'The recovery kit is that of this vault, but the newest backup does not open. {0}',
        transferFailureSentence(reason ?? 'failed'),
      ),
      again,
    );
    if (chosen === again) {
      await vscode.commands.executeCommand(commandId('backUpNow'));
    }
    return false;
  }
  const save = vscode.l10n.t('Save Recovery Kit…');
  const chosen = await vscode.window.showWarningMessage(sentenceOf(result, line), save);
  if (chosen === save) {
    await vscode.commands.executeCommand(commandId('saveRecoveryKit'));
  }
  return false;
}

function sentenceOf(
  result: 'otherVault' | 'beforeRotation' | 'unreadable',
  line: number | undefined,
): string {
  switch (result) {
    case 'otherVault':
      return vscode.l10n.t('That recovery kit is of another vault. Save one of this vault.');
    case 'beforeRotation':
      return vscode.l10n.t('That recovery kit is from before the key was rotated. Save a new one.');
    case 'unreadable':
      return line === undefined
        ? vscode.l10n.t('That file is no recovery kit, or a key in it is damaged. Save a new one.')
        : vscode.l10n.t(
            'In that recovery kit, what begins in line {0} is cut short or changed. Save a new one.',
            line,
          );
  }
}
