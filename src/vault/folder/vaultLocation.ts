import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import { readIfThere, replaceFile, syncFolder } from '../../files/durableFiles.ts';
import { isSamePlace, placeOf } from '../../files/place.ts';
import { ForeignFileError, readPlainNow } from '../../files/plainFile.ts';
import { noSteps, type StepHook } from '../../files/stepHook.ts';
import { VaultError } from '../vaultError.ts';
import { withGenerationLock } from './generationLock.ts';
import {
  formatLocation,
  locationFileName,
  parseLocation,
  type LocationList,
} from './locationFile.ts';
import {
  leadTo,
  succeed,
  vaultsFolderName,
  type Lead,
  type Succession,
  type VaultLocation,
} from './successions.ts';

const nothing: LocationList = { generation: 0, successions: [] };

/**
 * Which vaults took the place of which, of all that lie in a storage folder or were named with it; the one that was changed last
 * first.
 * @throws {VaultError} `unknownVersion`, `damaged`: then nobody knows which vault is the current one, and none may be made
 */
export async function readSuccessions(storage: string): Promise<readonly Succession[]> {
  return (await readList(storage)).successions;
}

/**
 * As {@link readSuccessions}, at once: a window has to know its vault before the first keystroke comes.
 * @throws {VaultError} as {@link readSuccessions}
 */
export function readSuccessionsNow(storage: string): readonly Succession[] {
  let bytes: Uint8Array;
  try {
    bytes = readPlainNow(path.join(storage, locationFileName));
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') {
      return [];
    }
    throw new VaultError('damaged', 'The file that says where the vault is cannot be read', {
      cause: error,
    });
  }
  return parseLocation(bytes, storage, () => restoredVaults(storage)).successions;
}

/**
 * Where the vault is that belongs to a folder.
 * @param folder that somebody asks for; may be left out where the storage folder has one succession at most
 * @returns `undefined` when none was ever restored in its place
 * @throws {VaultError} as {@link readSuccessions}; {RangeError} when several could be meant
 */
export async function readVaultLocation(
  storage: string,
  folder?: string,
): Promise<VaultLocation | undefined> {
  const successions = await readSuccessions(storage);
  const found = folder === undefined ? onlyOf(successions) : leadTo(folder, successions).succession;
  return found && { folder: found.folder, sinceMs: found.sinceMs, earlier: found.earlier };
}

/**
 * Where who asks for the vault in a folder is led.
 * @throws {VaultError} as {@link readSuccessions}
 */
export async function findLead(storage: string, folder: string): Promise<Lead> {
  return leadTo(folder, await readSuccessions(storage));
}

/**
 * Puts a vault in the place of another, in one step. The one before is remembered, and no other vault is led anywhere else.
 * @param present where the vault is now
 * @throws {VaultError} `unknownVersion`; `busy` when others hold the lock for too long
 */
export async function switchVault(
  storage: string,
  present: string,
  next: string,
  nowMs: number,
  step: StepHook = noSteps,
): Promise<void> {
  // A list that nobody can read is no reason not to restore: it may be what is to be put right.
  const read = (): Promise<LocationList> =>
    readList(storage).catch((error: unknown) => {
      if (VaultError.is(error, 'damaged')) {
        return nothing;
      }
      throw error;
    });
  await change(storage, read, (successions) => succeed(successions, present, next, nowMs), step);
}

/** Says that an earlier vault was removed. @throws {VaultError} as {@link readSuccessions}, `busy` */
export async function noteRemovedVault(
  storage: string,
  removed: string,
  nowMs: number,
): Promise<void> {
  const place = placeOf(removed);
  const removedMs = Math.round(nowMs);
  await changeKnown(storage, (successions) =>
    successions.map((succession) => {
      const earlier = succession.earlier.map((each) =>
        isSamePlace(placeOf(each.folder), place) ? { ...each, removedMs } : each,
      );
      return { ...succession, earlier };
    }),
  );
}

/** What is written of a vault that begins anew. */
export interface FreshVault {
  /** The current one; may be left out where the storage folder has one succession at most. */
  readonly folder?: string;
  /** Whether there is something left to be found by the ids of the vaults that are gone. */
  readonly keepsIds?: boolean;
  readonly step?: StepHook;
}

/**
 * Says that the current vault begins anew in its folder, and that earlier ones were removed. Windows that have it open go on in
 * the same folder, so none of them makes a vault elsewhere. The moments of earlier restores go.
 * @param standing earlier ones that were not removed
 * @throws {VaultError} as {@link readSuccessions}, `busy`
 */
export async function noteFreshVault(
  storage: string,
  standing: ReadonlySet<string>,
  nowMs: number,
  { folder, keepsIds = false, step }: FreshVault = {},
): Promise<void> {
  const fresh = (own: Succession): Succession => {
    const begun = freshOf(own, standing, Math.round(nowMs));
    return keepsIds ? { ...begun, ids: own.ids } : begun;
  };
  await changeKnown(
    storage,
    (successions) => {
      const own =
        folder === undefined ? onlyOf(successions) : leadTo(folder, successions).succession;
      return own === undefined
        ? successions
        : successions.map((each) => (each === own ? fresh(own) : each));
    },
    step,
  );
}

function freshOf(
  { folder, earlier, ids }: Succession,
  standing: ReadonlySet<string>,
  sinceMs: number,
): Succession {
  return {
    folder,
    sinceMs,
    earlier: earlier.map((each) =>
      standing.has(each.folder)
        ? { folder: each.folder, untilMs: each.untilMs }
        : { folder: each.folder, untilMs: sinceMs, removedMs: sinceMs },
    ),
    ids: new Map([...ids].filter(([each]) => standing.has(each))),
  };
}

/** Removes the list of which vaults are current, where nobody can read it. */
export async function removeVaultLocation(storage: string): Promise<void> {
  await rm(path.join(storage, locationFileName), { force: true });
  await syncFolder(storage);
}

/**
 * Restored vaults that no list names, or names as removed: of restores that were ended before their last step.
 * @throws {VaultError} as {@link readSuccessions}
 */
export async function strayVaults(storage: string): Promise<string[]> {
  const named = (await readSuccessions(storage)).flatMap(({ folder, earlier }) => [
    folder,
    ...earlier.filter(({ removedMs }) => removedMs === undefined).map((each) => each.folder),
  ]);
  const places = named.map(placeOf);
  return restoredVaults(storage).filter(
    (each) => !places.some((place) => isSamePlace(placeOf(each), place)),
  );
}

/** Every folder of a restored vault, also of one that was not finished. @throws what the file system says */
export function restoredVaults(storage: string): string[] {
  const vaults = path.join(path.resolve(storage), vaultsFolderName);
  try {
    return readdirSync(vaults).map((name) => path.join(vaults, name));
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') {
      return [];
    }
    throw error;
  }
}

function onlyOf(successions: readonly Succession[]): Succession | undefined {
  if (successions.length > 1) {
    throw new RangeError('Which of the vaults is meant is not said');
  }
  return successions[0];
}

async function readList(storage: string): Promise<LocationList> {
  const bytes = await readIfThere(path.join(storage, locationFileName)).catch(asDamage);
  return bytes === undefined
    ? nothing
    : parseLocation(bytes, storage, () => restoredVaults(storage));
}

function asDamage(error: unknown): never {
  throw error instanceof ForeignFileError
    ? new VaultError('damaged', 'The file that says where the vault is is none', { cause: error })
    : error;
}

async function changeKnown(
  storage: string,
  changed: (successions: readonly Succession[]) => readonly Succession[],
  step?: StepHook,
): Promise<void> {
  if ((await readList(storage)).successions.length > 0) {
    await change(storage, () => readList(storage), changed, step);
  }
}

async function change(
  storage: string,
  read: () => Promise<LocationList>,
  changed: (successions: readonly Succession[]) => readonly Succession[],
  step: StepHook = noSteps,
): Promise<void> {
  const file = path.join(storage, locationFileName);
  const made = await withGenerationLock(file, {
    generation: async () => (await read()).generation,
    work: async () => {
      const { generation, successions } = await read();
      const list = { generation: generation + 1, successions: changed(successions) };
      await replaceFile(file, formatLocation(storage, list), { step });
    },
  });
  if (made === undefined) {
    throw new VaultError('busy', 'Another process is writing down where the vault is');
  }
}
