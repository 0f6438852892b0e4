import type { EventKind } from './eventKind.ts';

/** Room for fifteen minutes at eighteen events a second; a faster stream keeps its latest part. */
const defaultCapacity = 16_384;
const maxChars = 0xffff;

/**
 * The latest events in memory: when, of what kind, and how many characters. Nothing else of an edit is
 * ever here, and nothing of this is ever written. Pushing is O(1) and allocates nothing.
 *
 * Events are addressed from 0, the oldest held, to `count - 1`, the latest; times never decrease along them.
 */
export class KeystrokeRing {
  readonly capacity: number;
  readonly #mask: number;
  readonly #times: Float64Array;
  readonly #kinds: Uint8Array;
  readonly #inserted: Uint16Array;
  readonly #deleted: Uint16Array;
  /** Events ever pushed; a reader that remembers it can tell what is new. */
  #sequence = 0;
  /** Events before this one have been forgotten. */
  #oldest = 0;

  /**
   * @param capacity a power of two
   * @throws {RangeError} when it is not
   */
  constructor(capacity: number = defaultCapacity) {
    if (capacity < 2 || !Number.isInteger(Math.log2(capacity))) {
      throw new RangeError(`The capacity must be a power of two, not ${capacity}`);
    }
    this.capacity = capacity;
    this.#mask = capacity - 1;
    this.#times = new Float64Array(capacity);
    this.#kinds = new Uint8Array(capacity);
    this.#inserted = new Uint16Array(capacity);
    this.#deleted = new Uint16Array(capacity);
  }

  /** Events ever pushed. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Events held now. */
  get count(): number {
    return this.#sequence - this.#oldest;
  }

  /**
   * @param timeMs milliseconds on one monotonic clock; a time before the latest is taken as the latest
   * @param insertedChars characters that came, kept up to 65,535
   * @param deletedChars characters that went, kept up to 65,535
   */
  push(timeMs: number, kind: EventKind, insertedChars: number, deletedChars: number): void {
    const at = this.#sequence & this.#mask;
    if (this.#sequence > this.#oldest) {
      const latest = this.#times[(this.#sequence - 1) & this.#mask] ?? timeMs;
      this.#times[at] = timeMs < latest ? latest : timeMs;
    } else {
      this.#times[at] = timeMs;
    }
    this.#kinds[at] = kind;
    this.#inserted[at] = insertedChars > maxChars ? maxChars : insertedChars;
    this.#deleted[at] = deletedChars > maxChars ? maxChars : deletedChars;
    this.#sequence++;
    if (this.#sequence - this.#oldest > this.capacity) {
      this.#oldest = this.#sequence - this.capacity;
    }
  }

  /** Puts other counts in the place of the latest event's, which keeps its time. There must be one. */
  reviseLatest(kind: EventKind, insertedChars: number, deletedChars: number): void {
    const at = (this.#sequence - 1) & this.#mask;
    this.#kinds[at] = kind;
    this.#inserted[at] = insertedChars > maxChars ? maxChars : insertedChars;
    this.#deleted[at] = deletedChars > maxChars ? maxChars : deletedChars;
  }

  timeAt(index: number): number {
    return this.#times[(this.#oldest + index) & this.#mask] ?? NaN;
  }

  kindAt(index: number): EventKind {
    // Only `push` writes here, and it takes nothing but kinds.
    return this.#kinds[(this.#oldest + index) & this.#mask] as EventKind;
  }

  insertedAt(index: number): number {
    return this.#inserted[(this.#oldest + index) & this.#mask] ?? 0;
  }

  deletedAt(index: number): number {
    return this.#deleted[(this.#oldest + index) & this.#mask] ?? 0;
  }

  /** The first event at or after a time, by bisection; `count` when there is none. */
  firstAtOrAfter(timeMs: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.timeAt(middle) < timeMs) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Forgets events before a time, and wipes where they were. */
  forgetBefore(timeMs: number): void {
    const keep = this.firstAtOrAfter(timeMs);
    for (let index = 0; index < keep; index++) {
      const at = (this.#oldest + index) & this.#mask;
      this.#times[at] = 0;
      this.#kinds[at] = 0;
      this.#inserted[at] = 0;
      this.#deleted[at] = 0;
    }
    this.#oldest += keep;
  }
}
