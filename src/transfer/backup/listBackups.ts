import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { readIfThere } from '../../files/durableFiles.ts';
import { schemaVersion } from '../../vault/database/migrations.ts';
import { openSource } from '../../vault/database/snapshot.ts';
import { vaultFileName } from '../../vault/folder/vaultFolder.ts';
import { listSegments, listSnapshots, parseSnapshotName } from '../../vault/folder/vaultListing.ts';
import { AgeReader } from '../../vault/age/ageStream.ts';
import { wipe, type Keyring } from '../../vault/age/identity.ts';
import { holdsRecords } from '../../vault/keys/vaultStore.ts';
import type { VaultFile } from '../../vault/protectors/vaultFile.ts';
import { demandFolder } from '../copies/presentVault.ts';
import { CopySigner } from '../copies/copySigner.ts';
import { openRestoreKey } from '../copies/backupKeys.ts';
import { noKeys, type FoundKeys } from '../copies/findKeys.ts';
import { beginsAsAge, walkFolder } from '../copies/folderWalk.ts';
import { backupNamedIn, looksLikeAge, placeholderOf } from '../copies/toolNames.ts';
import type { ListedBackup, ManifestDoubt, RestoreKey } from '../messages/backupMessages.ts';
import { isBackupFileName, parseBackupName } from '../copies/backupNames.ts';
import { demandKeyOfVault, doubtAbout, findBackup, type BackupSource } from './backupSource.ts';
import { believeCopy } from './openVaultFolder.ts';
import { asTransferError, TransferError, type TransferFailure } from '../transferError.ts';
import type { JobPlace } from '../transferJob.ts';

/**
 * What a folder has to restore from, newest first: the backups and other age files in it, or the vault that it is.
 * Of each file the header and the last part are read, so a wrong key and a file that is cut are seen here; what is wrong
 * in between is seen by who opens it. The folder is only read.
 * @throws {TransferError} `unreachable` and `denied` for the folder; what is wrong with a file is in its entry
 */
export async function listBackups(
  { folder, key }: { readonly folder: string; readonly key: RestoreKey },
  place: JobPlace,
): Promise<ListedBackup[]> {
  await demandFolder(folder);
  if (
    (await readIfThere(path.join(folder, vaultFileName))) !== undefined ||
    (await holdsRecords(folder))
  ) {
    return [await describeVault(folder, key, place)];
  }
  const files = await listFiles(folder);
  const keyrings = new Keyrings(key, place);
  try {
    const listed: ListedBackup[] = [];
    for (const [name, where] of files) {
      place.signal.throwIfAborted();
      const isOut = where === 'linkOut';
      listed.push(
        isOut ? describeUnread(name, 'linkedOutside') : await describeFile(folder, name, keyrings),
      );
      place.progress(listed.length, files.size);
    }
    return listed.sort(
      (one, other) =>
        (other.createdMs ?? -Infinity) - (one.createdMs ?? -Infinity) ||
        (one.file < other.file ? 1 : -1),
    );
  } finally {
    keyrings.dispose();
  }
}

/**
 * What may be restored, by name: whatever is called as a backup is, age files that a sync tool has named otherwise, and what stands
 * for one; and whether it is a link that leads out of the folder.
 */
async function listFiles(folder: string): Promise<ReadonlyMap<string, 'here' | 'linkOut'>> {
  const listed = new Map<string, 'here' | 'linkOut'>();
  for (const name of (await readdir(folder)).filter(isBackupFileName)) {
    listed.set(name, 'here');
  }
  for (const { name, path: file, kind } of await walkFolder(folder, { deepest: 1 })) {
    const isCalledSo =
      isBackupFileName(name) || (looksLikeAge(name) && placeholderOf(name) !== undefined);
    if (isCalledSo || (kind === 'file' && (await beginsAsAge(file)))) {
      listed.set(name, kind === 'linkOut' ? 'linkOut' : 'here');
    }
  }
  return listed;
}

/** One that is not looked into. */
function describeUnread(name: string, failure: TransferFailure): ListedBackup {
  return {
    kind: 'file',
    file: name,
    createdMs: momentNamedIn(name) ?? null,
    sizeBytes: 0,
    verifiedMs: null,
    vault: null,
    counts: {},
    takesPassphrase: false,
    failure,
  };
}

/** When a backup or a snapshot was made, by its name or that of what it is a copy of. */
function momentNamedIn(name: string): number | undefined {
  return parseBackupName(backupNamedIn(name) ?? '')?.createdMs ?? parseSnapshotName(name);
}

/** A passphrase is worked out once for each keys file, not for each backup. */
class Keyrings {
  readonly #key: RestoreKey;
  readonly #place: JobPlace;
  readonly #opened = new Map<string, Promise<Keyring>>();
  readonly #toWipe: Keyring[] = [];

  constructor(key: RestoreKey, place: JobPlace) {
    this.#key = key;
    this.#place = place;
  }

  for(found: FoundKeys): Promise<Keyring> {
    const which = found.keys?.vault ?? found.keysFailure ?? '';
    const name = this.#key.kind === 'passphrase' ? which : '';
    const known = this.#opened.get(name) ?? this.#open(found);
    this.#opened.set(name, known);
    return known;
  }

  dispose(): void {
    for (const keyring of this.#toWipe) {
      wipe(...keyring);
    }
  }

  async #open(found: FoundKeys): Promise<Keyring> {
    const keyring = await openRestoreKey(this.#key, found, this.#place);
    this.#toWipe.push(keyring);
    return keyring;
  }
}

const noKeysNorManifest = { ...noKeys, manifest: undefined } as const;

async function describeFile(
  folder: string,
  name: string,
  keyrings: Keyrings,
): Promise<ListedBackup> {
  const file = path.join(folder, name);
  let size = 0;
  let source: BackupSource | undefined;
  let failure: TransferFailure | null = null;
  let doubt: ManifestDoubt | undefined;
  try {
    ({ size } = await stat(file));
    source = await findBackup(file);
    ({ doubt } = source);
    doubt = lookInto(source, size, await keyrings.for(source));
  } catch (error) {
    failure = asTransferError(error).reason;
  }
  const { manifest, keys, keysFailure } = source ?? noKeysNorManifest;
  return {
    kind: manifest === undefined && source?.doubt === undefined ? 'file' : 'backup',
    file: name,
    createdMs: manifest?.createdMs ?? momentNamedIn(name) ?? null,
    sizeBytes: size,
    // Whoever can write into the folder can write that down.
    verifiedMs: doubt === undefined ? (manifest?.verifiedMs ?? null) : null,
    vault: manifest?.vault ?? keys?.vault ?? null,
    counts: manifest?.counts ?? {},
    takesPassphrase: takesPassphrase(keys),
    failure,
    ...(doubt !== undefined && { doubt }),
    ...(keysFailure !== undefined && { keysFailure }),
  };
}

/** @returns what is to be said of who made it, and of its manifest */
function lookInto(
  { location, manifest, doubt }: BackupSource,
  size: number,
  keyring: Keyring,
): ManifestDoubt | undefined {
  if (manifest !== undefined && manifest.schemaVersion > schemaVersion) {
    throw new TransferError('laterVersion', 'A backup was written by a later Millrace');
  }
  const isOfItsSize = manifest === undefined || manifest.sizeBytes === size;
  const source = openSource(location);
  try {
    const reader = new AgeReader(source, keyring);
    try {
      const signer = new CopySigner(keyring, ['snapshot']);
      signer.demandFile(reader, 'backup');
      return doubtAbout(signer, manifest, isOfItsSize ? doubt : 'contradicts');
    } finally {
      reader.dispose();
    }
  } catch (error) {
    // Neither is it as large as it was nor does it open: it was cut, or is not all here yet.
    throw isOfItsSize
      ? error
      : new TransferError('damaged', 'A backup has another size than its manifest says');
  } finally {
    source.dispose();
  }
}

/** A folder that is a vault: as old as its newest snapshot, as large as all its files. */
async function describeVault(
  folder: string,
  key: RestoreKey,
  place: JobPlace,
): Promise<ListedBackup> {
  const snapshots = await listSnapshots(folder);
  const segments = await listSegments(folder);
  let sizeBytes = 0;
  for (const file of [
    ...snapshots.map((snapshot) => path.join(folder, 'snapshots', snapshot.file)),
    ...segments.map((segment) => path.join(folder, 'segments', segment.file)),
  ]) {
    sizeBytes += (await stat(file)).size;
  }
  let source: BackupSource | undefined;
  let failure: TransferFailure | null = null;
  let doubt: ManifestDoubt | undefined;
  try {
    source = await findBackup(folder);
    const keyring = await openRestoreKey(key, source, place);
    try {
      await demandKeyOfVault(source, keyring);
      ({ doubt } = await believeCopy(folder, keyring));
    } finally {
      wipe(...keyring);
    }
  } catch (error) {
    failure = asTransferError(error).reason;
  }
  return {
    kind: 'vault',
    file: '',
    createdMs: snapshots.at(-1)?.createdMs ?? source?.keys?.createdMs ?? null,
    sizeBytes,
    verifiedMs: null,
    vault: source?.keys?.vault ?? null,
    counts: {},
    takesPassphrase: takesPassphrase(source?.keys),
    failure,
    ...(doubt !== undefined && { doubt }),
  };
}

function takesPassphrase(keys: VaultFile | undefined): boolean {
  return keys?.protectors.some(({ kind }) => kind === 'passphrase') ?? false;
}
