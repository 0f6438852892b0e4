import { lstat, rm } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import { replaceFile } from '../../files/durableFiles.ts';

/**
 * The mark in the shared storage that tracking is paused: a pause holds for every window, and over a
 * restart, until somebody resumes. A window looks at it when it starts and when it comes to the front.
 */
export class PauseMark {
  readonly #file: string;

  constructor(storageFolder: string) {
    this.#file = path.join(storageFolder, 'paused');
  }

  async isSet(): Promise<boolean> {
    try {
      await lstat(this.#file);
      return true;
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') {
        return false;
      }
      throw error;
    }
  }

  async set(): Promise<void> {
    await replaceFile(this.#file, new Uint8Array(), { makesFolder: true });
  }

  async remove(): Promise<void> {
    await rm(this.#file, { force: true });
  }
}
