import * as vscode from 'vscode';
import type { Disposable } from '../../base/disposable.ts';
import type { Event } from '../../base/emitter.ts';
import type { VaultCondition } from '../../readings/vaultReading.ts';
import { VaultError } from '../../vault/vaultError.ts';
import { commandId, type CommandAction } from '../commandTable.ts';
import type { NoticeAction, Notices } from '../notices/notices.ts';

export interface WatchedVault {
  readonly condition: VaultCondition;
  readonly onDidChange: Event<void>;
  readonly access: { readonly isWithheld: boolean };
  /** Why nobody can tell where the vault is. */
  readonly refusal?: VaultError | undefined;
}

/** Tells once of each condition in which the vault does not work, with what can be done about it. */
export function noticeVault(vault: WatchedVault, notices: Notices): Disposable {
  let noticed: VaultCondition = 'starting';
  return vault.onDidChange(() => {
    if (vault.condition === noticed) {
      return;
    }
    notices.clear(noticed);
    noticed = vault.condition;
    void vscode.commands.executeCommand('setContext', 'millrace.vault', noticed);
    const message = messageFor(noticed, vault.refusal);
    // Nobody needs to be told that they have just locked it.
    if (message !== undefined && !vault.access.isWithheld) {
      notices.warn(noticed, message, [
        ...helpFor(noticed),
        {
          title: vscode.l10n.t('Show Log'),
          run: () => vscode.commands.executeCommand(commandId('showLog')),
        },
        {
          title: vscode.l10n.t('Open Settings'),
          run: () => vscode.commands.executeCommand(commandId('openSettings')),
        },
      ]);
    }
  });
}

/** The button that solves it, where one does. */
function helpFor(condition: VaultCondition): readonly NoticeAction[] {
  if (condition === 'locked') {
    return [{ title: vscode.l10n.t('Unlock…'), run: () => run('unlockVault') }];
  }
  if (condition === 'untrusted') {
    return [{ title: vscode.l10n.t('Trust It…'), run: () => run('trustVault') }];
  }
  return [];
}

function run(action: CommandAction): Thenable<unknown> {
  return vscode.commands.executeCommand(commandId(action));
}

/** What a person is told of a vault that does not work, and what they can do; `undefined` where all is well. */
function messageFor(
  condition: VaultCondition,
  refusal: VaultError | undefined,
): string | undefined {
  switch (condition) {
    case 'starting':
    case 'ready':
      return undefined;
    case 'locked':
      return vscode.l10n.t(
        'Millrace has no key for its vault here. Recording goes on; reading needs the key. Unlock it with your passphrase or recovery kit, or bring back the keyring or key file that the vault was made with.',
      );
    case 'untrusted':
      return vscode.l10n.t(
        'Millrace does not know its vault file: vault.json was replaced, or an earlier one was put back. Nothing is sealed for it, and what you do now is kept in memory only. Put the right file back; or trust this one, if you know why it changed.',
      );
    case 'damaged':
      return vscode.l10n.t(
        "Millrace can't read its vault file. Nothing was changed, and what you do now is kept in memory only. Put back a copy of vault.json, restore the folder of the vault with the recovery kit, or choose another folder in the settings.",
      );
    case 'unusable':
      if (VaultError.is(refusal?.cause, 'damaged')) {
        return vscode.l10n.t(
          'Millrace can\'t tell where its vault is: vault-location.json in its storage folder is empty or damaged. Nothing was changed, and what you do now is kept in memory only. Put back a copy of the file, or remove it: then the vault in the folder of the settings is opened, and restored ones stay in the folder "vaults" beside it.',
        );
      }
      return vscode.l10n.t(
        "Millrace can't use its vault: it was made by another version, or the folder holds something else. Nothing was changed, and what you do now is kept in memory only. Update Millrace, or choose another folder in the settings.",
      );
    case 'unwritable':
      return vscode.l10n.t(
        "Millrace can't write to its vault folder. What you do now is kept in memory and written when the folder can be written again. Check its permissions and the free space.",
      );
  }
}
