import { createHash } from 'node:crypto';
import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import { ForeignFileError, readStart } from '../../files/plainFile.ts';
import { AgeReader, memorySource } from '../age/ageStream.ts';
import { fastestCipher } from '../age/chunkCipher.ts';
import { dataFolderNames, importsFolderName } from '../folder/vaultFolder.ts';
import { listFiles } from '../folder/vaultListing.ts';
import { readSealedFile } from '../folder/vaultParts.ts';
import type { AcceptedFiles } from '../protectors/vaultFile.ts';
import { longestHeaderBytes, parseHeader } from '../segments/segmentHeader.ts';
import { VaultError } from '../vaultError.ts';
import type { OwnFile, VaultKeys } from '../trust/readTrust.ts';

/**
 * What in a vault's folder is trusted now, as a `vault.json` names what it takes as the vault's own though none of its keys signed it: all
 * of a vault of version 1, and what was signed before a rotation. What can't be read is left out.
 */
export async function listTrusted(folder: string, keys: VaultKeys): Promise<AcceptedFiles> {
  const segments = new Set<string>();
  const files = new Set<string>();
  for (const inner of [...dataFolderNames, importsFolderName]) {
    const what = inner === importsFolderName ? 'import' : 'snapshot';
    for (const name of await listFiles(path.join(folder, inner))) {
      const file = path.join(folder, inner, name);
      if (name.endsWith('.seg')) {
        addTo(segments, await whereReadable(() => headerHashOf(file, keys)));
      } else if (name.endsWith('.age')) {
        addTo(files, await whereReadable(() => fileHashOf(file, what, keys)));
      }
    }
  }
  return { segments: [...segments].sort(), files: [...files].sort() };
}

/** A segment grows, so it goes by its header, which every record in it hangs on. */
async function headerHashOf(file: string, { trust }: VaultKeys): Promise<string | undefined> {
  const header = parseHeader(await readStart(file, longestHeaderBytes));
  return header !== undefined && trust.trustsSegment(header)
    ? Buffer.from(header.hash).toString('hex')
    : undefined;
}

/** An age file is written once: it goes by all that it holds, as who could open it once could write another under its header. */
async function fileHashOf(
  file: string,
  what: OwnFile,
  { keyring, trust }: VaultKeys,
): Promise<string> {
  const bytes = await readSealedFile(file);
  const hash = createHash('sha256').update(bytes).digest('hex');
  const reader = new AgeReader(memorySource(bytes), keyring, fastestCipher, 'damaged');
  try {
    trust.demandFile(reader, what, () => hash);
    return hash;
  } finally {
    reader.dispose();
  }
}

async function whereReadable(read: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await read();
  } catch (error) {
    // A peer that compacts takes files away.
    const isGone = systemErrorCode(error) === 'ENOENT';
    if (isGone || error instanceof ForeignFileError || VaultError.is(error)) {
      return undefined;
    }
    throw error;
  }
}

function addTo(hashes: Set<string>, hash: string | undefined): void {
  if (hash !== undefined) {
    hashes.add(hash);
  }
}
