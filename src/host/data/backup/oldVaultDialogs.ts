import { rmdir } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { shownName } from '../../dialogs/shownName.ts';
import { isSamePlace, placeOf } from '../../../files/place.ts';
import { foldersOf } from '../../../vault/folder/successions.ts';
import {
  noteRemovedVault,
  readSuccessions,
  readVaultLocation,
  restoredVaults,
} from '../../../vault/folder/vaultLocation.ts';
import { vaultsOf } from '../../../transfer/erase/vaultsOf.ts';
import { vaultMarkOf } from '../../../vault/folder/vaultMark.ts';
import { asTransferError } from '../../../transfer/transferError.ts';
import type { KeyStore } from '../../../vault/keys/vaultStore.ts';
import { purgeVault } from '../../../vault/vaultPurge.ts';
import { confirm } from '../../dialogs/confirm.ts';
import type { PartWindow } from '../../lazy/lazyPart.ts';
import { momentText } from '../transfers/transferWords.ts';
import { readVaultActivity } from '../../vault/vaultActivity.ts';
import type { VaultWatcher } from '../../vault/vaultWatcher.ts';

interface OldVault {
  readonly folder: string;
  /** Until when it was the current one; `undefined` for one that never was. */
  readonly untilMs: number | undefined;
  readonly lastWrittenMs: number | undefined;
}

/** Removes a vault that another was restored in place of, after what was still written to it is brought over. */
export async function removeOldVault(
  { context, clock, log }: PartWindow,
  vaultFolder: string,
  watcher: VaultWatcher,
  keyStore: KeyStore,
): Promise<void> {
  const storage = context.globalStorageUri.fsPath;
  const olds = await oldVaults(storage, vaultFolder);
  if (olds.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There is no old vault.'));
    return;
  }
  const chosen = await vscode.window.showQuickPick(
    olds.map((old) => ({
      label: nameOf(old),
      description: shownName(path.basename(old.folder)),
      old,
    })),
    { title: vscode.l10n.t('Remove an Old Vault') },
  );
  if (chosen === undefined) {
    return;
  }
  const { old } = chosen;
  const isMeant = await confirm({
    question: vscode.l10n.t('Remove this old vault? {0}', nameOf(old)),
    detail: vscode.l10n.t(
      "What it holds and the present vault does not is gone for good. What windows still recorded into it since is brought over first. This can't be undone.",
    ),
    yes: vscode.l10n.t('Remove'),
  });
  if (!isMeant) {
    return;
  }
  if (old.untilMs !== undefined && !(await bringOver(watcher))) {
    return;
  }
  const isShared = await sharesKey(storage, vaultFolder, old.folder);
  const keyOf = vaultMarkOf(old.folder)?.vault;
  const keptIds = new Set(isShared && keyOf !== undefined ? [keyOf] : []);
  await purgeVault({ folder: old.folder, ...keyStore, keptIds, log });
  // Only where nothing else lies in it: the person may have named the folder.
  await rmdir(old.folder).catch(() => undefined);
  await noteRemovedVault(storage, old.folder, clock.wallMs());
  await watcher.look();
  void vscode.window.showInformationMessage(vscode.l10n.t('The old vault is removed.'));
}

async function bringOver(watcher: VaultWatcher): Promise<boolean> {
  return (
    (await watcher.catchUp()) ||
    (await confirm({
      question: vscode.l10n.t(
        'What was recorded into an old vault since cannot be brought over now.',
      ),
      yes: vscode.l10n.t('Remove Anyway'),
    }))
  );
}

/** Whether a vault that stays has the key of one that goes: it was restored from a backup of that, or the other way round. */
async function sharesKey(storage: string, present: string, removed: string): Promise<boolean> {
  const id = vaultMarkOf(removed)?.vault;
  const gone = placeOf(removed);
  const known = (await readSuccessions(storage)).flatMap(foldersOf);
  return (
    id === undefined ||
    [present, ...known, ...restoredVaults(storage)].some(
      (folder) => vaultMarkOf(folder)?.vault === id && !isSamePlace(placeOf(folder), gone),
    )
  );
}

async function oldVaults(storage: string, vaultFolder: string): Promise<readonly OldVault[]> {
  const location = await readVaultLocation(storage, vaultFolder).catch((error: unknown) => {
    throw asTransferError(error);
  });
  if (location === undefined || !isSamePlace(placeOf(location.folder), placeOf(vaultFolder))) {
    return [];
  }
  const vaults = await vaultsOf(storage, vaultFolder);
  const strays = vaults.strays.map((folder) => ({ folder, untilMs: undefined }));
  const there = location.earlier.filter(
    ({ folder, removedMs }) => removedMs === undefined && vaults.succession.includes(folder),
  );
  return Promise.all(
    [...there, ...strays].map(async ({ folder, untilMs }) => ({
      folder,
      untilMs,
      lastWrittenMs: (await readVaultActivity(folder)).lastWrittenMs,
    })),
  );
}

function nameOf({ untilMs, lastWrittenMs }: OldVault): string {
  if (untilMs !== undefined) {
    return vscode.l10n.t('Left on {0}', momentText(untilMs));
  }
  return lastWrittenMs === undefined
    ? vscode.l10n.t('Of a restore that was not finished')
    : vscode.l10n.t('Of a restore that was not finished, {0}', momentText(lastWrittenMs));
}
