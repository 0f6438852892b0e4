import { createHash } from 'node:crypto';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ForeignFileError, openToRead, readStart } from '../../files/plainFile.ts';
import { dataFolderNames } from '../folder/vaultFolder.ts';
import { listFiles } from '../folder/vaultListing.ts';
import type { AcceptedFiles } from '../protectors/vaultFile.ts';
import { longestHeaderBytes, parseHeader } from '../segments/segmentHeader.ts';
import { VaultError } from '../vaultError.ts';

/** What lies in a vault's folder now, as a `vault.json` names what it takes as the vault's own. What can't be read is left out. */
export async function listAcceptable(folder: string): Promise<AcceptedFiles> {
  const segments = new Set<string>();
  const files = new Set<string>();
  for (const inner of dataFolderNames) {
    for (const name of await listFiles(path.join(folder, inner))) {
      const file = path.join(folder, inner, name);
      if (name.endsWith('.seg')) {
        addTo(segments, await whereOurs(() => headerHashOf(file)));
      } else if (name.endsWith('.age')) {
        addTo(files, await whereOurs(() => hashOf(file)));
      }
    }
  }
  return { segments: [...segments].sort(), files: [...files].sort() };
}

/** A segment grows, so it goes by its header, which every record in it hangs on. */
async function headerHashOf(file: string): Promise<string | undefined> {
  const header = parseHeader(await readStart(file, longestHeaderBytes));
  return header && Buffer.from(header.hash).toString('hex');
}

/** An age file is written once: it goes by all that it holds, as who could open it once could write another under its header. */
async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  const handle = await openToRead(file);
  await pipeline(handle.createReadStream(), hash);
  return hash.digest('hex');
}

async function whereOurs(read: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ForeignFileError || VaultError.is(error)) {
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
