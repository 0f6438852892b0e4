import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder } from '../../files/durableFiles.ts';
import { currentIdentityOf } from '../../vault/protectors/vaultFile.ts';
import { demandFolder, presentVault } from '../copies/presentVault.ts';
import type { BackupManifest } from './backupManifest.ts';
import { isSameName, parseBackupName, shortVaultId } from '../copies/backupNames.ts';
import { removeBackup, removeLeftovers } from '../copies/backupRemoval.ts';
import type { PrunedBackups } from '../messages/backupMessages.ts';
import { readManifest } from './readManifest.ts';
import { backupsAhead, backupsToPrune, type KeptBackup } from './retention.ts';
import type { JobPlace } from '../transferJob.ts';

/**
 * Removes the backups of this vault that `retention.ts` lets go. A file is ours when its name says so and the manifest
 * beside it names the file and the vault; every other one stays, whatever it is. With them goes what killed processes left.
 * Nothing is written: a drive that is full is what this is for.
 */
export async function pruneBackups(
  { folder }: { readonly folder: string },
  place: JobPlace,
): Promise<PrunedBackups> {
  const { clock, signal, step } = place;
  const file = await presentVault(place);
  const { vault } = file;
  await demandFolder(folder);
  const shortId = shortVaultId(vault);
  await removeLeftovers(folder, shortId, { unlessNewMs: clock.wallMs() });
  const nowMs = clock.wallMs();
  const own = await asTheyStand(
    folder,
    await ownBackups(folder, vault),
    currentIdentityOf(file)?.author,
  );
  // One that is not as it was made keeps its place by its date, and takes that of no whole one.
  const whole = own.filter(({ isWhole }) => isWhole);
  const wholeDue = new Set(backupsToPrune(whole, nowMs));
  const torn = new Set(own.filter(({ isWhole }) => !isWhole).map(({ file }) => file));
  // What whoever can write there puts beside it makes nothing that the owner signed superfluous.
  const signed = whole.filter(({ isSigned }) => isSigned);
  const signedDue = new Set(backupsToPrune(signed, nowMs));
  const kept = new Set(signed.map(({ file: name }) => name).filter((name) => !signedDue.has(name)));
  const due = backupsToPrune(own, nowMs).filter(
    (name) => !kept.has(name) && (wholeDue.has(name) || torn.has(name)),
  );
  const { files: ahead, stopPruning } = backupsAhead(own, nowMs);
  const removed: string[] = [];
  for (const file of due) {
    signal.throwIfAborted();
    if (await removeBackup(path.join(folder, file), shortId, { step })) {
      removed.push(file);
    }
    place.progress(removed.length, due.length);
  }
  await syncFolder(folder);
  return { removed, kept: own.length - removed.length, ahead: [...ahead], isHeld: stopPruning };
}

/** A backup as it lies there. */
interface StandingBackup extends KeptBackup {
  readonly isWhole: boolean;
  /** By the vault's present key. */
  readonly isSigned: boolean;
}

/** With what the folder says of them: one that is not there, or not as large as it was, is no good one. */
async function asTheyStand(
  folder: string,
  backups: readonly BackupManifest[],
  owner: string | undefined,
): Promise<StandingBackup[]> {
  const standing: StandingBackup[] = [];
  for (const { file, createdMs, verifiedMs, sizeBytes, author } of backups) {
    const found = await stat(path.join(folder, file)).catch(() => undefined);
    if (found !== undefined) {
      const isWhole = found.size === sizeBytes;
      const isSigned = author !== undefined && author === owner;
      standing.push({
        file,
        createdMs,
        verifiedMs: isWhole ? verifiedMs : null,
        isWhole,
        isSigned,
      });
    }
  }
  return standing;
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
