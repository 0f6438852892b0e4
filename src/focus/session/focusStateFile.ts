import { lstat, rename } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import { readIfThere, replaceFile } from '../../files/durableFiles.ts';
import { ForeignFileError } from '../../files/plainFile.ts';
import { parseFocusState, type FocusState } from './focusState.ts';

/** Where a state is kept; a file, or a test's memory. */
export interface FocusStateStore {
  /** A mark that differs when somebody wrote; `undefined` when there is nothing. */
  version(): Promise<string | undefined>;
  /** `undefined` when there is nothing that can be read. */
  read(): Promise<FocusState | undefined>;
  /** @param durable whether it must outlive a power cut */
  write(state: FocusState, durable: boolean): Promise<void>;
}

/** The shared state as one JSON file in the storage folder, always replaced as a whole. */
export class FocusStateFile implements FocusStateStore {
  readonly #file: string;

  constructor(storageFolder: string) {
    this.#file = path.join(storageFolder, 'focus.json');
  }

  async version(): Promise<string | undefined> {
    try {
      const { ino, size, mtimeNs } = await lstat(this.#file, { bigint: true });
      return `${ino}:${size}:${mtimeNs}`;
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') {
        return undefined;
      }
      throw error;
    }
  }

  async read(): Promise<FocusState | undefined> {
    const text = await this.#text();
    const state = text === undefined ? undefined : parseFocusState(text);
    if (text !== undefined && state === undefined) {
      // Set aside rather than written over: a later version's, damaged by something else than us, or no file at all.
      await rename(this.#file, `${this.#file}.unreadable`).catch(() => undefined);
    }
    return state;
  }

  async write(state: FocusState, durable: boolean): Promise<void> {
    await replaceFile(this.#file, Buffer.from(`${JSON.stringify(state)}\n`), {
      durable,
      makesFolder: true,
    });
  }

  async #text(): Promise<string | undefined> {
    try {
      return (await readIfThere(this.#file))?.toString('utf8');
    } catch (error) {
      if (error instanceof ForeignFileError) {
        return '';
      }
      throw error;
    }
  }
}
