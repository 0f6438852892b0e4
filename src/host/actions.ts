import * as vscode from 'vscode';
import type { CommandTable } from './commands.ts';
import { DashboardView } from './dashboardView.ts';
import type { Pausing } from './pausing.ts';

export interface ActionParts {
  readonly pausing: Pausing;
  readonly vault: { backUp(): Promise<{ readonly sizeBytes: number }> };
  readonly log: vscode.LogOutputChannel;
}

/** What each command does. */
export function actionsOf({ pausing, vault, log }: ActionParts): CommandTable {
  return {
    openDashboard: () => vscode.commands.executeCommand(`${DashboardView.viewId}.focus`),
    pauseTracking: () => pausing.pause(),
    resumeTracking: () => pausing.resume(),
    backUpNow: async () => {
      const { sizeBytes } = await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Millrace: backing up') },
        () => vault.backUp(),
      );
      void vscode.window.showInformationMessage(
        vscode.l10n.t('Backed up: {0} KB, encrypted.', Math.ceil(sizeBytes / 1024)),
      );
    },
    openSettings: () =>
      vscode.commands.executeCommand('workbench.action.openSettings', '@ext:millrace.millrace'),
    showLog: () => {
      log.show();
    },
  };
}
