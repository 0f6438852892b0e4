import path from 'node:path';
import { systemClock, type Clock } from '../base/clock.ts';
import { asTransferError, TransferError, type TransferFailure } from '../transfer/transferError.ts';
import { makeJobPlace, type JobPlace } from '../transfer/transferJob.ts';
import { findNamedVault, keysFolderName, type NamedVault } from '../vault/folder/namedVault.ts';
import { loadSqlite } from '../vault/sqlite/database.ts';
import { wipe, type Identity } from '../vault/age/identity.ts';
import { KeyFileProtector } from '../vault/protectors/keyFileProtector.ts';
import { readKitFile } from '../vault/keys/recoveryKitReader.ts';
import { openWithProtectors } from '../vault/keys/vaultKeys.ts';
import { openByKit, standInOf } from '../vault/upkeep/openByKit.ts';
import { VaultError } from '../vault/vaultError.ts';
import { exitCodes, type CommandIo } from './command.ts';
import { failureWords } from './failureWords.ts';
import { anyText, optional } from './options.ts';
import { besideProgram } from './programFolder.ts';
import { streamLog } from './streamLog.ts';
import { lostVaultFile, standInWords, strangeVaultFile, vaultFileOf } from './vaultFileOf.ts';

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
  /**
   * For what only reads the vault: called before, when its `vault.json` is of no use and the recovery kit stands in for it.
   * Without, such a vault is refused.
   */
  readonly onStandIn?: (why: 'lost' | 'strange') => void;
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
 * @throws {TransferError} `unreachable` when there is no vault; `locked`, `wrongKey`, `damaged`
 */
export async function withTransferPlace<T>(
  options: TransferPlaceOptions,
  work: VaultWork<T>,
): Promise<T> {
  const { wasmPath, clock, io, signal } = options;
  const { folder, storage } = await findVault(options.storage);
  const { keyring, ...vault } = await openVault(folder, storage, options);
  const place = makeJobPlace({
    folder,
    keysFolder: keysFolderOf(storage),
    keyring,
    ...vault,
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
  return new KeyFileProtector(keysFolderOf(storage));
}

/** The folder of what a computer keeps of a vault's keys. @param storage as {@link keyFileOf} */
export function keysFolderOf(storage: string): string {
  return path.join(storage, keysFolderName);
}

/** A command on a vault that is there. */
export interface VaultTask {
  /** Of the command. */
  readonly name: string;
  /** What else is wrong with a file that was given, and not with the machine or the vault. */
  readonly ofInput?: readonly TransferFailure[];
  /** Whether it only reads the vault, so that a recovery kit is enough when `vault.json` can't be read. */
  readonly onlyReads?: boolean;
  /** @returns the exit code where it is not `done` */
  readonly work: VaultWork<number | undefined>;
}

/** Runs it on the vault that the options name, and says what went wrong. @returns one of {@link exitCodes} */
export async function runOnVault(
  { storage, identity }: { readonly storage: string; readonly identity: string | undefined },
  io: CommandIo,
  place: TransferCommandPlace,
  { name, ofInput, onlyReads = false, work }: VaultTask,
): Promise<number> {
  try {
    const kit = identity === undefined ? undefined : await readKitFile(identity);
    const onStandIn: TransferPlaceOptions['onStandIn'] = (why) => {
      io.errors.write(`millrace ${name}: ${standInWords(why)}\n`);
    };
    const options = { ...place, storage, kit, io, ...(onlyReads && { onStandIn }) };
    return (await withTransferPlace(options, work)) ?? exitCodes.done;
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

/** What a place for jobs has of the vault. The caller wipes the keyring. */
type OpenVault = Pick<JobPlace, 'standIn'> & { readonly keyring: Identity[] };

async function openVault(
  folder: string,
  storage: string,
  options: TransferPlaceOptions,
): Promise<OpenVault> {
  const { kit, allowsNone = false } = options;
  try {
    if (kit !== undefined) {
      return await openVaultByKit(folder, kit, options);
    }
    const file = await vaultFileOf(folder);
    if (file === undefined) {
      throw noVault();
    }
    const { identities } = await openWithProtectors(file, [keyFileOf(storage)]).catch(
      (error: unknown) => {
        if (allowsNone) {
          return { identities: [] };
        }
        throw error;
      },
    );
    return { keyring: identities };
  } catch (error) {
    if (allowsNone) {
      return { keyring: [] };
    }
    throw asTransferError(error);
  }
}

function noVault(): TransferError {
  return new TransferError('unreachable', 'There is no vault in this folder');
}

async function openVaultByKit(
  folder: string,
  kit: string,
  { onStandIn }: TransferPlaceOptions,
): Promise<OpenVault> {
  const { file, why, identities } = await openByKit(folder, kit).catch((error: unknown) => {
    throw VaultError.is(error, 'unusable') ? noVault() : error;
  });
  if (file !== undefined || why === undefined) {
    return { keyring: identities };
  }
  try {
    if (onStandIn === undefined) {
      throw why === 'lost' ? lostVaultFile() : strangeVaultFile();
    }
    const standIn = standInOf(folder, kit, { identities, why });
    onStandIn(why);
    return { keyring: identities, standIn };
  } catch (error) {
    wipe(...identities);
    throw error;
  }
}
