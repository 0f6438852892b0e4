import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import { segmentsFolderOf } from '../../vault/folder/vaultFolder.ts';
import { listSegments, listSnapshots } from '../../vault/folder/vaultListing.ts';

/** What the names, sizes and times of a vault's files tell; nothing is opened. */
export interface VaultActivity {
  /** When something was last written, by any window; `undefined` for an empty vault. */
  readonly lastWrittenMs: number | undefined;
  /** The same for as long as nothing is written. */
  readonly fingerprint: string;
}

/** @throws what the file system says; a folder that is not there is empty */
export async function readVaultActivity(folder: string): Promise<VaultActivity> {
  let lastWrittenMs: number | undefined;
  const hash = createHash('sha256');
  for (const { file } of await listSegments(folder)) {
    const found = await statIfThere(path.join(segmentsFolderOf(folder), file));
    if (found !== undefined) {
      lastWrittenMs = Math.max(lastWrittenMs ?? 0, Math.round(found.mtimeMs));
      hash.update(`${file} ${found.size}\n`);
    }
  }
  for (const { file, createdMs } of await listSnapshots(folder)) {
    lastWrittenMs = Math.max(lastWrittenMs ?? 0, createdMs);
    hash.update(`${file}\n`);
  }
  return { lastWrittenMs, fingerprint: hash.digest('hex') };
}

/** A compaction may take a segment away meanwhile. */
async function statIfThere(file: string): Promise<Stats | undefined> {
  try {
    return await stat(file);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}
