import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { readIfThere, replaceFile, syncFolder } from '../../files/durableFiles.ts';
import { noSteps, type StepHook } from '../../files/stepHook.ts';

/**
 * What has to be undone, one file for each thing of the machine that is changed, written and on the disk before
 * the change, and removed after it has been undone. A crash between any two steps leaves either nothing to do,
 * or an entry that says what. Undoing what was never done, or twice, does nothing.
 */

const bytes = v.pipe(v.string(), v.maxLength(8_000_000), v.regex(/^[A-Za-z0-9+/]*={0,2}$/));
const wallMs = v.pipe(v.number(), v.finite());

const hostsEntry = v.strictObject({
  target: v.literal('hosts'),
  version: v.literal(1),
  deadlineMs: wallMs,
  owner: v.pipe(v.string(), v.regex(/^[0-9a-f]{8}$/)),
  /** `helper`: the root-owned helper does it; it keeps what it needs by itself. */
  via: v.picklist(['direct', 'helper']),
  file: v.string(),
  temporaryName: v.pipe(v.string(), v.regex(/^\.millrace-[0-9a-f]{8}\.tmp$/)),
  /** The whole file as it was before the block. Base64, as are the others. */
  original: v.optional(bytes),
  /** An edit in place that may have been torn. */
  intent: v.optional(v.strictObject({ before: bytes, after: bytes })),
});

/** Every address that was set or was about to be, the latest last: any of them is ours to take away. */
const ourUrls = v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(20));

const gnomeProxyEntry = v.strictObject({
  target: v.literal('gnomeProxy'),
  version: v.literal(1),
  deadlineMs: wallMs,
  /** The values before, as `gsettings get` prints them. */
  modeBefore: v.string(),
  urlBefore: v.string(),
  ourUrls,
});

const windowsProxyEntry = v.strictObject({
  target: v.literal('windowsProxy'),
  version: v.literal(1),
  deadlineMs: wallMs,
  /** The registry's value before; absent when there was none. */
  urlBefore: v.optional(v.string()),
  ourUrls,
});

const entry = v.variant('target', [hostsEntry, gnomeProxyEntry, windowsProxyEntry]);

export type JournalEntry = v.InferOutput<typeof entry>;
export type JournalTarget = JournalEntry['target'];
export type HostsEntry = v.InferOutput<typeof hostsEntry>;
export type GnomeProxyEntry = v.InferOutput<typeof gnomeProxyEntry>;
export type WindowsProxyEntry = v.InferOutput<typeof windowsProxyEntry>;

const targets: readonly JournalTarget[] = ['hosts', 'gnomeProxy', 'windowsProxy'];
const staleTemporaryMs = 60_000;

/** The entries of one storage folder. Holds nothing in memory: every window sees what the others wrote. */
export class RestoreJournal {
  readonly #folder: string;
  readonly #step: StepHook;

  /** @param storageFolder the folder that all windows share */
  constructor(storageFolder: string, step: StepHook = noSteps) {
    this.#folder = path.join(storageFolder, 'restore');
    this.#step = step;
  }

  get folder(): string {
    return this.#folder;
  }

  /** The entry for one target; `undefined` when there is nothing to undo, or what is there is not ours. */
  async read<T extends JournalTarget>(
    target: T,
  ): Promise<Extract<JournalEntry, { target: T }> | undefined> {
    const file = await readIfThere(this.#file(target));
    const parsed = file && v.safeParse(entry, parseJson(file.toString('utf8')));
    return parsed?.success === true && isOf(parsed.output, target) ? parsed.output : undefined;
  }

  /** Every entry. */
  async all(): Promise<JournalEntry[]> {
    const entries = await Promise.all(targets.map((target) => this.read(target)));
    return entries.filter((one) => one !== undefined);
  }

  /** Writes an entry so that it outlives everything that may follow. */
  async write(written: JournalEntry): Promise<void> {
    await replaceFile(this.#file(written.target), Buffer.from(`${JSON.stringify(written)}\n`), {
      makesFolder: true,
      step: this.#step,
    });
    this.#step(`${written.target}: entry kept`);
  }

  /** Removes an entry, after what it says has been undone. */
  async remove(target: JournalTarget): Promise<void> {
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

  #file(target: JournalTarget): string {
    return path.join(this.#folder, `${target}.json`);
  }
}

function isOf<T extends JournalTarget>(
  one: JournalEntry,
  target: T,
): one is Extract<JournalEntry, { target: T }> {
  return one.target === target;
}

async function ageMs(file: string, nowMs: number): Promise<number> {
  try {
    return nowMs - (await stat(file)).mtimeMs;
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
