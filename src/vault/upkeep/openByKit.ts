import { createHash } from 'node:crypto';
import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import { AgeReader } from '../age/ageStream.ts';
import { wipe, type Identity, type Keyring } from '../age/identity.ts';
import { openSealedKey } from '../age/sealedKey.ts';
import { openSource } from '../database/snapshot.ts';
import { segmentsFolderOf, snapshotsFolderName } from '../folder/vaultFolder.ts';
import { listReserve, listSegments, listSnapshots } from '../folder/vaultListing.ts';
import { vaultMarkOf } from '../folder/vaultMark.ts';
import { identitiesFromKit, identitiesInKit, vaultOfKit } from '../keys/recoveryKitReader.ts';
import { signVaultFile } from '../keys/vaultAuthorship.ts';
import { holdsRecords, readVaultFile } from '../keys/vaultStore.ts';
import { vaultFileVersion, vaultFormat, type VaultFile } from '../protectors/vaultFile.ts';
import { longestHeaderBytes, parseHeader } from '../segments/segmentHeader.ts';
import { VaultError } from '../vaultError.ts';

/**
 * A vault by its recovery kit. Segments and snapshots are sealed for the identities alone, which the kit has; `vault.json` only
 * wraps them for others. So with a kit a vault is read whether its `vault.json` can be read or not.
 */
export interface OpenedByKit {
  /** The current one first. The caller wipes them. */
  readonly identities: Identity[];
  /** What `vault.json` says; `undefined` when it says nothing of what lies there. */
  readonly file: VaultFile | undefined;
  /** Why it does not: it is gone or damaged (`lost`), or it is whole and that of another time or vault (`strange`). */
  readonly why: 'lost' | 'strange' | undefined;
}

/**
 * Opens a vault with the text of a recovery kit.
 * @throws {VaultError} `unusable` when there is no vault; `damagedKeyFile` for what is no kit; `wrongIdentity` for one of another
 * vault, or from before a rotation; `unknownVersion`
 */
export async function openByKit(folder: string, kit: string): Promise<OpenedByKit> {
  const file = await readUnlessDamaged(folder);
  if (file !== undefined && file !== 'damaged') {
    return openWithFile(folder, kit, file);
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
  return { file: undefined, why: 'lost', identities };
}

/**
 * A kit that a vault's `vault.json` knows nothing of, not even as an earlier one, and that opens what lies there all the same: then it is
 * the file that is strange, an old copy or another vault's.
 */
async function openWithFile(folder: string, kit: string, file: VaultFile): Promise<OpenedByKit> {
  try {
    return { file, why: undefined, identities: identitiesFromKit(kit, file) };
  } catch (error) {
    if (!VaultError.is(error, 'wrongIdentity')) {
      throw error;
    }
    const identities = identitiesInKit(kit);
    if (await isStrange(folder, file, identities)) {
      return { file: undefined, why: 'strange', identities };
    }
    wipe(...identities);
    throw error;
  }
}

/**
 * Whether a whole `vault.json` is not that of what lies beside it: it knows none of these identities, and they open that.
 * @throws what the file system says
 */
export async function isStrange(
  folder: string,
  file: VaultFile,
  keyring: Keyring,
): Promise<boolean> {
  const known = new Set(file.identities.map(({ recipient }) => recipient));
  return (
    !keyring.some(({ recipient }) => known.has(recipient)) &&
    (await whomSealedFor(folder, keyring)) === 'us'
  );
}

/**
 * What can be said of a vault whose `vault.json` can't be read: its id and its identities, and no protectors. It stands in for the
 * file where a vault is only read.
 * @param opened by the kit
 * @throws {VaultError} `damagedKeyFile` when the kit names a vault that can't be made out, and nothing else names it
 */
export function standInOf(
  folder: string,
  kit: string,
  opened: Pick<OpenedByKit, 'identities' | 'why'>,
): VaultFile {
  const { identities, why } = opened;
  const left = why === 'strange' ? undefined : vaultMarkOf(folder)?.vault;
  const vault = vaultIdOf(kit, left, identities);
  const [current] = identities;
  const file: VaultFile = {
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
  return signVaultFile(file, identities);
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
 * looked at, and what is damaged tells nothing. The trash, and what was set aside,
 * count where there is nothing else: they keep what an earlier key opens.
 * @throws what the file system says
 */
export async function isSealedForOthers(folder: string, keyring: Keyring): Promise<boolean> {
  return (await whomSealedFor(folder, keyring)) === 'others';
}

async function whomSealedFor(folder: string, keyring: Keyring): Promise<Reader> {
  // The newest snapshot first: mostly that is all that has to be looked at.
  const snapshots = (await listSnapshots(folder)).reverse();
  const segments = await listSegments(folder);
  const present = whomFor(
    [
      ...snapshots.map(({ file }) => path.join(folder, snapshotsFolderName, file)),
      ...segments.map(({ file }) => path.join(segmentsFolderOf(folder), file)),
    ],
    keyring,
  );
  if (present !== 'nobody') {
    return present;
  }
  const reserve = await listReserve(folder);
  return whomFor(
    reserve.map(({ file }) => file),
    keyring,
  );
}

type Reader = 'us' | 'others' | 'nobody';

/** Whom files are sealed for, as far as that can be told. */
function whomFor(files: readonly string[], keyring: Keyring): Reader {
  let isForOthers = false;
  for (const file of files) {
    try {
      openStart(file, keyring);
      return 'us';
    } catch (error) {
      // A peer that compacts takes files away.
      if (!VaultError.is(error) && systemErrorCode(error) !== 'ENOENT') {
        throw error;
      }
      isForOthers ||= VaultError.is(error, 'wrongKey');
    }
  }
  return isForOthers ? 'others' : 'nobody';
}

/** Opens the key that a snapshot or a segment begins with. @throws {VaultError} `wrongKey`, `damaged`, `unknownVersion` */
function openStart(file: string, keyring: Keyring): void {
  const source = openSource(file);
  try {
    if (/\.seg$/i.test(file)) {
      const start = source.read(0, Math.min(source.sizeBytes, longestHeaderBytes));
      const header = parseHeader(start);
      if (header === undefined) {
        throw new VaultError('damaged', 'A segment ends within its header');
      }
      wipe(openSealedKey(header.sealedKey, keyring));
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
    const isOfNoUse =
      VaultError.is(error, 'damaged') ||
      VaultError.is(error, 'untrusted') ||
      VaultError.is(error, 'unusable');
    if (isOfNoUse) {
      return 'damaged';
    }
    throw error;
  }
}
