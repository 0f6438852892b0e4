import path from 'node:path';
import * as v from 'valibot';
import { readIfOurs, replaceFile } from '../../files/durableFiles.ts';
import { placeOf } from '../../files/place.ts';
import type { StepHook } from '../../files/stepHook.ts';

/**
 * What a device remembers of its last sync: `sync-state.json` in the storage folder. All of it only saves work. Without
 * it everything is read again, nothing is doubled, and nothing of what is right already is written again.
 */
const stateFileName = 'sync-state.json';

const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const whole = v.pipe(v.number(), v.safeInteger());
const firstEntries = {
  vault: v.string(),
  /** The folder that the person named leads here: a link may lead elsewhere the next time. */
  folder: v.string(),
  /** Whom this device's files are sealed for. */
  recipient: v.string(),
  /** Names and sizes of the vault's files as they were before they were read, hashed. */
  listing: v.nullable(sha256),
  /** A snapshot with all that was merged: a vault that does not hold it is another state of the vault. */
  anchor: v.nullable(v.string()),
  /** When every file of the folder was last read, merged before or not. */
  wholeReadMs: v.pipe(v.number(), v.safeInteger()),
  /** SHA-256 of the files that are merged. */
  merged: v.array(sha256),
  /** This device's files by month: what is in them, as `syncMonths.ts` hashes it, and the file's own SHA-256. */
  written: v.record(v.string(), v.strictObject({ contentSha256: sha256, sha256 })),
};
const stateSchema = v.strictObject({
  version: v.literal(2),
  ...firstEntries,
  /** SHA-256 of files that are authentic and were refused: they are not opened again. */
  refused: v.array(sha256),
  /** The newest that was seen of each month of a device, by `<device>/<month>`: its number, and the file's SHA-256. */
  newest: v.record(v.string(), v.strictObject({ number: whole, sha256 })),
  /** The highest number that this device has written: `monthLabel.ts`. */
  number: whole,
});
/** From before months were signed. */
const firstSchema = v.strictObject({ version: v.literal(1), ...firstEntries });
export type SyncState = v.InferOutput<typeof stateSchema>;
export type WrittenMonths = SyncState['written'];
export type NewestMonths = SyncState['newest'];

/** What is remembered of this vault and folder; `undefined` when that is nothing, or can't be read. */
export async function readSyncState(
  storage: string,
  vault: string,
  folder: string,
): Promise<SyncState | undefined> {
  const state = await readState(storage);
  return state?.vault === vault && state.folder === placeOf(folder).path ? state : undefined;
}

/** The folder that this vault was last synced with; `undefined` where there is none, or it can't be read. */
export async function readSyncedFolder(
  storage: string,
  vault: string,
): Promise<string | undefined> {
  const state = await readState(storage);
  return state?.vault === vault ? state.folder : undefined;
}

async function readState(storage: string): Promise<SyncState | undefined> {
  const bytes = await readIfOurs(path.join(storage, stateFileName));
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const first = v.safeParse(firstSchema, value);
    // What was written then is nobody's as it is: that no recipient is known has it written again.
    return first.success
      ? { ...first.output, version: 2, recipient: '', refused: [], newest: {}, number: 0 }
      : v.parse(stateSchema, value);
  } catch {
    return undefined;
  }
}

/** Remembers, whole or not at all. */
export async function writeSyncState(
  storage: string,
  state: SyncState,
  step: StepHook,
): Promise<void> {
  const bytes = new TextEncoder().encode(`${JSON.stringify(state)}\n`);
  await replaceFile(path.join(storage, stateFileName), bytes, { step, makesFolder: true });
}

/**
 * Notes that files were made anew, so that what was known of them holds for what they are now.
 * @param renewed SHA-256 before and after
 */
export async function noteRenewed(
  storage: string,
  vault: string,
  renewed: ReadonlyMap<string, string>,
  step: StepHook,
): Promise<void> {
  const state = await readState(storage);
  if (state?.vault !== vault || renewed.size === 0) {
    return;
  }
  const now = (hash: string): string => renewed.get(hash) ?? hash;
  const written = Object.fromEntries(
    Object.entries(state.written).map(([month, { contentSha256, sha256: hash }]) => [
      month,
      { contentSha256, sha256: now(hash) },
    ]),
  );
  await writeSyncState(
    storage,
    { ...state, merged: [...new Set(state.merged.map(now))], written },
    step,
  );
}

/** Files of others that are in the vault, by SHA-256. */
export async function readMerged(storage: string, vault: string): Promise<ReadonlySet<string>> {
  const state = await readState(storage);
  return new Set(state?.vault === vault ? state.merged : []);
}

/** Where {@link SyncState} lies. */
export function syncStateFile(storage: string): string {
  return path.join(storage, stateFileName);
}
