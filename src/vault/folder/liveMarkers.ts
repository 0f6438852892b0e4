import { lstat, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { systemErrorCode } from '../../base/errors.ts';
import { replaceFile } from '../../files/durableFiles.ts';
import { ForeignFileError, openToOverwrite, readPlain } from '../../files/plainFile.ts';
import { lifeOf, ownProcessMark } from './processPlace.ts';
import { markerFileName, parseMarkerName } from './vaultFolder.ts';
import { listFiles } from './vaultListing.ts';

/** What is written; 1 is of a Millrace that knows no `vault.json` of version 2. */
const presentVersion = 2;

/**
 * `segments/<writer>.live` says that a writer may still append. It is written before the writer's first
 * segment and removed after its last, so a listed segment without a marker is certainly complete. Taking a
 * living writer for dead loses nothing (it notices, and writes again what its segment held), but costs work.
 */
const markerSchema = v.strictObject({
  format: v.literal('millrace-live'),
  version: v.picklist([1, presentVersion]),
  place: v.string(),
  pid: v.pipe(v.number(), v.integer(), v.minValue(1)),
  startTicks: v.number(),
});

const longestMarkerBytes = 4096;

/** A writer touches its marker this often. */
export const markerTouchMs = 5 * 60_000;
/** Where the process can't be looked at, an untouched marker is taken for a dead writer's after this time. */
const staleAfterMs = 3 * markerTouchMs;

/** Writes a writer's marker, durably. */
export async function writeLiveMarker(segmentsFolder: string, writerId: string): Promise<void> {
  const marker: v.InferOutput<typeof markerSchema> = {
    format: 'millrace-live',
    version: presentVersion,
    ...(await ownProcessMark()),
  };
  await replaceFile(
    path.join(segmentsFolder, markerFileName(writerId)),
    new TextEncoder().encode(`${JSON.stringify(marker)}\n`),
  );
}

/** Says again that the writer lives. */
export async function touchLiveMarker(
  segmentsFolder: string,
  writerId: string,
  nowMs: number,
): Promise<void> {
  let marker: FileHandle;
  try {
    marker = await openToOverwrite(path.join(segmentsFolder, markerFileName(writerId)));
  } catch (error) {
    if (error instanceof ForeignFileError) {
      // Something has taken its place.
      await writeLiveMarker(segmentsFolder, writerId);
      return;
    }
    throw error;
  }
  try {
    await marker.utimes(nowMs / 1000, nowMs / 1000);
  } finally {
    await marker.close();
  }
}

/** Removes a marker; it need not be there. */
export async function removeLiveMarker(segmentsFolder: string, writerId: string): Promise<void> {
  await rm(path.join(segmentsFolder, markerFileName(writerId)), { force: true });
}

/**
 * Which of these writers will append no more. List the segments first and ask then: a segment that was listed
 * had its marker before. Read the dead writers' segments only after the answer, or their last records may be
 * missed.
 */
export async function findDeadWriters(
  segmentsFolder: string,
  writers: Iterable<string>,
  nowMs: number,
): Promise<Set<string>> {
  const dead = new Set<string>();
  for (const writerId of new Set(writers)) {
    if (!(await isAlive(path.join(segmentsFolder, markerFileName(writerId)), nowMs))) {
      dead.add(writerId);
    }
  }
  return dead;
}

/** Whether a writer may still append that knows no `vault.json` of version 2. */
export async function hasEarlierWriters(segmentsFolder: string, nowMs: number): Promise<boolean> {
  for (const name of await listFiles(segmentsFolder)) {
    if (parseMarkerName(name) !== undefined) {
      const found = await look(path.join(segmentsFolder, name), nowMs);
      if (found.isAlive && found.version !== presentVersion) {
        return true;
      }
    }
  }
  return false;
}

async function isAlive(markerFile: string, nowMs: number): Promise<boolean> {
  return (await look(markerFile, nowMs)).isAlive;
}

/** What a marker says; one that can't be read is of no version. */
async function look(
  markerFile: string,
  nowMs: number,
): Promise<{ readonly isAlive: boolean; readonly version?: number }> {
  try {
    const { mtimeMs } = await lstat(markerFile);
    // A clock that was set back makes markers from the future: as good as fresh.
    const isFresh = nowMs - mtimeMs < staleAfterMs;
    const marker = v.safeParse(markerSchema, parseJson(await readMarker(markerFile)));
    if (!marker.success) {
      return { isAlive: isFresh };
    }
    const life = await lifeOf(marker.output);
    const { version } = marker.output;
    return { isAlive: life === 'unknown' ? isFresh : life === 'alive', version };
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') {
      return { isAlive: false };
    }
    throw error;
  }
}

/** Nothing, where what lies there is no marker of ours. */
async function readMarker(markerFile: string): Promise<string> {
  try {
    const bytes = await readPlain(markerFile, { largestBytes: longestMarkerBytes });
    return bytes.toString('utf8');
  } catch (error) {
    if (error instanceof ForeignFileError) {
      return '';
    }
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
