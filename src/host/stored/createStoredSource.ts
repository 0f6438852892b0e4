import * as vscode from 'vscode';
import type { Clock } from '../../base/clock.ts';
import type { Event } from '../../base/emitter.ts';
import type { Log } from '../../base/log.ts';
import type { VaultCondition } from '../../readings/vaultReading.ts';
import type { Session } from '../../tracking/session.ts';
import type { VaultRecord } from '../../vault/record.ts';
import type { KeeperAsk } from '../../vault/keeper/keeperContract.ts';
import { VaultError } from '../../vault/vaultError.ts';
import { askCorrection } from './storedCorrecting.ts';
import { recordingOf } from './storedFields.ts';
import { confirmDeletion } from './storedDeleting.ts';
import { StoredRecordSource, type StoredRecords } from './storedSource.ts';
import { sessionRecord } from '../vault/vaultRecorder.ts';
import { vaultFailureSentence } from '../vault/vaultWords.ts';

interface RecordingTracker {
  readonly session: Session | undefined;
  finish(): void;
}

export interface StoredSourceOptions {
  readonly vault: {
    readonly stored: StoredRecords;
    readonly keeper: KeeperAsk;
    readonly condition: VaultCondition;
    readonly onDidChange: Event<void>;
    append(records: readonly VaultRecord[]): Promise<void>;
  };
  readonly tracker: RecordingTracker;
  readonly settings: { readonly current: { readonly idleMinutes: number } };
  readonly clock: Clock;
  readonly readings: { readAgain(): Promise<void> };
  readonly log: Log;
}

/** What is stored, with the editor's own questions before anything of it is changed. */
export function createStoredSource({
  vault,
  tracker,
  settings,
  clock,
  readings,
  log,
}: StoredSourceOptions): StoredRecordSource {
  return new StoredRecordSource({
    records: vault.stored,
    keeper: vault.keeper,
    confirm: confirmDeletion,
    ask: askCorrection,
    letGo: async (kind, record) => {
      if (kind !== 'session') {
        return true;
      }
      const idleMs = settings.current.idleMinutes * 60_000;
      const own = tracker.session;
      const recording = recordingOf(record, own?.id, clock.wallMs(), idleMs);
      if (own !== undefined && recording === 'here') {
        // What comes after it begins a session of its own; what was handed on before is kept before this.
        tracker.finish();
        await vault.append([sessionRecord(own)]);
      } else if (recording === 'elsewhere') {
        void vscode.window.showInformationMessage(
          vscode.l10n.t('Another window still records this session. Try again once it has ended.'),
        );
      }
      return recording !== 'elsewhere';
    },
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
