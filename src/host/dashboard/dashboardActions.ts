import { runDetached, type Log } from '../../base/log.ts';
import type { DashboardAction } from '../../protocol/dashboard.ts';
import { commandIds } from '../commandIds.ts';

/**
 * Actions that ask the person something, or read all there is. They may take minutes, and the dashboard waits ten seconds for an
 * answer: it is told that they have begun.
 */
const interactiveActions: ReadonlySet<DashboardAction> = new Set<DashboardAction>([
  'verifyVault',
  'unlockVault',
  'saveRecoveryKit',
  'setPassphrase',
  'manageProtectors',
  'rotateKey',
  'purgeVault',
  'chooseBackupFolder',
  'restoreBackup',
  'exportData',
  'importData',
  'eraseData',
  'checkRecoveryKit',
]);

/** Runs a command of the editor; resolves to false when it failed and the person was told. */
export type ExecuteCommand = (id: string) => PromiseLike<unknown>;

/**
 * Runs the command behind an action of the dashboard. Resolves when it is done, or, for one that asks the
 * person something, at once.
 * @throws {Error} when it failed
 */
export async function runDashboardAction(
  action: DashboardAction,
  execute: ExecuteCommand,
  log: Log,
): Promise<void> {
  const running = execute(commandIds[action]);
  if (interactiveActions.has(action)) {
    // Whether it succeeds is between the command and the person.
    runDetached(log, `Action ${action}`, Promise.resolve(running));
  } else if ((await running) === false) {
    throw new Error(`Action ${action} failed`);
  }
}
