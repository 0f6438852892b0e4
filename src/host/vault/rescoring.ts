import * as vscode from 'vscode';
import type { Vault } from '../../vault/vault.ts';

/** Brings the past under the present rules, with progress in the status bar; it goes on another time when cut short. */
export async function rescoreHistory(vault: Vault): Promise<void> {
  await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Window,
      title: vscode.l10n.t('Millrace: computing history again'),
    },
    (progress) =>
      vault.rescore(({ done, total }) => {
        progress.report({ message: vscode.l10n.t('{0} of {1} sessions', done, total) });
        return true;
      }),
  );
}
