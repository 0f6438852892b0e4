import { chunkBytes, type AgeReader } from '../age/ageStream.ts';
import { VaultError } from '../vaultError.ts';

/** How far the file may grow, so to say: what is not written takes no memory. */
const slackBytes = 1 << 30;

/**
 * A database file inside an age file, given to SQLite as if it were in memory: a page is opened when it is
 * first read. Ten years are some thirty megabytes, and today's totals need a few hundred kilobytes of them.
 *
 * sql.js keeps a database as the array it was given, in Emscripten's MEMFS, and reaches it only by `length`,
 * `slice` (once, to take it over), `subarray` (to read) and `set` (to write); this class has these and nothing
 * else. MEMFS copies a file that grows beyond its array, and so would open all of it: therefore this one says
 * that there is room behind its end. `wasTaken` tells whether sql.js took it so.
 *
 * The chunks are kept one by one as they were opened. In one large array each would cost the two megabytes that
 * a system with huge pages fills with zeros at the first touch.
 */
export class SealedPages implements ArrayLike<number> {
  readonly [index: number]: number;
  readonly #reader: AgeReader;
  readonly #chunks = new Map<number, Uint8Array>();
  #taken = false;
  #damage: VaultError | undefined;

  constructor(reader: AgeReader) {
    this.#reader = reader;
  }

  /** Of the file until it is taken over; of what it may grow to from then on. */
  get length(): number {
    return this.#reader.plainBytes + (this.#taken ? slackBytes : 0);
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
    const first = Math.floor(start / chunkBytes);
    if (end <= (first + 1) * chunkBytes) {
      // A page never lies across two chunks, so this is nearly always so.
      return this.#chunk(first).subarray(start - first * chunkBytes, end - first * chunkBytes);
    }
    const bytes = new Uint8Array(end - start);
    for (let offset = start; offset < end;) {
      const part = this.#restOfChunk(offset, end);
      bytes.set(part, offset - start);
      offset += part.length;
    }
    return bytes;
  }

  set(bytes: Uint8Array, offset: number): void {
    for (let done = 0; done < bytes.length;) {
      const target = this.#restOfChunk(offset + done, offset + bytes.length);
      target.set(bytes.subarray(done, done + target.length));
      done += target.length;
    }
  }

  #restOfChunk(start: number, end: number): Uint8Array {
    const chunk = Math.floor(start / chunkBytes);
    return this.#chunk(chunk).subarray(start - chunk * chunkBytes, end - chunk * chunkBytes);
  }

  #chunk(chunk: number): Uint8Array {
    let bytes = this.#chunks.get(chunk);
    if (bytes === undefined) {
      bytes = chunk < this.#reader.chunks ? this.#openChunk(chunk) : new Uint8Array(0);
      if (bytes.length < chunkBytes) {
        const whole = new Uint8Array(chunkBytes);
        whole.set(bytes);
        bytes = whole;
      }
      this.#chunks.set(chunk, bytes);
    }
    return bytes;
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
