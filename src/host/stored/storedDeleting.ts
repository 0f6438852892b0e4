import * as vscode from 'vscode';
import type { DeletableKind, StoredRecord } from '../../readings/storedReading.ts';
import { confirm } from '../dialogs/confirm.ts';
import { deletionWords } from '../vault/recordWords.ts';
import { numberField } from './storedFields.ts';
import { formatLocalTime } from './storedTimes.ts';

/** Asks whether a record may go, and says what goes with it. Resolves to true only for a plain yes. */
export async function confirmDeletion(kind: DeletableKind, record: StoredRecord): Promise<boolean> {
  const { question, loss } = deletionWords[kind];
  const zoneOffsetMinutes = numberField(record, 'zoneOffsetMinutes') ?? 0;
  return confirm({
    question: question(formatLocalTime(record.atMs, zoneOffsetMinutes)),
    detail: `${loss()}\n\n${vscode.l10n.t("This can't be undone. Backups that you have copied elsewhere keep what they hold.")}`,
    yes: vscode.l10n.t('Delete'),
  });
}
