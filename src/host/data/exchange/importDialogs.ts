import * as vscode from 'vscode';
import type {
  ImportReport,
  ImportSource,
  LeftOutReason,
} from '../../../transfer/messages/exportMessages.ts';
import { importOutcome } from '../../../transfer/messages/importOutcome.ts';
import { commandId } from '../../commandTable.ts';
import { confirm } from '../../dialogs/confirm.ts';
import { chooseFile } from '../../dialogs/chooseFile.ts';
import type { PartWindow } from '../../lazy/lazyPart.ts';
import { withTransferProgress } from '../transfers/transferProgress.ts';
import type { Transfers } from '../transfers/transfers.ts';
import { momentText } from '../transfers/transferWords.ts';

/** Adds what a file holds to the vault, after a preview. @throws {TransferError} */
export async function importData(
  { vault, context }: PartWindow,
  transfers: Transfers,
  onChanged: () => Promise<void>,
): Promise<void> {
  const chosen = await chooseFile({
    title: vscode.l10n.t('Import from Millrace, WakaTime or ActivityWatch'),
    openLabel: vscode.l10n.t('Preview'),
    filters: { JSON: ['json'] },
  });
  if (chosen === undefined) {
    return;
  }
  const params = { file: chosen.fsPath, storage: context.globalStorageUri.fsPath };
  const preview = await withTransferProgress(vscode.l10n.t('Millrace: reading the file'), (run) =>
    transfers.run('previewImport', params, run),
  );
  if (importOutcome(preview) !== 'added') {
    showNothing(preview);
    return;
  }
  const isMeant = await confirm({
    question: vscode.l10n.t('Import from {0}?', sourceName(preview.source)),
    detail: previewText(preview),
    yes: vscode.l10n.t('Import'),
    isWarning: false,
  });
  if (!isMeant) {
    return;
  }
  const { added } = await withTransferProgress(vscode.l10n.t('Millrace: importing'), (run) =>
    transfers.run('import', params, run),
  );
  vault.audit('import');
  await onChanged();
  const undo = vscode.l10n.t('Undo');
  const next = await vscode.window.showInformationMessage(
    vscode.l10n.t('Imported {0} sessions with {1} minutes.', added.sessions, added.minutes),
    undo,
  );
  if (next === undo) {
    await vscode.commands.executeCommand(commandId('undoImport'));
  }
}

/** Takes the last import out again. @throws {TransferError} */
export async function undoImport(
  { vault, context }: PartWindow,
  transfers: Transfers,
  onChanged: () => Promise<void>,
): Promise<void> {
  const isMeant = await confirm({
    question: vscode.l10n.t('Undo the last import?'),
    detail: vscode.l10n.t('What it added is removed. What was there before it stays.'),
    yes: vscode.l10n.t('Undo Import'),
  });
  if (!isMeant) {
    return;
  }
  const { undone } = await withTransferProgress(
    vscode.l10n.t('Millrace: undoing the import'),
    (run) => transfers.run('undoImport', { storage: context.globalStorageUri.fsPath }, run),
  );
  if (undone === null) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There is no import to undo.'));
    return;
  }
  vault.audit('undoImport');
  await onChanged();
  const told = [
    vscode.l10n.t(
      'The import from {0} of {1} is undone.',
      sourceName(undone.source),
      momentText(undone.importedMs),
    ),
    ...(undone.left > 0
      ? [
          vscode.l10n.t(
            'Left: {0} records that your other devices hold as well, and may have recorded or imported themselves.',
            undone.left,
          ),
        ]
      : []),
  ];
  void vscode.window.showInformationMessage(told.join(' '));
}

/** Says that a file brings nothing, and why. */
function showNothing(preview: ImportReport): void {
  switch (importOutcome(preview)) {
    case 'added':
      break;
    case 'alreadyThere':
      void vscode.window.showInformationMessage(
        vscode.l10n.t('There is nothing new in this file.'),
      );
      break;
    case 'empty':
      void vscode.window.showInformationMessage(
        vscode.l10n.t('There is nothing in this file that could be imported.'),
      );
      break;
    case 'leftOut':
      // In a dialog, as a notice has no room for the reasons.
      void vscode.window.showWarningMessage(
        vscode.l10n.t('This file brings nothing: all of it is left out.'),
        {
          modal: true,
          detail: leftOutLines(preview).join('\n'),
        },
      );
  }
}

function previewText(preview: ImportReport): string {
  const { days, added, returning, daysWithoutTimes, editorsWithoutAway } = preview;
  const lines = [
    ...(days === null ? [] : [vscode.l10n.t('Days: {0} to {1}', days.from, days.to)]),
    vscode.l10n.t(
      'Added: {0} sessions with {1} minutes, {2} other records. Coding time of other programs gets no scores.',
      added.sessions,
      added.minutes,
      added.others,
    ),
    ...(returning > 0
      ? [vscode.l10n.t('Of these you had deleted {0} before; they come back.', returning)]
      : []),
    ...(daysWithoutTimes > 0
      ? [
          vscode.l10n.t(
            'Of {0} days the file tells only how long, not when; they are placed around noon.',
            daysWithoutTimes,
          ),
        ]
      : []),
    ...(editorsWithoutAway > 0
      ? [
          vscode.l10n.t(
            'For {0} records of editors nothing in the file says when you were away from their machine; their time counts whole.',
            editorsWithoutAway,
          ),
        ]
      : []),
    ...leftOutLines(preview),
  ];
  return lines.join('\n');
}

function leftOutLines({ leftOut }: ImportReport): readonly string[] {
  // `Object.entries` widens the keys of a record of reasons.
  return Object.entries(leftOut).map(([reason, count]) =>
    leftOutText(reason as LeftOutReason, count),
  );
}

function leftOutText(reason: LeftOutReason, count: number): string {
  switch (reason) {
    case 'alreadyThere':
      return vscode.l10n.t('Left out, as the vault has it already: {0}', count);
    case 'notCoding':
      return vscode.l10n.t('Left out, as not spent in an editor: {0}', count);
    case 'away':
      return vscode.l10n.t('Left out, minutes in which nobody was there: {0}', count);
    case 'badTime':
      return vscode.l10n.t('Left out, without a usable time: {0}', count);
    case 'badDuration':
      return vscode.l10n.t('Left out, without a usable length: {0}', count);
    case 'tooShort':
      return vscode.l10n.t('Left out, too short to count: {0}', count);
    case 'deletesOther':
      return vscode.l10n.t('Left out, as it deletes something here: {0}', count);
  }
}

function sourceName(source: ImportSource): string {
  return { millrace: 'Millrace', wakatime: 'WakaTime', activitywatch: 'ActivityWatch' }[source];
}
