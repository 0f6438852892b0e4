import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import {
  isBackupFileName,
  isSameName,
  manifestFileName,
  parseBackupName,
} from '../copies/backupNames.ts';
import { readBeside } from '../copies/findBeside.ts';
import type { ManifestDoubt } from '../messages/backupMessages.ts';
import { TransferError } from '../transferError.ts';
import { parseManifest, type BackupManifest } from './backupManifest.ts';

/** What a look at the manifest beside an age file found. Neither of both where there is none. */
interface FoundManifest {
  readonly manifest: BackupManifest | undefined;
  readonly doubt: ManifestDoubt | undefined;
}

/**
 * The manifest beside an age file. One that a sync tool has named otherwise has none: that is of the file that it is a copy of.
 * @throws {TransferError} as `parseManifest`, and what the system says
 */
export async function readManifest(ageFile: string): Promise<BackupManifest | undefined> {
  if (!isBackupFileName(path.basename(ageFile))) {
    return undefined;
  }
  const bytes = await readBeside(manifestFileName(ageFile));
  return bytes === undefined ? undefined : parseManifest(bytes);
}

/** As {@link readManifest} for who can do without: what is wrong with it is told and forbids nothing. */
export async function lookAtManifest(ageFile: string): Promise<FoundManifest> {
  try {
    const manifest = await readManifest(ageFile);
    const name = path.basename(ageFile);
    const named = parseBackupName(name)?.shortId;
    // An older backup and its manifest under the names of a later one are as whole as ever.
    const isOfAnother =
      manifest !== undefined &&
      named !== undefined &&
      !(manifest.vault.startsWith(named) && isSameName(manifest.file, name));
    return isOfAnother
      ? { manifest: undefined, doubt: 'contradicts' }
      : { manifest, doubt: undefined };
  } catch (error) {
    if (!TransferError.is(error) && systemErrorCode(error) === undefined) {
      throw error;
    }
    const isLater = TransferError.is(error, 'laterVersion');
    return { manifest: undefined, doubt: isLater ? 'laterVersion' : 'damaged' };
  }
}
