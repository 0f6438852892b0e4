import path from 'node:path';
import { isSamePlace, placeOf, type Place } from '../../files/place.ts';
import { vaultMarkOf } from './vaultMark.ts';

/** Restored vaults lie here, a folder each. */
export const vaultsFolderName = 'vaults';

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

/** Where the current vault of a succession is. Absolute paths. */
export interface VaultLocation {
  readonly folder: string;
  readonly sinceMs: number;
  /** Those that were current before, the last of them first. */
  readonly earlier: readonly EarlierVault[];
}

/**
 * A vault and those that it took the place of, one after another, by restoring. It begins with the vault in a folder that
 * somebody named, and no folder is in two: so several vaults may share a storage folder, and none is led to another's.
 */
export interface Succession extends VaultLocation {
  /** The ids that the vaults had when they became current or were left, by folder, as far as they are known. */
  readonly ids: ReadonlyMap<string, string>;
}

/** Where who asks for the vault in a folder is led. */
export interface Lead {
  /** As it was asked for, unless another vault took its place. */
  readonly folder: string;
  /** That the vault belongs to; `undefined` while none was restored in its place. */
  readonly succession: Succession | undefined;
}

/** Leads to the vault that somebody asks for by its folder: to that one, or to what was restored in its place. */
export function leadTo(folder: string, successions: readonly Succession[]): Lead {
  const wanted = placeOf(folder);
  for (const succession of successions) {
    if (isAt(succession.folder, wanted)) {
      return { folder, succession };
    }
    const left = succession.earlier.find((each) => isAt(each.folder, wanted));
    if (left !== undefined && !holdsStranger(left, succession)) {
      return { folder: succession.folder, succession };
    }
  }
  return { folder, succession: undefined };
}

/** Every folder of a succession that holds a vault of it, or did: the current one first. */
export function foldersOf(succession: Succession): readonly string[] {
  const earlier = succession.earlier.filter((each) => !holdsStranger(each, succession));
  return [succession.folder, ...earlier.map(({ folder }) => folder)];
}

/** The ids that vaults of a succession have, or had. */
export function idsOf(succession: Succession): ReadonlySet<string> {
  const there = foldersOf(succession).flatMap((folder) => vaultMarkOf(folder)?.vault ?? []);
  return new Set([...succession.ids.values(), ...there]);
}

/** What becomes of the successions when a vault takes the place of the one in `present`. */
export function succeed(
  successions: readonly Succession[],
  present: string,
  next: string,
  nowMs: number,
): readonly Succession[] {
  const sinceMs = Math.round(nowMs);
  const { succession } = leadTo(present, successions);
  const nextPlace = placeOf(next);
  const earlier =
    succession === undefined
      ? [{ folder: path.resolve(present), untilMs: sinceMs }]
      : [{ folder: succession.folder, untilMs: sinceMs }, ...succession.earlier];
  const now: Succession = {
    folder: path.resolve(next),
    sinceMs,
    earlier: earlier.filter(({ folder }) => !isAt(folder, nextPlace)),
    ids: withIdsOf([next, ...earlier.slice(0, 1).map(({ folder }) => folder)], succession?.ids),
  };
  const others = successions.filter((each) => each !== succession);
  // A vault that was put where another had been begins a succession of its own.
  return [now, ...others.map((each) => without(each, [placeOf(present), nextPlace]))];
}

function withIdsOf(
  folders: readonly string[],
  known: ReadonlyMap<string, string> = new Map(),
): ReadonlyMap<string, string> {
  const ids = new Map(known);
  for (const folder of folders) {
    const id = vaultMarkOf(folder)?.vault;
    if (id !== undefined) {
      ids.set(path.resolve(folder), id);
    }
  }
  return ids;
}

function without(succession: Succession, places: readonly Place[]): Succession {
  const earlier = succession.earlier.filter(
    ({ folder }) => !places.some((place) => isAt(folder, place)),
  );
  return { ...succession, earlier };
}

/**
 * Whether there lies by now, where an earlier vault was, one of nobody's in the succession: somebody put it there. One that
 * was made after the earlier one was left is of a window that had not heard of it, and is no stranger.
 */
function holdsStranger({ folder, untilMs }: EarlierVault, { ids }: Succession): boolean {
  const there = ids.has(folder) ? vaultMarkOf(folder) : undefined;
  return (
    there !== undefined && there.createdMs < untilMs && ![...ids.values()].includes(there.vault)
  );
}

function isAt(folder: string, place: Place): boolean {
  return isSamePlace(placeOf(folder), place);
}
