import * as vscode from 'vscode';
import type { DeletableKind, ErasableKind } from '../../readings/storedReading.ts';

/** How the editor's own dialogs speak of kinds of records; the dashboard's words are in its strings. */

/** What is erased where a kind is. */
export const erasableNames: Readonly<Record<ErasableKind, () => string>> = {
  session: () => vscode.l10n.t('Sessions with their minutes'),
  focusSession: () => vscode.l10n.t('Focus sessions'),
  feedback: () => vscode.l10n.t('Answers'),
  template: () => vscode.l10n.t('What was learned'),
  audit: () => vscode.l10n.t('The log of the vault'),
};

interface DeletionWords {
  /** Whether the record of a time may go. */
  readonly question: (time: string) => string;
  /** What goes with it. */
  readonly loss: () => string;
}

export const deletionWords: Readonly<Record<DeletableKind, DeletionWords>> = {
  session: {
    question: (time) => vscode.l10n.t('Delete the session of {0}?', time),
    loss: () =>
      vscode.l10n.t(
        'All its minutes go with it: the day, the week and the best hours are counted again without them.',
      ),
  },
  focusSession: {
    question: (time) => vscode.l10n.t('Delete the focus session of {0}?', time),
    loss: () =>
      vscode.l10n.t('What it counted goes with it. The time you tracked meanwhile stays.'),
  },
  feedback: {
    question: (time) => vscode.l10n.t('Delete your answer of {0}?', time),
    loss: () => vscode.l10n.t('The score no longer learns from it.'),
  },
  template: {
    question: (time) => vscode.l10n.t('Delete what was learned on {0}?', time),
    loss: () =>
      vscode.l10n.t(
        'An earlier version is used instead where there is one; else it is learned anew from your minutes.',
      ),
  },
};
