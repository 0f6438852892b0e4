import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { systemErrorCode } from '../../base/errors.ts';
import { describeError, type Log } from '../../base/log.ts';
import { createFile, makeFolder } from '../../files/durableFiles.ts';
import { generateIdentity, wipe, type Identity } from '../age/identity.ts';
import { unwrapIdentity, wrapIdentity } from '../protectors/identityWrapping.ts';
import { tryProtector, type Protector } from '../protectors/protector.ts';
import { largestVaultFileBytes } from '../folder/vaultParts.ts';
import { readPlain } from '../../files/plainFile.ts';
import { VaultError } from '../vaultError.ts';
import { DeviceKeys } from './deviceKeys.ts';
import { signVaultFile } from './vaultAuthorship.ts';
import { withDevice } from './vaultOwnership.ts';
import {
  formatVaultFile,
  parseVaultFile,
  vaultFileVersion,
  vaultFormat,
  type ProtectorEntry,
  type VaultFile,
} from '../protectors/vaultFile.ts';
import { dataFolderNames, vaultFileName } from '../folder/vaultFolder.ts';

/** Where a computer keeps what it has of its vaults' keys, outside of their folders. */
export interface KeyStore {
  /** In the order in which a new vault tries them. */
  readonly protectors: readonly Protector[];
  /** The folder of what opens nothing: the keys with which this device signs, and what it remembers of each vault. */
  readonly keysFolder: string;
}

export interface VaultPlace extends KeyStore {
  /** The vault's own. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
}

type Remember = (file: VaultFile) => Promise<void>;

/**
 * The `vault.json` of a folder; where there is no vault, a new one, protected by the first protector that
 * keeps a key. Of several first runs at once one makes the vault and the others find it.
 * @param remember notes a new one as the vault of this folder; it is no matter when it can't
 * @throws {VaultError} `damaged` for an unreadable `vault.json`, or none where there are segments or snapshots;
 * `unknownVersion`; `unusable` when no protector keeps a key; `unwritable` when the folder can't be written.
 */
export async function openOrCreateVault(
  place: VaultPlace,
  remember: Remember = () => Promise.resolve(),
): Promise<VaultFile> {
  // Look for data first: a peer that creates the vault now has no segment before its vault.json.
  const holdsData = await holdsRecords(place.folder);
  const existing = await readVaultFile(place.folder);
  if (existing !== undefined) {
    return existing;
  }
  if (holdsData) {
    throw new VaultError('damaged', 'The folder holds records, but its vault.json is gone');
  }
  return createVault(place, remember);
}

/**
 * The `vault.json` of a folder, or `undefined` where there is none.
 * @throws {VaultError} `damaged` or `unknownVersion`, as {@link parseVaultFile}; `unusable` when it is there
 * and can't be read.
 */
export async function readVaultFile(folder: string): Promise<VaultFile | undefined> {
  const bytes = await readVaultFileBytes(folder);
  return bytes && parseVaultFile(bytes);
}

/**
 * What {@link parseVaultFile} reads, or `undefined` where there is no `vault.json`.
 * @throws {VaultError} `unusable` when it is there and can't be read
 */
export async function readVaultFileBytes(folder: string): Promise<Buffer | undefined> {
  try {
    return await readPlain(path.join(folder, vaultFileName), {
      largestBytes: largestVaultFileBytes,
    });
  } catch (cause) {
    const code = systemErrorCode(cause);
    if (code === 'ENOENT') {
      return undefined;
    }
    throw new VaultError('unusable', 'vault.json cannot be read', { cause });
  }
}

/**
 * Every identity of a vault that a protector's key opens, the current one first. The caller wipes them.
 * @throws {VaultError} `wrongKey` when the key opens none, `damaged` when it opens only some of those that
 * the protector has.
 */
export function unwrapAll(file: VaultFile, protector: ProtectorEntry, key: Uint8Array): Identity[] {
  const identities: Identity[] = [];
  let failure: unknown;
  for (const entry of file.identities) {
    const wrapped =
      entry.state === 'destroyed'
        ? undefined
        : entry.wrapped.find((candidate) => candidate.protector === protector.id);
    if (wrapped === undefined) {
      continue;
    }
    try {
      identities.push(unwrapIdentity(wrapped.box, entry.recipient, file.vault, protector, key));
    } catch (error) {
      failure = error;
    }
  }
  const current = identities.findIndex((identity) => identity.recipient === file.recipient);
  if (failure === undefined && current >= 0) {
    return [...identities.splice(current, 1), ...identities];
  }
  wipe(...identities);
  if (identities.length > 0) {
    throw new VaultError('damaged', 'A protector opens only some identities of the vault', {
      cause: failure,
    });
  }
  throw new VaultError('wrongKey', 'The key opens no identity of the vault', { cause: failure });
}

async function createVault(place: VaultPlace, remember: Remember): Promise<VaultFile> {
  const { folder, clock, log } = place;
  const vaultId = randomBytes(16).toString('hex');
  try {
    await makeFolder(folder);
  } catch (cause) {
    throw new VaultError('unwritable', 'The folder of the vault cannot be made', { cause });
  }
  for (const protector of place.protectors) {
    const key = await tryProtector(protector, vaultId, log);
    if (key === undefined) {
      continue;
    }
    const identity = generateIdentity();
    const unsigned = newVaultFile(vaultId, identity, protector.kind, key, clock.wallMs());
    const devices = new DeviceKeys(place.keysFolder);
    const device = await devices.load(vaultId);
    const file = signVaultFile(withDevice(unsigned, device.publicKey, clock.wallMs()), [identity]);
    wipe(key, identity, device.seed);
    let isFirst = false;
    try {
      isFirst = await createFile(path.join(folder, vaultFileName), formatVaultFile(file));
    } catch (cause) {
      await forget(vaultId, protector, devices);
      throw new VaultError('unwritable', 'vault.json cannot be written', { cause });
    }
    if (isFirst) {
      // Whatever was known of another one that lay here once: this one is known from its first moment.
      await remember(file).catch((error: unknown) => {
        log.warn('The new vault is not remembered', describeError(error));
      });
      log.info('Made a new vault', { protector: protector.kind });
      return file;
    }
    await forget(vaultId, protector, devices);
    const winner = await readVaultFile(folder);
    if (winner !== undefined) {
      return winner;
    }
    throw new VaultError('unusable', 'vault.json came and went');
  }
  throw new VaultError('unusable', 'No protector keeps a key here');
}

/** What was kept of a vault that came to nothing. */
async function forget(vaultId: string, protector: Protector, devices: DeviceKeys): Promise<void> {
  await protector.remove(vaultId).catch(() => undefined);
  await devices.remove(vaultId).catch(() => undefined);
}

function newVaultFile(
  vaultId: string,
  identity: Identity,
  kind: Protector['kind'],
  key: Uint8Array,
  nowMs: number,
): VaultFile {
  const createdMs = Math.round(nowMs);
  const protector: ProtectorEntry = { id: randomBytes(16).toString('hex'), kind, createdMs };
  return {
    format: vaultFormat,
    version: vaultFileVersion,
    vault: vaultId,
    generation: 1,
    createdMs,
    recipient: identity.recipient,
    protectors: [protector],
    identities: [
      {
        recipient: identity.recipient,
        state: 'current',
        createdMs,
        sinceMs: createdMs,
        wrapped: [
          { protector: protector.id, box: wrapIdentity(identity, vaultId, protector, key) },
        ],
      },
    ],
  };
}

/**
 * Whether a folder has segments or snapshots, in the trash and those set aside too. One that is not there holds nothing.
 * @throws {VaultError} `unusable` when it can't be listed
 */
export async function holdsRecords(folder: string): Promise<boolean> {
  for (const name of dataFolderNames) {
    try {
      const entries = await readdir(path.join(folder, name));
      if (entries.some((entry) => /\.(?:seg|age)$/i.test(entry))) {
        return true;
      }
    } catch (cause) {
      const code = systemErrorCode(cause);
      if (code !== 'ENOENT' && code !== 'ENOTDIR') {
        throw new VaultError('unusable', 'The folder of the vault cannot be read', { cause });
      }
    }
  }
  return false;
}
