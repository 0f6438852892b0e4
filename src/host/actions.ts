import * as vscode from 'vscode';
import type { Vault } from '../vault/vault.ts';
import type { CommandActions } from './registerCommands.ts';
import { DashboardView } from './dashboard/dashboardView.ts';
import type { Feedback } from './recording/feedback.ts';
import type { Pausing } from './recording/pausing.ts';
import { rateLastMinutes } from './recording/ratingCommand.ts';
import { rotateKey } from './vault/keys/keyRotating.ts';
import { rescoreHistory } from './vault/rescoring.ts';
import { manageProtectors, setPassphrase } from './vault/keys/vaultProtecting.ts';
import { trustVault, unlockVault } from './vault/keys/vaultUnlocking.ts';
import { verifyVault } from './vault/verifying.ts';

/** The publisher, the name and the walkthrough of package.json. */
const walkthroughId = 'millrace.millrace#start';

export interface ActionOptions {
  readonly pausing: Pausing;
  readonly vault: Vault;
  readonly feedback: Feedback;
  readonly readings: { readAgain(): Promise<void> };
  readonly dashboard: { openInEditor(): void; showStored(): PromiseLike<unknown> };
  readonly log: vscode.LogOutputChannel;
}

/** What each command does that no lazy part runs. */
export function actionsOf(options: ActionOptions): CommandActions {
  const { pausing, vault, feedback, readings, dashboard, log } = options;
  return {
    openDashboard: () => vscode.commands.executeCommand(`${DashboardView.viewId}.focus`),
    openDashboardInEditor: () => {
      dashboard.openInEditor();
    },
    showStored: () => dashboard.showStored(),
    refreshDashboard: () => readings.readAgain(),
    openWalkthrough: () =>
      vscode.commands.executeCommand('workbench.action.openWalkthrough', walkthroughId, false),
    pauseTracking: () => pausing.pause(),
    resumeTracking: () => pausing.resume(),
    recomputeHistory: () => rescoreHistory(vault),
    rateLastMinutes: () => rateLastMinutes(feedback),
    verifyVault: () => verifyVault(vault),
    lockVault: () => {
      vault.access.lock();
    },
    unlockVault: () => unlockVault(vault.access),
    trustVault: () => trustVault(vault),
    setPassphrase: () => setPassphrase(vault.secrets),
    manageProtectors: () => manageProtectors(vault.secrets),
    rotateKey: () => rotateKey(vault),
    openSettings: () =>
      vscode.commands.executeCommand('workbench.action.openSettings', '@ext:millrace.millrace'),
    showLog: () => {
      log.show();
    },
  };
}
