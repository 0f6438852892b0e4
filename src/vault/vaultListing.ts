import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../base/errors.ts';
import { parseSegmentName, segmentsFolderOf, snapshotsFolderName } from './vaultFolder.ts';

/** What lies in a vault's folder, by its names alone. */
export interface ListedSegment {
  readonly file: string;
  readonly writerId: string;
  readonly number: number;
}

export interface ListedSnapshot {
  readonly file: string;
  /** When it was made, to the second. */
  readonly createdMs: number;
}

/** `20261121-074512-` and 16 hex digits: the time for whoever looks into the folder, the rest unique. */
const snapshotForm = /^(\d{4})(\d{2})(\d{2})-(\d{2})(\d{2})(\d{2})-[0-9a-f]{16}\.age$/;

/** A name that no snapshot has. All names are lower case, so that no file system takes two for one. */
export function newSnapshotName(createdMs: number): string {
  const time = new Date(createdMs).toISOString().replace(/[-:]/g, '').slice(0, 15);
  return `${time.replace('T', '-')}-${randomBytes(8).toString('hex')}.age`;
}

/** When the snapshot of this name was made, UTC milliseconds; `undefined` for any other file. */
export function parseSnapshotName(file: string): number | undefined {
  const match = snapshotForm.exec(file);
  if (match === null) {
    return undefined;
  }
  const [year = 0, month = 0, day = 0, hour, minute, second] = match.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** The segments of a vault, by name. */
export async function listSegments(folder: string): Promise<ListedSegment[]> {
  const files = await listFiles(segmentsFolderOf(folder));
  return files.flatMap((file) => {
    const name = parseSegmentName(file);
    return name === undefined ? [] : { file, ...name };
  });
}

/** The snapshots of a vault, oldest first. */
export async function listSnapshots(folder: string): Promise<ListedSnapshot[]> {
  const files = await listFiles(path.join(folder, snapshotsFolderName));
  return files.flatMap((file) => {
    const createdMs = parseSnapshotName(file);
    return createdMs === undefined ? [] : { file, createdMs };
  });
}

/** The names in a folder, sorted; none when it is not there. */
export async function listFiles(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') {
      return [];
    }
    throw error;
  }
}
