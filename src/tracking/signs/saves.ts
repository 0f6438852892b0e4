/** Formatters that run when the save is over (external ones, watchers) still belong to it for this long. */
const afterSaveMs = 1_000;
/** A save that never ends (it failed, or was cancelled) must not swallow edits for ever. */
const longestSaveMs = 10_000;

/** Where a moment lies to the saves of a document. */
export const SaveTime = {
  none: 0,
  /** The save is over; what comes now is only perhaps a formatter's. */
  after: 1,
  /** The document saves itself, after a while: what is at a caret is left alone. */
  byItself: 2,
  /** The save has begun and not ended. */
  during: 3,
} as const;

export type SaveTime = (typeof SaveTime)[keyof typeof SaveTime];

interface Save<Saved> {
  readonly saved: Saved;
  readonly hasEnded: boolean;
  /** No formatter runs. */
  readonly byItself: boolean;
  readonly untilMs: number;
}

/** What is saved now, or was a moment ago. */
export class Saves<Document, Saved> {
  readonly #isPartOf: (document: Document, saved: Saved) => boolean;
  #saves: readonly Save<Saved>[] = [];

  constructor(isPartOf: (document: Document, saved: Saved) => boolean) {
    this.#isPartOf = isPartOf;
  }

  /** @param byItself the document saves itself after a while, which no formatter follows */
  began(timeMs: number, saved: Saved, byItself: boolean): void {
    this.#note(timeMs, { saved, hasEnded: false, byItself, untilMs: timeMs + longestSaveMs });
  }

  ended(timeMs: number, saved: Saved): void {
    const byItself = this.#saves.some((save) => save.saved === saved && save.byItself);
    const forMs = byItself ? 0 : afterSaveMs;
    this.#note(timeMs, { saved, hasEnded: true, byItself: false, untilMs: timeMs + forMs });
  }

  /** Whether a document is saved at a time, or was just before. */
  timeOf(document: Document, timeMs: number): SaveTime {
    for (const { saved, hasEnded, byItself, untilMs } of this.#saves) {
      if (timeMs < untilMs && this.#isPartOf(document, saved)) {
        if (hasEnded) {
          return SaveTime.after;
        }
        return byItself ? SaveTime.byItself : SaveTime.during;
      }
    }
    return SaveTime.none;
  }

  #note(timeMs: number, save: Save<Saved>): void {
    const others = this.#saves.filter(
      ({ saved, untilMs }) => saved !== save.saved && untilMs > timeMs,
    );
    this.#saves = [...others, save];
  }
}
