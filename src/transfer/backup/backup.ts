import { createHash } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { createFile, readIfThere, replaceFile, syncFolder } from '../../files/durableFiles.ts';
import { noSteps, type StepHook } from '../../files/stepHook.ts';
import { schemaVersion } from '../../vault/database/migrations.ts';
import { sealAge } from '../../vault/age/ageStream.ts';
import { formatVaultFile, type VaultFile } from '../../vault/protectors/vaultFile.ts';
import { passphraseKeysOf } from '../copies/backupKeys.ts';
import {
  formatManifest,
  manifestFormat,
  manifestVersion,
  type BackupManifest,
} from './backupManifest.ts';
import type { MadeBackup } from '../messages/backupMessages.ts';
import {
  backupFileName,
  isLeftover,
  isSameName,
  keysFileName,
  manifestFileName,
  parseBackupName,
  shortVaultId,
} from '../copies/backupNames.ts';
import { findBeside } from '../copies/findBeside.ts';
import { openBackup, readManifest } from './backupSource.ts';
import { digestContent, type ContentDigest } from '../copies/contentDigest.ts';
import { demandOutsideFolder, presentVault } from '../copies/presentVault.ts';
import { TransferError } from '../transferError.ts';
import type { JobPlace } from '../transferJob.ts';

/** Reading, sealing, writing, and restoring take about as long as each other. */
const stages = 4;
/** A temporary file that nobody has written to for so long is a dead process's. */
const leftoverMs = 3_600_000;

/** A manifest whose backup has no name yet. */
type Unnamed = Omit<BackupManifest, 'file' | 'createdMs'>;

/**
 * Writes a backup of everything that can be read into a folder that must be there (one that is not is a drive that
 * was taken out), and verifies it by restoring it. The manifest comes first, so that nothing lies in the folder that
 * no manifest speaks for; without its age file it stands for nothing.
 */
export async function backUp(
  { folder }: { readonly folder: string },
  place: JobPlace,
): Promise<MadeBackup> {
  const { recipient, signal } = place;
  const vault = await presentVault(place);
  await demandOutsideFolder(folder, place.folder);
  await removeLeftovers(folder, shortVaultId(vault.vault), place);
  place.progress(0, stages);
  const ledger = await place.ledger();
  const digest = digestContent(ledger.database, () => {
    place.progress(0, stages);
    signal.throwIfAborted();
  });
  const sealed = sealAge(recipient, ledger.prepareSnapshot(new Set()));
  place.progress(1, stages);
  signal.throwIfAborted();
  const content = { vault, sealed, digest, leftOut: ledger.unreadableFiles };
  return placeBackup(folder, content, place.clock.wallMs(), place);
}

/** What becomes a backup. */
interface BackupContent {
  readonly vault: VaultFile;
  readonly sealed: Uint8Array;
  readonly digest: ContentDigest;
  /** Files of the vault that could not be read. */
  readonly leftOut: number;
}

/**
 * Puts a sealed database into a folder as a backup, and verifies it by restoring it; what fails leaves nothing.
 * @param wantedMs its name tells this time, or the next second that is free
 */
export async function placeBackup(
  folder: string,
  { vault, sealed, digest, leftOut }: BackupContent,
  wantedMs: number,
  place: JobPlace,
): Promise<MadeBackup> {
  const { recipient, signal, step = noSteps } = place;
  await writeKeys(folder, vault, place);
  const content: Unnamed = {
    format: manifestFormat,
    version: manifestVersion,
    vault: vault.vault,
    sizeBytes: sealed.length,
    sha256: createHash('sha256').update(sealed).digest('hex'),
    recipient,
    schemaVersion,
    counts: digest.counts,
    contentSha256: digest.sha256,
    verifiedMs: null,
  };
  const manifest = await claimName(folder, wantedMs, content, step);
  const { file, createdMs } = manifest;
  const target = path.join(folder, file);
  try {
    step(`${manifestFileName(file)}: claimed`);
    signal.throwIfAborted();
    await replaceFile(target, sealed, { step });
    place.progress(2, stages);
    const verifiedMs = await verify(target, manifest, place);
    place.progress(stages, stages);
    return {
      file,
      sizeBytes: sealed.length,
      createdMs,
      verifiedMs,
      counts: { ...digest.counts },
      leftOut,
    };
  } catch (error) {
    // One that was not verified is none. Where the drive is gone there is nothing to remove it from.
    await rm(target, { force: true }).catch(() => undefined);
    await rm(manifestFileName(target), { force: true }).catch(() => undefined);
    throw error;
  }
}

/**
 * Restores a backup into a scratch database and compares it with its manifest.
 * @throws {TransferError} `notOurs` without a manifest; `damaged`, `wrongKey`, `laterVersion`
 */
export async function verifyBackup(
  { file }: { readonly file: string },
  place: JobPlace,
): Promise<{ verifiedMs: number }> {
  const manifest = await readManifest(file);
  if (manifest === undefined) {
    throw new TransferError('notOurs', 'There is no manifest beside this file');
  }
  return { verifiedMs: await verify(file, manifest, place) };
}

/** Reads back from the disk, opens, reads every page, counts and hashes; then writes down when. */
async function verify(file: string, manifest: BackupManifest, place: JobPlace): Promise<number> {
  const source = { kind: 'file', location: file, manifest, keys: undefined } as const;
  const backup = await openBackup(source, place.keyring, place);
  try {
    place.progress(3, stages);
    place.signal.throwIfAborted();
    // Of an earlier schema the tables are others by now; that the file is the one that was written is known.
    if (manifest.schemaVersion === schemaVersion) {
      compare(
        digestContent(backup.database, () => {
          place.progress(3, stages);
          place.signal.throwIfAborted();
        }),
        manifest,
      );
    }
  } finally {
    backup.dispose();
  }
  const verifiedMs = Math.round(place.clock.wallMs());
  const target = await findBeside(manifestFileName(file));
  await replaceFile(target, formatManifest({ ...manifest, verifiedMs }), {
    step: place.step ?? noSteps,
  });
  return verifiedMs;
}

function compare(digest: ContentDigest, { counts, contentSha256 }: BackupManifest): void {
  const tables = new Set([...Object.keys(counts), ...Object.keys(digest.counts)]);
  const isSame = [...tables].every((table) => counts[table] === digest.counts[table]);
  if (!isSame || digest.sha256 !== contentSha256) {
    throw new TransferError('damaged', 'A backup does not hold what it was made of');
  }
}

/**
 * Writes the manifest under a name that nobody has. Of several windows that back up in one second each gets a second of
 * its own: none writes over another's backup, nor removes it when its own fails.
 */
async function claimName(
  folder: string,
  wantedMs: number,
  content: Unnamed,
  step: StepHook,
): Promise<BackupManifest> {
  const taken = await readdir(folder);
  for (let createdMs = Math.floor(wantedMs / 1000) * 1000; ; createdMs += 1000) {
    const file = backupFileName(content.vault, createdMs);
    const manifest: BackupManifest = { ...content, file, createdMs };
    const isFree = !taken.some(
      (name) => isSameName(name, file) || isSameName(name, manifestFileName(file)),
    );
    const target = path.join(folder, manifestFileName(file));
    if (isFree && (await createFile(target, formatManifest(manifest), { step }))) {
      return manifest;
    }
  }
}

/** Brings the keys file up to date; when the passphrase was taken away, so is the file. */
async function writeKeys(folder: string, vault: VaultFile, place: JobPlace): Promise<void> {
  const target = path.join(folder, keysFileName(shortVaultId(vault.vault)));
  const keys = passphraseKeysOf(vault);
  if (keys === undefined) {
    await rm(target, { force: true });
    return;
  }
  const bytes = formatVaultFile(keys);
  if ((await readIfThere(target))?.equals(bytes) !== true) {
    await replaceFile(target, bytes, { step: place.step ?? noSteps });
  }
}

/**
 * Removes what a process that was killed left: temporary files, and manifests whose age file never came. Only those
 * of this vault, and only when they are old by the folder's own clock: another device may be writing.
 */
async function removeLeftovers(
  folder: string,
  shortId: string,
  { clock }: JobPlace,
): Promise<void> {
  const names = new Set(await readdir(folder));
  for (const name of names) {
    const age = name.replace(/\.json$/, '.age');
    const isLonely = parseBackupName(age)?.shortId === shortId && !names.has(age);
    if (!isLeftover(name, shortId) && !isLonely) {
      continue;
    }
    const file = path.join(folder, name);
    const { mtimeMs } = await stat(file);
    if (clock.wallMs() - mtimeMs > leftoverMs) {
      await rm(file, { force: true });
    }
  }
  await syncFolder(folder);
}
