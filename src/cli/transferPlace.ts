import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { systemClock, type Clock } from '../base/clock.ts';
import { asTransferError, TransferError, type TransferFailure } from '../transfer/transferError.ts';
import { makeJobPlace, type JobPlace } from '../transfer/transferJob.ts';
import { findNamedVault, keysFolderName, type NamedVault } from '../vault/folder/namedVault.ts';
import { loadSqlite } from '../vault/sqlite/database.ts';
import { wipe, type Identity } from '../vault/age/identity.ts';
import { KeyFileProtector } from '../vault/protectors/keyFileProtector.ts';
import { identitiesFromKit } from '../vault/keys/recoveryKit.ts';
import { openWithProtectors } from '../vault/keys/vaultKeys.ts';
import type { VaultFile } from '../vault/protectors/vaultFile.ts';
import { readVaultFile } from '../vault/keys/vaultStore.ts';
import { VaultError } from '../vault/vaultError.ts';
import { exitCodes, type CommandIo } from './command.ts';
import { failureWords } from './failureWords.ts';
import { anyText, optional } from './options.ts';
import { besideProgram } from './programFolder.ts';
import { streamLog } from './streamLog.ts';

/** What a command that transfers needs of the program. */
export interface TransferCommandPlace {
  /** Of `sql-wasm.wasm`. */
  readonly wasmPath: string;
  readonly clock: Clock;
  /** Ends what is being done, and nothing of it stays. */
  readonly signal?: AbortSignal;
}

/** That of the program that runs. */
export function transferCommandPlace(): TransferCommandPlace {
  return { wasmPath: besideProgram('sql-wasm.wasm'), clock: systemClock };
}

/** The recovery kit that opens the vault, instead of the key file beside it. */
export const identityOption = optional('FILE', anyText);

export interface TransferPlaceOptions extends TransferCommandPlace {
  /** The vault's folder as the person named it. */
  readonly storage: string;
  /** The text of a recovery kit, instead of the key file. */
  readonly kit: string | undefined;
  readonly io: CommandIo;
  /** Whether there need be no vault, nor a key of it. */
  readonly allowsNone?: boolean;
}

/** What could be otherwise by asking otherwise. */
const askedWrongly: readonly TransferFailure[] = [
  'wrongKey',
  'locked',
  'notOurs',
  'malformed',
  'exists',
  'insideVault',
];

/**
 * What is done with a vault.
 * @param storage the folder that its keys and restored vaults are in
 */
type VaultWork<T> = (place: JobPlace, storage: string) => Promise<T>;

/**
 * Runs jobs in this thread, on the vault that `--storage` names, or on the one that was restored in its place.
 * @throws {TransferError} `unreachable` when there is no vault; `locked`, `wrongKey`
 */
export async function withTransferPlace<T>(
  options: TransferPlaceOptions,
  work: VaultWork<T>,
): Promise<T> {
  const { kit, wasmPath, clock, io, allowsNone = false, signal } = options;
  const { folder, storage } = await findVault(options.storage);
  const file = await readVaultFile(folder).catch((error: unknown) => {
    if (allowsNone) {
      return undefined;
    }
    throw asTransferError(error);
  });
  if (file === undefined && !allowsNone) {
    throw new TransferError('unreachable', 'There is no vault in this folder');
  }
  const keyring = file === undefined ? [] : await openKeys(file, storage, kit, allowsNone);
  const place = makeJobPlace({
    folder,
    keyring,
    recipient: file?.recipient ?? '',
    sqlite: await loadSqlite(wasmPath),
    clock,
    log: streamLog(io.errors),
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    return await work(place, storage);
  } finally {
    place.dispose();
    wipe(...keyring);
  }
}

/** @throws {TransferError} in the words of the vault, when nobody can tell which vault is the current one */
async function findVault(named: string): Promise<NamedVault> {
  try {
    return await findNamedVault(named);
  } catch (error) {
    throw VaultError.is(error)
      ? new TransferError(asTransferError(error).reason, error.message, { cause: error.cause })
      : error;
  }
}

/**
 * Where the key of a vault lies that the command line opens.
 * @param storage its storage folder, as {@link findNamedVault} finds it
 */
export function keyFileOf(storage: string): KeyFileProtector {
  return new KeyFileProtector(path.join(storage, keysFolderName));
}

/** A command on a vault that is there. */
export interface VaultTask {
  /** Of the command. */
  readonly name: string;
  /** What else is wrong with a file that was given, and not with the machine or the vault. */
  readonly ofInput?: readonly TransferFailure[];
  /** @returns the exit code where it is not `done` */
  readonly work: VaultWork<number | undefined>;
}

/** Runs it on the vault that the options name, and says what went wrong. @returns one of {@link exitCodes} */
export async function runOnVault(
  { storage, identity }: { readonly storage: string; readonly identity: string | undefined },
  io: CommandIo,
  place: TransferCommandPlace,
  { name, ofInput, work }: VaultTask,
): Promise<number> {
  try {
    const kit = identity === undefined ? undefined : await readFile(identity, 'utf8');
    return (await withTransferPlace({ ...place, storage, kit, io }, work)) ?? exitCodes.done;
  } catch (error) {
    return reportTransferError(name, error, io, ofInput);
  }
}

/**
 * Says what went wrong.
 * @param ofInput what else is wrong with a file that was given, and not with the machine or the vault
 * @returns the exit code
 */
export function reportTransferError(
  command: string,
  thrown: unknown,
  io: CommandIo,
  ofInput: readonly TransferFailure[] = [],
): number {
  const error = asTransferError(thrown);
  const { reason } = error;
  io.errors.write(`millrace ${command}: ${failureWords(error)} (${reason})\n`);
  const isOfInput = ofInput.includes(reason) && !VaultError.is(error.cause);
  return askedWrongly.includes(reason) || isOfInput ? exitCodes.badInput : exitCodes.failed;
}

async function openKeys(
  file: VaultFile,
  storage: string,
  kit: string | undefined,
  allowsNone: boolean,
): Promise<Identity[]> {
  try {
    return kit === undefined
      ? (await openWithProtectors(file, [keyFileOf(storage)])).identities
      : identitiesFromKit(kit, file);
  } catch (error) {
    if (allowsNone) {
      return [];
    }
    throw asTransferError(error);
  }
}
