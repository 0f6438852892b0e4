import * as vscode from 'vscode';
import type { Log } from '../base/log.ts';
import { runDashboardAction } from './dashboardActions.ts';
import type { DashboardSource } from './dashboardPageHost.ts';
import type { Feedback } from './feedback.ts';
import type { Presenter } from './presenter.ts';
import type { VaultReadings } from './vaultReadings.ts';

export interface DashboardSourceParts {
  readonly presenter: Presenter;
  readonly readings: VaultReadings;
  readonly feedback: Feedback;
  readonly log: Log;
}

/** Where the dashboard's contents come from, and where its wishes go. */
export function dashboardSource(parts: DashboardSourceParts): DashboardSource {
  const { presenter, readings, feedback, log } = parts;
  return {
    current: () => presenter.dashboardState(),
    runAction: (action) =>
      runDashboardAction(action, (id) => vscode.commands.executeCommand(id), log),
    loadDay: (day) => readings.loadDay(day),
    answer: (answer) => feedback.answer(answer),
    wishFocus: () => Promise.reject(new Error('Not joined yet')),
    stored: {
      onDidChange: () => ({ dispose: () => {} }),
      overview: () => Promise.reject(new Error('Not joined yet')),
      page: () => Promise.reject(new Error('Not joined yet')),
      delete: () => Promise.reject(new Error('Not joined yet')),
      correct: () => Promise.reject(new Error('Not joined yet')),
    },
    dismissQuestion: () => {
      feedback.dismiss();
    },
    becameVisible: () => {
      presenter.refresh();
    },
  };
}
