import * as vscode from 'vscode';
import type { VaultFailure } from '../../vault/vaultError.ts';

/**
 * What a failure of the vault means to the person, and what they can do about it.
 * @param line of a file that they gave, where that is what is wrong
 */
export function vaultFailureSentence(reason: VaultFailure, line?: number): string {
  switch (reason) {
    case 'locked':
      return vscode.l10n.t('The vault is locked. Unlock it first.');
    case 'wrongPassphrase':
      return vscode.l10n.t('That is not the passphrase of this vault.');
    case 'wrongIdentity':
      return vscode.l10n.t(
        'That recovery kit is of another vault, or from before its key was rotated.',
      );
    case 'damagedKeyFile':
      return line === undefined
        ? vscode.l10n.t('That file is no recovery kit, or the key file is damaged.')
        : vscode.l10n.t(
            'That recovery kit is not as it was saved: what begins in line {0} is cut short or changed.',
            line,
          );
    case 'wrongKey':
      return vscode.l10n.t(
        'The key kept on this computer does not open this vault. Unlock it with the passphrase or the recovery kit.',
      );
    case 'untrusted':
      return vscode.l10n.t(
        'The vault’s key file, vault.json, is not the one that this computer knows. Nothing is written for it. Trust it only if you know why it changed.',
      );
    case 'damaged':
      return vscode.l10n.t('Something in the vault is damaged. Verify it to see what is readable.');
    case 'unknownVersion':
      return vscode.l10n.t(
        'The vault was written by a later Millrace. Update Millrace to read it.',
      );
    case 'unwritable':
      return vscode.l10n.t(
        "The vault's folder can't be written. Check its permissions and the free space.",
      );
    case 'unusable':
      return vscode.l10n.t("The vault can't be used here. The log says more.");
    case 'lastProtector':
      return vscode.l10n.t(
        'This is the only thing that opens the vault. Add another before you remove it.',
      );
    case 'busy':
    case 'rotated':
      return vscode.l10n.t("Another window is changing the vault's keys. Try again in a moment.");
    case 'costly':
      return vscode.l10n.t(
        'To try a passphrase there would take more memory or time than Millrace ever asks for, so nothing was tried: somebody changed the file that says how. The recovery kit opens it.',
      );
    case 'passphraseNeeded':
      return vscode.l10n.t('This needs the passphrase of the vault.');
    case 'destroyed':
      return vscode.l10n.t('This was sealed with a key that has been destroyed.');
    case 'keeperFailed':
      return vscode.l10n.t('Millrace could not read its record just now. Try again.');
  }
}
