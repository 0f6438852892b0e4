import { EditPlace } from './carets.ts';
import type { Classification } from '../edits/editClassifier.ts';
import { EventKind } from '../eventKind.ts';
import { SaveTime } from './saves.ts';

/** Takes what was decided, in the order in which it happened. The object is written over later. */
export type HandOn = (timeMs: number, edit: Classification) => void;

/** A formatter's edit, or what is trimmed, comes this long before VS Code tells of the save, at most: others may format after it. */
const beforeSaveMs = 2_000;
/** A document that was edited is told to be unsaved within this time; one that was read from the disk again is not. */
const becomesDirtyMs = 500;
/** Edits kept back at one time; of more, the oldest is let go. */
const capacity = 128;

/** What the text of an edit says beside its kind. */
export const EditHint = {
  none: 0,
  /** It is blank, as that of Tab. */
  isBlank: 1,
  /** It stands in the place of what the edit before inserted, as that of an input method does. */
  composes: 2,
  /** It begins with a line break, as that of Enter, or indents several lines. */
  ofLines: 3,
  /** It takes away the end of its line, as what trims blanks does. */
  toLineEnd: 4,
} as const;

export type EditHint = (typeof EditHint)[keyof typeof EditHint];

/** What is known of an edit beside its kind. */
export interface EditSurroundings {
  /** The document's version after the edit. */
  version: number;
  place: EditPlace;
  hint: EditHint;
  /** Where the first caret was before the edit. */
  caretLine: number;
  caretCharacter: number;
  /** Nothing in the document was unsaved, as after it was read from the disk; if it was edited, it is told to be unsaved. */
  isClean: boolean;
}

/** What becomes of an edit that is kept back. */
export const Verdict = {
  /** Nothing is known yet: it waits for the selection event. */
  waiting: 0,
  /** Settled, and it counts. */
  counts: 1,
  /** Counts, unless a save of its document begins soon. */
  unlessTrimmed: 2,
  unlessSaved: 3,
  /** Counts, if the document is told to be unsaved. */
  unlessReloaded: 4,
  /** A formatter's, or of the disk: it never happened. */
  dropped: 5,
} as const;

export type Verdict = (typeof Verdict)[keyof typeof Verdict];

/** An edit that is kept back; its slot is used again. */
export interface KeptEdit<Document> {
  timeMs: number;
  readonly edit: Classification;
  document: Document | undefined;
  readonly around: EditSurroundings;
  /** The caret moved with it, though no key was told as the cause. */
  moved: boolean;
  /** Whether it came while its document was saved: known when it comes, as the save may be over when it is decided. */
  saveTime: SaveTime;
  verdict: Verdict;
}

/** Surroundings of which nothing is known yet, to be written over. */
export function noSurroundings(): EditSurroundings {
  return {
    version: 0,
    place: EditPlace.elsewhere,
    hint: EditHint.none,
    caretLine: 0,
    caretCharacter: 0,
    isClean: false,
  };
}

/**
 * The edits that wait, oldest first: for their sign, for a save that would show them to be a formatter's, or behind another,
 * so that the order stays. Slots are made once; nothing is allocated for an edit.
 */
export class KeptEdits<Document> {
  readonly #handOn: HandOn;
  readonly #slots: readonly KeptEdit<Document>[] = Array.from({ length: capacity }, () => ({
    timeMs: 0,
    edit: {
      kind: EventKind.unknown,
      insertedChars: 0,
      deletedChars: 0,
      revisesLatest: false,
      isOtherKey: false,
    },
    document: undefined,
    around: noSurroundings(),
    moved: false,
    saveTime: SaveTime.none,
    verdict: Verdict.dropped,
  }));
  #first = 0;
  #count = 0;

  /** @param handOn takes each edit that counts */
  constructor(handOn: HandOn) {
    this.#handOn = handOn;
  }

  /** The latest, if nothing is decided of it yet. */
  get latestWaiting(): KeptEdit<Document> | undefined {
    if (this.#count === 0) {
      return undefined;
    }
    const latest = this.#at(this.#count - 1);
    return latest.verdict === Verdict.waiting ? latest : undefined;
  }

  /** A slot behind all others, of which nothing is decided; the caller fills in the counts and what is around. */
  append(timeMs: number, kind: EventKind, document: Document | undefined): KeptEdit<Document> {
    if (this.#count === capacity) {
      this.#handOnFirst();
    }
    const kept = this.#at(this.#count);
    this.#count++;
    kept.timeMs = timeMs;
    kept.edit.kind = kind;
    kept.document = document;
    kept.moved = false;
    kept.verdict = Verdict.waiting;
    return kept;
  }

  /** The document is unsaved as of this version: the edit that made it so was not read from the disk. */
  becameDirty(document: Document, version: number): void {
    for (let at = 0; at < this.#count; at++) {
      const kept = this.#at(at);
      if (kept.document === document && kept.around.version === version) {
        kept.around.isClean = false;
      }
    }
  }

  /**
   * A save began: drops what waited for one, of the documents that are saved.
   * @param byItself the document saves itself after a while: blanks may be trimmed where no caret is, and a final newline
   *   added, but it is not formatted
   */
  dropSaved(timeMs: number, byItself: boolean, isSaved: (document: Document) => boolean): void {
    let canBeTrimmed = !byItself;
    for (let at = this.#count - 1; at >= 0; at--) {
      const kept = this.#at(at);
      const { verdict, edit, document } = kept;
      // Nobody types between what is trimmed and the save, and it is one edit.
      canBeTrimmed &&= verdict !== Verdict.counts;
      const isOfSave =
        verdict === Verdict.unlessTrimmed
          ? canBeTrimmed
          : verdict === Verdict.unlessSaved &&
            (!byItself || (edit.kind === EventKind.unknown && !kept.moved));
      if (
        isOfSave &&
        document !== undefined &&
        timeMs - kept.timeMs < waitOf(verdict) &&
        isSaved(document)
      ) {
        kept.verdict = Verdict.dropped;
      }
      canBeTrimmed &&= verdict !== Verdict.unlessTrimmed;
    }
  }

  /** Hands on what need not wait any more, up to the first that does. */
  handOnDue(nowMs: number): void {
    while (this.#count > 0) {
      const first = this.#at(0);
      if (first.verdict === Verdict.waiting || nowMs - first.timeMs < waitOf(first.verdict)) {
        return;
      }
      this.#handOnFirst();
    }
  }

  #at(index: number): KeptEdit<Document> {
    const kept = this.#slots[(this.#first + index) % capacity];
    if (kept === undefined) {
      throw new RangeError(`No edit is kept at ${index}`);
    }
    return kept;
  }

  #handOnFirst(): void {
    const first = this.#at(0);
    this.#first = (this.#first + 1) % capacity;
    this.#count--;
    first.document = undefined;
    const isReloaded = first.around.isClean && waitOf(first.verdict) > 0;
    if (first.verdict !== Verdict.dropped && !isReloaded) {
      this.#handOn(first.timeMs, first.edit);
    }
  }
}

/** So long an edit with this verdict waits for what would take it away. */
function waitOf(verdict: Verdict): number {
  switch (verdict) {
    case Verdict.unlessSaved:
    case Verdict.unlessTrimmed:
      return beforeSaveMs;
    case Verdict.unlessReloaded:
      return becomesDirtyMs;
    case Verdict.waiting:
    case Verdict.counts:
    case Verdict.dropped:
      return 0;
  }
}
