import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { readIfThere } from '../../files/durableFiles.ts';
import { openToRead } from '../../files/plainFile.ts';
import type { Database } from '../../vault/sqlite/database.ts';
import { openSnapshot, type OpenSnapshot } from '../../vault/database/snapshot.ts';
import { snapshotsFolderName, vaultFileName } from '../../vault/folder/vaultFolder.ts';
import { vaultMarkOf } from '../../vault/folder/vaultMark.ts';
import type { Keyring } from '../../vault/age/identity.ts';
import { holdsRecords } from '../../vault/keys/vaultStore.ts';
import { parseVaultFile } from '../../vault/protectors/vaultFile.ts';
import { isSealedForOthers, isStrange } from '../../vault/upkeep/openByKit.ts';
import { VaultError } from '../../vault/vaultError.ts';
import type { Disposable } from '../../base/disposable.ts';
import type { BackupManifest } from './backupManifest.ts';
import { lookAtManifest } from './readManifest.ts';
import { isBackupFileName, isSameName, shortVaultId } from '../copies/backupNames.ts';
import { findKeys, noKeys, readKeys, type FoundKeys } from '../copies/findKeys.ts';
import { CopySigner } from '../copies/copySigner.ts';
import { checkPages, openAuthentic } from '../copies/openAuthentic.ts';
import { beginsAsAge, realPathOf } from '../copies/folderWalk.ts';
import { looksLikeAge, placeholderOf, vaultNamedIn } from '../copies/toolNames.ts';
import { openVaultFolder } from './openVaultFolder.ts';
import type { ManifestDoubt } from '../messages/backupMessages.ts';
import {
  findSyncHome,
  openSyncHome,
  readSyncKeys,
  type OpenHomeOptions,
} from '../sync/syncSource.ts';
import type { MissingPart } from '../messages/syncMessages.ts';
import { TransferError } from '../transferError.ts';
import type { JobPlace } from '../transferJob.ts';

/** What a vault can be restored from, before it is opened: with what a passphrase opens it with. */
export interface BackupSource extends FoundKeys {
  /** An age file, with a manifest or without, all of a vault's folder, or a vault's folder within a sync folder. */
  readonly kind: 'file' | 'vault' | 'sync';
  readonly location: string;
  readonly manifest: BackupManifest | undefined;
  /** What is wrong with the manifest beside an age file, where something is. */
  readonly doubt: ManifestDoubt | undefined;
  /** The vault's id, where a folder's `vault.json` says nothing else. */
  readonly leftId?: string;
}

/** A backup's database, brought up to the present schema in memory. Dispose it to close it. */
export interface OpenBackup extends Disposable {
  readonly database: Database;
  /** Why nobody knows that it is what its owner made, though all of it is authentic. */
  readonly doubt: ManifestDoubt | undefined;
  /** What could not be read, and is not in the database. */
  readonly missing: readonly MissingPart[];
}

const hashedAtOnceBytes = 1 << 20;

/**
 * Looks at what lies somewhere, and beside it.
 * @throws {TransferError} `unreachable` when there is nothing, `notOurs` when it is something else
 */
export async function findBackup(location: string): Promise<BackupSource> {
  const isFolder = await isFolderAt(location);
  if (isFolder) {
    const found = await readVaultKeys(path.join(location, vaultFileName));
    if (
      found.keys === undefined &&
      (found.keysFailure !== undefined || (await holdsRecords(location)))
    ) {
      // The recovery kit opens it all the same.
      const leftId = vaultMarkOf(location)?.vault;
      return {
        ...unspoken,
        ...found,
        kind: 'vault',
        location,
        ...(leftId !== undefined && { leftId }),
      };
    }
    if (found.keys === undefined) {
      const home = await findSyncHome(location);
      if (home === undefined) {
        throw new TransferError('notOurs', 'There is no vault in this folder');
      }
      const syncKeys = await readSyncKeys(home);
      return { ...unspoken, ...syncKeys, kind: 'sync', location: home };
    }
    return { ...unspoken, ...found, kind: 'vault', location };
  }
  const name = path.basename(location);
  if (looksLikeAge(name) && placeholderOf(name) !== undefined) {
    throw isElsewhere();
  }
  // A person may name a link of theirs; what lies beside it is looked for there.
  const real = await realPathOf(location);
  if (!isBackupFileName(name) && !(await beginsAsAge(real))) {
    throw new TransferError('notOurs', 'A backup is an age file');
  }
  const found = await lookAtManifest(location);
  const keys = await keysBeside(location, found.manifest);
  return { kind: 'file', location: real, ...found, ...keys };
}

function isElsewhere(): TransferError {
  return new TransferError(
    'unreachable',
    'The file itself is elsewhere, and has to be brought here by the sync tool first',
  );
}

/** @throws {TransferError} `unreachable` for a file in whose place a sync tool has put what stands for it */
async function isFolderAt(location: string): Promise<boolean> {
  try {
    return (await stat(location)).isDirectory();
  } catch (error) {
    const names = await readdir(path.dirname(location)).catch((): string[] => []);
    const name = path.basename(location);
    if (names.some((each) => isSameName(placeholderOf(each) ?? '', name))) {
      throw isElsewhere();
    }
    throw error;
  }
}

/** Of a folder there is no manifest. */
const unspoken = { ...noKeys, manifest: undefined, doubt: undefined } as const;

/**
 * Opens a backup and reads every page of it. A manifest that is not its own does not forbid it.
 * @throws {TransferError} `damaged` when a part of it can't be read; `laterVersion`
 * @throws {VaultError} `wrongKey`, `damaged`, `unknownVersion`
 */
export async function openBackup(
  { kind, location, manifest, doubt, keys }: BackupSource,
  keyring: Keyring,
  place: JobPlace,
  options: OpenHomeOptions = {},
): Promise<OpenBackup> {
  if (kind === 'sync') {
    return openSyncHome(location, keyring, place, options);
  }
  if (kind === 'vault') {
    await demandKeyOfVault({ location, keys }, keyring);
    return openVaultFolder(location, keyring, place, options);
  }
  const mismatch =
    manifest === undefined ? undefined : await findMismatch(location, manifest, place);
  const isVouchedFor = manifest !== undefined && mismatch === undefined;
  const signer = new CopySigner(keyring, ['snapshot']);
  const fileKeys = { keyring, trust: signer };
  let snapshot: OpenSnapshot;
  try {
    snapshot = isVouchedFor
      ? openSnapshot(location, fileKeys, place.sqlite, { what: 'backup' })
      : openAuthentic(location, 'backup', fileKeys, place);
  } catch (error) {
    // Not what its manifest says, and not authentic: it is the file that was changed.
    const isTorn = VaultError.is(error, 'damaged') || VaultError.is(error, 'wrongKey');
    throw isTorn && mismatch !== undefined ? mismatch : error;
  }
  try {
    checkPages(snapshot.database);
    return {
      database: snapshot.database,
      missing: [],
      doubt: doubtAbout(signer, manifest, mismatch === undefined ? doubt : 'contradicts'),
      dispose() {
        snapshot.dispose();
      },
    };
  } catch (error) {
    snapshot.dispose();
    throw error;
  }
}

/**
 * What is to be said of an age file that was opened: first who made it, then what its manifest is worth.
 * @param doubt of what the manifest says
 */
export function doubtAbout(
  signer: CopySigner,
  manifest: BackupManifest | undefined,
  doubt: ManifestDoubt | undefined,
): ManifestDoubt | undefined {
  const isOfAnother = manifest !== undefined && !signer.isAuthor(manifest.author);
  return signer.doubt ?? doubt ?? (isOfAnother ? 'unsignedManifest' : undefined);
}

/**
 * That a vault's folder opens with these keys: a reader of it takes what it has no key for as unreadable, which would tell of damage.
 * @throws {TransferError} `wrongKey`
 */
export async function demandKeyOfVault(
  { location, keys }: Pick<BackupSource, 'location' | 'keys'>,
  keyring: Keyring,
): Promise<void> {
  const isAnothers =
    keys === undefined
      ? await isSealedForOthers(location, keyring)
      : !keyring.some(({ recipient }) => recipient === keys.recipient) &&
        !(await isStrange(location, keys, keyring));
  if (isAnothers) {
    throw new TransferError('wrongKey', 'The key is not that of the vault');
  }
}

/** Compares an age file with its manifest; no key is needed. @returns in what they differ */
async function findMismatch(
  file: string,
  manifest: BackupManifest,
  place: JobPlace,
): Promise<TransferError | undefined> {
  const handle = await openToRead(file);
  try {
    const { size } = await handle.stat();
    if (size !== manifest.sizeBytes) {
      return new TransferError('damaged', 'A backup has another size than its manifest says');
    }
    const hash = createHash('sha256');
    const part = new Uint8Array(Math.min(hashedAtOnceBytes, Math.max(1, size)));
    for (let offset = 0; offset < size;) {
      place.signal.throwIfAborted();
      const { bytesRead } = await handle.read(part, 0, part.length, offset);
      if (bytesRead === 0) {
        return new TransferError('damaged', 'A backup is shorter than it was');
      }
      hash.update(part.subarray(0, bytesRead));
      offset += bytesRead;
    }
    return hash.digest('hex') === manifest.sha256
      ? undefined
      : new TransferError('damaged', 'A backup is not what its manifest says');
  } finally {
    await handle.close();
  }
}

/** Beside a backup the keys file; beside a vault's own snapshot the vault's. */
async function keysBeside(file: string, manifest: BackupManifest | undefined): Promise<FoundKeys> {
  const folder = path.dirname(file);
  const vault = manifest?.vault;
  const shortId =
    vaultNamedIn(path.basename(file)) ?? (vault === undefined ? undefined : shortVaultId(vault));
  if (path.basename(folder) === snapshotsFolderName) {
    const own = await readKeys(path.join(folder, '..', vaultFileName));
    if (own.keys !== undefined) {
      return own;
    }
  }
  return findKeys(folder, shortId);
}

/** A later version is not read without its keys either. */
async function readVaultKeys(file: string): Promise<FoundKeys> {
  const bytes = await readIfThere(file);
  try {
    return bytes === undefined ? noKeys : { ...noKeys, keys: parseVaultFile(bytes) };
  } catch (error) {
    // A signature that does not fit is no more use than damage, and the recovery kit opens the vault without.
    if (VaultError.is(error, 'damaged') || VaultError.is(error, 'untrusted')) {
      return { keys: undefined, keysFailure: 'damaged' };
    }
    throw error;
  }
}
