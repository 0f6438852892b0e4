import { realpath } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { shownName } from '../../dialogs/shownName.ts';
import { wipe } from '../../../vault/age/identity.ts';
import { identitiesInKit, readKitFile } from '../../../vault/keys/recoveryKitReader.ts';
import type { Protector } from '../../../vault/protectors/protector.ts';
import type {
  ListedBackup,
  ManifestDoubt,
  RestoreKey,
} from '../../../transfer/messages/backupMessages.ts';
import type { MissingPart } from '../../../transfer/messages/syncMessages.ts';
import { isSignerDoubt } from '../../../transfer/copies/copySigner.ts';
import { findBackup } from '../../../transfer/backup/backupSource.ts';
import {
  protectorForRestore,
  restoredVaultId,
} from '../../../transfer/restore/restoredVaultFile.ts';
import { confirm } from '../../dialogs/confirm.ts';
import { chooseFile, chooseFolder } from '../../dialogs/chooseFile.ts';
import type { PartWindow } from '../../lazy/lazyPart.ts';
import {
  chooseRestore,
  type RestoreChoice,
  type RestoreQuestions,
  type RestoreWay,
} from './restoreFlow.ts';
import { withTransferProgress } from '../transfers/transferProgress.ts';
import {
  contentText,
  manifestDoubtSentence,
  manifestDoubtText,
  momentText,
  sizeText,
  transferFailureSentence,
  unreadText,
} from '../transfers/transferWords.ts';
import type { Transfers } from '../transfers/transfers.ts';
import { askPassphrase } from '../../vault/keys/vaultUnlocking.ts';

type Source = NonNullable<Awaited<ReturnType<RestoreQuestions['source']>>>;

/** Restores a backup, as the person leads. @throws {TransferError} @throws {VaultError} `damagedKeyFile` */
export async function restoreBackup(
  desk: PartWindow,
  transfers: Transfers,
  protectors: readonly Protector[],
  onMerged: () => Promise<void>,
): Promise<void> {
  const choice = await chooseRestore({
    backupFolder: desk.settings().backupFolder,
    canMerge: desk.vault.condition === 'ready',
    list: (folder, key) =>
      withTransferProgress(vscode.l10n.t('Millrace: looking at the backups'), (run) =>
        transfers.run('listBackups', { folder, key }, { ...run, allowsLocked: true }),
      ),
    ask: { source: askSource, key: askKey, way: askWay, confirm: confirmRestore },
  });
  if (choice === undefined) {
    return;
  }
  if (choice.way === 'merge') {
    await merge(desk, transfers, choice, onMerged);
  } else {
    await restoreAsNew(desk, transfers, protectors, choice);
  }
}

async function merge(
  { vault }: PartWindow,
  transfers: Transfers,
  { from, key, entry }: RestoreChoice,
  onMerged: () => Promise<void>,
): Promise<void> {
  const takesUnsigned = isSignerDoubt(entry.doubt);
  const { added, doubt, missing } = await withTransferProgress(
    vscode.l10n.t('Millrace: merging the backup'),
    // Whoever confirmed it has read that.
    (run) => transfers.run('mergeBackup', { from, key, takesUnsigned }, run),
  );
  vault.audit('restore');
  await onMerged();
  const words = [
    vscode.l10n.t('Merged. New in the vault: {0}.', contentText(added)),
    ...(missing.length > 0 ? [partText(missing)] : []),
    ...(doubt === undefined ? [] : [manifestDoubtSentence(doubt)]),
  ];
  void (words.length === 1
    ? vscode.window.showInformationMessage(words.join(' '))
    : vscode.window.showWarningMessage(words.join(' ')));
}

/** Says that what came back is only a part. */
function partText(missing: readonly MissingPart[]): string {
  return [
    vscode.l10n.t('This is only a part: some files could not be read.'),
    unreadText(missing),
    vscode.l10n.t('When they can be read, merge again: what is here already is not doubled.'),
  ].join(' ');
}

async function restoreAsNew(
  { context, vault, log }: PartWindow,
  transfers: Transfers,
  protectors: readonly Protector[],
  { from, key, entry }: RestoreChoice,
): Promise<void> {
  const id = restoredVaultId(await findBackup(from), key);
  const protector = key.kind === 'present' ? null : await protectorForRestore(protectors, id, log);
  let doubt: ManifestDoubt | undefined;
  let missing: readonly MissingPart[];
  try {
    ({ doubt, missing } = await withTransferProgress(
      vscode.l10n.t('Millrace: restoring the backup'),
      (run) =>
        transfers.run(
          'restoreAsNew',
          { from, key, storage: context.globalStorageUri.fsPath, protector, vault: id },
          { ...run, allowsLocked: true },
        ),
    ));
  } finally {
    if (protector !== null) {
      wipe(protector.key);
    }
  }
  // Into the vault that is left; with all else that is recorded there from now on it is brought into the new one.
  vault.audit('restore');
  if (doubt !== undefined && entry.doubt === undefined) {
    // It was not known before; the window that is loaded next knows nothing of it.
    await vscode.window.showWarningMessage(manifestDoubtSentence(doubt), { modal: true });
  }
  if (missing.length > 0) {
    await vscode.window.showWarningMessage(vscode.l10n.t('Restored, but not all of it.'), {
      modal: true,
      detail: partText(missing),
    });
  }
  await vscode.commands.executeCommand('workbench.action.reloadWindow');
}

async function askSource(
  listed: readonly ListedBackup[],
  failure: Parameters<RestoreQuestions['source']>[1],
): Promise<Source | undefined> {
  const items: (vscode.QuickPickItem & { readonly choose: () => Promise<Source | undefined> })[] = [
    ...listed.map((entry) => ({
      ...describe(entry),
      choose: () => Promise.resolve({ entry }),
    })),
    {
      label: vscode.l10n.t('$(file) Choose a Backup File…'),
      choose: async () => {
        const file = await pick(false);
        return file === undefined ? undefined : { file };
      },
    },
    {
      label: vscode.l10n.t('$(folder) Choose a Folder…'),
      detail: vscode.l10n.t('A folder with backups, or the folder of a vault'),
      choose: async () => {
        const folder = await pick(true);
        return folder === undefined ? undefined : { folder };
      },
    },
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Restore from Backup'),
    placeHolder:
      failure === undefined ? vscode.l10n.t('Which backup?') : transferFailureSentence(failure),
    matchOnDescription: true,
  });
  return chosen?.choose();
}

function describe(entry: ListedBackup): vscode.QuickPickItem {
  const { kind, file, createdMs, sizeBytes, verifiedMs, counts, failure, doubt } = entry;
  const name = createdMs === null ? shownName(file) : momentText(createdMs);
  const needsKey = failure === 'wrongKey' || failure === 'locked';
  const standing =
    failure === null
      ? doubt !== undefined
        ? manifestDoubtText(doubt)
        : verifiedMs === null
          ? ''
          : vscode.l10n.t('verified')
      : needsKey
        ? vscode.l10n.t('needs its recovery kit or passphrase')
        : transferFailureSentence(failure);
  return {
    label: kind === 'vault' ? vscode.l10n.t('$(database) All of a vault: {0}', name) : name,
    description: [sizeText(sizeBytes), standing].filter((text) => text !== '').join(' · '),
    ...(Object.keys(counts).length > 0 && { detail: contentText(counts) }),
  };
}

async function pick(isFolder: boolean): Promise<string | undefined> {
  if (isFolder) {
    return chooseFolder(vscode.l10n.t('A Folder with Backups'));
  }
  const chosen = await chooseFile({
    title: vscode.l10n.t('A Backup of Millrace'),
    openLabel: vscode.l10n.t('Choose'),
    filters: { [vscode.l10n.t('Backups')]: ['age', 'AGE'] },
  });
  // A link that the person names is not one that is come upon in a folder.
  return chosen && realpath(chosen.fsPath).catch(() => chosen.fsPath);
}

async function askKey({
  takesPassphrase,
  keysFailure,
}: ListedBackup): Promise<Exclude<RestoreKey, { kind: 'present' }> | undefined> {
  const items: (vscode.QuickPickItem & {
    readonly ask: () => Promise<Exclude<RestoreKey, { kind: 'present' }> | undefined>;
  })[] = [
    {
      label: vscode.l10n.t('$(file) Recovery kit…'),
      detail: vscode.l10n.t('The file that you saved with "Save Recovery Kit"'),
      ask: async () => {
        const text = await readKit();
        if (text === undefined) {
          return undefined;
        }
        // Here it can be told which line of it is not as it was.
        wipe(...identitiesInKit(text));
        return { kind: 'recoveryKey', text };
      },
    },
    ...(takesPassphrase
      ? [
          {
            label: vscode.l10n.t('$(key) Passphrase…'),
            ask: async () => {
              const text = await askPassphrase(vscode.l10n.t('The passphrase of the vault'));
              return text === undefined ? undefined : ({ kind: 'passphrase', text } as const);
            },
          },
        ]
      : []),
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("The Vault's Own Key Does Not Open It"),
    placeHolder:
      keysFailure === undefined
        ? vscode.l10n.t('What opens the backup?')
        : vscode.l10n.t(
            'What opens the backup? No passphrase does: the file that it needs beside the backup can’t be read.',
          ),
  });
  return chosen?.ask();
}

/** The text of a recovery kit that the person chooses. */
export async function readKit(): Promise<string | undefined> {
  const file = await chooseFile({
    title: vscode.l10n.t('Choose the Recovery Kit'),
    openLabel: vscode.l10n.t('Choose'),
  });
  return file === undefined ? undefined : readKitFile(file.fsPath);
}

async function askWay(): Promise<RestoreWay | undefined> {
  const items: (vscode.QuickPickItem & { readonly way: RestoreWay })[] = [
    {
      label: vscode.l10n.t('$(history) As a new vault'),
      detail: vscode.l10n.t(
        'Everything is as it was at the time of the backup. The present vault stays beside it until you remove it.',
      ),
      way: 'asNew',
    },
    {
      label: vscode.l10n.t('$(git-merge) Merged into the present vault'),
      detail: vscode.l10n.t(
        'What the backup has and the vault has not is added. Nothing is doubled, and what you deleted stays deleted.',
      ),
      way: 'merge',
    },
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('How Is It to Come Back?'),
  });
  return chosen?.way;
}

async function confirmRestore(entry: ListedBackup, way: RestoreWay): Promise<boolean> {
  const { file, createdMs, sizeBytes, counts, doubt } = entry;
  const what = [
    vscode.l10n.t('{0}, {1}', shownName(path.basename(file)), sizeText(sizeBytes)),
    ...(Object.keys(counts).length > 0 ? [contentText(counts)] : []),
    ...(doubt === undefined ? [] : ['', manifestDoubtSentence(doubt)]),
  ].join('\n');
  const then =
    way === 'merge'
      ? vscode.l10n.t('Nothing that is in the vault now is changed or removed.')
      : vscode.l10n.t(
          'It becomes a new vault, is checked, and takes the place of the present one, which stays on the disk. This window is then reloaded; other windows are asked to.',
        );
  return confirm({
    question:
      createdMs === null
        ? vscode.l10n.t('Restore this backup?')
        : vscode.l10n.t('Restore the backup of {0}?', momentText(createdMs)),
    detail: `${what}\n\n${then}`,
    yes: isSignerDoubt(doubt)
      ? way === 'merge'
        ? vscode.l10n.t('Merge All the Same')
        : vscode.l10n.t('Restore All the Same')
      : way === 'merge'
        ? vscode.l10n.t('Merge')
        : vscode.l10n.t('Restore'),
  });
}
