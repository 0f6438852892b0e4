import path from 'node:path';
import {
  vaultsFolderName,
  type EarlierVault,
  type Succession,
  type VaultLocation,
} from './successions.ts';
import { vaultMarkOf } from './vaultMark.ts';

/** What a restored vault's folder is called: its id's first digits, and when it was made, to the second. */
const restoredForm = /^([0-9a-f]{8})-(\d{4})(\d\d)(\d\d)t(\d\d)(\d\d)(\d\d)z$/;

/** From when a restored vault gets its name until it is the current one. */
const longestSwitchMs = 60_000;

/** A vault that may have taken the place of another. */
interface Successor {
  readonly folder: string;
  readonly madeMs: number;
}

/**
 * The successions in a list of version 1, which had one for all vaults of a storage folder. As long as all began with one
 * folder that somebody named, it is that one's. Otherwise vaults stand in it that have nothing to do with each other, and some
 * are missing that are current: each is given the restored vault that was made of its own id when it was left.
 * @param restored every folder of a restored vault that there is
 */
export function successionsOfOne(
  location: VaultLocation,
  storage: string,
  restored: () => readonly string[],
): readonly Succession[] {
  const vaults = path.join(path.resolve(storage), vaultsFolderName);
  const named = location.earlier.filter(({ folder }) => path.dirname(folder) !== vaults);
  if (named.length < 2) {
    return [{ ...location, ids: new Map() }];
  }
  const earlier = location.earlier.filter(({ folder }) => folder !== location.folder);
  const plain = { ...location, earlier };
  return chainsOf(plain, linksIn(plain, restored()));
}

/** Who took whose place. */
function linksIn(
  { folder, sinceMs, earlier }: VaultLocation,
  restored: readonly string[],
): ReadonlyMap<string, Successor> {
  const links = new Map<string, Successor>();
  const free = new Map(
    restored.flatMap((each): [string, Successor][] => {
      const madeMs = madeMsOf(each);
      return madeMs === undefined || each === folder ? [] : [[each, { folder: each, madeMs }]];
    }),
  );
  const [last] = earlier;
  const current = { folder, madeMs: sinceMs };
  const isOfLast = last !== undefined && mayBeOne(last.folder, folder);
  if (isOfLast) {
    links.set(last.folder, current);
  }
  const others = isOfLast ? earlier.slice(1) : earlier;
  const isKnown = ({ folder: each }: EarlierVault): boolean => idIn(each) !== undefined;
  for (const left of [...others.filter(isKnown), ...others.filter((each) => !isKnown(each))]) {
    const successor = newest([...free.values()].filter((each) => succeeds(each, left)));
    if (successor !== undefined) {
      links.set(left.folder, successor);
      free.delete(successor.folder);
    }
  }
  if (!isOfLast) {
    // It was restored while the list led to another's: it goes on where vaults of its id had got to.
    const ends = [
      ...[...links.values()].map((each) => each.folder),
      ...earlier.map((each) => each.folder),
    ];
    const end = ends.find(
      (each) => !links.has(each) && idIn(each) !== undefined && mayBeOne(each, folder),
    );
    if (end !== undefined) {
      links.set(end, current);
    }
  }
  return links;
}

function succeeds({ folder, madeMs }: Successor, left: EarlierVault): boolean {
  return (
    folder !== left.folder &&
    madeMs <= left.untilMs &&
    madeMs > (madeMsOf(left.folder) ?? -Infinity) &&
    // Where the one that was left is gone, there is its time alone: a restored one is switched to as soon as it has its name.
    (idIn(left.folder) === undefined
      ? left.untilMs - madeMs < longestSwitchMs
      : mayBeOne(left.folder, folder))
  );
}

function chainsOf(
  { folder: current, sinceMs, earlier }: VaultLocation,
  links: ReadonlyMap<string, Successor>,
): readonly Succession[] {
  const successors = new Set([...links.values()].map(({ folder }) => folder));
  const told = new Map(earlier.map((each) => [each.folder, each]));
  return [...links.keys()]
    .filter((first) => !successors.has(first))
    .map((first) => {
      const left: EarlierVault[] = [];
      let folder = first;
      for (let next = links.get(folder); next !== undefined; next = links.get(folder)) {
        left.unshift(told.get(folder) ?? { folder, untilMs: next.madeMs });
        folder = next.folder;
      }
      const since = folder === current ? sinceMs : (left[0]?.untilMs ?? sinceMs);
      const ids = [folder, ...left.map((each) => each.folder)].flatMap(
        (each): [string, string][] => {
          const id = vaultMarkOf(each)?.vault;
          return id === undefined ? [] : [[each, id]];
        },
      );
      return { folder, sinceMs: since, earlier: left, ids: new Map(ids) };
    });
}

function newest(successors: readonly Successor[]): Successor | undefined {
  return successors.reduce<Successor | undefined>(
    (found, each) => (found === undefined || each.madeMs > found.madeMs ? each : found),
    undefined,
  );
}

/** Not known to be vaults of two ids. */
function mayBeOne(one: string, other: string): boolean {
  const [first, second] = [idIn(one), idIn(other)];
  return (
    first === undefined ||
    second === undefined ||
    first.startsWith(second) ||
    second.startsWith(first)
  );
}

/** The id of the vault in a folder, or its first digits as a restored one's name tells them. */
function idIn(folder: string): string | undefined {
  return vaultMarkOf(folder)?.vault ?? restoredForm.exec(path.basename(folder))?.[1];
}

function madeMsOf(folder: string): number | undefined {
  const [, , year, month, day, hour, minute, second] =
    restoredForm.exec(path.basename(folder)) ?? [];
  return year === undefined
    ? undefined
    : Date.parse(
        `${year}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}Z`,
      );
}
