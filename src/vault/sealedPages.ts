import { chunkBytes, type AgeReader } from './ageStream.ts';
import { VaultError } from './vaultError.ts';

/**
 * A database file inside an age file, given to SQLite as if it were in memory: a page is opened when it is
 * first read. Ten years are some thirty megabytes, and today's totals need a few hundred kilobytes of them.
 *
 * sql.js keeps a database as the array it was given, in Emscripten's MEMFS, and reaches it only by `length`,
 * `slice` (once, to take it over), `subarray` (to read) and `set` (to write); this class has these and nothing
 * else. Everything but a plain read makes the pages it touches plain first, and growing the file copies all of
 * it, so that no way of use can see a page that was not opened. `wasTaken` tells whether sql.js took it so.
 */
export class SealedPages implements ArrayLike<number> {
  readonly length: number;
  readonly [index: number]: number;
  readonly #reader: AgeReader;
  readonly #plain: Uint8Array;
  readonly #opened: Uint8Array;
  #taken = false;
  #damage: VaultError | undefined;

  constructor(reader: AgeReader) {
    this.#reader = reader;
    this.length = reader.plainBytes;
    // The system gives memory to what is written only, so the unopened part costs none.
    this.#plain = new Uint8Array(reader.plainBytes);
    this.#opened = new Uint8Array(reader.chunks);
  }

  /** True once sql.js reads through this object. */
  get wasTaken(): boolean {
    return this.#taken;
  }

  /** Set when a page was asked for that does not authenticate; SQLite only saw an I/O error. */
  get damage(): VaultError | undefined {
    return this.#damage;
  }

  /** Hands itself over, where an array would give a copy. */
  slice(): this {
    this.#taken = true;
    return this;
  }

  subarray(start: number, end: number): Uint8Array {
    this.#open(start, end);
    return this.#plain.subarray(start, end);
  }

  set(bytes: Uint8Array, offset: number): void {
    this.#open(offset, offset + bytes.length);
    this.#plain.set(bytes, offset);
  }

  #open(start: number, end: number): void {
    const last = Math.min(this.#opened.length - 1, Math.floor((end - 1) / chunkBytes));
    for (let chunk = Math.floor(start / chunkBytes); chunk <= last; chunk++) {
      if (this.#opened[chunk] === 0) {
        this.#plain.set(this.#openChunk(chunk), chunk * chunkBytes);
        this.#opened[chunk] = 1;
      }
    }
  }

  #openChunk(chunk: number): Uint8Array {
    try {
      return this.#reader.readChunk(chunk);
    } catch (error) {
      this.#damage ??= VaultError.is(error)
        ? error
        : new VaultError('damaged', 'A snapshot could not be read', { cause: error });
      throw new ReadFailure();
    }
  }
}

/** What MEMFS's callers take for a failed system call, by its name; SQLite then reports an I/O error. */
class ReadFailure extends Error {
  /** EIO, as WASI numbers it. */
  readonly errno = 29;

  constructor() {
    super('A page could not be read');
    this.name = 'ErrnoError';
  }
}
