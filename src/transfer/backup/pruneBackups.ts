import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder } from '../../files/durableFiles.ts';
import { noSteps } from '../../files/stepHook.ts';
import { demandFolder, presentVault } from '../copies/presentVault.ts';
import type { BackupManifest } from './backupManifest.ts';
import {
  isSameName,
  manifestFileName,
  parseBackupName,
  shortVaultId,
} from '../copies/backupNames.ts';
import { findBeside } from '../copies/findBeside.ts';
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
    const manifest = await findBeside(path.join(folder, manifestFileName(file)));
    await rm(path.join(folder, file), { force: true });
    step(`${file}: age file removed`);
    await rm(manifest, { force: true });
    removed.push(file);
    place.progress(removed.length, due.length);
  }
  await syncFolder(folder);
  return { removed, kept: own.length - removed.length };
}

/**
 * The backups of one vault in a folder, by what their manifests say, each under the name that it has there. Of two whose names
 * differ in case alone nobody knows which one a manifest speaks for: they are none.
 */
export async function ownBackups(folder: string, vaultId: string): Promise<BackupManifest[]> {
  const own: BackupManifest[] = [];
  const names = (await readdir(folder)).filter(
    (name) => parseBackupName(name)?.shortId === shortVaultId(vaultId),
  );
  for (const name of names) {
    // One that can't be read speaks for nothing.
    const manifest = await readManifest(path.join(folder, name)).catch(() => undefined);
    if (
      manifest?.vault === vaultId &&
      isSameName(manifest.file, name) &&
      names.filter((other) => isSameName(name, other)).length === 1
    ) {
      own.push({ ...manifest, file: name });
    }
  }
  return own;
}
