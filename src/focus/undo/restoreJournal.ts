import { lstat, mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { readIfOurs, replaceFile, syncFolder } from '../../files/durableFiles.ts';
import { noSteps, type StepHook } from '../../files/stepHook.ts';
import { FocusError } from '../focusError.ts';

/**
 * What has to be undone, one file for each thing of the machine that is changed, written and on the disk before
 * the change, and removed after it has been undone. A crash between any two steps leaves either nothing to do,
 * or an entry that says what. Undoing what was never done, or twice, does nothing.
 */

const head = {
  version: v.literal(1),
  /** Wall-clock UTC milliseconds after which it is a leftover. */
  deadlineMs: v.pipe(v.number(), v.finite()),
};

/** What every entry says. */
export interface JournalEntry {
  /** The thing of the machine that is changed; there is one entry for each at most, in a file of that name. */
  readonly target: string;
  readonly version: 1;
  readonly deadlineMs: number;
}

/** One kind of entry: what it is about, and how it is written. */
export interface JournalKind<Entry extends JournalEntry = JournalEntry> {
  readonly target: string;
  readonly schema: v.GenericSchema<unknown, Entry>;
}

/** Describes the entries about one target; `fields` are those besides the ones that all have. Frozen once it is released. */
export function journalKind<const Target extends string, Fields extends v.ObjectEntries>(
  target: Target,
  fields: Fields,
) {
  return { target, schema: v.strictObject({ target: v.literal(target), ...head, ...fields }) };
}

/** Bytes of the machine as they were, in Base64. A hosts file with the lists of a blocker has tens of megabytes. */
export const journalBytes = v.pipe(
  v.string(),
  v.maxLength(128_000_000),
  v.regex(/^[A-Za-z0-9+/]*={0,2}$/),
);

const staleTemporaryMs = 60_000;
/** Twice the longest of {@link journalBytes}, and what is around them. */
const largestEntryBytes = 320 << 20;

/** The entries of one storage folder. Holds nothing in memory: every window sees what the others wrote. */
export class RestoreJournal {
  readonly #folder: string;
  readonly #kinds: () => readonly JournalKind[];
  readonly #step: StepHook;

  /**
   * @param storageFolder the folder that all windows share
   * @param kinds every kind of entry that somebody can undo
   */
  constructor(
    storageFolder: string,
    kinds: () => readonly JournalKind[],
    step: StepHook = noSteps,
  ) {
    this.#folder = path.join(storageFolder, 'restore');
    this.#kinds = kinds;
    this.#step = step;
  }

  get folder(): string {
    return this.#folder;
  }

  /** The entry of one kind; `undefined` when there is nothing to undo, or what is there is not ours. */
  async read<Entry extends JournalEntry>({
    target,
    schema,
  }: JournalKind<Entry>): Promise<Entry | undefined> {
    const file = await readIfOurs(this.#file(target), { largestBytes: largestEntryBytes });
    const parsed = file && v.safeParse(schema, parseJson(file.toString('utf8')));
    return parsed?.success === true ? parsed.output : undefined;
  }

  /** Every entry. */
  async all(): Promise<JournalEntry[]> {
    const entries = await Promise.all(this.#kinds().map((kind) => this.read(kind)));
    return entries.filter((one) => one !== undefined);
  }

  /**
   * Writes an entry so that it outlives everything that may follow.
   * @throws {FocusError} `unsupported` for one that could not be read again: then nothing may be changed
   */
  async write<Entry extends JournalEntry>(
    { target, schema }: JournalKind<Entry>,
    written: Entry,
  ): Promise<void> {
    if (!v.is(schema, written)) {
      throw new FocusError(
        'unsupported',
        'What would have to be put back is too large to be kept.',
      );
    }
    await replaceFile(this.#file(target), Buffer.from(`${JSON.stringify(written)}\n`), {
      makesFolder: true,
      step: this.#step,
    });
    this.#step(`${target}: entry kept`);
  }

  /** Removes an entry, after what it says has been undone. */
  async remove({ target }: JournalKind): Promise<void> {
    this.#step(`${target}: before the entry goes`);
    await rm(this.#file(target), { force: true });
    this.#step(`${target}: entry gone`);
    await syncFolder(this.#folder).catch(() => undefined);
  }

  /** Removes temporary files that a crash left. */
  async tidy(nowMs: number): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.#folder)) {
      const file = path.join(this.#folder, name);
      const isOld = name.endsWith('.tmp') && (await ageMs(file, nowMs)) > staleTemporaryMs;
      if (isOld) {
        await rm(file, { force: true });
      }
    }
  }

  #file(target: string): string {
    return path.join(this.#folder, `${target}.json`);
  }
}

async function ageMs(file: string, nowMs: number): Promise<number> {
  try {
    return nowMs - (await lstat(file)).mtimeMs;
  } catch {
    return 0;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
