import { readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { systemErrorCode } from '../../base/errors.ts';
import { readIfThere, replaceFile, syncFolder } from '../../files/durableFiles.ts';
import { noSteps, type StepHook } from '../../files/stepHook.ts';
import { VaultError } from '../vaultError.ts';

/**
 * Which vault is the current one, after one was restored beside another: `vault-location.json` in the storage folder,
 * replaced as a whole. Where there is none, the vault is where it always was.
 */
const locationFileName = 'vault-location.json';
/** Restored vaults lie here, a folder each. */
export const vaultsFolderName = 'vaults';

const folder = v.pipe(v.string(), v.minLength(1), v.maxLength(32_768));
const locationSchema = v.strictObject({
  format: v.literal('millrace-vault-location'),
  version: v.literal(1),
  /** Relative to the storage folder where it is in it, with `/`; absolute otherwise. */
  folder,
  sinceMs: v.pipe(v.number(), v.safeInteger()),
  /** Those that were current before, the last of them first. */
  earlier: v.array(
    v.strictObject({
      folder,
      untilMs: v.pipe(v.number(), v.safeInteger()),
      removedMs: v.exactOptional(v.pipe(v.number(), v.safeInteger())),
    }),
  ),
});

/** An earlier vault. It stays until the person removes it. */
export interface EarlierVault {
  readonly folder: string;
  readonly untilMs: number;
  /**
   * When it was removed, where it was. It stays in the list all the same: who asks for the vault in its folder, as the
   * setting does, has to be led to the one that took its place.
   */
  readonly removedMs?: number;
}

/** Absolute paths. */
export interface VaultLocation {
  readonly folder: string;
  readonly sinceMs: number;
  readonly earlier: readonly EarlierVault[];
}

/**
 * Where the current vault is.
 * @returns `undefined` when none was ever restored beside another
 * @throws {VaultError} `unknownVersion`, `damaged`: then nobody knows which vault is the current one, and none may
 * be made
 */
export async function readVaultLocation(storage: string): Promise<VaultLocation | undefined> {
  const bytes = await readIfThere(path.join(storage, locationFileName));
  return bytes === undefined ? undefined : parseLocation(bytes, storage);
}

/**
 * As {@link readVaultLocation}, at once: a window has to know its vault before the first keystroke comes.
 * @throws {VaultError} as {@link readVaultLocation}
 */
export function readVaultLocationNow(storage: string): VaultLocation | undefined {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path.join(storage, locationFileName));
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') {
      return undefined;
    }
    throw new VaultError('damaged', 'The file that says where the vault is cannot be read', {
      cause: error,
    });
  }
  return parseLocation(bytes, storage);
}

/** The vault that is current for who asks for the one in `folder`: that one, or what was restored in its place. */
export function vaultInPlaceOf(folder: string, location: VaultLocation | undefined): string {
  const wanted = path.resolve(folder);
  const isSuperseded = location?.earlier.some((each) => each.folder === wanted) ?? false;
  return location !== undefined && isSuperseded ? location.folder : folder;
}

/**
 * As {@link vaultInPlaceOf}, for a vault that lies in its storage folder, as a command line names it.
 * @throws {VaultError} as {@link readVaultLocation}
 */
export async function currentVaultOf(folder: string): Promise<string> {
  return vaultInPlaceOf(folder, await readVaultLocation(path.dirname(path.resolve(folder))));
}

function parseLocation(bytes: Uint8Array, storage: string): VaultLocation {
  const value = parseJson(bytes);
  if (v.is(v.looseObject({ version: v.pipe(v.number(), v.minValue(2)) }), value)) {
    throw new VaultError('unknownVersion', 'A later Millrace wrote where the vault is');
  }
  const result = v.safeParse(locationSchema, value);
  if (!result.success) {
    throw new VaultError('damaged', 'The file that says where the vault is is damaged');
  }
  const { folder: current, sinceMs, earlier } = result.output;
  return {
    folder: path.resolve(storage, current),
    sinceMs,
    earlier: earlier.map((each) => ({ ...each, folder: path.resolve(storage, each.folder) })),
  };
}

/**
 * Makes a folder the current vault, in one step. The one before is remembered.
 * @param present where the vault is now
 */
export async function switchVault(
  storage: string,
  present: string,
  next: string,
  nowMs: number,
  step: StepHook = noSteps,
): Promise<void> {
  const known = await readVaultLocation(storage).catch(() => undefined);
  const sinceMs = Math.round(nowMs);
  const earlier = [
    { folder: present, untilMs: sinceMs },
    ...(known?.earlier ?? []).filter((each) => ![present, next].includes(each.folder)),
  ];
  await write(storage, { folder: next, sinceMs, earlier }, step);
}

/** Says that an earlier vault was removed. */
export async function noteRemovedVault(
  storage: string,
  removed: string,
  nowMs: number,
): Promise<void> {
  const known = await readVaultLocation(storage);
  if (known?.earlier.some((each) => each.folder === removed)) {
    const removedMs = Math.round(nowMs);
    const earlier = known.earlier.map((each) =>
      each.folder === removed ? { ...each, removedMs } : each,
    );
    await write(storage, { ...known, earlier }, noSteps);
  }
}

/**
 * Says that the current vault begins anew in its folder, and that earlier ones were removed. Windows that have it open go on in
 * the same folder, so none of them makes a vault elsewhere. The moments of earlier restores go.
 * @param standing earlier ones that were not removed
 */
export async function noteFreshVault(
  storage: string,
  standing: ReadonlySet<string>,
  nowMs: number,
  step: StepHook = noSteps,
): Promise<void> {
  const known = await readVaultLocation(storage);
  if (known !== undefined) {
    const sinceMs = Math.round(nowMs);
    const earlier = known.earlier.map(({ folder, untilMs }) =>
      standing.has(folder) ? { folder, untilMs } : { folder, untilMs: sinceMs, removedMs: sinceMs },
    );
    await write(storage, { folder: known.folder, sinceMs, earlier }, step);
  }
}

/** Removes the list of which vault is the current one, where nobody can read it. */
export async function removeVaultLocation(storage: string): Promise<void> {
  await rm(path.join(storage, locationFileName), { force: true });
  await syncFolder(storage);
}

/**
 * Restored vaults that are not the current one and that no pointer names: of a restore that was ended before its last
 * step.
 */
export async function strayVaults(storage: string): Promise<string[]> {
  const known = await readVaultLocation(storage);
  const there = (known?.earlier ?? []).filter(({ removedMs }) => removedMs === undefined);
  const named = new Set([known?.folder, ...there.map((each) => each.folder)]);
  return (await restoredVaults(storage)).filter((each) => !named.has(each));
}

/** Every folder of a restored vault, also of one that was not finished. @throws what the file system says */
export async function restoredVaults(storage: string): Promise<string[]> {
  try {
    const names = await readdir(path.join(storage, vaultsFolderName));
    return names.map((name) => path.join(path.resolve(storage), vaultsFolderName, name));
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') {
      return [];
    }
    throw error;
  }
}

async function write(storage: string, location: VaultLocation, step: StepHook): Promise<void> {
  const file: v.InferOutput<typeof locationSchema> = {
    format: 'millrace-vault-location',
    version: 1,
    folder: withinStorage(storage, location.folder),
    sinceMs: location.sinceMs,
    earlier: location.earlier.map((each) => ({
      ...each,
      folder: withinStorage(storage, each.folder),
    })),
  };
  const bytes = new TextEncoder().encode(`${JSON.stringify(file, undefined, 2)}\n`);
  await replaceFile(path.join(storage, locationFileName), bytes, { step });
}

/** A storage folder that moves as a whole stays itself. */
function withinStorage(storage: string, target: string): string {
  const relative = path.relative(storage, target);
  const isInside = relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
  return isInside ? relative.replaceAll(path.sep, '/') : path.resolve(target);
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch (cause) {
    throw new VaultError('damaged', 'The file that says where the vault is is no JSON', {
      cause,
    });
  }
}
