import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { readIfThere } from '../../files/durableFiles.ts';
import type { Database } from '../../vault/sqlite/database.ts';
import { openSnapshot } from '../../vault/database/snapshot.ts';
import { snapshotsFolderName, vaultFileName } from '../../vault/folder/vaultFolder.ts';
import { Ledger } from '../../vault/ledger/ledger.ts';
import type { Keyring } from '../../vault/age/identity.ts';
import { parseVaultFile, type VaultFile } from '../../vault/protectors/vaultFile.ts';
import type { Disposable } from '../../base/disposable.ts';
import { parseManifest, type BackupManifest } from './backupManifest.ts';
import {
  isBackupFileName,
  keysFileName,
  manifestFileName,
  parseBackupName,
} from '../copies/backupNames.ts';
import { findBeside } from '../copies/findBeside.ts';
import { findSyncHome, openSyncHome, readSyncKeys } from '../sync/syncSource.ts';
import { TransferError } from '../transferError.ts';
import type { JobPlace } from '../transferJob.ts';

/** What a vault can be restored from, before it is opened. */
export interface BackupSource {
  /** An age file, with a manifest or without, all of a vault's folder, or a vault's folder within a sync folder. */
  readonly kind: 'file' | 'vault' | 'sync';
  readonly location: string;
  readonly manifest: BackupManifest | undefined;
  /** What a passphrase opens it with. */
  readonly keys: VaultFile | undefined;
}

/** A backup's database, brought up to the present schema in memory. Dispose it to close it. */
export interface OpenBackup extends Disposable {
  readonly database: Database;
}

const hashedAtOnceBytes = 1 << 20;

/**
 * Looks at what lies somewhere, and beside it.
 * @throws {TransferError} `unreachable` when there is nothing, `notOurs` when it is something else, and what is
 * wrong with its manifest
 */
export async function findBackup(location: string): Promise<BackupSource> {
  const isFolder = (await stat(location)).isDirectory();
  if (isFolder) {
    const keys = await readKeys(path.join(location, vaultFileName));
    if (keys === undefined) {
      const home = await findSyncHome(location);
      if (home === undefined) {
        throw new TransferError('notOurs', 'There is no vault in this folder');
      }
      const syncKeys = await readSyncKeys(home);
      return { kind: 'sync', location: home, manifest: undefined, keys: syncKeys };
    }
    return { kind: 'vault', location, manifest: undefined, keys };
  }
  if (!isBackupFileName(path.basename(location))) {
    throw new TransferError('notOurs', 'A backup is an age file');
  }
  const manifest = await readManifest(location);
  return { kind: 'file', location, manifest, keys: await keysBeside(location, manifest) };
}

/**
 * The manifest beside an age file.
 * @throws {TransferError} as `parseManifest`; `damaged` when it is another file's
 */
export async function readManifest(ageFile: string): Promise<BackupManifest | undefined> {
  const bytes = await readIfThere(await findBeside(manifestFileName(ageFile)));
  if (bytes === undefined) {
    return undefined;
  }
  return parseManifest(bytes);
}

/**
 * Opens a backup and reads every page of it.
 * @throws {TransferError} `damaged` when it is not what its manifest says, or a part of it can't be read;
 * `laterVersion`
 * @throws {VaultError} `wrongKey`, `damaged`, `unknownVersion`
 */
export async function openBackup(
  { kind, location, manifest, keys }: BackupSource,
  keyring: Keyring,
  place: JobPlace,
): Promise<OpenBackup> {
  if (kind === 'sync') {
    return openSyncHome(location, keyring, place);
  }
  if (kind === 'vault') {
    // A reader of a vault takes what it has no key for as unreadable, which would tell of damage.
    if (!keyring.some(({ recipient }) => recipient === keys?.recipient)) {
      throw new TransferError('wrongKey', 'The key is not that of the vault');
    }
    return openVaultFolder(location, keyring, place);
  }
  if (manifest !== undefined) {
    await checkFile(location, manifest, place);
  }
  const snapshot = openSnapshot(location, keyring, place.sqlite);
  try {
    checkPages(snapshot.database);
    return snapshot;
  } catch (error) {
    snapshot.dispose();
    throw error;
  }
}

/** @throws {TransferError} `damaged` */
export function checkPages(database: Database): void {
  if (database.row('PRAGMA integrity_check')?.text(0) !== 'ok') {
    throw new TransferError('damaged', 'The database of a backup is damaged');
  }
}

async function openVaultFolder(
  folder: string,
  keyring: Keyring,
  { sqlite, log }: JobPlace,
): Promise<OpenBackup> {
  const ledger = new Ledger({ folder, keyring, sqlite, log });
  try {
    await ledger.refresh();
    if (ledger.unreadableFiles > 0) {
      throw new TransferError('damaged', 'A part of the vault cannot be read');
    }
    checkPages(ledger.database);
    return {
      database: ledger.database,
      dispose() {
        ledger.dispose();
      },
    };
  } catch (error) {
    ledger.dispose();
    throw error;
  }
}

/** Compares an age file with its manifest; no key is needed. */
async function checkFile(file: string, manifest: BackupManifest, place: JobPlace): Promise<void> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    if (size !== manifest.sizeBytes) {
      throw new TransferError('damaged', 'A backup has another size than its manifest says');
    }
    const hash = createHash('sha256');
    const part = new Uint8Array(Math.min(hashedAtOnceBytes, Math.max(1, size)));
    for (let offset = 0; offset < size;) {
      place.signal.throwIfAborted();
      const { bytesRead } = await handle.read(part, 0, part.length, offset);
      if (bytesRead === 0) {
        throw new TransferError('damaged', 'A backup is shorter than it was');
      }
      hash.update(part.subarray(0, bytesRead));
      offset += bytesRead;
    }
    if (hash.digest('hex') !== manifest.sha256) {
      throw new TransferError('damaged', 'A backup is not what its manifest says');
    }
  } finally {
    await handle.close();
  }
}

/** Beside a backup the keys file; beside a vault's own snapshot the vault's. */
async function keysBeside(
  file: string,
  manifest: BackupManifest | undefined,
): Promise<VaultFile | undefined> {
  const folder = path.dirname(file);
  const shortId = parseBackupName(path.basename(file))?.shortId ?? manifest?.vault.slice(0, 8);
  const places = [
    ...(shortId === undefined ? [] : [await findBeside(path.join(folder, keysFileName(shortId)))]),
    ...(path.basename(folder) === snapshotsFolderName
      ? [path.join(folder, '..', vaultFileName)]
      : []),
  ];
  for (const each of places) {
    const keys = await readKeys(each).catch(() => undefined);
    if (keys !== undefined) {
      return keys;
    }
  }
  return undefined;
}

async function readKeys(file: string): Promise<VaultFile | undefined> {
  const bytes = await readIfThere(file);
  return bytes === undefined ? undefined : parseVaultFile(bytes);
}
