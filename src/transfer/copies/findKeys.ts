import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { ForeignFileError, readPlain } from '../../files/plainFile.ts';
import { decodeKit } from '../../vault/keys/recoveryKitReader.ts';
import { parseVaultFile, vaultFormat, type VaultFile } from '../../vault/protectors/vaultFile.ts';
import { asTransferError, type TransferFailure } from '../transferError.ts';
import { isBackupFileName, keysFileName, parseBackupName } from './backupNames.ts';
import { findBeside } from './findBeside.ts';

/** What lies beside a backup for the passphrase. */
export interface FoundKeys {
  readonly keys: VaultFile | undefined;
  /** Why the file that holds them can't be read, where there is one and no other tells them. */
  readonly keysFailure: TransferFailure | undefined;
}

export const noKeys: FoundKeys = { keys: undefined, keysFailure: undefined };

/** No keys file is as large; what is larger is somebody else's. */
const largestBytes = 256 << 10;

/**
 * The keys of a vault in a folder, whatever the file is called by now.
 * @param shortId of the vault; `undefined` takes those of any, the ones that were changed most often first
 */
export async function findKeys(folder: string, shortId: string | undefined): Promise<FoundKeys> {
  let failure: TransferFailure | undefined;
  if (shortId !== undefined) {
    const own = await readKeys(await findBeside(path.join(folder, keysFileName(shortId))));
    if (own.keys !== undefined) {
      return own;
    }
    failure = own.keysFailure;
  }
  const all = await Promise.all((await otherCandidates(folder, shortId)).map(readKeys));
  const [best] = all
    .flatMap(({ keys }) => keys ?? [])
    .filter(({ vault }) => shortId === undefined || vault.startsWith(shortId))
    .sort((one, other) => other.generation - one.generation);
  const otherFailure = all.find(({ keysFailure }) => keysFailure !== undefined)?.keysFailure;
  return best === undefined
    ? { keys: undefined, keysFailure: failure ?? otherFailure }
    : { keys: best, keysFailure: undefined };
}

/** The keys in a file, where it is there. */
export async function readKeys(file: string): Promise<FoundKeys> {
  let bytes: Buffer;
  try {
    bytes = await readPlain(file, { largestBytes });
  } catch (error) {
    if (error instanceof ForeignFileError) {
      return noKeys;
    }
    const { reason } = asTransferError(error);
    return reason === 'unreachable' ? noKeys : { keys: undefined, keysFailure: reason };
  }
  try {
    return { keys: parseVaultFile(inUtf8(bytes)), keysFailure: undefined };
  } catch (error) {
    return { keys: undefined, keysFailure: asTransferError(error).reason };
  }
}

/** A program may have written the text anew in UTF-16, as an editor does with a kit's. */
function inUtf8(bytes: Uint8Array): Uint8Array {
  return new TextEncoder().encode(decodeKit(bytes));
}

/**
 * Files that are called like keys, which tell of damage, and those of any name that hold something of the kind, which is not told
 * apart from another's before it is read.
 */
async function otherCandidates(folder: string, shortId: string | undefined): Promise<string[]> {
  const names = await readdir(folder).catch((): string[] => []);
  const candidates: string[] = [];
  for (const name of names) {
    const file = path.join(folder, name);
    const told = /^\.?millrace-([0-9a-f]{8})(?![0-9a-f])/i.exec(name)?.[1]?.toLowerCase();
    const isOfAnother = shortId !== undefined && told !== undefined && told !== shortId;
    if (isOfAnother || isBackupFileName(name) || isManifestName(name)) {
      continue;
    }
    if (/^\.?millrace.*keys/i.test(name)) {
      candidates.push(file);
    } else if (/\.(?:json|txt)/i.test(name) && (await holdsFormat(file))) {
      candidates.push(file);
    }
  }
  return candidates;
}

/** Of these there are as many as backups. */
function isManifestName(name: string): boolean {
  return parseBackupName(name.replace(/\.json$/i, '.age')) !== undefined;
}

async function holdsFormat(file: string): Promise<boolean> {
  try {
    return decodeKit(await readPlain(file, { largestBytes })).includes(`"${vaultFormat}"`);
  } catch {
    return false;
  }
}
