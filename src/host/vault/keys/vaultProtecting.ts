import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { shownName } from '../../dialogs/shownName.ts';
import { writeKit } from '../../../vault/keys/kitFile.ts';
import type { KitExposure } from '../../../vault/keys/kitPlace.ts';
import { formatRecoveryKit } from '../../../vault/keys/recoveryKit.ts';
import { formatRecoveryKitPage } from '../../../vault/keys/recoveryKitPage.ts';
import { editorLanguage } from '../../editorLanguage.ts';
import type { ProtectorEntry, ProtectorKind } from '../../../vault/protectors/vaultFile.ts';
import type { VaultSecrets } from '../../../vault/owner/vaultSecrets.ts';
import { askText } from '../../dialogs/askText.ts';
import { chooseKitPlace } from './kitPlaceFlow.ts';
import { askPassphrase } from './vaultUnlocking.ts';

/** Short ones are guessed from a copy of the folder; the count is of characters, not of classes of them. */
const shortestPassphrase = 10;

/**
 * Sets a passphrase, or changes the one there is, which has to be given first.
 * @throws {VaultError} `wrongPassphrase`, `locked`
 */
export async function setPassphrase(secrets: VaultSecrets): Promise<void> {
  const hasOne = (await secrets.listProtectors()).some(({ kind }) => kind === 'passphrase');
  const before = hasOne
    ? await askPassphrase(vscode.l10n.t('The passphrase of the vault as it is now'))
    : '';
  if (before === undefined) {
    return;
  }
  const chosen = await askNewPassphrase();
  if (chosen === undefined) {
    return;
  }
  if (hasOne) {
    await secrets.changePassphrase(before, chosen);
  } else {
    await secrets.setPassphrase(chosen);
  }
  void vscode.window.showInformationMessage(
    vscode.l10n.t(
      'The passphrase opens the vault now. Backups made before keep needing the recovery kit.',
    ),
  );
}

async function askNewPassphrase(): Promise<string | undefined> {
  const secret = { password: true, ignoreFocusOut: true };
  const prompt = vscode.l10n.t('A new passphrase: {0} characters or more', shortestPassphrase);
  const chosen = await askText({ ...secret, prompt }, (text) =>
    text.length < shortestPassphrase
      ? { objection: vscode.l10n.t('{0} characters or more', shortestPassphrase) }
      : { value: text },
  );
  if (chosen === undefined) {
    return undefined;
  }
  return askText({ ...secret, prompt: vscode.l10n.t('The same once more') }, (text) =>
    text === chosen ? { value: text } : { objection: vscode.l10n.t('Not the same as before') },
  );
}

interface ProtectorChoice extends vscode.QuickPickItem {
  readonly protector: ProtectorKind;
}

/**
 * Shows what opens the vault, and adds or removes what the person ticks.
 * @throws {VaultError} `lastProtector`, `unusable`, `locked`
 */
export async function manageProtectors(secrets: VaultSecrets): Promise<void> {
  const present = new Set((await secrets.listProtectors()).map(({ kind }) => kind));
  const kinds: readonly ProtectorEntry['kind'][] = ['secretStorage', 'keyFile', 'passphrase'];
  const chosen = await vscode.window.showQuickPick(
    kinds.map((kind): ProtectorChoice => ({
      protector: kind,
      label: protectorName(kind),
      picked: present.has(kind),
    })),
    {
      title: vscode.l10n.t('What Opens the Vault'),
      placeHolder: vscode.l10n.t(
        'The recovery kit always does. At least one of these has to stay.',
      ),
      canPickMany: true,
    },
  );
  if (chosen === undefined) {
    return;
  }
  const wanted = new Set(chosen.map(({ protector }) => protector));
  // What is added comes first, so that the last one can be exchanged for another.
  for (const kind of kinds.filter((each) => wanted.has(each) && !present.has(each))) {
    await (kind === 'passphrase' ? setPassphrase(secrets) : secrets.addProtector(kind));
  }
  for (const kind of kinds.filter((each) => !wanted.has(each) && present.has(each))) {
    await secrets.removeProtector(kind);
  }
}

function protectorName(kind: ProtectorKind): string {
  switch (kind) {
    case 'secretStorage':
      return vscode.l10n.t("VS Code's secret storage");
    case 'keyFile':
      return vscode.l10n.t('A key file on this computer');
    case 'passphrase':
      return vscode.l10n.t('A passphrase');
  }
}

/** Saves the recovery kit, as text or as a page to print, where the person says. @throws {VaultError} `locked` */
export async function saveRecoveryKit(secrets: VaultSecrets): Promise<void> {
  const openFolders = (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .map(({ uri }) => uri.fsPath);
  const target = await chooseKitPlace(homedir(), openFolders, {
    place: askPlace,
    exposed: askExposed,
  });
  if (target === undefined) {
    return;
  }
  const language = editorLanguage();
  const kit = await secrets.recoveryKit((file, keyring) =>
    target.endsWith('.html')
      ? formatRecoveryKitPage(file, keyring, language, Date.now())
      : formatRecoveryKit(file, keyring, language),
  );
  if (!(await writeKit(target, kit))) {
    void vscode.window.showErrorMessage(
      vscode.l10n.t(
        'Not saved: under this name is a link, a file that has another name as well, or no file at all. Choose another name.',
      ),
    );
    return;
  }
  void vscode.window.showInformationMessage(
    vscode.l10n.t(
      'Saved. Whoever has this file can read everything in the vault: keep it with your other keys, not beside the vault.',
    ),
  );
}

async function askPlace(begin: string): Promise<string | undefined> {
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Save the Recovery Kit'),
    saveLabel: vscode.l10n.t('Save Recovery Kit'),
    defaultUri: vscode.Uri.file(begin),
    filters: {
      [vscode.l10n.t('Text')]: ['txt'],
      [vscode.l10n.t('Page to Print')]: ['html'],
    },
  });
  return target?.fsPath;
}

async function askExposed({ by, folder }: KitExposure): Promise<'here' | 'elsewhere' | undefined> {
  const elsewhere = vscode.l10n.t('Choose Another Place…');
  const here = vscode.l10n.t('Save It Here');
  const chosen = await vscode.window.showWarningMessage(
    by === 'repository'
      ? vscode.l10n.t('This place lies in a repository: {0}', shownName(folder))
      : vscode.l10n.t(
          'This place lies in a folder that is open in this window: {0}',
          shownName(folder),
        ),
    {
      modal: true,
      detail: vscode.l10n.t(
        'Whoever gets the recovery kit can read everything in the vault. Here it may be committed, uploaded or shared together with the rest.',
      ),
    },
    elsewhere,
    here,
  );
  return chosen === here ? 'here' : chosen === elsewhere ? 'elsewhere' : undefined;
}
