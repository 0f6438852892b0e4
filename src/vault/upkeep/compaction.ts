import { lstat, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { systemErrorCode } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { makeFolder, syncFolder } from '../../files/durableFiles.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { findDeadWriters, removeLiveMarker } from '../folder/liveMarkers.ts';
import { writeSnapshot } from '../database/snapshot.ts';
import {
  markerFileName,
  parseMarkerName,
  parseSegmentName,
  segmentsFolderOf,
  snapshotsFolderName,
  trashFolderName,
} from '../folder/vaultFolder.ts';
import {
  listFiles,
  listSegments,
  listTrash,
  newSnapshotName,
  trashName,
  type ListedSegment,
} from '../folder/vaultListing.ts';

/**
 * From many segments to one snapshot. Any number may do this at once, and any of them may be killed at any
 * moment: a file leaves its place only after a durable snapshot holds all of it, and stays in the trash for
 * seven days. docs/vault-format.md, "Compaction", has the order of every step and why.
 */
export interface CompactionPlace {
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
}

export interface NewSnapshot {
  readonly file: string;
  readonly sizeBytes: number;
}

export interface CompactionResult extends NewSnapshot {
  /** Files that went to the trash, and files that left it for good. */
  readonly discarded: number;
  readonly purged: number;
  /** How those that went to the trash are called there. */
  readonly inTrash: readonly string[];
}

const trashMs = 7 * 24 * 3_600_000;

/**
 * Writes all that the ledger holds as a new snapshot that supersedes those it has read.
 * @throws {VaultError} as {@link Ledger.believe}; then there is none
 */
export async function makeSnapshot(ledger: Ledger, place: CompactionPlace): Promise<NewSnapshot> {
  const { folder, clock } = place;
  await ledger.believe();
  const file = newSnapshotName(clock.wallMs());
  const kept = new Set([
    ...(await listFiles(path.join(folder, snapshotsFolderName))),
    ...(await listTrash(folder)).map(({ original }) => original),
  ]);
  const sizeBytes = await writeSnapshot(
    folder,
    file,
    ledger.keys.keyring,
    ledger.prepareSnapshot(kept),
  );
  try {
    await ledger.believe();
  } catch (error) {
    // The vault got another identity meanwhile, which does not trust what this one signs. Nothing was discarded for it yet.
    await rm(path.join(folder, snapshotsFolderName, file), { force: true });
    throw error;
  }
  ledger.noteSnapshot(file);
  return { file, sizeBytes };
}

/** Makes a snapshot, and clears away what it holds. */
export async function compact(ledger: Ledger, place: CompactionPlace): Promise<CompactionResult> {
  const { folder, clock } = place;
  const listed = await listSegments(folder);
  // Before reading: what a writer that is dead now has written is all there to be read.
  const dead = await findDeadWriters(
    segmentsFolderOf(folder),
    listed.map(({ writerId }) => writerId),
    clock.wallMs(),
  );
  await ledger.refresh();
  const { trust } = ledger.keys;
  const due = await readBackDueTrash(ledger, place);
  const superseded = ledger.readSnapshots;
  const finished: ListedSegment[] = [];
  for (const segment of listed) {
    const { file, writerId } = segment;
    if (
      ledger.segments.hasAllOf(file) &&
      (dead.has(writerId) || (await ledger.segments.isClosed(file, trust)))
    ) {
      finished.push(segment);
    }
  }
  const { file, sizeBytes } = await makeSnapshot(ledger, place);
  const inTrash: string[] = [];
  for (const segment of finished) {
    inTrash.push(...(await discardSegment(segment, ledger, place)));
  }
  for (const snapshot of superseded) {
    const there = path.join(folder, snapshotsFolderName, snapshot);
    inTrash.push(...(await moveToTrash(there, snapshot, place)));
  }
  ledger.noteDiscarded(superseded);
  for (const name of due) {
    await rm(path.join(folder, trashFolderName, name), { force: true });
  }
  await removeOldMarkers(place);
  return { file, sizeBytes, discarded: inTrash.length, purged: due.length, inTrash };
}

/**
 * Moves a segment to the trash. Should it have grown since it was read, its writer was alive after all, and
 * may have been told that what it wrote is safe: then it goes back to its place.
 */
async function discardSegment(
  { file }: ListedSegment,
  ledger: Ledger,
  place: CompactionPlace,
): Promise<readonly string[]> {
  const there = path.join(segmentsFolderOf(place.folder), file);
  const [discarded] = await moveToTrash(there, file, place);
  if (discarded === undefined) {
    return [];
  }
  const inTrash = path.join(place.folder, trashFolderName, discarded);
  if ((await lstat(inTrash)).size === ledger.segments.sizeOf(file)) {
    return [discarded];
  }
  place.log.warn('A segment grew while it was taken away; it is back in its place');
  await rename(inTrash, there);
  await syncFolder(segmentsFolderOf(place.folder));
  return [];
}

/** @returns how the file is called in the trash; nothing when it was gone already */
async function moveToTrash(
  file: string,
  name: string,
  { folder, clock }: CompactionPlace,
): Promise<readonly string[]> {
  const trash = path.join(folder, trashFolderName);
  await makeFolder(trash);
  const called = trashName(name, clock.wallMs());
  try {
    await rename(file, path.join(trash, called));
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') {
      return [];
    }
    throw error;
  }
  await syncFolder(trash);
  return [called];
}

/**
 * What has lain in the trash for seven days. Segments among it are read once more first: one that was moved
 * here under a living writer, by a compactor that was killed before it could put it back, holds more than any
 * snapshot does.
 * @returns names in the trash that may go once the next snapshot is durable
 */
async function readBackDueTrash(ledger: Ledger, place: CompactionPlace): Promise<string[]> {
  const dueMs = place.clock.wallMs() - trashMs;
  const due: string[] = [];
  for (const { file, original, sinceMs } of await listTrash(place.folder)) {
    if (sinceMs > dueMs) {
      continue;
    }
    const isWhole =
      !original.endsWith('.seg') ||
      (await ledger.readDiscarded(path.join(place.folder, trashFolderName, file)));
    if (isWhole) {
      due.push(file);
    }
  }
  return due;
}

/** A writer's marker outlives it by seven days, should it not be as dead as it looks. */
async function removeOldMarkers({ folder, clock }: CompactionPlace): Promise<void> {
  const segments = segmentsFolderOf(folder);
  const files = await listFiles(segments);
  const busy = new Set(files.map((file) => parseSegmentName(file)?.writerId));
  const idle = files
    .flatMap((file) => parseMarkerName(file) ?? [])
    .filter((writerId) => !busy.has(writerId));
  for (const writerId of await findDeadWriters(segments, idle, clock.wallMs())) {
    const { mtimeMs } = await lstat(path.join(segments, markerFileName(writerId)));
    if (clock.wallMs() - mtimeMs > trashMs) {
      await removeLiveMarker(segments, writerId);
    }
  }
}
