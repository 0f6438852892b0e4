import { lstatSync, readdirSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';

/**
 * What a path leads to. Two paths are compared by this and never by their text: links, `..`, mounts, and names whose upper
 * and lower case a file system takes for one, give one place many names.
 */
export interface Place {
  /** The path with no link in it, as far as it is there. */
  readonly path: string;
  /** What is there and nearest to it, then every folder above, each as the file system knows it. */
  readonly chain: readonly string[];
  /** The names below that are not there. */
  readonly rest: readonly string[];
}

/** More links in a row lead in a circle. */
const mostLinks = 40;
/** So many names of a folder are tried for one whose case can be turned. */
const mostNames = 50;

/**
 * A path as somebody wrote it, made absolute. What stands before a `..` is followed through its links first, as the system does; by its
 * text alone `link/../vault` would be another place. Never throws, writes nothing.
 */
export function absolutePath(written: string): string {
  const names = written.split(path.sep === '\\' ? /[\\/]/ : '/');
  // Windows itself goes by the text.
  if (process.platform === 'win32' || !names.includes('..')) {
    return path.resolve(written);
  }
  let at = path.resolve(path.isAbsolute(written) ? path.sep : '.');
  for (const name of names) {
    at = name === '..' ? path.dirname(placeOf(at).path) : path.join(at, name);
  }
  return at;
}

/** Looks where a path leads; of one that is not there, where its nearest folder is. Never throws, writes nothing. */
export function placeOf(folder: string): Place {
  const { there, rest } = resolveLinks(absolutePath(folder), mostLinks);
  const chain: string[] = [];
  for (let at = there, below = ''; at !== below; at = path.dirname(at)) {
    chain.push(markOf(at));
    below = at;
  }
  const folds = rest.length > 0 && foldsCase(there);
  return {
    path: path.join(there, ...rest),
    chain,
    rest: folds ? rest.map((name) => name.toLowerCase()) : rest,
  };
}

/** Whether two paths lead to one place. */
export function isSamePlace(one: Place, other: Place): boolean {
  return one.rest.length === other.rest.length && startsAt(one, other);
}

/** Whether a place is another or lies in it, however deep. */
export function isWithin(inner: Place, outer: Place): boolean {
  const [nearest] = outer.chain;
  return outer.rest.length > 0
    ? startsAt(inner, outer)
    : nearest !== undefined && inner.chain.includes(nearest);
}

function startsAt(inner: Place, outer: Place): boolean {
  return (
    inner.chain[0] === outer.chain[0] &&
    outer.rest.every((name, index) => name === inner.rest[index])
  );
}

interface Resolved {
  readonly there: string;
  readonly rest: readonly string[];
}

function resolveLinks(folder: string, links: number): Resolved {
  const rest: string[] = [];
  for (let at = folder; ;) {
    const real = realPath(at);
    const parent = path.dirname(at);
    if (real !== undefined || parent === at) {
      return { there: real ?? at, rest };
    }
    const target = links > 0 ? targetOf(at) : undefined;
    if (target !== undefined) {
      // A link to what is not there, such as a drive that is not mounted now.
      const inner = resolveLinks(target, links - 1);
      return { there: inner.there, rest: [...inner.rest, ...rest] };
    }
    rest.unshift(path.basename(at));
    at = parent;
  }
}

/** Some drives can't be named by the system's own means: then link by link. */
function realPath(file: string): string | undefined {
  for (const resolve of [realpathSync.native, realpathSync]) {
    try {
      return resolve(file);
    } catch {
      // It is not there, or the next may know.
    }
  }
  return undefined;
}

function targetOf(link: string): string | undefined {
  try {
    const parent = path.dirname(link);
    return lstatSync(link).isSymbolicLink()
      ? path.resolve(realPath(parent) ?? parent, readlinkSync(link))
      : undefined;
  } catch {
    return undefined;
  }
}

/** What the file system calls a file; its path where it has no numbers for files. */
function markOf(file: string): string {
  try {
    const { dev, ino } = statSync(file, { bigint: true });
    return ino === 0n ? file : `${dev}:${ino}`;
  } catch {
    return file;
  }
}

/** Whether a folder takes upper and lower case for one: tried on a name that is there. */
function foldsCase(folder: string): boolean {
  const names = namesIn(folder);
  for (const name of names.slice(0, mostNames)) {
    const turned = turnCase(name);
    if (turned !== name) {
      const other = path.join(folder, turned);
      return (
        !names.includes(turned) &&
        realPath(other) !== undefined &&
        markOf(other) === markOf(path.join(folder, name))
      );
    }
  }
  const parent = path.dirname(folder);
  return parent !== folder && foldsCase(parent);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function turnCase(name: string): string {
  return name.replace(/[A-Za-z]/g, (letter) =>
    letter < 'a' ? letter.toLowerCase() : letter.toUpperCase(),
  );
}
