/** A place in a document, counted from 0. */
interface Place {
  readonly line: number;
  readonly character: number;
}

/** A stretch of a document; empty where a caret selects nothing. */
export interface Span {
  readonly start: Place;
  readonly end: Place;
}

/** A change, and the stretch that it replaced in the document as it was before. */
export interface SpanChange {
  readonly text: string;
  readonly range: Span;
}

/** How a change event lies to the carets that were there before it; the higher, the nearer. */
export const EditPlace = {
  elsewhere: 0,
  /** In their lines or the ones beside them, as a command that moves lines. */
  nearLines: 1,
  /** In their lines, as Ctrl+Enter, which breaks the line at its end. */
  onLines: 2,
  /** One of its changes is at a caret or begins there, but not all, or there are more changes than carets. */
  partly: 3,
  /** One change at most for each caret, and each of them at one. */
  atCarets: 4,
} as const;

export type EditPlace = (typeof EditPlace)[keyof typeof EditPlace];

/** So many carets and changes are compared all with all; of more, the first change speaks for all. */
const mostCompared = 16;

/**
 * Tells whether an edit is where keys have their effect: an insertion at a caret, what ends at a caret or replaces what
 * is selected, and a deletion that a caret touches. Allocates nothing.
 * @param carets the selections of the editor in front, as they were before the edit
 */
export function placeOf(changes: readonly SpanChange[], carets: readonly Span[]): EditPlace {
  const looked = changes.length > mostCompared || carets.length > mostCompared ? 1 : changes.length;
  let nearest: EditPlace = EditPlace.atCarets;
  let touches = false;
  for (let at = 0; at < looked; at++) {
    const change = changes[at];
    if (change !== undefined) {
      const place = placeOfOne(change, carets);
      touches ||= place >= EditPlace.partly;
      nearest = place < nearest ? place : nearest;
    }
  }
  if (nearest === EditPlace.atCarets) {
    return changes.length <= carets.length ? nearest : EditPlace.partly;
  }
  return touches ? EditPlace.partly : nearest;
}

function placeOfOne({ range, text }: SpanChange, carets: readonly Span[]): EditPlace {
  const { start, end } = range;
  let nearest: EditPlace = EditPlace.elsewhere;
  for (const caret of carets) {
    const coversCaret = isBefore(start, caret.start) && isBefore(caret.end, end);
    if (coversCaret && (text.length === 0 || isSame(end, caret.end))) {
      return EditPlace.atCarets;
    }
    let place: EditPlace = EditPlace.elsewhere;
    if (coversCaret ? isSame(start, caret.start) : isAtEndOf(range, caret)) {
      place = EditPlace.partly;
    } else if (start.line >= caret.start.line && end.line <= caret.end.line) {
      place = EditPlace.onLines;
    } else if (start.line >= caret.start.line - 1 && end.line <= caret.end.line + 1) {
      place = EditPlace.nearLines;
    }
    nearest = place > nearest ? place : nearest;
  }
  return nearest;
}

/** Whether something is inserted at an end of what is selected, as brackets around it are. */
function isAtEndOf({ start, end }: Span, selected: Span): boolean {
  return isSame(start, end) && (isSame(start, selected.start) || isSame(end, selected.end));
}

function isBefore(a: Place, b: Place): boolean {
  return a.line < b.line || (a.line === b.line && a.character <= b.character);
}

function isSame(a: Place, b: Place): boolean {
  return a.line === b.line && a.character === b.character;
}
