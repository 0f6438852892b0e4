import path from 'node:path';
import * as vscode from 'vscode';
import { shownName } from '../../dialogs/shownName.ts';
import {
  findVaults,
  purgeEverything,
  type PurgeReport,
  type VaultsHere,
} from '../../../transfer/erase/purgeEverything.ts';
import { asTransferError } from '../../../transfer/transferError.ts';
import type { KeyStore } from '../../../vault/keys/vaultStore.ts';
import { confirm } from '../../dialogs/confirm.ts';
import { askForWord } from '../../dialogs/askText.ts';
import type { PartWindow } from '../../lazy/lazyPart.ts';

/**
 * Destroys everything that was ever recorded, and what opens it, once the person has read what that is and typed a word. Says
 * what could not be reached; then the window is loaded again and begins with a new vault.
 * @throws {TransferError} when it can't be seen which vaults there are; nothing is destroyed then
 */
export async function purgeOnceConfirmed(
  { context, settings, vault, clock, log }: PartWindow,
  keyStore: KeyStore,
): Promise<void> {
  const vaults = await findVaults(context.globalStorageUri.fsPath, vault.folder).catch(
    (error: unknown) => {
      throw asTransferError(error);
    },
  );
  if (!(await isMeant(lossText(vaults, settings())))) {
    return;
  }
  await vault.close();
  await showWhatIsLeft(await purgeEverything(vaults, { ...keyStore, clock, log }));
  // This window's recorder has nowhere to write any more.
  await vscode.commands.executeCommand('workbench.action.reloadWindow');
}

async function isMeant(detail: string): Promise<boolean> {
  const title = vscode.l10n.t('Purge Everything');
  const question = vscode.l10n.t('Destroy everything that Millrace has recorded on this computer?');
  return (
    (await confirm({ question, detail, yes: title })) &&
    (await askForWord(title, vscode.l10n.t('delete everything')))
  );
}

function lossText(
  { earlier, unfinished, missing, others, list }: VaultsHere,
  { backupFolder, syncFolder }: { readonly backupFolder: string; readonly syncFolder: string },
): string {
  const lost = [
    vscode.l10n.t('the vault with its trash and the backups in it, and its key'),
    ...(earlier.length > 0
      ? [
          list === 'unreadable'
            ? vscode.l10n.t(
                'vaults that were restored, or replaced by a restore: {0}',
                earlier.length,
              )
            : vscode.l10n.t(
                'earlier vaults that a restore replaced, with their keys: {0}',
                earlier.length,
              ),
        ]
      : []),
    ...(unfinished.length > 0
      ? [vscode.l10n.t('vaults of restores that were not finished: {0}', unfinished.length)]
      : []),
  ];
  const stays = [
    ...(backupFolder === ''
      ? []
      : [vscode.l10n.t('the backup folder {0}', shownName(path.basename(backupFolder)))]),
    ...(syncFolder === ''
      ? []
      : [vscode.l10n.t('the sync folder {0}', shownName(path.basename(syncFolder)))]),
    ...missing.map(missingText),
    ...(list === 'unreadable'
      ? [vscode.l10n.t('earlier vaults in folders of their own: the list of them cannot be read')]
      : []),
    ...others.map((folder) =>
      vscode.l10n.t('another vault, which the settings do not name: {0}', shownName(folder)),
    ),
    vscode.l10n.t('copies and exports that you keep elsewhere'),
    vscode.l10n.t('recovery kits and the passphrase, which open backups and such copies'),
  ];
  return [
    vscode.l10n.t('This will be lost:'),
    ...lost.map(asItem),
    '',
    vscode.l10n.t('Beyond reach, and not destroyed:'),
    ...stays.map(asItem),
    '',
    vscode.l10n.t("This can't be undone."),
  ].join('\n');
}

/** Says nothing where nothing is left. */
async function showWhatIsLeft({ left, missing, isNoted }: PurgeReport): Promise<void> {
  const lines = [
    ...left.map(({ folder, left: what }) =>
      what === 'files'
        ? vscode.l10n.t(
            'files that could not be removed; the key to them on this computer is destroyed: {0}',
            shownName(folder),
          )
        : vscode.l10n.t(
            'a vault that could not be reached, or its key not be destroyed: {0}',
            shownName(folder),
          ),
    ),
    ...missing.map(missingText),
    ...(isNoted ? [] : [vscode.l10n.t('the list of earlier vaults, which could not be written')]),
  ];
  if (lines.length > 0) {
    await vscode.window.showWarningMessage(vscode.l10n.t('Not everything could be destroyed.'), {
      modal: true,
      detail: [
        ...lines.map(asItem),
        '',
        vscode.l10n.t('Purge again when these places can be reached: it goes on with the rest.'),
      ].join('\n'),
    });
  }
}

function missingText(folder: string): string {
  return vscode.l10n.t(
    'a vault that is not there now, perhaps on a missing drive: {0}',
    shownName(folder),
  );
}

function asItem(text: string): string {
  return `– ${text}`;
}
