import path from 'node:path';
import * as vscode from 'vscode';
import { shownName } from '../../dialogs/shownName.ts';
import { deviceId } from '../../../transfer/sync/deviceId.ts';
import type {
  ErasePlan,
  EraseReport,
  EraseSelection,
  PlanEraseParams,
  Unreached,
} from '../../../transfer/messages/eraseMessages.ts';
import { confirm } from '../../dialogs/confirm.ts';
import { askForWord } from '../../dialogs/askText.ts';
import { erasableKinds } from '../../../readings/storedReading.ts';
import { erasableNames } from '../../vault/recordWords.ts';
import type { PartWindow } from '../../lazy/lazyPart.ts';
import { askDay, askDayRange } from '../exchange/dayDialogs.ts';
import { todayOf } from '../exchange/exportDialogs.ts';
import { withTransferProgress } from '../transfers/transferProgress.ts';
import type { Transfers } from '../transfers/transfers.ts';
import { transferFailureSentence } from '../transfers/transferWords.ts';

/** Places named in one message. */
const mostNamed = 8;

/** Erases what the person chooses, from every place within reach, and says what came of it. @throws {TransferError} */
export async function eraseData(
  desk: PartWindow,
  transfers: Transfers,
  onChanged: () => Promise<void>,
  endSession: () => void,
): Promise<void> {
  const selection = await askSelection(desk);
  if (selection === undefined) {
    return;
  }
  // What is being recorded now is a part of it as well.
  endSession();
  const params = await placesOf(desk, selection);
  const plan = await withTransferProgress(
    vscode.l10n.t('Millrace: looking for what would be erased'),
    (run) => transfers.run('planErase', params, run),
  );
  if (plan.ids.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There is nothing to erase.'));
    return;
  }
  if (!(await isMeant(selection, plan))) {
    return;
  }
  const { vault } = desk;
  // Ends the segment that this window writes to, so that it can be erased with the rest.
  await vault.append([vault.stored.audit('purgeDays')]);
  const report = await withTransferProgress(vscode.l10n.t('Millrace: erasing'), (run) =>
    transfers.run('erase', { ...params, ids: plan.ids }, run),
  );
  await onChanged();
  await showReport(report);
}

async function placesOf(desk: PartWindow, selection: EraseSelection): Promise<PlanEraseParams> {
  const { backupFolder, syncFolder } = desk.settings();
  const storage = desk.context.globalStorageUri.fsPath;
  return {
    selection,
    backupFolders: backupFolder === '' ? [] : [backupFolder],
    sync: syncFolder === '' ? null : { folder: syncFolder, device: await deviceId(storage) },
    storage,
  };
}

async function askSelection(desk: PartWindow): Promise<EraseSelection | undefined> {
  const title = vscode.l10n.t('Erase');
  const items: (vscode.QuickPickItem & {
    readonly ask: () => Promise<EraseSelection | undefined>;
  })[] = [
    {
      label: vscode.l10n.t('A day…'),
      ask: async () => {
        const day = await askDay(title, vscode.l10n.t('Which day?'), todayOf(desk));
        return day === undefined ? undefined : { what: 'days', from: day, to: day };
      },
    },
    {
      label: vscode.l10n.t('A range of days…'),
      ask: async () => {
        const range = await askDayRange(title, todayOf(desk));
        return range === undefined ? undefined : { what: 'days', ...range };
      },
    },
    { label: vscode.l10n.t('All records of a kind…'), ask: () => askKind(title) },
    {
      label: vscode.l10n.t('Every record'),
      detail: vscode.l10n.t('The vault and its key stay. "Purge Everything" destroys them too.'),
      ask: () => Promise.resolve({ what: 'everything' }),
    },
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: vscode.l10n.t('What is to be erased for good?'),
  });
  return chosen?.ask();
}

async function askKind(title: string): Promise<EraseSelection | undefined> {
  const chosen = await vscode.window.showQuickPick(
    erasableKinds.map((erasable) => ({ label: erasableNames[erasable](), erasable })),
    { title },
  );
  return chosen === undefined ? undefined : { what: 'kind', kind: chosen.erasable };
}

/** Spells out what will be lost; for more than one day a word has to be typed. */
async function isMeant(selection: EraseSelection, plan: ErasePlan): Promise<boolean> {
  const title = vscode.l10n.t('Erase');
  const isOneDay = selection.what === 'days' && selection.from === selection.to;
  return (
    (await confirm({ question: questionOf(selection), detail: lossText(plan), yes: title })) &&
    (isOneDay || (await askForWord(title, vscode.l10n.t('erase'))))
  );
}

function questionOf(selection: EraseSelection): string {
  switch (selection.what) {
    case 'days':
      return selection.from === selection.to
        ? vscode.l10n.t('Erase {0} for good?', selection.from)
        : vscode.l10n.t('Erase {0} to {1} for good?', selection.from, selection.to);
    case 'kind':
      return vscode.l10n.t('Erase all of this kind for good? {0}', erasableNames[selection.kind]());
    case 'everything':
      return vscode.l10n.t('Erase every record for good?');
  }
}

function lossText({ kinds, cutSessions, minutes, days, backups, unreached }: ErasePlan): string {
  const lines = [
    ...kinds
      .filter(({ records }) => records > 0)
      .map(({ kind, records }) => vscode.l10n.t('{0}: {1}', erasableNames[kind](), records)),
    ...(cutSessions > 0
      ? [vscode.l10n.t('Sessions of which only a part goes: {0}', cutSessions)]
      : []),
    ...(minutes > 0 ? [vscode.l10n.t('Minutes: {0}', minutes)] : []),
    ...(days === null ? [] : [vscode.l10n.t('Days: {0} to {1}', days.from, days.to)]),
    ...(backups.length > 0
      ? [
          vscode.l10n.t(
            'Backups that are made anew without it: {0}',
            backups
              .slice(0, mostNamed)
              .map((file) => shownName(path.basename(file)))
              .join(', '),
          ),
        ]
      : []),
    '',
    vscode.l10n.t('Beyond reach:'),
    ...unreachedLines(unreached),
    '',
    vscode.l10n.t("This can't be undone."),
  ];
  return lines.join('\n');
}

async function showReport(report: EraseReport): Promise<void> {
  const { records, cutSessions, vaultFiles, backups, syncFiles, unreached, isComplete } = report;
  const lines = [
    vscode.l10n.t(
      'Files overwritten in the vault: {0}; backups made anew or removed: {1}; files in the sync folder made anew: {2}',
      vaultFiles,
      backups.length,
      syncFiles,
    ),
    '',
    vscode.l10n.t('Beyond reach:'),
    ...unreachedLines(unreached),
    ...(isComplete
      ? []
      : [
          '',
          vscode.l10n.t('Erase again when these places can be reached: it goes on with the rest.'),
        ]),
  ];
  const show = isComplete ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  await show(vscode.l10n.t('Erased: {0} records.', records + cutSessions), {
    modal: true,
    detail: lines.join('\n'),
  });
}

function unreachedLines(unreached: readonly Unreached[]): readonly string[] {
  const named = unreached.slice(0, mostNamed).map(unreachedText);
  const more = unreached.length - named.length;
  return more > 0 ? [...named, vscode.l10n.t('and {0} more', more)] : named;
}

function unreachedText({ place, name, reason }: Unreached): string {
  const why = reason === null ? '' : ` (${transferFailureSentence(reason)})`;
  return `– ${placeText(place, shownName(path.basename(name)))}${why}`;
}

function placeText(place: Unreached['place'], name: string): string {
  switch (place) {
    case 'window':
      return vscode.l10n.t('what another window still has open; close it first');
    case 'vaultFile':
      return vscode.l10n.t('a damaged file of the vault: {0}', name);
    case 'backupFolder':
      return vscode.l10n.t('the backup folder {0}', name);
    case 'backup':
      return vscode.l10n.t('the backup {0}', name);
    case 'syncFolder':
      return vscode.l10n.t('the sync folder {0}', name);
    case 'syncFile':
      return vscode.l10n.t('a file in the sync folder: {0}', name);
    case 'otherDevice':
      return vscode.l10n.t('what another device wrote; it erases that at its next sync');
    case 'earlierVault':
      return vscode.l10n.t('an earlier vault: {0}', name);
    case 'vaultCopy':
      return vscode.l10n.t('a copy of a vault: {0}', name);
    case 'copies':
      return vscode.l10n.t('copies and exports that you keep elsewhere');
    case 'recoveryKits':
      return vscode.l10n.t('recovery kits, which open such copies');
  }
}
