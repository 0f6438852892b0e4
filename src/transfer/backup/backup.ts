import { createHash } from 'node:crypto';
import path from 'node:path';
import { renameTemporary, replaceFile, syncFolder } from '../../files/durableFiles.ts';
import { noSteps } from '../../files/stepHook.ts';
import { aboutFile } from '../../files/temporaryName.ts';
import { schemaVersion } from '../../vault/database/migrations.ts';
import { sealAsOwner } from '../../vault/trust/ownerSeal.ts';
import { formatVaultFile, type VaultFile } from '../../vault/protectors/vaultFile.ts';
import { signedPassphraseKeysOf } from '../copies/backupKeys.ts';
import { claimName, removeDraft, writeDraft, type Unnamed } from './backupDraft.ts';
import {
  formatManifest,
  signManifest,
  unsignedManifest,
  type BackupManifest,
  type WriteManifest,
} from './backupManifest.ts';
import type { MadeBackup, ManifestDoubt } from '../messages/backupMessages.ts';
import { keysFileName, manifestFileName, shortVaultId } from '../copies/backupNames.ts';
import { removeLeftovers } from '../copies/backupRemoval.ts';
import { findBeside, readBeside, removeBeside } from '../copies/findBeside.ts';
import { isSignerDoubt } from '../copies/copySigner.ts';
import { noKeys } from '../copies/findKeys.ts';
import { openBackup } from './backupSource.ts';
import { readManifest } from './readManifest.ts';
import { digestContent, type ContentDigest } from '../../vault/database/contentDigest.ts';
import { demandOutsideFolder, presentVault } from '../copies/presentVault.ts';
import { pruneBackups } from './pruneBackups.ts';
import type { JobParams, JobResult } from '../transferContract.ts';
import { asTransferError, TransferError } from '../transferError.ts';
import type { JobPlace } from '../transferJob.ts';

/** Reading, sealing, writing, and restoring take about as long as each other. */
const stages = 4;

/**
 * Writes a backup of everything that can be read into a folder that must be there (one that is not is a drive that
 * was taken out), and verifies it by restoring it. That is done, and the manifest written, before the age file has its name, so that
 * nothing lies in the folder that no manifest speaks for. So it takes no more room than the backup keeps.
 */
export async function backUp(
  { folder, prunes = false }: JobParams<'backUp'>,
  place: JobPlace,
): Promise<MadeBackup> {
  const { keyring, signal } = place;
  const vault = await presentVault(place);
  await demandOutsideFolder(folder, place.folder);
  const shortId = shortVaultId(vault.vault);
  // Only what is old: another device may be writing.
  await removeLeftovers(folder, shortId, { unlessNewMs: place.clock.wallMs() });
  await syncFolder(folder);
  place.progress(0, stages);
  const ledger = await place.ledger();
  const digest = digestContent(ledger.database, () => {
    place.progress(0, stages);
    signal.throwIfAborted();
  });
  const sealed = sealAsOwner(keyring, 'backup', ledger.prepareSnapshot(new Set()));
  place.progress(1, stages);
  signal.throwIfAborted();
  // One that nobody of the vault signed may be the vault's own all the same: from before signatures, and damaged since.
  const leftOut = ledger.unreadableFiles + ledger.strangeFiles;
  const content = { vault, sealed, digest, leftOut };
  try {
    return await placeBackup(folder, content, place.clock.wallMs(), place);
  } catch (error) {
    // What could not be read whole may be whole in an older one.
    if (!prunes || content.leftOut > 0 || asTransferError(error).reason !== 'full') {
      throw error;
    }
    return placeInRoomOfOthers(folder, content, place);
  }
}

/** Lets go of what need not be kept, and tries once more. */
async function placeInRoomOfOthers(
  folder: string,
  content: BackupContent,
  place: JobPlace,
): Promise<MadeBackup> {
  const madeRoom = await pruneBackups({ folder }, place);
  if (madeRoom.isHeld) {
    throw new TransferError(
      'full',
      'There is no space left, and no old backup may go while one is dated later than the clock',
    );
  }
  if (madeRoom.removed.length === 0) {
    throw new TransferError('full', 'There is no space left, and no old backup may go');
  }
  try {
    return { ...(await placeBackup(folder, content, place.clock.wallMs(), place)), madeRoom };
  } catch (error) {
    // An error carries no figures.
    place.log.warn('Old backups were removed to make room for one that was not made', {
      removed: madeRoom.removed.length,
      kept: madeRoom.kept,
    });
    if (asTransferError(error).reason === 'full') {
      throw new TransferError(
        'full',
        'There is no space left, even after old backups were removed',
      );
    }
    throw error;
  }
}

/** What becomes a backup. */
interface BackupContent {
  readonly vault: VaultFile;
  readonly sealed: Uint8Array;
  readonly digest: ContentDigest;
  /** Files of the vault that could not be read. */
  readonly leftOut: number;
  /** Nobody signed what it is made of, so nobody signs it either; it is the owner's where that is not said. */
  readonly isUnsigned?: boolean;
}

/**
 * Puts a sealed database into a folder as a backup, and verifies it by restoring it; what fails leaves nothing.
 * @param wantedMs its name tells this time, or the next second that is free
 */
export async function placeBackup(
  folder: string,
  { vault, sealed, digest, leftOut, isUnsigned = false }: BackupContent,
  wantedMs: number,
  place: JobPlace,
): Promise<MadeBackup> {
  const { signal, step = noSteps } = place;
  await writeKeys(folder, vault, place);
  step('keys: as they are to be');
  const write: WriteManifest = isUnsigned
    ? unsignedManifest
    : (said) => signManifest(said, place.keyring);
  const content: Unnamed = {
    vault: vault.vault,
    sizeBytes: sealed.length,
    sha256: createHash('sha256').update(sealed).digest('hex'),
    recipient: vault.recipient,
    schemaVersion,
    counts: digest.counts,
    contentSha256: digest.sha256,
    verifiedMs: null,
  };
  const draft = await writeDraft(folder, wantedMs, content, sealed, step);
  const told = path.join(folder, draft.file);
  let verifiedMs: number;
  try {
    signal.throwIfAborted();
    place.progress(2, stages);
    const { file, createdMs } = draft;
    const manifest = write({ ...content, file, createdMs });
    const found = await compareWithManifest(draft.temporary, manifest, place);
    if (found.doubt !== (isUnsigned ? 'unsigned' : undefined)) {
      throw new TransferError('damaged', 'A backup is not signed as it was to be');
    }
    ({ verifiedMs } = found);
    step(`${draft.file}: verified`);
    signal.throwIfAborted();
  } catch (error) {
    // One that was not verified is none.
    await removeDraft(draft.temporary);
    throw aboutFile(error, draft.temporary, told);
  }
  const named = { ...content, verifiedMs };
  const { manifest, temporary } = await claimName(folder, draft, named, write, step);
  const { file, createdMs } = manifest;
  const target = path.join(folder, file);
  try {
    step(`${manifestFileName(file)}: claimed`);
    signal.throwIfAborted();
    await renameTemporary(temporary, target, { step });
  } catch (error) {
    await removeDraft(target, manifestFileName(target), temporary);
    throw aboutFile(error, temporary, target);
  }
  place.progress(stages, stages);
  const { length: sizeBytes } = sealed;
  return { file, sizeBytes, createdMs, verifiedMs, counts: { ...digest.counts }, leftOut };
}

/**
 * Restores a backup into a scratch database and compares it with its manifest. One that the vault's owner is not known to have made is
 * read as far, and is not called verified: what its manifest says may be whoever's.
 * @throws {TransferError} `notOurs` without a manifest; `damaged`, `wrongKey`, `laterVersion`; `untrusted` for a manifest that was altered
 */
export async function verifyBackup(
  { file }: { readonly file: string },
  place: JobPlace,
): Promise<JobResult<'verifyBackup'>> {
  const manifest = await readManifest(file);
  if (manifest === undefined) {
    throw new TransferError('notOurs', 'There is no manifest beside this file');
  }
  const { verifiedMs, doubt } = await compareWithManifest(file, manifest, place);
  if (doubt !== undefined) {
    return { verifiedMs: null, doubt };
  }
  const target = await findBeside(manifestFileName(file));
  const signed = signManifest({ ...manifest, verifiedMs }, place.keyring);
  await replaceFile(target, formatManifest(signed), { step: place.step ?? noSteps });
  return { verifiedMs };
}

/**
 * Reads back from the disk, opens, reads every page, counts and hashes.
 * @returns when it was found to be what the manifest says, and what is to be said of who made the two
 */
async function compareWithManifest(
  file: string,
  manifest: BackupManifest,
  place: JobPlace,
): Promise<{ readonly verifiedMs: number; readonly doubt: ManifestDoubt | undefined }> {
  const source = { ...noKeys, kind: 'file', location: file, manifest, doubt: undefined } as const;
  const backup = await openBackup(source, place.keyring, place);
  try {
    const { doubt } = backup;
    if (doubt !== undefined && !isSignerDoubt(doubt) && doubt !== 'unsignedManifest') {
      throw new TransferError('damaged', 'A backup is not what its manifest says');
    }
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
    return { verifiedMs: Math.round(place.clock.wallMs()), doubt };
  } finally {
    backup.dispose();
  }
}

function compare(digest: ContentDigest, { counts, contentSha256 }: BackupManifest): void {
  const tables = new Set([...Object.keys(counts), ...Object.keys(digest.counts)]);
  const isSame = [...tables].every((table) => counts[table] === digest.counts[table]);
  if (!isSame || digest.sha256 !== contentSha256) {
    throw new TransferError('damaged', 'A backup does not hold what it was made of');
  }
}

/** Brings the keys file up to date; when the passphrase was taken away, so is the file. */
async function writeKeys(folder: string, vault: VaultFile, place: JobPlace): Promise<void> {
  const target = path.join(folder, keysFileName(shortVaultId(vault.vault)));
  const keys = signedPassphraseKeysOf(vault, place.keyring);
  if (keys === undefined) {
    await removeBeside(target);
    return;
  }
  const bytes = formatVaultFile(keys);
  if ((await readBeside(target))?.equals(bytes) !== true) {
    await replaceFile(await findBeside(target), bytes, { step: place.step ?? noSteps });
  }
}
