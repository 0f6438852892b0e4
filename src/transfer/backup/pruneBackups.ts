import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder } from '../../files/durableFiles.ts';
import { noSteps } from '../../files/stepHook.ts';
import { demandFolder, presentVault } from '../copies/presentVault.ts';
import type { BackupManifest } from './backupManifest.ts';
import { manifestFileName, parseBackupName, shortVaultId } from '../copies/backupNames.ts';
import { readManifest } from './backupSource.ts';
import { backupsToPrune } from './retention.ts';
import type { JobPlace } from '../transferJob.ts';

/**
 * Removes the backups of this vault that `retention.ts` lets go. A file is ours when its name says so and the manifest
 * beside it names the file and the vault; every other one stays, whatever it is. The age file goes first: a kill between
 * leaves a manifest that stands for nothing, and goes with the next backup.
 */
export async function pruneBackups(
  { folder }: { readonly folder: string },
  place: JobPlace,
): Promise<{ removed: string[]; kept: number }> {
  const { clock, signal, step = noSteps } = place;
  const { vault } = await presentVault(place);
  await demandFolder(folder);
  const own = await ownBackups(folder, vault);
  const due = backupsToPrune(own, clock.wallMs());
  const removed: string[] = [];
  for (const file of due) {
    signal.throwIfAborted();
    step(`${file}: before removal`);
    await rm(path.join(folder, file), { force: true });
    step(`${file}: age file removed`);
    await rm(path.join(folder, manifestFileName(file)), { force: true });
    removed.push(file);
    place.progress(removed.length, due.length);
  }
  await syncFolder(folder);
  return { removed, kept: own.length - removed.length };
}

/** The backups of one vault in a folder, by what their manifests say. */
export async function ownBackups(folder: string, vaultId: string): Promise<BackupManifest[]> {
  const own: BackupManifest[] = [];
  for (const name of await readdir(folder)) {
    if (parseBackupName(name)?.shortId !== shortVaultId(vaultId)) {
      continue;
    }
    // One that can't be read speaks for nothing.
    const manifest = await readManifest(path.join(folder, name)).catch(() => undefined);
    if (manifest?.vault === vaultId && manifest.file === name) {
      own.push(manifest);
    }
  }
  return own;
}
