import * as vscode from 'vscode';
import type { Log } from '../../base/log.ts';
import { runDashboardAction } from './dashboardActions.ts';
import type { DashboardSource, StoredSource } from './dashboardPageHost.ts';
import type { Feedback } from '../recording/feedback.ts';
import type { Presenter } from './presenter.ts';
import type { VaultReadings } from '../vault/vaultReadings.ts';

export interface DashboardSourceParts {
  readonly presenter: Presenter;
  readonly readings: VaultReadings;
  readonly feedback: Feedback;
  readonly stored: StoredSource;
  readonly lazyParts: Pick<DashboardSource, 'wish'>;
  readonly log: Log;
}

/** Where the dashboard's contents come from, and where its wishes go. */
export function dashboardSource(parts: DashboardSourceParts): DashboardSource {
  const { presenter, readings, feedback, lazyParts, stored, log } = parts;
  return {
    current: () => presenter.dashboardState(),
    runAction: (action) =>
      runDashboardAction(action, (id) => vscode.commands.executeCommand(id), log),
    loadDay: (day) => readings.loadDay(day),
    answer: (answer) => feedback.answer(answer),
    wish: (name, wish) => lazyParts.wish(name, wish),
    stored,
    dismissQuestion: () => {
      feedback.dismiss();
    },
    becameVisible: () => {
      presenter.refresh();
    },
  };
}
