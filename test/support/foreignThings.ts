import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  link,
  lstat,
  lutimes,
  mkdir,
  readFile,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';

const gigabyte = 1 << 30;
const somebodys = 'what somebody keeps elsewhere';

/** A folder of somebody's, which no run of ours may change, and what may lead there from a folder of ours. */
export class SomebodysFolder {
  readonly folder: string;
  readonly file: string;
  readonly #inner: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.file = path.join(folder, 'theirs.txt');
    this.#inner = path.join(folder, 'inner', 'theirs.txt');
  }

  static async make(folder: string): Promise<SomebodysFolder> {
    const made = new SomebodysFolder(folder);
    await mkdir(path.dirname(made.#inner), { recursive: true });
    for (const file of [made.file, made.#inner]) {
      await writeFile(file, somebodys, { mode: 0o644 });
    }
    return made;
  }

  /** Puts something in the place of a file of ours, as old as the day before. */
  async put(thing: ForeignThing, file: string, nowMs: number): Promise<void> {
    await rm(file, { recursive: true, force: true });
    await mkdir(path.dirname(file), { recursive: true });
    await foreignThings[thing](file, this);
    const dayBefore = nowMs / 1000 - 86_400;
    await lutimes(file, dayBefore, dayBefore);
  }

  async demandUntouched(): Promise<void> {
    for (const file of [this.file, this.#inner]) {
      assert.equal(await readFile(file, 'utf8'), somebodys, file);
      assert.equal((await lstat(file)).mode & 0o777, 0o644, file);
    }
  }
}

/** What may lie under a name of ours. */
const foreignThings = {
  link: (file: string, { file: theirs }: SomebodysFolder) => symlink(theirs, file),
  linkToFolder: (file: string, { folder }: SomebodysFolder) => symlink(folder, file),
  linkToDevice: (file: string) => symlink('/dev/zero', file),
  linkToNothing: (file: string) => symlink(`${file}.gone`, file),
  otherName: (file: string, { file: theirs }: SomebodysFolder) => link(theirs, file),
  pipe: (file: string) => Promise.resolve(void execFileSync('mkfifo', [file])),
  folder: async (file: string) => {
    await mkdir(file);
    await writeFile(path.join(file, 'theirs.txt'), somebodys);
  },
  giant: async (file: string) => {
    await writeFile(file, '');
    await truncate(file, gigabyte);
  },
} as const;

export type ForeignThing = keyof typeof foreignThings;
export const foreignThingNames = Object.keys(foreignThings) as readonly ForeignThing[];
