import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import {
  damagedFolderName,
  parseSegmentName,
  segmentsFolderOf,
  snapshotsFolderName,
  trashFolderName,
} from './vaultFolder.ts';

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

export interface ListedTrash {
  readonly file: string;
  /** The name it had before. */
  readonly original: string;
  /** When it came there, to the second. */
  readonly sinceMs: number;
}

/** `20261121-074512-` and 16 hex digits: the time for whoever looks into the folder, the rest unique. */
const snapshotForm = /^(\d{8}-\d{6})-[0-9a-f]{16}\.age$/;
/** The time, and the name that the file had. */
const trashForm = /^(\d{8}-\d{6})-([0-9a-f-]+\.(?:age|seg))$/;

/** A name that no snapshot has. All names are lower case, so that no file system takes two for one. */
export function newSnapshotName(createdMs: number): string {
  return `${formatStamp(createdMs)}-${randomBytes(8).toString('hex')}.age`;
}

/** When the snapshot of this name was made, UTC milliseconds; `undefined` for any other file. */
export function parseSnapshotName(file: string): number | undefined {
  const [, stamp] = snapshotForm.exec(file) ?? [];
  return stamp === undefined ? undefined : parseStamp(stamp);
}

/** The name of a file in the trash: when it came there, and how it was called. */
export function trashName(original: string, sinceMs: number): string {
  return `${formatStamp(sinceMs)}-${original}`;
}

/** What is in the trash, longest there first. */
export async function listTrash(folder: string): Promise<ListedTrash[]> {
  const files = await listFiles(path.join(folder, trashFolderName));
  return files.flatMap((file) => {
    const [, stamp, original] = trashForm.exec(file) ?? [];
    return stamp === undefined || original === undefined
      ? []
      : { file, original, sinceMs: parseStamp(stamp) };
  });
}

/** A file that lies in none of the places that a vault is read from, and may hold what nothing there holds any more. */
export interface ReserveFile {
  readonly kind: 'segment' | 'snapshot';
  /** Its path. */
  readonly file: string;
}

/** What is in the trash and what salvage set aside, under whatever names. */
export async function listReserve(folder: string): Promise<ReserveFile[]> {
  const found: ReserveFile[] = [];
  for (const inner of [trashFolderName, damagedFolderName]) {
    for (const name of await listFiles(path.join(folder, inner))) {
      const file = path.join(folder, inner, name);
      if (/\.seg$/i.test(name)) {
        found.push({ kind: 'segment', file });
      } else if (/\.age$/i.test(name)) {
        found.push({ kind: 'snapshot', file });
      }
    }
  }
  return found;
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

function formatStamp(wallMs: number): string {
  const digits = new Date(wallMs).toISOString().replace(/[-:]/g, '');
  return digits.slice(0, 15).replace('T', '-');
}

/** What {@link formatStamp} wrote, to the second; NaN where the digits are no time. */
function parseStamp(stamp: string): number {
  const form = /^(\d{4})(\d{2})(\d{2})-(\d{2})(\d{2})(\d{2})$/;
  return Date.parse(stamp.replace(form, '$1-$2-$3T$4:$5:$6Z'));
}
