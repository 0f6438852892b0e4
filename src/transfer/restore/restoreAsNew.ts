import { randomBytes } from 'node:crypto';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import { makeFolder, replaceFile, syncFolder } from '../../files/durableFiles.ts';
import { noSteps } from '../../files/stepHook.ts';
import type { Database } from '../../vault/sqlite/database.ts';
import { copyDatabase } from '../../vault/database/copyDatabase.ts';
import { writeSnapshot } from '../../vault/database/snapshot.ts';
import { vaultFileName } from '../../vault/folder/vaultFolder.ts';
import { listFiles, newSnapshotName } from '../../vault/folder/vaultListing.ts';
import { believeAlways } from '../../vault/trust/believedFile.ts';
import { ReadTrust } from '../../vault/trust/readTrust.ts';
import { VaultPins } from '../../vault/trust/vaultPins.ts';
import { Ledger } from '../../vault/ledger/ledger.ts';
import { wipe, type Keyring } from '../../vault/age/identity.ts';
import { formatVaultFile, type VaultFile } from '../../vault/protectors/vaultFile.ts';
import { copyKeyring } from '../../vault/keys/vaultKeys.ts';
import { readVaultFile } from '../../vault/keys/vaultStore.ts';
import { openRestoreKey } from '../copies/backupKeys.ts';
import type { JobParams } from '../transferContract.ts';
import { formatStamp, shortVaultId } from '../copies/backupNames.ts';
import { findBackup, openBackup, type BackupSource } from '../backup/backupSource.ts';
import { checkPages } from '../copies/openAuthentic.ts';
import { digestContent, type ContentDigest } from '../../vault/database/contentDigest.ts';
import type { ManifestDoubt, RestoredVault } from '../messages/backupMessages.ts';
import type { MissingPart } from '../messages/syncMessages.ts';
import { restoredVaultFile } from './restoredVaultFile.ts';
import { TransferError } from '../transferError.ts';
import type { JobPlace } from '../transferJob.ts';
import { isSamePlace, placeOf } from '../../files/place.ts';
import { vaultsFolderName } from '../../vault/folder/successions.ts';
import { readSuccessions, switchVault } from '../../vault/folder/vaultLocation.ts';

const stages = 4;
const unfinished = '.tmp';
const leftoverMs = 3_600_000;

/**
 * Makes a new vault of a backup beside the old one: under a temporary name, read back whole and compared with the backup,
 * given its name, and then put in the place of the old one by replacing one small file. Until that last step the old vault is the
 * current one and nothing of it has changed; after it, it is still there.
 *
 * With the present vault's own keys at hand the new one has them too, with every protector. Otherwise it gets the identities
 * that opened the backup, wrapped for this device's protector: so a new machine gets the vault itself, not a copy under
 * other keys.
 */
export async function restoreAsNew(
  params: JobParams<'restoreAsNew'>,
  place: JobPlace,
): Promise<RestoredVault> {
  const { from, key, storage, protector } = params;
  try {
    const source = await findBackup(from);
    const keyring = await openRestoreKey(key, source, place);
    try {
      return await restore(source, keyring, params, place);
    } finally {
      wipe(...keyring);
    }
  } finally {
    if (protector !== null) {
      wipe(protector.key);
    }
    await removeUnfinished(storage, place).catch(() => undefined);
  }
}

async function restore(
  source: BackupSource,
  keyring: Keyring,
  params: JobParams<'restoreAsNew'>,
  place: JobPlace,
): Promise<RestoredVault> {
  const { clock, signal, step = noSteps } = place;
  const { storage } = params;
  const made = await newVaultFile(source, keyring, params, place);
  const { file, keys } = made;
  const vaults = path.join(storage, vaultsFolderName);
  await makeFolder(vaults);
  const name = `${shortVaultId(file.vault)}-${randomBytes(8).toString('hex')}${unfinished}`;
  const temporary = path.join(vaults, name);
  let target: string | undefined;
  try {
    await makeFolder(temporary);
    const { digest, doubt, missing } = await fill(temporary, made, source, keyring, place);
    place.progress(2, stages);
    signal.throwIfAborted();
    await check(temporary, made, digest, place);
    place.progress(3, stages);
    signal.throwIfAborted();
    step('restore: before its name');
    target = await giveFreeName(temporary, vaults, file.vault, clock.wallMs());
    await syncFolder(vaults);
    await new VaultPins(place.keysFolder).note(target, file);
    step('restore: before the switch');
    await switchVault(storage, place.folder, target, clock.wallMs(), step);
    step('restore: switched');
    place.progress(stages, stages);
    return {
      folder: target,
      vault: file.vault,
      counts: { ...digest.counts },
      missing,
      ...(doubt !== undefined && { doubt }),
    };
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    if (target !== undefined && (await isNotCurrent(storage, target))) {
      await rm(target, { recursive: true, force: true }).catch(() => undefined);
    }
    throw error;
  } finally {
    wipe(...keys);
  }
}

/** Whether nothing says that a vault is the current one; one that may be must never be removed. */
async function isNotCurrent(storage: string, vaultFolder: string): Promise<boolean> {
  try {
    const place = placeOf(vaultFolder);
    const successions = await readSuccessions(storage);
    return !successions.some(({ folder }) => isSamePlace(placeOf(folder), place));
  } catch {
    return false;
  }
}

/** The new `vault.json`, and the identities that open what is sealed for it, the current one first. */
interface NewVault {
  readonly file: VaultFile;
  readonly keys: Keyring;
}

async function newVaultFile(
  source: BackupSource,
  keyring: Keyring,
  { key, vault, protector }: JobParams<'restoreAsNew'>,
  place: JobPlace,
): Promise<NewVault> {
  // A present vault that is damaged is one of the reasons to restore.
  const present = await readVaultFile(place.folder).catch(() => undefined);
  const hasKeys = place.keyring.some(({ recipient }) => recipient === present?.recipient);
  // A key that the present vault never had is one of after a rotation elsewhere: the vault goes on with that.
  const isOfPresent =
    present?.vault === vault &&
    (protector === null ||
      present.identities.some(({ recipient }) => recipient === keyring[0]?.recipient));
  if (present !== undefined && hasKeys && (key.kind === 'present' || isOfPresent)) {
    return { file: present, keys: copyKeyring(place.keyring) };
  }
  if (protector === null) {
    throw new TransferError('locked', 'There is no protector for the restored vault');
  }
  const file = restoredVaultFile(vault, keyring, source.keys, protector, place.clock.wallMs());
  return { file, keys: copyKeyring(keyring) };
}

/** Writes the new vault's files. @returns what they have to hold, and what is to be said of the backup */
async function fill(
  folder: string,
  { file, keys }: NewVault,
  source: BackupSource,
  keyring: Keyring,
  place: JobPlace,
): Promise<{
  readonly digest: ContentDigest;
  readonly doubt: ManifestDoubt | undefined;
  readonly missing: MissingPart[];
}> {
  const { clock, step = noSteps } = place;
  const backup = await openBackup(source, keyring, place);
  try {
    const { digest, database, leftOut } = copyOf(backup.database, place);
    place.progress(1, stages);
    place.signal.throwIfAborted();
    await replaceFile(path.join(folder, vaultFileName), formatVaultFile(file), { step });
    step('restore: before the snapshot');
    await writeSnapshot(folder, newSnapshotName(clock.wallMs()), keys, database);
    step('restore: snapshot written');
    const missing = [...backup.missing, ...(leftOut > 0 ? [rowsOf(source)] : [])];
    return { digest, doubt: backup.doubt, missing };
  } finally {
    backup.dispose();
  }
}

/** What a backup holds, as a database that nobody but we made: its pages may have anything in them that its rows have not. */
function copyOf(
  backup: Database,
  place: JobPlace,
): { readonly digest: ContentDigest; readonly database: Uint8Array; readonly leftOut: number } {
  const { database, leftOut } = copyDatabase(backup, place.sqlite, () => {
    place.progress(0, stages);
    place.signal.throwIfAborted();
  });
  try {
    return { digest: digestAt(database, 0, place), database: database.export(), leftOut };
  } finally {
    database.close();
  }
}

/** Stands for rows of a backup that are no records. */
function rowsOf({ location }: BackupSource): MissingPart {
  return { file: path.basename(location), month: null, device: null, reason: 'refused' };
}

/** Reads the new vault as a window will, from the disk. */
async function check(
  folder: string,
  { file, keys: keyring }: NewVault,
  expected: ContentDigest,
  place: JobPlace,
): Promise<void> {
  const { sqlite, log } = place;
  // It has another name yet, by which nobody is to remember it.
  const believe = believeAlways(new ReadTrust(file));
  const ledger = new Ledger({ folder, keyring, believe, sqlite, log });
  try {
    await ledger.refresh();
    checkPages(ledger.database);
    const { sha256 } = digestAt(ledger.database, 2, place);
    if (ledger.unreadableFiles > 0 || sha256 !== expected.sha256) {
      throw new TransferError('damaged', 'The restored vault is not what the backup holds');
    }
  } finally {
    ledger.dispose();
  }
}

function digestAt(database: Database, stage: number, place: JobPlace): ContentDigest {
  return digestContent(database, () => {
    place.progress(stage, stages);
    place.signal.throwIfAborted();
  });
}

/** What a folder that is there answers to a rename onto it. */
const isTaken: ReadonlySet<unknown> = new Set(['ENOTEMPTY', 'EEXIST', 'EPERM', 'EACCES']);

/** Of two restores in one second each gets a name of its own, so that neither removes the other's vault. */
async function giveFreeName(
  temporary: string,
  vaults: string,
  vaultId: string,
  nowMs: number,
): Promise<string> {
  for (let atMs = nowMs; ; atMs += 1000) {
    const name = `${shortVaultId(vaultId)}-${formatStamp(atMs).toLowerCase()}`;
    if ((await readdir(vaults)).includes(name)) {
      continue;
    }
    const target = path.join(vaults, name);
    try {
      await rename(temporary, target);
      return target;
    } catch (error) {
      if (!isTaken.has(systemErrorCode(error)) || !(await readdir(vaults)).includes(name)) {
        throw error;
      }
    }
  }
}

/** What restores that were killed left behind. */
async function removeUnfinished(storage: string, { clock }: JobPlace): Promise<void> {
  const vaults = path.join(storage, vaultsFolderName);
  for (const name of await listFiles(vaults)) {
    const folder = path.join(vaults, name);
    if (name.endsWith(unfinished) && clock.wallMs() - (await stat(folder)).mtimeMs > leftoverMs) {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
