import { constants } from 'node:fs';
import { lstat, open, type FileHandle } from 'node:fs/promises';

/**
 * Opening what lies under a name of ours in a folder that others can write to: a sync folder, a backup drive, a vault that was
 * copied. It may be a link, a second name of somebody's file, a pipe that never answers, a device, or as large as the drive.
 */

/** Why something under a name of ours is not opened. */
export type ForeignKind = 'link' | 'notAFile' | 'otherName' | 'tooLarge';

/** Told like an error of the system, as those are what a caller looks for beside it. */
export class ForeignFileError extends Error {
  readonly code = 'EFTYPE';
  readonly kind: ForeignKind;

  constructor(kind: ForeignKind) {
    super(`Under a name of ours lies what we did not write: ${kind}`);
    this.name = 'ForeignFileError';
    this.kind = kind;
  }
}

export interface PlainOptions {
  /** What is larger is refused, before anything is read. */
  readonly largestBytes?: number;
}

/** Where the system has no such flag (Windows), the look before it has to do. */
const noFollow = 'O_NOFOLLOW' in constants ? constants.O_NOFOLLOW : 0;
/** A pipe is opened, not waited for; for a file it means nothing. */
const noWait = 'O_NONBLOCK' in constants ? constants.O_NONBLOCK : 0;

/**
 * Opens a regular file to read it. The caller closes it.
 * @throws {ForeignFileError} where it is none, or a link, or too large
 * @throws a system error, `ENOENT` where there is nothing
 */
export async function openToRead(
  file: string,
  { largestBytes = Infinity }: PlainOptions = {},
): Promise<FileHandle> {
  const handle = await openPlain(file, constants.O_RDONLY);
  return check(handle, async () => {
    if ((await handle.stat()).size > largestBytes) {
      throw new ForeignFileError('tooLarge');
    }
  });
}

/**
 * Opens a regular file to write over what it holds: one that has no other name, under which its content may be somebody's. The
 * caller closes it.
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
export async function readPlain(file: string, options: PlainOptions = {}): Promise<Buffer> {
  const handle = await openToRead(file, options);
  try {
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/**
 * The first bytes of a regular file: as many, or all where it has fewer.
 * @throws as {@link openToRead}
 */
export async function readStart(file: string, mostBytes: number): Promise<Uint8Array> {
  const handle = await openToRead(file);
  try {
    const buffer = new Uint8Array(mostBytes);
    let done = 0;
    for (let read = -1; read !== 0 && done < mostBytes; done += read) {
      ({ bytesRead: read } = await handle.read(buffer, done, mostBytes - done, done));
    }
    return buffer.subarray(0, done);
  } finally {
    await handle.close();
  }
}

async function openPlain(file: string, access: number): Promise<FileHandle> {
  // Looked at first, as to open a device may move it; and once more when it is open, as it may be another by then.
  const seen = await lstat(file);
  if (!seen.isFile()) {
    throw new ForeignFileError(seen.isSymbolicLink() ? 'link' : 'notAFile');
  }
  const handle = await open(file, access | noFollow | noWait).catch((error: unknown) => {
    throw isOfLink(error) ? new ForeignFileError('link') : error;
  });
  return check(handle, async () => {
    if (!(await handle.stat()).isFile()) {
      throw new ForeignFileError('notAFile');
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

/** What systems answer to a link that is not to be followed. */
function isOfLink(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && (error.code === 'ELOOP' || error.code === 'EMLINK')
  );
}
