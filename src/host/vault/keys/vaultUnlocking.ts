import * as vscode from 'vscode';
import { readKitFile } from '../../../vault/keys/recoveryKitReader.ts';
import type { UnlockWith, VaultAccess } from '../../../vault/keys/vaultAccess.ts';
import type { Vault } from '../../../vault/vault.ts';
import { chooseFile } from '../../dialogs/chooseFile.ts';
import { confirm } from '../../dialogs/confirm.ts';

/** With what a person opens the vault; without a secret with the key that this computer keeps. */
interface OpenWith {
  readonly secret?: UnlockWith;
}

interface OpenChoice extends vscode.QuickPickItem {
  readonly ask: () => Promise<OpenWith | undefined>;
}

/**
 * Asks with what to unlock, and does it.
 * @throws {VaultError} as {@link VaultAccess.unlock}
 */
export async function unlockVault(access: VaultAccess): Promise<void> {
  const chosen = await askOpenWith(
    vscode.l10n.t('Unlock the Vault'),
    vscode.l10n.t('After you locked the vault yourself'),
  );
  if (chosen !== undefined) {
    await access.unlock(chosen.secret);
  }
}

/**
 * Asks whether the `vault.json` that lies there is the person's, and lets who can open it say so.
 * @throws {VaultError} as {@link Vault.trustFile}
 */
export async function trustVault(vault: Vault): Promise<void> {
  const isMeant = await confirm({
    question: vscode.l10n.t('Trust the vault file as it is now?'),
    detail: vscode.l10n.t(
      'vault.json in the folder of the vault is not the one that this computer knows: somebody replaced it, or put an earlier one back. Trust it if you did so yourself, as when you restored the folder from a copy. What is recorded from then on can be read with the keys that it names.',
    ),
    yes: vscode.l10n.t('Trust It…'),
  });
  const chosen = isMeant
    ? await askOpenWith(
        vscode.l10n.t('Open the Vault That You Trust'),
        vscode.l10n.t('If the file still has it'),
      )
    : undefined;
  if (chosen !== undefined) {
    await vault.trustFile(chosen.secret);
  }
}

async function askOpenWith(title: string, whenKept: string): Promise<OpenWith | undefined> {
  const choices: OpenChoice[] = [
    { label: vscode.l10n.t('$(key) Passphrase…'), ask: passphrase },
    {
      label: vscode.l10n.t('$(file) Recovery kit…'),
      detail: vscode.l10n.t('The file that you saved with "Save Recovery Kit"'),
      ask: recoveryKit,
    },
    {
      label: vscode.l10n.t('$(device-desktop) The key kept on this computer'),
      detail: whenKept,
      ask: () => Promise.resolve({}),
    },
  ];
  const chosen = await vscode.window.showQuickPick(choices, { title });
  return chosen?.ask();
}

async function passphrase(): Promise<OpenWith | undefined> {
  const typed = await askPassphrase(vscode.l10n.t('The passphrase of the vault'));
  return typed === undefined ? undefined : { secret: { passphrase: typed } };
}

async function recoveryKit(): Promise<OpenWith | undefined> {
  const file = await chooseFile({
    title: vscode.l10n.t('Choose the Recovery Kit'),
    openLabel: vscode.l10n.t('Unlock'),
  });
  return file && { secret: { recoveryKit: await readKitFile(file.fsPath) } };
}

/** Asks for a secret in the editor's own input box, which no web page sees. */
export async function askPassphrase(prompt: string): Promise<string | undefined> {
  const typed = await vscode.window.showInputBox({ prompt, password: true, ignoreFocusOut: true });
  return typed === '' ? undefined : typed;
}
