import * as vscode from 'vscode';
import type { StoredKind, StoredRecord } from '../../readings/storedReading.ts';
import { confirm } from '../dialogs/confirm.ts';
import { numberField } from './storedFields.ts';
import { formatLocalTime } from './storedTimes.ts';

/** Asks whether a record may go, and says what goes with it. Resolves to true only for a plain yes. */
export async function confirmDeletion(kind: StoredKind, record: StoredRecord): Promise<boolean> {
  const zoneOffsetMinutes = numberField(record, 'zoneOffsetMinutes') ?? 0;
  return confirm({
    question: questionOf(kind, formatLocalTime(record.atMs, zoneOffsetMinutes)),
    detail: `${lossOf(kind)}\n\n${vscode.l10n.t("This can't be undone. Backups that you have copied elsewhere keep what they hold.")}`,
    yes: vscode.l10n.t('Delete'),
  });
}

function questionOf(kind: StoredKind, time: string): string {
  switch (kind) {
    case 'session':
      return vscode.l10n.t('Delete the session of {0}?', time);
    case 'focusSession':
      return vscode.l10n.t('Delete the focus session of {0}?', time);
    case 'feedback':
      return vscode.l10n.t('Delete your answer of {0}?', time);
    case 'template':
      return vscode.l10n.t('Delete what was learned on {0}?', time);
    case 'audit':
    case 'tombstone':
      return vscode.l10n.t('Delete the record of {0}?', time);
  }
}

function lossOf(kind: StoredKind): string {
  switch (kind) {
    case 'session':
      return vscode.l10n.t(
        'All its minutes go with it: the day, the week and the best hours are counted again without them.',
      );
    case 'focusSession':
      return vscode.l10n.t('What it counted goes with it. The time you tracked meanwhile stays.');
    case 'feedback':
      return vscode.l10n.t('The score no longer learns from it.');
    case 'template':
      return vscode.l10n.t(
        'An earlier version is used instead where there is one; else it is learned anew from your minutes.',
      );
    case 'audit':
    case 'tombstone':
      return '';
  }
}
