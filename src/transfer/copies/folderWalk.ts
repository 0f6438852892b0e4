import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import { readStart } from '../../files/plainFile.ts';
import { isWithin as isPlaceWithin, placeOf } from '../../files/place.ts';

/** One thing that lies somewhere below a folder. */
export interface FoundEntry {
  /** By its path below the folder that was walked, with `/`. */
  readonly name: string;
  /** Where it lies; of a link to a file in the folder, where that file lies. */
  readonly path: string;
  /**
   * `linkOut`: a link that leads out of the folder, which is not followed. `linkNowhere`: one that leads to nothing, or to what can't
   * be seen. `closedFolder`: a folder that can't be looked into. `deepFolder`: one that lies deeper than is looked.
   */
  readonly kind: 'file' | 'linkOut' | 'linkNowhere' | 'closedFolder' | 'deepFolder';
  /** Whether a link led to it. */
  readonly isLinked: boolean;
  /** The name of a link to it, where it has a name of its own as well. */
  readonly alias?: string;
  /** Of a link that leads out: whether to a folder, as far as can be seen. */
  readonly leadsToFolder?: boolean;
}

export interface WalkOptions {
  /** How many folders deep: 1 for the files of the folder alone. */
  readonly deepest: number;
  /** The folder that no link is followed out of; the one that is walked, where none is named. */
  readonly within?: string;
  /** Whether a folder is looked into, by its path below the one that is walked; every one where it is not said. */
  readonly enters?: (name: string, folder: string) => boolean | Promise<boolean>;
}

interface LaterLink {
  readonly name: string;
  readonly path: string;
  readonly depth: number;
}

interface InnerFolder {
  readonly folder: string;
  readonly real: string;
  readonly name: string;
  /** Of the folder that it is in. */
  readonly depth: number;
  readonly isLinked: boolean;
}

/**
 * Everything below a folder, each file once, by name. Links within the folder are followed, so that what a person moved within it is
 * found; none that leads out of it ever is. Nothing when the folder is not there.
 * @throws what the system says about the folder itself
 */
export async function walkFolder(folder: string, options: WalkOptions): Promise<FoundEntry[]> {
  let real: string;
  let within: string;
  try {
    real = await realPathOf(folder);
    within = options.within === undefined ? real : await realPathOf(options.within);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') {
      return [];
    }
    throw error;
  }
  const walk = new Walk(within, options);
  await walk.all(folder, real);
  return walk.found.sort((one, other) => (one.name < other.name ? -1 : 1));
}

/**
 * Where a path leads. Some drives, and folders of another process, are there and can't be named so: they stay as they were named.
 * @throws what the system says where there is nothing
 */
export async function realPathOf(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (error) {
    await stat(file).catch(() => {
      throw error;
    });
    return path.resolve(file);
  }
}

/** Whether a path is that of a folder or below it. */
export function isWithin(file: string, folder: string): boolean {
  return isPlaceWithin(placeOf(file), placeOf(folder));
}

class Walk {
  readonly #others: FoundEntry[] = [];
  readonly #within: string;
  readonly #options: WalkOptions;
  readonly #links: LaterLink[] = [];
  /** Real paths of folders and files that were found: neither a link nor a circle of them finds anything twice. */
  readonly #seen = new Set<string>();
  readonly #files = new Map<string, FoundEntry>();

  constructor(within: string, options: WalkOptions) {
    this.#within = within;
    this.#options = options;
  }

  get found(): FoundEntry[] {
    return [...this.#others, ...this.#files.values()];
  }

  async all(folder: string, real: string): Promise<void> {
    await this.#enter(folder, real, '', 1, false);
    // Last, so that what has a name of its own is found by that.
    for (let link = this.#links.shift(); link !== undefined; link = this.#links.shift()) {
      await this.#follow(link);
    }
  }

  async #enter(
    folder: string,
    real: string,
    prefix: string,
    depth: number,
    isLinked: boolean,
  ): Promise<void> {
    if (this.#seen.has(real)) {
      return;
    }
    this.#seen.add(real);
    let entries;
    try {
      entries = await readdir(folder, { withFileTypes: true });
    } catch (error) {
      if (depth === 1 && systemErrorCode(error) !== 'ENOENT') {
        throw error;
      }
      if (systemErrorCode(error) !== 'ENOENT') {
        this.#others.push({ name: prefix, path: folder, kind: 'closedFolder', isLinked });
      }
      return;
    }
    for (const entry of entries) {
      const name = `${prefix}${entry.name}`;
      const there = path.join(folder, entry.name);
      const realThere = path.join(real, entry.name);
      if (entry.isSymbolicLink()) {
        this.#links.push({ name, path: there, depth });
      } else if (entry.isDirectory()) {
        await this.#goInto({ folder: there, real: realThere, name, depth, isLinked });
      } else if (entry.isFile() && !this.#files.has(realThere)) {
        this.#files.set(realThere, { name, path: there, kind: 'file', isLinked });
      }
    }
  }

  async #follow({ name, path: link, depth }: LaterLink): Promise<void> {
    let real: string;
    let isFolder: boolean;
    let isFile: boolean;
    try {
      real = await realPathOf(link);
      if (!isWithin(real, this.#within)) {
        const leadsToFolder = (await stat(real)).isDirectory();
        this.#others.push({ name, path: link, kind: 'linkOut', isLinked: true, leadsToFolder });
        return;
      }
      const found = await stat(real);
      isFolder = found.isDirectory();
      isFile = found.isFile();
    } catch {
      this.#others.push({ name, path: link, kind: 'linkNowhere', isLinked: true });
      return;
    }
    if (isFolder) {
      await this.#goInto({ folder: real, real, name, depth, isLinked: true });
    } else if (isFile) {
      const known = this.#files.get(real);
      const entry: FoundEntry = { name, path: real, kind: 'file', isLinked: true };
      this.#files.set(real, known === undefined ? entry : { ...known, alias: name });
    }
  }

  async #goInto({ folder, real, name, depth, isLinked }: InnerFolder): Promise<void> {
    if (this.#seen.has(real) || !(await this.#enters(name, folder))) {
      return;
    }
    if (depth < this.#options.deepest) {
      await this.#enter(folder, real, `${name}/`, depth + 1, isLinked);
    } else {
      this.#others.push({ name, path: folder, kind: 'deepFolder', isLinked });
    }
  }

  async #enters(name: string, folder: string): Promise<boolean> {
    return (await this.#options.enters?.(name, folder)) ?? true;
  }
}

/** As every age file begins. */
export const ageStart = 'age-encryption.org/v1\n';

/**
 * Whether a file begins so. Only its first bytes are read.
 * @returns false also for one that can't be read
 */
export async function beginsWith(file: string, start: string): Promise<boolean> {
  try {
    const bytes = await readStart(file, start.length);
    return Buffer.from(bytes).toString('latin1') === start;
  } catch {
    return false;
  }
}

/** Whether a file begins as an age file does, as {@link beginsWith}. */
export function beginsAsAge(file: string): Promise<boolean> {
  return beginsWith(file, ageStart);
}
