import * as vscode from 'vscode';
import { shownName } from '../dialogs/shownName.ts';
import type { BackupState } from '../../transfer/backup/backupSchedule.ts';
import type { PrunedBackups } from '../../transfer/messages/backupMessages.ts';
import { isDoubtful, type Synced } from '../../transfer/messages/syncMessages.ts';
import type { TransferFailure } from '../../transfer/transferError.ts';
import { commandId } from '../commandTable.ts';
import type { PartStatus } from '../lazy/lazyPart.ts';
import type { Notices } from '../notices/notices.ts';
import { earlierText, leftOutText, transferFailureSentence } from './transfers/transferWords.ts';

/** What fails for longer than this is said in the status bar. */
const longestFailureMs = 3 * 24 * 3_600_000;

interface Teller {
  readonly tell: (failure: TransferFailure) => void;
  readonly clear: () => void;
}

/** Tells of what fails by itself, once for each failing state, and of a vault that was left. */
export function noticeData(notices: Notices): {
  readonly backup: Teller;
  /** What pruning has to say of backups that are dated later than the clock. */
  readonly onPruned: (pruned: PrunedBackups) => void;
  readonly sync: Teller & {
    /** What a sync has left out until the person says whose it is, and what somebody has put back. */
    readonly onSynced: (synced: Synced) => void;
  };
  readonly onLeft: () => void;
} {
  return {
    backup: {
      tell: (failure) => {
        notices.warn(
          'backup',
          vscode.l10n.t(
            'The backup could not be made. {0} Millrace goes on trying.',
            transferFailureSentence(failure),
          ),
          [
            action(vscode.l10n.t('Back Up Now'), commandId('backUpNow')),
            action(vscode.l10n.t('Choose Another Folder…'), commandId('chooseBackupFolder')),
          ],
        );
      },
      clear: () => {
        notices.clear('backup');
      },
    },
    onPruned: ({ ahead: [first], isHeld }) => {
      if (first === undefined) {
        notices.clear('backupAhead');
        return;
      }
      notices.warn(
        'backupAhead',
        isHeld
          ? vscode.l10n.t(
              'Old backups stay while {0} in the backup folder is dated later than the clock of this computer. Set the clock, or move that file elsewhere: it can be restored from anywhere.',
              shownName(first),
            )
          : vscode.l10n.t(
              '{0} in the backup folder is dated more than a year after the clock of this computer. It stays, and the others go as if it were not there. Move it elsewhere, if the clock is right.',
              shownName(first),
            ),
        [],
      );
    },
    sync: {
      tell: (failure) => {
        notices.warn(
          'sync',
          vscode.l10n.t(
            'The sync folder could not be read or written. {0} Millrace goes on trying.',
            transferFailureSentence(failure),
          ),
          [action(vscode.l10n.t('Sync Now'), commandId('syncNow'))],
        );
      },
      clear: () => {
        notices.clear('sync');
      },
      onSynced: ({ unread, earlier = [] }) => {
        const doubtful = unread.filter(isDoubtful);
        if (doubtful.length === 0) {
          notices.clear('syncLeftOut');
        } else {
          notices.warn('syncLeftOut', leftOutText(doubtful), [
            action(vscode.l10n.t('Sync Now'), commandId('syncNow')),
          ]);
        }
        if (earlier.length === 0) {
          notices.clear('syncEarlier');
        } else {
          notices.warn('syncEarlier', earlierText(earlier), []);
        }
      },
    },
    onLeft: () => {
      notices.warn(
        'vaultLeft',
        vscode.l10n.t(
          'Another window restored a vault. This window still records into the earlier one; nothing of that is lost. Reload it to go over.',
        ),
        [action(vscode.l10n.t('Reload Window'), 'workbench.action.reloadWindow')],
      );
    },
  };
}

/**
 * What the status bar says once backups have failed for days; `undefined` while they have not.
 * @param why the last one failed, in words
 */
export function backupStatusOf(
  backup: BackupState | undefined,
  why: string | undefined,
  nowMs: number,
): PartStatus | undefined {
  const sinceMs = backup?.failingSinceMs ?? nowMs;
  if (nowMs - sinceMs < longestFailureMs || why === undefined) {
    return undefined;
  }
  return {
    trouble: {
      sentence: vscode.l10n.t('No backup could be made for days. {0}', why),
      spoken: vscode.l10n.t('Millrace: no backup for days'),
    },
    links: [{ icon: 'archive', title: vscode.l10n.t('Back Up Now'), command: 'backUpNow' }],
  };
}

function action(title: string, command: string): { title: string; run: () => unknown } {
  return { title, run: () => vscode.commands.executeCommand(command) };
}
