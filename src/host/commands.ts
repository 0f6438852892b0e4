import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../base/disposable.ts';
import { describeError, type Log } from '../base/log.ts';
import { VaultError } from '../vault/vaultError.ts';
import { commandActions, commandId, type CommandAction } from './commandTable.ts';
import { vaultFailureSentence } from './vault/vaultWords.ts';

/** What each command does; a promise that it returns is waited for. */
export type CommandActions = Readonly<Record<CommandAction, () => unknown>>;

/**
 * Registers all commands. One that fails says so to the person who ran it, and resolves to false.
 * @returns the registrations
 */
export function registerCommands(actions: CommandActions, log: Log): Disposable {
  const store = new DisposableStore();
  for (const action of commandActions()) {
    const id = commandId(action);
    store.add(
      vscode.commands.registerCommand(id, async () => {
        try {
          await actions[action]();
          return true;
        } catch (error) {
          log.error(`Command ${id} failed`, describeError(error));
          void vscode.window.showErrorMessage(
            VaultError.is(error)
              ? vaultFailureSentence(error.reason)
              : vscode.l10n.t('Millrace could not do that. The log says more.'),
          );
          return false;
        }
      }),
    );
  }
  return store;
}
