import { lstat, mkdir, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import { placeFile, syncFolder } from '../../files/durableFiles.ts';
import { openNew } from '../../files/newFile.ts';
import { aboutFile, temporaryPath } from '../../files/temporaryName.ts';
import { TransferError } from '../transferError.ts';

/** What is written at once. */
const pieceBytes = 256 << 10;

/**
 * A file that grows piece by piece under a temporary name and gets its own only once all of it is on the disk. Every
 * one ends with {@link finish} or {@link abandon}.
 */
export class OutputFile {
  readonly #handle: FileHandle;
  #pieces: string[] = [];
  #chars = 0;
  #sizeBytes = 0;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** @throws a system error when it can't be made */
  static async create(temporary: string): Promise<OutputFile> {
    return new OutputFile(await openNew(temporary));
  }

  /** Text as UTF-8. Resolves when there is room for more. */
  async write(text: string): Promise<void> {
    this.#pieces.push(text);
    this.#chars += text.length;
    if (this.#chars >= pieceBytes) {
      await this.#flush();
    }
  }

  async writeBytes(bytes: Uint8Array): Promise<void> {
    await this.#flush();
    await this.#handle.writeFile(bytes);
    this.#sizeBytes += bytes.length;
  }

  /** Everything is on the disk when this resolves. @returns the size in bytes */
  async finish(): Promise<number> {
    await this.#flush();
    await this.#handle.sync();
    await this.#handle.close();
    return this.#sizeBytes;
  }

  /** Lets go of the file as it is; never rejects, as something else went wrong before. */
  async abandon(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.from(this.#pieces.join(''));
    this.#pieces = [];
    this.#chars = 0;
    this.#sizeBytes += bytes.length;
    await this.#handle.writeFile(bytes);
  }
}

/**
 * Makes a file, whole or not at all.
 * @param replaces whether a file that is there may be replaced
 * @returns its size in bytes
 * @throws {TransferError} `exists`; what the file system says; and whatever `fill` throws
 */
export async function writeOutputFile(
  target: string,
  replaces: boolean,
  fill: (file: OutputFile) => Promise<void>,
): Promise<number> {
  return placed(target, replaces, async (temporary) => {
    const sizeBytes = await fillFile(temporary, fill);
    if (replaces) {
      await rename(temporary, target);
    } else if (!(await placeFile(temporary, target))) {
      throw alreadyThere();
    }
    return sizeBytes;
  });
}

/**
 * Makes a folder of files, whole or not at all. One that is there is never replaced.
 * @param fill makes the files; each name once
 * @returns the size of all files in bytes. Throws as {@link writeOutputFile}.
 */
export async function writeOutputFolder(
  target: string,
  fill: (
    add: (name: string, fill: (file: OutputFile) => Promise<void>) => Promise<void>,
  ) => Promise<void>,
): Promise<number> {
  return placed(target, false, async (temporary) => {
    await mkdir(temporary, { mode: 0o700 });
    let sizeBytes = 0;
    await fill(async (name, fillOne) => {
      sizeBytes += await fillFile(path.join(temporary, name), fillOne);
    });
    await syncFolder(temporary);
    // Onto a folder with something in it no folder can be renamed.
    await rename(temporary, target);
    return sizeBytes;
  });
}

async function fillFile(
  temporary: string,
  fill: (file: OutputFile) => Promise<void>,
): Promise<number> {
  const file = await OutputFile.create(temporary);
  try {
    await fill(file);
    return await file.finish();
  } catch (error) {
    await file.abandon();
    throw error;
  }
}

async function placed(
  target: string,
  replaces: boolean,
  make: (temporary: string) => Promise<number>,
): Promise<number> {
  const temporary = temporaryPath(target);
  try {
    if (!replaces && (await isThere(target))) {
      throw alreadyThere();
    }
    const sizeBytes = await make(temporary);
    await syncFolder(path.dirname(target));
    return sizeBytes;
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw aboutFile(error, temporary, target);
  }
}

function alreadyThere(): TransferError {
  return new TransferError('exists', 'There is something of this name already');
}

async function isThere(target: string): Promise<boolean> {
  try {
    await lstat(target);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') {
      return false;
    }
    throw error;
  }
}
