import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../base/disposable.ts';
import { describeError, type Log } from '../base/log.ts';
import { VaultError } from '../vault/vaultError.ts';
import {
  commandActions,
  commandId,
  isPartCommand,
  type PartCommand,
  type WindowCommand,
} from './commandTable.ts';
import { vaultFailureSentence } from './vault/vaultWords.ts';

/** What each command does that no lazy part runs; a promise that it returns is waited for. */
export type CommandActions = Readonly<Record<WindowCommand, () => unknown>>;

/**
 * Registers all commands of the table. One that fails says so to the person who ran it, and resolves to false.
 * @param lazyParts run what is theirs
 * @returns the registrations
 */
export function registerCommands(
  actions: CommandActions,
  lazyParts: { run(command: PartCommand): Promise<void> },
  log: Log,
): Disposable {
  const store = new DisposableStore();
  for (const action of commandActions()) {
    const id = commandId(action);
    store.add(
      vscode.commands.registerCommand(id, async () => {
        try {
          await (isPartCommand(action) ? lazyParts.run(action) : actions[action]());
          return true;
        } catch (error) {
          log.error(`Command ${id} failed`, describeError(error));
          void vscode.window.showErrorMessage(
            VaultError.is(error)
              ? vaultFailureSentence(error.reason, error.line)
              : vscode.l10n.t('Millrace could not do that. The log says more.'),
          );
          return false;
        }
      }),
    );
  }
  return store;
}
