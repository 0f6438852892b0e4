import {
  blockChars,
  classifyEdit,
  longestShortText,
  type Classification,
  type EditChange,
  type EditReason,
} from './editClassifier.ts';
import { EventKind } from './eventKind.ts';
import { countGraphemes } from './graphemes.ts';

/** A changed range with its place in the document as it was before the event. */
export interface PlacedChange extends EditChange {
  readonly rangeOffset: number;
}

/** What one key causes comes together; two keys of a hand never come this close. */
export const sameKeyMs = 8;
/** An editor closes a tag a moment after the key that asked for it. */
const closedTagMs = 2_000;
/** One key lets a composition grow by a character, and now and then by a separator as well. */
const mostOfOneKey = 2;
const closedTag = /^(?:<\/[^\s<>]*|\p{L}[\p{L}\p{N}_.:-]*)>$/u;
const closingSign = /^["'`)\]}>]$/;

/**
 * Reads the change events of all documents in their order, and tells of each what it was, given the one before.
 *
 * An input method shows what it has so far as text of the document, and replaces all of it with every key. So an
 * edit that replaces just what the edit before inserted is one more key, and only what it adds is new. It counts in
 * characters as a reader counts them; where a conversion leaves fewer of them, the difference is taken back from
 * what was typed, and is no deletion. Of the edit before, only its place and its counts are known here, no text.
 */
export class EditReader<Document> {
  #document: Document | undefined;
  #timeMs = -Infinity;
  /** Where the latest text begins, at the first cursor and at the last one. */
  #first = 0;
  #last = 0;
  #cursors = 0;
  /** Length of the latest text at each cursor; 0 when it can't be replaced by what belongs to it. */
  #units = 0;
  #graphemes = 0;
  /** How many of its characters count as typed, and can be taken back. */
  #counted = 0;
  #isComposition = false;
  #hasMoved = false;
  /** What was told of the latest key, with all its parts. */
  #kind: EventKind = EventKind.unknown;
  #insertedChars = 0;
  #deletedChars = 0;
  /** Of the event at hand: where its changes begin, and whether they are alike. */
  #from = 0;
  #to = 0;
  #isAlike = false;

  /**
   * @param into what the event was; `revisesLatest` says whether it stands in the place of the one before
   * @returns false when nothing was edited, or only what the editor adds to a key of a moment ago
   */
  read(
    document: Document,
    timeMs: number,
    changes: readonly PlacedChange[],
    reason: EditReason,
    into: Classification,
  ): boolean {
    const change = changes[0];
    if (change === undefined) {
      return false;
    }
    into.revisesLatest = false;
    this.#measure(changes, change);
    if (reason === undefined && document === this.#document && this.#isAlike) {
      if (this.#replacesLatest(changes.length, change)) {
        this.#compose(timeMs, change.text, into);
        return true;
      }
      if (this.#followsLatest(changes.length, change)) {
        const isAtOnce = timeMs - this.#timeMs <= sameKeyMs;
        if (isAtOnce && this.#isComposition && closingSign.test(change.text)) {
          return false;
        }
        if (this.#closesTag(timeMs, change.text)) {
          return false;
        }
        if (isAtOnce && (this.#isComposition || !this.#hasMoved) && this.#isText()) {
          return this.#extend(timeMs, changes, change, into);
        }
      }
    }
    if (!classifyEdit(changes, reason, into)) {
      return false;
    }
    this.#document = document;
    this.#remember(timeMs, changes.length, change, into);
    return true;
  }

  /** A cursor moved, or a text was typed: what is inserted from here on came later than what was there. */
  selectionChanged(): void {
    this.#hasMoved = true;
  }

  #measure(
    changes: readonly PlacedChange[],
    { text, rangeLength, rangeOffset }: PlacedChange,
  ): void {
    this.#from = this.#to = rangeOffset;
    this.#isAlike = true;
    for (let at = 1; at < changes.length; at++) {
      const change = changes[at];
      if (change !== undefined) {
        this.#from = Math.min(this.#from, change.rangeOffset);
        this.#to = Math.max(this.#to, change.rangeOffset);
        this.#isAlike &&= change.rangeLength === rangeLength && change.text === text;
      }
    }
  }

  #replacesLatest(cursors: number, { text, rangeLength }: PlacedChange): boolean {
    return (
      rangeLength > 0 &&
      rangeLength === this.#units &&
      this.#from === this.#first &&
      this.#to === this.#last &&
      cursors === this.#cursors &&
      isShort(text) &&
      // What is left of a composition that is given up; one character alone is a Backspace.
      (text.length > 0 || (this.#isComposition && this.#graphemes > 1))
    );
  }

  #followsLatest(cursors: number, { text, rangeLength }: PlacedChange): boolean {
    return (
      rangeLength === 0 &&
      text.length > 0 &&
      this.#units > 0 &&
      this.#from === this.#first + this.#units &&
      this.#to === this.#last + this.#units &&
      cursors === this.#cursors
    );
  }

  #isText(): boolean {
    return (
      this.#kind === EventKind.insert ||
      this.#kind === EventKind.unknown ||
      this.#kind === EventKind.block
    );
  }

  #closesTag(timeMs: number, text: string): boolean {
    return (
      text.length > 2 &&
      text.length <= longestShortText &&
      this.#kind === EventKind.insert &&
      timeMs - this.#timeMs <= closedTagMs &&
      closedTag.test(text)
    );
  }

  /** A key of an input method. */
  #compose(timeMs: number, text: string, into: Classification): void {
    const graphemes = countGraphemes(text);
    const growth = Math.max(graphemes - this.#graphemes, -this.#counted);
    const isSameKey = timeMs - this.#timeMs <= sameKeyMs && this.#isText();
    const before = isSameKey ? this.#insertedChars - this.#deletedChars : 0;
    into.revisesLatest = isSameKey;
    tellGrowth(before + growth, into);
    this.#counted = into.kind === EventKind.block ? 0 : this.#counted + growth;
    this.#last += (this.#cursors - 1) * (text.length - this.#units);
    this.#units = text.length;
    this.#graphemes = graphemes;
    this.#isComposition = true;
    this.#note(timeMs, into);
  }

  /**
   * A further part of what came at once: the beginning of a composition that follows one that was just taken over, or
   * the next character of a text that the editor takes in one by one.
   */
  #extend(
    timeMs: number,
    changes: readonly PlacedChange[],
    change: PlacedChange,
    into: Classification,
  ): boolean {
    classifyEdit(changes, undefined, into);
    const { insertedChars } = into;
    tellGrowth(this.#insertedChars - this.#deletedChars + insertedChars, into);
    into.revisesLatest = true;
    if (this.#isComposition || !isShort(change.text)) {
      this.#remember(timeMs, changes.length, change, into);
      this.#counted = into.kind === EventKind.block ? 0 : insertedChars;
    } else {
      this.#last += (this.#cursors - 1) * change.text.length;
      this.#units += change.text.length;
      this.#graphemes += insertedChars;
      this.#counted = into.kind === EventKind.block ? 0 : this.#counted + insertedChars;
      this.#note(timeMs, into);
    }
    return true;
  }

  /** Keeps the place of an edit that stands for itself. */
  #remember(
    timeMs: number,
    cursors: number,
    { text, rangeLength }: PlacedChange,
    into: Classification,
  ): void {
    const canBeReplaced =
      this.#isAlike && text.length > 0 && isShort(text) && into.kind !== EventKind.undo;
    this.#units = canBeReplaced ? text.length : 0;
    this.#graphemes = canBeReplaced ? countGraphemes(text) : 0;
    this.#first = this.#from;
    this.#last = this.#to + (cursors - 1) * (text.length - rangeLength);
    this.#cursors = cursors;
    this.#counted = into.kind === EventKind.block ? 0 : into.insertedChars;
    this.#isComposition = false;
    this.#note(timeMs, into);
  }

  #note(timeMs: number, { kind, insertedChars, deletedChars }: Classification): void {
    this.#timeMs = timeMs;
    this.#kind = kind;
    this.#insertedChars = insertedChars;
    this.#deletedChars = kind === EventKind.insert ? deletedChars : 0;
    this.#hasMoved = false;
  }
}

/** Characters that one key added to what was there, or took back. More than a key can are no key's. */
function tellGrowth(chars: number, into: Classification): void {
  into.insertedChars = Math.max(0, chars);
  into.deletedChars = Math.max(0, -chars);
  if (chars <= mostOfOneKey) {
    into.kind = EventKind.insert;
  } else {
    into.kind = chars < blockChars ? EventKind.unknown : EventKind.block;
  }
}

function isShort(text: string): boolean {
  return text.length === 1
    ? text !== '\n'
    : text.length <= longestShortText && !text.includes('\n');
}
