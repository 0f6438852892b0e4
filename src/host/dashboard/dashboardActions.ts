import { runDetached, type Log } from '../../base/log.ts';
import type { DashboardAction } from '../../protocol/dashboard.ts';
import { commandId, mayTakeLong } from '../commandTable.ts';

/** Runs a command of the editor; resolves to false when it failed and the person was told. */
export type ExecuteCommand = (id: string) => PromiseLike<unknown>;

/**
 * Runs the command behind an action of the dashboard. Resolves when it is done, or, for one that asks the
 * person something or reads all there is, at once: it may take minutes, and the dashboard waits ten seconds for an answer.
 * @throws {Error} when it failed
 */
export async function runDashboardAction(
  action: DashboardAction,
  execute: ExecuteCommand,
  log: Log,
): Promise<void> {
  const running = execute(commandId(action));
  if (mayTakeLong(action)) {
    // Whether it succeeds is between the command and the person.
    runDetached(log, `Action ${action}`, Promise.resolve(running));
  } else if ((await running) === false) {
    throw new Error(`Action ${action} failed`);
  }
}
