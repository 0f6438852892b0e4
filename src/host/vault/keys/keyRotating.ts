import * as vscode from 'vscode';
import { VaultError } from '../../../vault/vaultError.ts';
import type { Vault } from '../../../vault/vault.ts';
import { confirm } from '../../dialogs/confirm.ts';
import { askPassphrase } from './vaultUnlocking.ts';

/** Gives the vault a new key; asks for the passphrase where there is one. @throws {VaultError} */
export async function rotateKey(vault: Vault): Promise<void> {
  const isMeant = await confirm({
    question: vscode.l10n.t('Give the vault a new key?'),
    detail: vscode.l10n.t(
      'What is recorded from now on is sealed with it at once, the rest is sealed again in the background, and the old key is destroyed. A recovery kit saved before no longer opens the vault: save a new one afterwards.',
    ),
    yes: vscode.l10n.t('Rotate Key'),
  });
  if (!isMeant) {
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
