import { EventKind } from './eventKind.ts';

/** Formatters that run when the save is over (external ones, watchers) still belong to it for this long. */
const afterSaveMs = 1_000;
/** A save that never ends (it failed, or was cancelled) must not swallow edits for ever. */
const longestSaveMs = 10_000;

/**
 * Tells a formatter's edits from a person's: what comes in bulk between the start of a document's save and
 * a moment after its end is the formatter's. Single typed keys in that time are still the person's, as
 * documents save themselves while one types.
 */
export class SaveWindow<Document> {
  #document: Document | undefined;
  #untilMs = 0;

  saveBegan(document: Document, timeMs: number): void {
    this.#document = document;
    this.#untilMs = timeMs + longestSaveMs;
  }

  saveEnded(document: Document, timeMs: number): void {
    this.#document = document;
    this.#untilMs = timeMs + afterSaveMs;
  }

  /** Whether an edit of this kind, made of so many changed ranges, is a formatter's. */
  covers(document: Document, timeMs: number, kind: EventKind, changeCount: number): boolean {
    if (document !== this.#document || timeMs > this.#untilMs) {
      return false;
    }
    return isInBulk(kind, changeCount);
  }
}

/** Whether an edit of this kind, made of so many changed ranges, is more than one key does at one cursor. */
export function isInBulk(kind: EventKind, changeCount: number): boolean {
  const isOneKey = kind === EventKind.insert || kind === EventKind.delete;
  return !isOneKey || changeCount > 1;
}
