import * as vscode from 'vscode';
import { readKitFile } from '../../../vault/keys/recoveryKitReader.ts';
import type { VaultAccess } from '../../../vault/keys/vaultAccess.ts';
import { chooseFile } from '../../dialogs/chooseFile.ts';

interface UnlockChoice extends vscode.QuickPickItem {
  readonly run: () => Promise<void>;
}

/**
 * Asks with what to unlock, and does it.
 * @throws {VaultError} as {@link VaultAccess.unlock}
 */
export async function unlockVault(access: VaultAccess): Promise<void> {
  const choices: UnlockChoice[] = [
    {
      label: vscode.l10n.t('$(key) Passphrase…'),
      run: () => unlockWithPassphrase(access),
    },
    {
      label: vscode.l10n.t('$(file) Recovery kit…'),
      detail: vscode.l10n.t('The file that you saved with "Save Recovery Kit"'),
      run: () => unlockWithKit(access),
    },
    {
      label: vscode.l10n.t('$(device-desktop) The key kept on this computer'),
      detail: vscode.l10n.t('After you locked the vault yourself'),
      run: () => access.unlock(),
    },
  ];
  const chosen = await vscode.window.showQuickPick(choices, {
    title: vscode.l10n.t('Unlock the Vault'),
  });
  await chosen?.run();
}

async function unlockWithPassphrase(access: VaultAccess): Promise<void> {
  const passphrase = await askPassphrase(vscode.l10n.t('The passphrase of the vault'));
  if (passphrase !== undefined) {
    await access.unlock({ passphrase });
  }
}

async function unlockWithKit(access: VaultAccess): Promise<void> {
  const file = await chooseFile({
    title: vscode.l10n.t('Choose the Recovery Kit'),
    openLabel: vscode.l10n.t('Unlock'),
  });
  if (file !== undefined) {
    await access.unlock({ recoveryKit: await readKitFile(file.fsPath) });
  }
}

/** Asks for a secret in the editor's own input box, which no web page sees. */
export async function askPassphrase(prompt: string): Promise<string | undefined> {
  const typed = await vscode.window.showInputBox({ prompt, password: true, ignoreFocusOut: true });
  return typed === '' ? undefined : typed;
}
