import type { Classification } from './editClassifier.ts';
import { EventKind } from './eventKind.ts';

/** More edits than this at one save are no formatter's; the oldest is let go. */
const mostHeld = 8;

interface HeldEdit {
  timeMs: number;
  readonly edit: Classification;
}

/**
 * Keeps edits in bulk back for a moment. VS Code formats a document before it tells anybody that a save has
 * begun: what came just before a save can be known as the formatter's only afterwards.
 */
export class HeldEdits<Document> {
  readonly #held: readonly HeldEdit[] = Array.from({ length: mostHeld }, () => ({
    timeMs: 0,
    edit: { kind: EventKind.unknown, insertedChars: 0, deletedChars: 0 },
  }));
  readonly #handOn: (timeMs: number, edit: Classification) => void;
  #count = 0;
  #document: Document | undefined;

  /** @param handOn takes what turned out to be no formatter's; the object is written over later */
  constructor(handOn: (timeMs: number, edit: Classification) => void) {
    this.#handOn = handOn;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** Keeps a copy. What is held of another document is let go first, so that all stays in order. */
  hold(document: Document, timeMs: number, edit: Classification): void {
    if (document !== this.#document || this.#count === mostHeld) {
      this.release();
    }
    const slot = this.#held[this.#count];
    if (slot !== undefined) {
      slot.timeMs = timeMs;
      Object.assign(slot.edit, edit);
      this.#document = document;
      this.#count++;
    }
  }

  /** A save of this document has begun: what is held of it was the formatter's. */
  saveBegan(document: Document): void {
    if (document === this.#document) {
      this.#count = 0;
    }
  }

  /** Hands on everything that is held. Call it before anything later is told, and when the moment is over. */
  release(): void {
    const count = this.#count;
    this.#count = 0;
    for (let at = 0; at < count; at++) {
      const held = this.#held[at];
      if (held !== undefined) {
        this.#handOn(held.timeMs, held.edit);
      }
    }
  }
}
