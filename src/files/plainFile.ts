import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  type BigIntStats,
} from 'node:fs';
import { lstat, open, type FileHandle } from 'node:fs/promises';
import { systemErrorCode } from '../base/errors.ts';

/**
 * Opening what lies under a name of ours in a folder that others can write to: a sync folder, a backup drive, a vault that was
 * copied. It may be a link, a second name of somebody's file, a pipe that never answers, a device, or as large as the drive.
 */

/** Why something under a name of ours is not opened. */
export type ForeignKind = 'link' | 'notAFile' | 'otherName' | 'tooLarge';

/** Told like an error of the system, as those are what a caller looks for beside it. */
export class ForeignFileError extends Error {
  readonly code: 'EFTYPE' | 'EISDIR';
  readonly kind: ForeignKind;

  constructor(kind: ForeignKind, code: 'EFTYPE' | 'EISDIR' = 'EFTYPE') {
    super(`Under a name of ours lies what we did not write: ${kind}`);
    this.name = 'ForeignFileError';
    this.kind = kind;
    this.code = code;
  }
}

export interface PlainOptions {
  /** What is larger is refused, before anything is read. */
  readonly largestBytes?: number;
}

/** Nothing that is read at once is larger, unless its reader says so. */
const usuallyLargestBytes = 64 << 20;

/** Not every system has all of them. */
const flags: Partial<typeof constants> = constants;
/** Where the system has no such flag (Windows), what was opened is compared with what has the name. */
const noFollow = flags.O_NOFOLLOW ?? 0;
/** A pipe is opened, not waited for; for a file it means nothing. */
const noWait = flags.O_NONBLOCK ?? 0;

/**
 * Opens a regular file to read it piece by piece. The caller closes it.
 * @throws {ForeignFileError} where it is none, or a link, or too large
 * @throws a system error, `ENOENT` where there is nothing
 */
export async function openToRead(
  file: string,
  { largestBytes = Infinity }: PlainOptions = {},
): Promise<FileHandle> {
  const handle = await openPlain(file, constants.O_RDONLY);
  return check(handle, async () => {
    demandSize((await handle.stat()).size, largestBytes);
  });
}

/**
 * As {@link openToRead}, at once.
 * @returns the descriptor
 */
export function openToReadNow(
  file: string,
  { largestBytes = Infinity }: PlainOptions = {},
): number {
  demandFile(lstatSync(file));
  const descriptor = refusingLinks(() => openSync(file, constants.O_RDONLY | noFollow | noWait));
  try {
    const opened = fstatSync(descriptor, { bigint: true });
    demandFile(opened);
    if (noFollow === 0) {
      demandSame(opened, lstatSync(file, { bigint: true }));
    }
    demandSize(Number(opened.size), largestBytes);
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/**
 * Opens a regular file to write over what it holds: one that has no other name, under which its content may be somebody's. The
 * caller closes it, and changes its mode or times by what was opened, never by its name.
 * @throws as {@link openToRead}
 */
export async function openToOverwrite(file: string): Promise<FileHandle> {
  const handle = await openPlain(file, constants.O_RDWR);
  return check(handle, async () => {
    if ((await handle.stat()).nlink > 1) {
      throw new ForeignFileError('otherName');
    }
  });
}

/**
 * The bytes of a regular file.
 * @throws as {@link openToRead}
 */
export async function readPlain(
  file: string,
  { largestBytes = usuallyLargestBytes }: PlainOptions = {},
): Promise<Buffer> {
  const handle = await openToRead(file, { largestBytes });
  try {
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** As {@link readPlain}, at once. */
export function readPlainNow(
  file: string,
  { largestBytes = usuallyLargestBytes }: PlainOptions = {},
): Buffer {
  const descriptor = openToReadNow(file, { largestBytes });
  try {
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * The first bytes of a regular file: as many, or all where it has fewer.
 * @throws as {@link openToRead}
 */
export async function readStart(file: string, mostBytes: number): Promise<Buffer> {
  return readAtMost(await openToRead(file), mostBytes);
}

/** What comes next in an open file, as many bytes or all that there are; then closes it. */
export async function readAtMost(handle: FileHandle, mostBytes: number): Promise<Buffer> {
  try {
    const buffer = Buffer.alloc(mostBytes);
    let done = 0;
    for (let read = -1; read !== 0 && done < mostBytes; done += read) {
      // Without a place in the file: what a shell hands over has none.
      ({ bytesRead: read } = await handle.read(buffer, done, mostBytes - done, null));
    }
    return buffer.subarray(0, done);
  } finally {
    await handle.close();
  }
}

/** Whether a name is that of a folder, and not of a link to one. */
export async function isFolder(file: string): Promise<boolean> {
  return lstat(file).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function openPlain(file: string, access: number): Promise<FileHandle> {
  // Looked at first, as to open a device may move it; and once more when it is open, as it may be another by then.
  demandFile(await lstat(file));
  const handle = await open(file, access | noFollow | noWait).catch(asLink);
  return check(handle, async () => {
    const opened = await handle.stat({ bigint: true });
    demandFile(opened);
    if (noFollow === 0) {
      demandSame(opened, await lstat(file, { bigint: true }));
    }
  });
}

async function check(handle: FileHandle, look: () => Promise<void>): Promise<FileHandle> {
  try {
    await look();
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function demandFile(found: Pick<BigIntStats, 'isFile' | 'isDirectory' | 'isSymbolicLink'>): void {
  if (found.isDirectory()) {
    throw new ForeignFileError('notAFile', 'EISDIR');
  }
  if (!found.isFile()) {
    throw new ForeignFileError(found.isSymbolicLink() ? 'link' : 'notAFile');
  }
}

/**
 * That what was opened is what has the name now, and not what a link led to that stood there for a moment. By the file's number
 * alone: Windows tells another one for the drive by the name than by what is open.
 */
function demandSame(opened: BigIntStats, named: BigIntStats): void {
  if (!named.isFile() || named.ino !== opened.ino) {
    throw new ForeignFileError('link');
  }
}

function demandSize(sizeBytes: number, largestBytes: number): void {
  if (sizeBytes > largestBytes) {
    throw new ForeignFileError('tooLarge');
  }
}

function refusingLinks<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    return asLink(error);
  }
}

/** @throws it, as one of ours where a system says so that a link is not to be followed */
function asLink(error: unknown): never {
  throw ['ELOOP', 'EMLINK'].includes(systemErrorCode(error) ?? '')
    ? new ForeignFileError('link')
    : error;
}
