import path from 'node:path';
import { systemErrorCode } from '../base/errors.ts';
import { isAgeFileFor } from './age/ageStream.ts';
import { wipe, type Identity, type Keyring } from './age/identity.ts';
import { longestHeaderBytes, parseHeader } from './segments/segmentHeader.ts';
import { VaultError } from './vaultError.ts';
import { dataFolderNames } from './folder/vaultFolder.ts';
import { updateVaultFile, type VaultFilePlace } from './keys/vaultFileUpdate.ts';
import { listFiles } from './folder/vaultListing.ts';
import { readPartStart } from './folder/vaultParts.ts';
import { retiredRecipients, withDestroyed } from './keys/vaultProtection.ts';
import { readVaultFile } from './keys/vaultStore.ts';

/**
 * Destroys every retired identity that no segment and no snapshot is sealed for, wherever in the folder it lies.
 * A file whose header is damaged opens for nobody and holds none back.
 * @param openKeyring gives the identities, which are wiped here
 * @returns true when no retired identity is left.
 */
export async function destroyUnneeded(
  place: VaultFilePlace,
  openKeyring: () => Promise<Keyring>,
  nowMs: number,
): Promise<boolean> {
  const keyring = await openKeyring();
  try {
    return await destroyUnneededOf(place, keyring, nowMs);
  } finally {
    wipe(...keyring);
  }
}

async function destroyUnneededOf(
  place: VaultFilePlace,
  keyring: Keyring,
  nowMs: number,
): Promise<boolean> {
  const { folder } = place;
  const file = await readVaultFile(folder);
  const retired = file === undefined ? [] : retiredRecipients(file);
  if (retired.length === 0) {
    return true;
  }
  // Whom can't be asked about is kept.
  const candidates = keyring.filter(({ recipient }) => retired.includes(recipient));
  const needed = await findNeeded(folder, candidates);
  const unneeded = new Set(
    candidates.map(({ recipient }) => recipient).filter((recipient) => !needed.has(recipient)),
  );
  if (unneeded.size > 0) {
    await updateVaultFile(place, keyring, (now) => withDestroyed(now, unneeded, nowMs));
  }
  return unneeded.size === retired.length;
}

async function findNeeded(folder: string, candidates: Keyring): Promise<Set<string>> {
  const needed = new Set<string>();
  for (const name of dataFolderNames) {
    for (const file of await listFiles(path.join(folder, name))) {
      for (const identity of candidates) {
        if (
          !needed.has(identity.recipient) &&
          (await isSealedFor(path.join(folder, name, file), identity))
        ) {
          needed.add(identity.recipient);
        }
      }
    }
  }
  return needed;
}

async function isSealedFor(file: string, identity: Identity): Promise<boolean> {
  try {
    if (file.endsWith('.seg')) {
      const header = parseHeader(await readPartStart(file, longestHeaderBytes));
      return header !== undefined && isAgeFileFor(header.sealedKey, identity);
    }
    return file.endsWith('.age') && isAgeFileFor(await readPartStart(file, headBytes), identity);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT' || VaultError.is(error, 'damaged')) {
      return false;
    }
    throw error;
  }
}

/** Enough for an age header. */
const headBytes = 4096;
