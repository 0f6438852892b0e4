import { EventKind } from '../eventKind.ts';

/** One event that waits. */
export interface WaitingEvent {
  /** A key, and not only an edit. */
  readonly isKey: boolean;
  /** It came at once after the key before it. */
  readonly isFast: boolean;
  readonly timeMs: number;
  readonly kind: EventKind;
  readonly insertedChars: number;
  readonly deletedChars: number;
}

type Slot = { -readonly [Name in keyof WaitingEvent]: WaitingEvent[Name] };

/** Events that wait for the next ones to tell what they are, in order. Adding and taking allocate nothing. */
export class WaitingEvents {
  readonly #slots: readonly Slot[];
  #count = 0;

  /** @param capacity how many may wait */
  constructor(capacity: number) {
    this.#slots = Array.from({ length: capacity }, () => ({
      isKey: false,
      isFast: false,
      timeMs: 0,
      kind: EventKind.unknown,
      insertedChars: 0,
      deletedChars: 0,
    }));
  }

  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count === this.#slots.length;
  }

  /** There must be room: see {@link isFull}. */
  add(
    isKey: boolean,
    isFast: boolean,
    timeMs: number,
    kind: EventKind,
    insertedChars: number,
    deletedChars: number,
  ): void {
    const slot = this.#slots[this.#count++];
    if (slot !== undefined) {
      slot.isKey = isKey;
      slot.isFast = isFast;
      slot.timeMs = timeMs;
      slot.kind = kind;
      slot.insertedChars = insertedChars;
      slot.deletedChars = deletedChars;
    }
  }

  /**
   * Puts another edit in the place of the latest event, which keeps its time: both are one key's.
   * @returns false when that was no edit that adds text
   */
  reviseLatest(kind: EventKind, insertedChars: number, deletedChars: number): boolean {
    const latest = this.#slots[this.#count - 1];
    if (latest === undefined || !addsText(latest.kind)) {
      return false;
    }
    latest.kind = kind;
    latest.insertedChars = insertedChars;
    latest.deletedChars = deletedChars;
    return true;
  }

  /** How many wait before the latest so many keys. */
  countBefore(keys: number): number {
    let from = this.#count;
    for (let left = keys; from > 0 && left > 0;) {
      from--;
      left -= this.#slots[from]?.isKey === true ? 1 : 0;
    }
    return from;
  }

  /** Gives the oldest so many, one after the other, each written over later; they wait no longer. */
  take(count: number, to: (event: WaitingEvent) => void): void {
    for (let at = 0; at < count; at++) {
      const event = this.#slots[at];
      if (event !== undefined) {
        to(event);
      }
    }
    for (let at = count; at < this.#count; at++) {
      Object.assign(this.#slots[at - count] ?? {}, this.#slots[at]);
    }
    this.#count -= count;
  }
}

/** Whether an event of this kind may be the first part of what one key did. */
export function addsText(kind: EventKind): boolean {
  return kind === EventKind.insert || kind === EventKind.unknown || kind === EventKind.block;
}
