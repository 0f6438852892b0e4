import { rename } from 'node:fs/promises';
import path from 'node:path';
import type { SqlJsStatic } from 'sql.js';
import { makeFolder, syncFolder } from '../../files/durableFiles.ts';
import type { CompactionPlace } from './compaction.ts';
import { writeCoverage, writeSnapshot } from '../database/snapshot.ts';
import { hasMoreInReserve, pathInVault, uniteReadable } from './uniteReadable.ts';
import { verifyVault, type FileReport, type VaultReport } from './verify.ts';
import { VaultError } from '../vaultError.ts';
import { listTrusted } from '../owner/acceptedFiles.ts';
import { ReadTrust, type VaultKeys } from '../trust/readTrust.ts';
import { signVaultFile } from '../keys/vaultAuthorship.ts';
import { withAccepted } from '../keys/vaultOwnership.ts';
import { rebuildVaultFile } from '../keys/vaultFileRebuild.ts';
import type { VaultFile } from '../protectors/vaultFile.ts';
import { damagedFolderName } from '../folder/vaultFolder.ts';
import { listSnapshots, newSnapshotName } from '../folder/vaultListing.ts';

export interface SalvageResult {
  /** What was found before. */
  readonly before: VaultReport;
  /** The new snapshot, or `undefined` when the vault was whole. */
  readonly file: string | undefined;
  /** Files that were set aside. */
  readonly setAside: readonly string[];
  /** Files that may be sealed for a key that a recovery kit does not have. They stay where they are. */
  readonly left: readonly string[];
  /** Files that neither the owner nor a device of the vault signed, and of which nothing was taken. They stay where they are. */
  readonly unsigned: readonly string[];
  /** What became of a `vault.json` that could not be read: it was written anew, and what was there is kept under a name. */
  readonly rebuilt: { readonly keptAs: string | undefined } | undefined;
}

export interface SalvageOptions {
  /** What becomes the vault's `vault.json`, where a recovery kit opened one without. */
  readonly newFile?: VaultFile | undefined;
  /** Whether the person wants what nobody of the vault signed as well. It becomes the vault's own. */
  readonly takesUnsigned?: boolean;
}

/**
 * Makes a whole vault of what can be read: every whole or damaged snapshot and segment, those in the trash
 * and those that were set aside before among them, into one new snapshot. Damaged files are set aside, not deleted. What nobody of the
 * vault signed is left alone, or on the person's word taken as well and set aside: a file from before signatures that was damaged since is
 * not the one any more that was taken for the vault's own.
 * @throws {VaultError} `unknownVersion` when a file is of a later Millrace; `wrongIdentity` when the kit lacks a key of the vault;
 * then nothing is changed. As {@link rebuildVaultFile}
 */
export async function salvageVault(
  place: CompactionPlace,
  keys: VaultKeys,
  sqlite: SqlJsStatic,
  { newFile, takesUnsigned = false }: SalvageOptions = {},
): Promise<SalvageResult> {
  const { folder, clock } = place;
  const { keyring, trust } = keys;
  const before = await verifyVault(folder, keys, sqlite);
  const strange = before.files.filter(({ state }) => state === 'strange').map(({ file }) => file);
  const unsigned = takesUnsigned ? [] : strange;
  const taking = takesUnsigned ? { keyring, trust: ReadTrust.ofAll(trust.file) } : keys;
  const files = takesUnsigned ? (await verifyVault(folder, taking, sqlite)).files : before.files;
  if (files.some(({ state }) => state === 'later')) {
    throw new VaultError('unknownVersion', 'A part of the vault was written by a later Millrace');
  }
  // Without its vault.json nothing tells which keys the vault has: a kit from before a rotation must not hide what came after.
  const forOthers = newFile === undefined ? [] : before.files.filter((each) => each.isForOthers);
  if (forOthers.some(({ kind }) => kind === 'segment')) {
    throw new VaultError(
      'wrongIdentity',
      'The recovery kit lacks a key of this vault: a later kit has it',
    );
  }
  const left = forOthers.map(({ file }) => file);
  const rebuilt =
    newFile === undefined
      ? undefined
      : { keptAs: await rebuildVaultFile(folder, await ownFile(newFile, folder, keys)) };
  // A file that is lost can't be seen: what only the trash holds now, or what was set aside, tells that one was.
  const damaged = before.files.filter(
    ({ state, file }) => state !== 'whole' && !unsigned.includes(file),
  );
  if (damaged.length === 0 && !(await hasMoreInReserve(folder, files, taking, sqlite))) {
    return { before, file: undefined, setAside: [], left, unsigned, rebuilt };
  }
  const database = await uniteReadable(folder, files, taking, sqlite);
  try {
    const parents = (await listSnapshots(folder)).map(({ file }) => file);
    writeCoverage(
      database,
      // A snapshot goes to the trash once another has it whole, as this one has not what stays as it is.
      parents.filter((each) => !left.includes(each) && !strange.includes(each)),
      [],
    );
    const file = newSnapshotName(clock.wallMs());
    await writeSnapshot(folder, file, keyring, database.export());
    const aside = damaged.filter((each) => !left.includes(each.file));
    return { before, file, setAside: await setAside(folder, aside), left, unsigned, rebuilt };
  } finally {
    database.close();
  }
}

/** A file that is made of a kit knows no device: what is there is taken for the vault's own, as the person says it is. */
async function ownFile(newFile: VaultFile, folder: string, keys: VaultKeys): Promise<VaultFile> {
  return signVaultFile(withAccepted(newFile, await listTrusted(folder, keys)), keys.keyring);
}

async function setAside(folder: string, damaged: readonly FileReport[]): Promise<string[]> {
  if (damaged.length === 0) {
    return [];
  }
  const target = path.join(folder, damagedFolderName);
  await makeFolder(target);
  for (const { kind, file } of damaged) {
    await rename(pathInVault(folder, kind, file), path.join(target, file));
  }
  await syncFolder(target);
  return damaged.map(({ file }) => file);
}
