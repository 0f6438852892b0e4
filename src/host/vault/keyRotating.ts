import * as vscode from 'vscode';
import { VaultError } from '../../vault/vaultError.ts';
import type { Vault } from '../../vault/vault.ts';
import { askPassphrase } from './vaultUnlocking.ts';

/** Gives the vault a new key; asks for the passphrase where there is one. @throws {VaultError} */
export async function rotateKey(vault: Vault): Promise<void> {
  const rotate = vscode.l10n.t('Rotate Key');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('Give the vault a new key?'),
    {
      modal: true,
      detail: vscode.l10n.t(
        'What is recorded from now on is sealed with it at once, the rest is sealed again in the background, and the old key is destroyed. A recovery kit saved before no longer opens the vault: save a new one afterwards.',
      ),
    },
    rotate,
  );
  if (chosen !== rotate) {
    return;
  }
  try {
    await vault.rotate();
  } catch (error) {
    if (!VaultError.is(error, 'passphraseNeeded')) {
      throw error;
    }
    const passphrase = await askPassphrase(vscode.l10n.t('The passphrase of the vault'));
    if (passphrase === undefined) {
      return;
    }
    await vault.rotate(passphrase);
  }
}
