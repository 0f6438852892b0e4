import {
  blockChars,
  classifyEdit,
  longestShortText,
  type Classification,
  type EditChange,
  type EditReason,
} from './editClassifier.ts';
import { EventKind } from '../eventKind.ts';
import { countGraphemes, isOfInputMethods } from './graphemes.ts';
import { TypedPlace, type RangeChange } from './typedPlace.ts';

/** A changed range with its place in the document as it was before the event. */
export type PlacedChange = EditChange & RangeChange;

/** What one key causes comes together; two keys of a hand never come this close. */
export const sameKeyMs = 4;
/** A text that the editor takes in one by one, when it or the extension host is held up within it. */
const sameTextMs = 250;
/** An editor closes a tag a moment after the key that asked for it. */
const closedTagMs = 2_000;
/** One key lets a composition grow by a character, and now and then by a separator as well. */
const mostOfOneKey = 2;
const closedTag = /^(?:<\/[^\s<>]*|\p{L}[\p{L}\p{N}_.:-]*)>$/u;
const tab = /^[ \t]{2,}$/;
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
  #latest = new TypedPlace();
  /** A composition that goes on while something else in the document is edited. */
  #open = new TypedPlace();
  /** The editor told of the key that made the latest edit. */
  #hasKeyEnded = false;
  /** What was told of the latest key, with all its parts. */
  #kind: EventKind = EventKind.unknown;
  #insertedChars = 0;
  #deletedChars = 0;
  /** Of the event at hand: where its changes begin, and whether they are alike. */
  #first = 0;
  #last = 0;
  #isAlike = false;

  /**
   * @param awaitsSign the editor has told of no caret since the edit before, though that was at one: so it is still at the same
   *   text
   * @param into what the event was; `revisesLatest` says whether it stands in the place of the one before
   * @returns false when nothing was edited, or only what the editor adds to a key of a moment ago
   */
  read(
    document: Document,
    timeMs: number,
    changes: readonly PlacedChange[],
    reason: EditReason,
    awaitsSign: boolean,
    into: Classification,
  ): boolean {
    const change = changes[0];
    if (change === undefined) {
      return false;
    }
    into.revisesLatest = false;
    this.#measure(changes, change);
    if (document !== this.#document || reason !== undefined) {
      this.#document = document;
      this.#latest.forget();
      this.#open.forget();
    }
    if (reason === undefined && this.#isAlike) {
      const { text, rangeLength } = change;
      if (rangeLength > 0) {
        const composed = this.#composedAt(changes.length, change);
        if (composed !== undefined && this.#repeatsLatest(timeMs, composed, text)) {
          this.#timeMs = timeMs;
          return false;
        }
        if (composed !== undefined) {
          this.#compose(composed, timeMs, changes, text, into);
          return true;
        }
      } else if (this.#latest.endsAt(this.#first, this.#last, changes.length)) {
        const isAtOnce = timeMs - this.#timeMs <= sameKeyMs;
        const { isComposition } = this.#latest;
        if (
          (isAtOnce && isComposition && closingSign.test(text)) ||
          this.#closesTag(timeMs, text)
        ) {
          this.#open.shiftBy(changes);
          return false;
        }
        const isSameKey = isAtOnce && (isComposition || !this.#hasKeyEnded);
        const isSameText = awaitsSign && timeMs - this.#timeMs <= sameTextMs;
        if ((isSameKey || isSameText) && this.#isText()) {
          return this.#extend(timeMs, changes, change, into);
        }
      }
    }
    if (!classifyEdit(changes, reason, into)) {
      return false;
    }
    this.#leave(changes);
    this.#place(changes.length, change, into);
    this.#note(timeMs, into);
    return true;
  }

  /**
   * The editor told of a key, or a person moved a cursor: what comes from here on is another key's. Of a text that it takes
   * in one by one, the editor tells so once at the end.
   */
  keyEnded(): void {
    this.#hasKeyEnded = true;
  }

  #measure(
    changes: readonly PlacedChange[],
    { text, rangeLength, rangeOffset }: PlacedChange,
  ): void {
    this.#first = this.#last = rangeOffset;
    this.#isAlike = true;
    for (let at = 1; at < changes.length; at++) {
      const change = changes[at];
      if (change !== undefined) {
        this.#first = Math.min(this.#first, change.rangeOffset);
        this.#last = Math.max(this.#last, change.rangeOffset);
        this.#isAlike &&= change.rangeLength === rangeLength && change.text === text;
      }
    }
  }

  /** The text that this change stands in the place of, if an input method can have shown it. */
  #composedAt(cursors: number, { text, rangeLength }: PlacedChange): TypedPlace | undefined {
    if (!isShort(text)) {
      return undefined;
    }
    const isAtLatest = this.#latest.isAt(this.#first, this.#last, cursors, rangeLength);
    const isAtOpen = this.#open.isAt(this.#first, this.#last, cursors, rangeLength);
    const found = isAtLatest ? this.#latest : isAtOpen ? this.#open : undefined;
    // Nothing is left of a composition that is given up; where one character goes, it is a Backspace.
    return text.length > 0 || (found?.isComposition === true && found.graphemes > 1)
      ? found
      : undefined;
  }

  /** Whether what is taken over is only told once more, as the editor does where it edits in a text area. */
  #repeatsLatest(timeMs: number, { isComposition, units }: TypedPlace, text: string): boolean {
    return (
      isComposition &&
      text.length === units &&
      timeMs - this.#timeMs <= sameKeyMs &&
      !this.#hasKeyEnded
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
  #compose(
    place: TypedPlace,
    timeMs: number,
    changes: readonly PlacedChange[],
    text: string,
    into: Classification,
  ): void {
    const graphemes = countGraphemes(text);
    const growth = Math.max(graphemes - place.graphemes, -place.counted);
    tellGrowth(growth, text, into);
    if (place === this.#open) {
      this.#latest.shiftBy(changes);
      this.#open = this.#latest;
      this.#latest = place;
    } else {
      this.#open.shiftBy(changes);
    }
    place.replaceBy(text.length);
    place.graphemes = graphemes;
    place.counted += into.kind === EventKind.insert ? growth : 0;
    place.isComposition = true;
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
    this.#open.shiftBy(changes);
    const { insertedChars } = into;
    tellGrowth(this.#insertedChars - this.#deletedChars + insertedChars, change.text, into);
    into.revisesLatest = true;
    const isTyped = into.kind === EventKind.insert;
    const latest = this.#latest;
    if (latest.isComposition || !isShort(change.text)) {
      this.#place(changes.length, change, into);
      latest.counted = isTyped ? insertedChars : 0;
    } else {
      latest.replaceBy(latest.units + change.text.length);
      latest.graphemes += insertedChars;
      latest.counted = isTyped ? latest.counted + insertedChars : 0;
    }
    this.#note(timeMs, into);
    return true;
  }

  /** The latest text is no longer that; if it is a composition, it may still go on. */
  #leave(changes: readonly PlacedChange[]): void {
    if (this.#latest.isComposition) {
      const left = this.#latest;
      this.#latest = this.#open;
      this.#open = left;
    }
    this.#open.shiftBy(changes);
  }

  /** Keeps the place of an edit that stands for itself. */
  #place(cursors: number, { text, rangeLength }: PlacedChange, into: Classification): void {
    const place = this.#latest;
    place.forget();
    if (this.#isAlike && isShort(text) && !tab.test(text) && into.kind !== EventKind.undo) {
      const isTyped = into.kind === EventKind.insert || into.kind === EventKind.replace;
      place.units = text.length;
      place.graphemes = countGraphemes(text);
      place.counted = isTyped ? into.insertedChars : 0;
      place.first = this.#first;
      place.last = this.#last + (cursors - 1) * (text.length - rangeLength);
      place.cursors = cursors;
    }
  }

  #note(timeMs: number, { kind, insertedChars, deletedChars }: Classification): void {
    this.#timeMs = timeMs;
    this.#kind = kind;
    this.#insertedChars = insertedChars;
    this.#deletedChars = kind === EventKind.insert ? deletedChars : 0;
    this.#hasKeyEnded = false;
  }
}

/** Characters that one key added to what was there, or took back. More than a key can are no key's. */
function tellGrowth(chars: number, text: string, into: Classification): void {
  into.insertedChars = Math.max(0, chars);
  into.deletedChars = Math.max(0, -chars);
  if (chars <= mostOfOneKey || (chars < blockChars && isOfInputMethods(text))) {
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
