import * as vscode from 'vscode';
import type { Event } from '../base/emitter.ts';
import type { Log } from '../base/log.ts';
import type { VaultCondition } from '../protocol/dashboard.ts';
import { VaultError } from '../vault/vaultError.ts';
import { askCorrection } from './storedCorrecting.ts';
import { confirmDeletion } from './storedDeleting.ts';
import { StoredRecordSource, type StoredRecords } from './storedSource.ts';
import { vaultFailureSentence } from './vaultWords.ts';

export interface StoredSourceParts {
  readonly vault: {
    readonly stored: StoredRecords;
    readonly condition: VaultCondition;
    readonly onDidChange: Event<void>;
  };
  readonly readings: { readAgain(): Promise<void> };
  readonly log: Log;
}

/** What is stored, with the editor's own questions before anything of it is changed. */
export function createStoredSource({
  vault,
  readings,
  log,
}: StoredSourceParts): StoredRecordSource {
  return new StoredRecordSource({
    records: vault.stored,
    confirm: confirmDeletion,
    ask: askCorrection,
    onChanged: () => {
      // Where this fails, the dashboard says so by itself.
      readings.readAgain().catch(() => {});
    },
    tell: (error) => {
      void vscode.window.showErrorMessage(
        VaultError.is(error)
          ? vaultFailureSentence(error.reason)
          : vscode.l10n.t('Millrace could not do that. The log says more.'),
      );
    },
    isLocked: () => vault.condition === 'locked',
    onDidChangeLock: vault.onDidChange,
    log,
  });
}
