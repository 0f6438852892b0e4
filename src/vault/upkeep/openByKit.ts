import { createHash } from 'node:crypto';
import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import { AgeReader } from '../age/ageStream.ts';
import { wipe, type Identity, type Keyring } from '../age/identity.ts';
import { openSealedKey } from '../age/sealedKey.ts';
import { openSource } from '../database/snapshot.ts';
import { segmentsFolderOf, snapshotsFolderName, trashFolderName } from '../folder/vaultFolder.ts';
import { listSegments, listSnapshots, listTrash } from '../folder/vaultListing.ts';
import { vaultMarkOf } from '../folder/vaultMark.ts';
import { identitiesFromKit, identitiesInKit, vaultOfKit } from '../keys/recoveryKitReader.ts';
import { holdsRecords, readVaultFile } from '../keys/vaultStore.ts';
import { vaultFileVersion, vaultFormat, type VaultFile } from '../protectors/vaultFile.ts';
import { parseHeader, segmentHeaderBytes } from '../segments/segmentFormat.ts';
import { VaultError } from '../vaultError.ts';

/**
 * A vault by its recovery kit. Segments and snapshots are sealed for the identities alone, which the kit has; `vault.json` only
 * wraps them for others. So with a kit a vault is read whether its `vault.json` can be read or not.
 */
export interface OpenedByKit {
  /** The current one first. The caller wipes them. */
  readonly identities: Identity[];
  /** What `vault.json` says; `undefined` when it is gone or damaged. */
  readonly file: VaultFile | undefined;
}

/**
 * Opens a vault with the text of a recovery kit.
 * @throws {VaultError} `unusable` when there is no vault; `damagedKeyFile` for what is no kit; `wrongIdentity` for one of another
 * vault, or from before a rotation; `unknownVersion`
 */
export async function openByKit(folder: string, kit: string): Promise<OpenedByKit> {
  const file = await readUnlessDamaged(folder);
  if (file !== undefined && file !== 'damaged') {
    return { file, identities: identitiesFromKit(kit, file) };
  }
  if (file === undefined && !(await holdsRecords(folder))) {
    throw new VaultError('unusable', 'There is no vault in this folder');
  }
  const identities = identitiesInKit(kit);
  if (await isSealedForOthers(folder, identities)) {
    wipe(...identities);
    throw new VaultError(
      'wrongIdentity',
      'This recovery kit opens nothing of what is in the folder',
    );
  }
  return { file: undefined, identities };
}

/**
 * What can be said of a vault whose `vault.json` can't be read: its id and its identities, and no protectors. It stands in for the
 * file where a vault is only read.
 * @param identities of the kit
 * @throws {VaultError} `damagedKeyFile` when the kit names a vault that can't be made out, and nothing else names it
 */
export function standInOf(folder: string, kit: string, identities: Keyring): VaultFile {
  const vault = vaultIdOf(kit, vaultMarkOf(folder)?.vault, identities);
  const [current] = identities;
  return {
    format: vaultFormat,
    version: vaultFileVersion,
    vault,
    generation: 1,
    createdMs: 0,
    recipient: current?.recipient ?? '',
    protectors: [],
    identities: identities.map(({ recipient }, index) => ({
      ...{ recipient, createdMs: 0, sinceMs: 0, wrapped: [] },
      state: index === 0 ? 'current' : 'retired',
    })),
  };
}

/**
 * The id of the vault that a kit opens: as the kit names it; else as what is left of its `vault.json` does. Keys that nothing names
 * a vault for get one that is theirs, the same each time.
 * @param left of a `vault.json` that is damaged
 * @throws {VaultError} as {@link standInOf}
 */
export function vaultIdOf(kit: string, left: string | undefined, identities: Keyring): string {
  let named: string | undefined;
  try {
    named = vaultOfKit(kit);
  } catch (error) {
    if (left === undefined) {
      throw error;
    }
  }
  return named ?? left ?? ownVaultId(identities[0]?.recipient ?? '');
}

function ownVaultId(recipient: string): string {
  return createHash('sha256').update(`millrace-vault ${recipient}`).digest('hex').slice(0, 32);
}

/**
 * Whether what a vault's folder holds is sealed for other identities than these: something is, and nothing for them. Only headers are
 * looked at, and what is damaged tells nothing.
 * @throws what the file system says
 */
export async function isSealedForOthers(folder: string, keyring: Keyring): Promise<boolean> {
  let isForOthers = false;
  for (const file of await sealedFiles(folder)) {
    try {
      openStart(file, keyring);
      return false;
    } catch (error) {
      // A peer that compacts takes files away.
      if (!VaultError.is(error) && systemErrorCode(error) !== 'ENOENT') {
        throw error;
      }
      isForOthers ||= VaultError.is(error, 'wrongKey');
    }
  }
  return isForOthers;
}

/** The newest snapshot first: mostly that is all that has to be looked at. */
async function sealedFiles(folder: string): Promise<string[]> {
  const snapshots = (await listSnapshots(folder)).reverse();
  const segments = await listSegments(folder);
  const trash = await listTrash(folder);
  return [
    ...snapshots.map(({ file }) => path.join(folder, snapshotsFolderName, file)),
    ...segments.map(({ file }) => path.join(segmentsFolderOf(folder), file)),
    ...trash.map(({ file }) => path.join(folder, trashFolderName, file)),
  ];
}

/** Opens the key that a snapshot or a segment begins with. @throws {VaultError} `wrongKey`, `damaged`, `unknownVersion` */
function openStart(file: string, keyring: Keyring): void {
  const source = openSource(file);
  try {
    if (file.endsWith('.seg')) {
      const { sealedKey } = parseHeader(source.read(0, segmentHeaderBytes));
      wipe(openSealedKey(sealedKey, keyring));
    } else {
      new AgeReader(source, keyring, undefined, 'damaged').dispose();
    }
  } finally {
    source.dispose();
  }
}

async function readUnlessDamaged(folder: string): Promise<VaultFile | 'damaged' | undefined> {
  try {
    return await readVaultFile(folder);
  } catch (error) {
    if (VaultError.is(error, 'damaged') || VaultError.is(error, 'unusable')) {
      return 'damaged';
    }
    throw error;
  }
}
