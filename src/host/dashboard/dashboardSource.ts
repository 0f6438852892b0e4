import * as vscode from 'vscode';
import type { Log } from '../../base/log.ts';
import { runDashboardAction } from './dashboardActions.ts';
import type { Event } from '../../base/emitter.ts';
import type { StoredKind, StoredOverview, StoredPage } from '../../readings/storedReading.ts';
import type { PartWishes, StoredOutcome } from '../../protocol/dashboard.ts';
import type { DashboardSource } from './dashboardPageHost.ts';
import type { Feedback } from '../recording/feedback.ts';
import type { Presenter } from './presenter.ts';
import type { VaultReadings } from '../vault/vaultReadings.ts';

export interface DashboardSourceOptions {
  readonly presenter: Presenter;
  readonly readings: VaultReadings;
  readonly feedback: Feedback;
  readonly stored: StoredSource;
  readonly lazyParts: {
    /** Asks something of a lazy part; resolves when it is done, or when the person is asked. */
    wish<Name extends keyof PartWishes>(name: Name, wish: PartWishes[Name]): Promise<void>;
  };
  readonly log: Log;
}

/** What is stored, readable, and how it is put right. */
export interface StoredSource {
  /** What the change came to, once the person has said what they mean. */
  readonly onDidChange: Event<StoredOutcome>;
  overview(): Promise<StoredOverview>;
  page(query: { readonly kind: StoredKind; readonly beforeMs: number | null }): Promise<StoredPage>;
  /** Asks the person first. */
  delete(record: StoredRef): Promise<void>;
  correct(record: StoredRef): Promise<void>;
}

/** Names one record. */
export interface StoredRef {
  readonly kind: StoredKind;
  readonly id: string;
}

/** Where the dashboard's contents come from, and where its wishes go. */
export function dashboardSource(options: DashboardSourceOptions): DashboardSource {
  const { presenter, readings, feedback, lazyParts, stored, log } = options;
  const execute = (id: string): Thenable<unknown> => vscode.commands.executeCommand(id);
  return {
    current: () => presenter.dashboardState(),
    answers: {
      answerQuestion: async (answer) => {
        if (feedback.askedMs === undefined) {
          throw new Error('Nothing was asked');
        }
        await feedback.answer(answer);
        return {};
      },
      dismissQuestion: () => {
        feedback.dismiss();
        return {};
      },
      loadDay: ({ day }) => readings.loadDay(day),
      wishFocus: (wish) => lazyParts.wish('focus', wish).then(() => ({})),
      loadStored: () => stored.overview(),
      loadStoredPage: (query) => stored.page(query),
      deleteStored: (record) => stored.delete(record).then(() => ({})),
      correctStored: (record) => stored.correct(record).then(() => ({})),
      runAction: ({ action }) => runDashboardAction(action, execute, log).then(() => ({})),
    },
    onDidChangeStored: stored.onDidChange,
    becameVisible: () => {
      presenter.refresh();
    },
  };
}
