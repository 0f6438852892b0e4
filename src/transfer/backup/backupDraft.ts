import { readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { createFile, writeTemporary } from '../../files/durableFiles.ts';
import type { StepHook } from '../../files/stepHook.ts';
import { aboutFile, temporaryPath } from '../../files/temporaryName.ts';
import {
  backupFileName,
  backupOfLeftover,
  isSameName,
  manifestFileName,
} from '../copies/backupNames.ts';
import {
  formatManifest,
  type BackupManifest,
  type ManifestContent,
  type WriteManifest,
} from './backupManifest.ts';

/** A backup before it is one: how it comes to its name and its manifest. */

/** What a manifest says before its backup has a name. */
export type Unnamed = Omit<ManifestContent, 'file' | 'createdMs'>;

/** An age file that is whole under a temporary name, and the name that it is to get. */
export interface Draft extends Pick<BackupManifest, 'file' | 'createdMs'> {
  readonly temporary: string;
}

/**
 * Writes the age file under a temporary name, which tells of one that nobody has: what a killed process leaves speaks for no other's.
 * What fails leaves nothing.
 * @param wantedMs its name tells this time, or the next second that is free
 * @throws what the system says
 */
export async function writeDraft(
  folder: string,
  wantedMs: number,
  { vault }: Unnamed,
  sealed: Uint8Array,
  step: StepHook,
): Promise<Draft> {
  const isTaken = await takenNames(folder);
  let createdMs = Math.floor(wantedMs / 1000) * 1000;
  while (isTaken(backupFileName(vault, createdMs))) {
    createdMs += 1000;
  }
  const file = backupFileName(vault, createdMs);
  const target = path.join(folder, file);
  const temporary = temporaryPath(target);
  try {
    await writeTemporary(temporary, target, sealed, { step });
    return { file, createdMs, temporary };
  } catch (error) {
    await removeDraft(temporary);
    throw aboutFile(error, temporary, target);
  }
}

/**
 * Writes the manifest under a name that nobody has. Of several windows that back up in one second each gets a second of its own: none
 * writes over another's backup, nor removes it when its own fails. What fails leaves nothing.
 * @returns what was written, and how the age file is called until it is renamed
 * @throws what the system says
 */
export async function claimName(
  folder: string,
  draft: Draft,
  content: Unnamed,
  write: WriteManifest,
  step: StepHook,
): Promise<{ readonly manifest: BackupManifest; readonly temporary: string }> {
  let { temporary } = draft;
  for (let { createdMs } = draft; ; createdMs += 1000) {
    const file = backupFileName(content.vault, createdMs);
    const manifest = write({ ...content, file, createdMs });
    const target = path.join(folder, file);
    const named = file === draft.file ? temporary : temporaryPath(target);
    try {
      if ((await takenNames(folder, temporary))(file)) {
        continue;
      }
      if (named !== temporary) {
        await rename(temporary, named);
        temporary = named;
      }
      if (await createFile(manifestFileName(target), formatManifest(manifest), { step })) {
        return { manifest, temporary };
      }
    } catch (error) {
      await removeDraft(named, temporary);
      throw aboutFile(error, named, target);
    }
  }
}

/** Whether a name is another's, by its age file, its manifest, or what is to become or was one. */
async function takenNames(folder: string, unless?: string): Promise<(file: string) => boolean> {
  const own = unless === undefined ? undefined : path.basename(unless);
  const taken = (await readdir(folder))
    .filter((name) => name !== own)
    .map((name) => backupOfLeftover(name) ?? name);
  return (file) =>
    taken.some((name) => isSameName(name, file) || isSameName(name, manifestFileName(file)));
}

/** Of what did not become a backup. Where the drive is gone there is nothing to remove it from. */
export async function removeDraft(...files: readonly string[]): Promise<void> {
  for (const file of files) {
    await rm(file, { force: true }).catch(() => undefined);
  }
}
