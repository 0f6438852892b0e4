import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { dayAt, formatDay } from '../../../facts/localDay.ts';
import type { ExportForm } from '../../../transfer/messages/exportMessages.ts';
import type { PartWindow } from '../../lazy/lazyPart.ts';
import { askDayRange } from './dayDialogs.ts';
import type { DayRange } from './dayRange.ts';
import { withTransferProgress } from '../transfers/transferProgress.ts';
import type { Transfers } from '../transfers/transfers.ts';
import { sizeText } from '../transfers/transferWords.ts';

const extensions: Readonly<Record<ExportForm, string>> = {
  json: 'json',
  csv: '',
  sqlite: 'sqlite',
};

/** Writes what the vault holds, in the open, where the person says. @throws {TransferError} */
export async function exportData(desk: PartWindow, transfers: Transfers): Promise<void> {
  const title = vscode.l10n.t('Export');
  const format = await askFormat(title);
  if (format === undefined) {
    return;
  }
  const days = await askDays(title, desk);
  if (days === undefined) {
    return;
  }
  const target = await askTarget(format);
  if (target === undefined) {
    return;
  }
  // The dialog has asked whether a file may be replaced.
  const replaces = format !== 'csv' && (await isThere(target));
  const { sessions, minutes, sizeBytes } = await withTransferProgress(
    vscode.l10n.t('Millrace: exporting'),
    (run) => transfers.run('export', { target, format, replaces, days }, run),
  );
  desk.vault.audit('export');
  const show = vscode.l10n.t('Show in Folder');
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t(
      'Exported {0} sessions with {1} minutes, {2}. It is not encrypted: whoever has it can read it.',
      sessions,
      minutes,
      sizeText(sizeBytes),
    ),
    // A window of a remote folder has no folder of its own to show.
    ...(vscode.env.remoteName === undefined ? [show] : []),
  );
  if (chosen === show) {
    await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(target));
  }
}

async function askFormat(title: string): Promise<ExportForm | undefined> {
  const items: (vscode.QuickPickItem & { readonly format: ExportForm })[] = [
    {
      label: 'JSON',
      detail: vscode.l10n.t('One file with every value as it is; Millrace can import it again'),
      format: 'json',
    },
    {
      label: 'CSV',
      detail: vscode.l10n.t('A folder with one table a file, for spreadsheets'),
      format: 'csv',
    },
    {
      label: 'SQLite',
      detail: vscode.l10n.t('One database, for queries'),
      format: 'sqlite',
    },
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: vscode.l10n.t('In which format?'),
  });
  return chosen?.format;
}

/** `null`: everything. */
async function askDays(title: string, desk: PartWindow): Promise<DayRange | null | undefined> {
  const everything = vscode.l10n.t('Everything');
  const range = vscode.l10n.t('A range of days…');
  const chosen = await vscode.window.showQuickPick([everything, range], {
    title,
    placeHolder: vscode.l10n.t('How much of it?'),
  });
  if (chosen === undefined) {
    return undefined;
  }
  return chosen === everything ? null : askDayRange(title, todayOf(desk));
}

/** The person's day as it is now. */
export function todayOf({ clock, settings }: Pick<PartWindow, 'clock' | 'settings'>): string {
  const nowMs = clock.wallMs();
  return formatDay(dayAt(nowMs, clock.zoneOffsetMinutes(nowMs), settings().dayStartHour));
}

async function askTarget(format: ExportForm): Promise<string | undefined> {
  const extension = extensions[format];
  const chosen = await vscode.window.showSaveDialog({
    title:
      format === 'csv'
        ? vscode.l10n.t('Name of a New Folder for the Tables')
        : vscode.l10n.t('Export To'),
    saveLabel: vscode.l10n.t('Export'),
    ...(extension !== '' && { filters: { [extension]: [extension] } }),
  });
  return chosen?.fsPath;
}

async function isThere(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch {
    return false;
  }
}
