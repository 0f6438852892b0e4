import * as vscode from 'vscode';
import type { Vault } from '../vault/vault.ts';
import type { CommandActions } from './commands.ts';
import { commandsOf, type CommandOf } from './commandTable.ts';
import { DashboardView } from './dashboard/dashboardView.ts';
import type { Feedback } from './recording/feedback.ts';
import type { Pausing } from './recording/pausing.ts';
import { rateLastMinutes } from './recording/ratingCommand.ts';
import { rotateKey } from './vault/keyRotating.ts';
import { rescoreHistory } from './vault/rescoring.ts';
import { manageProtectors, setPassphrase } from './vault/vaultProtecting.ts';
import { unlockVault } from './vault/vaultUnlocking.ts';
import { verifyVault } from './vault/verifying.ts';

/** The publisher, the name and the walkthrough of package.json. */
const walkthroughId = 'millrace.millrace#start';

export interface ActionParts {
  readonly pausing: Pausing;
  readonly vault: Vault;
  readonly feedback: Feedback;
  readonly readings: { readAgain(): Promise<void> };
  readonly dashboard: { openInEditor(): void; showStored(): PromiseLike<unknown> };
  readonly focus: { run(command: CommandOf<'focus'>): Promise<void> };
  readonly data: { run(command: CommandOf<'data'>): Promise<void> };
  readonly log: vscode.LogOutputChannel;
}

/** What each command does. */
export function actionsOf(parts: ActionParts): CommandActions {
  const { pausing, vault, feedback, readings, dashboard, log } = parts;
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
      vault.secrets.lock();
    },
    unlockVault: () => unlockVault(vault.secrets),
    setPassphrase: () => setPassphrase(vault.secrets),
    manageProtectors: () => manageProtectors(vault.secrets),
    rotateKey: () => rotateKey(vault),
    ...actionsOfPart('focus', parts.focus),
    ...actionsOfPart('data', parts.data),
    openSettings: () =>
      vscode.commands.executeCommand('workbench.action.openSettings', '@ext:millrace.millrace'),
    showLog: () => {
      log.show();
    },
  };
}

/** The commands of a lazy part, each of which is handed to it. */
function actionsOfPart<Part extends string>(
  name: Part,
  part: { run(command: CommandOf<Part>): Promise<void> },
): Record<CommandOf<Part>, () => Promise<void>> {
  const entries = commandsOf(name).map((command) => [command, () => part.run(command)] as const);
  // `Object.fromEntries` forgets the keys, which are exactly the part's.
  return Object.fromEntries(entries) as Record<CommandOf<Part>, () => Promise<void>>;
}
