import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../base/disposable.ts';
import { describeError, type Log } from '../base/log.ts';
import { VaultError } from '../vault/vaultError.ts';
import { commandIds, type CommandAction } from './commandIds.ts';
import { vaultFailureSentence } from './vault/vaultWords.ts';

/** What each command does; a promise that it returns is waited for. */
export type CommandTable = Readonly<Record<CommandAction, () => unknown>>;

/**
 * Registers the whole table. A command that fails says so to the person who ran it, and resolves to false.
 * @returns the registrations
 */
export function registerCommands(table: CommandTable, log: Log): Disposable {
  const store = new DisposableStore();
  for (const [action, run] of Object.entries(table)) {
    // `Object.entries` widens the keys of a record that has exactly the table's.
    const id = commandIds[action as CommandAction];
    store.add(
      vscode.commands.registerCommand(id, async () => {
        try {
          await run();
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
