import { canWrap, ChangeShape, shapeOf } from './changeShape.ts';
import { EventKind } from '../eventKind.ts';
import { countGraphemes, isOfInputMethods } from './graphemes.ts';

/** One replaced range of a change event. Its text is looked at here and kept nowhere. */
export interface EditChange {
  readonly text: string;
  /** Characters that were replaced. */
  readonly rangeLength: number;
  readonly range?: { readonly isSingleLine: boolean };
}

export type EditReason = 'undo' | 'redo' | undefined;

/** What is kept of a change event. One object, written over by the next classification. */
export interface Classification {
  kind: EventKind;
  /** For keys and short texts in characters as a reader counts them, for blocks in UTF-16 code units. */
  insertedChars: number;
  /** Of an `insert`: characters counted as typed before, which an input method put fewer in the place of. */
  deletedChars: number;
  /**
   * The edit is a further part of the key before and stands in its place: the counts are those of the whole key.
   * Left out is the same as false.
   */
  revisesLatest?: boolean;
  /** It types another character than stands before it: no repeat of a key that is held. Left out is the same as false. */
  isOtherKey?: boolean;
}

/** Eight characters at once are more than a key, an IME word or a short completion. */
export const blockChars = 8;
/** A text of more code units than this is a block without being measured. */
export const longestShortText = 256;

/**
 * Tells what kind of edit a change event was, by its shape: what one key press or one command of the editor does is
 * one edit. With several cursors an event holds one change for each, and is one edit all the same.
 *
 * The platform says who edited only for undo and redo: a block may be paste, completion, assistant or
 * formatter, and two to seven characters at once stay `unknown`, unless they are a word as input methods write them.
 *
 * @returns false when nothing was edited (the event also fires for a changed dirty state)
 */
export function classifyEdit(
  changes: readonly EditChange[],
  reason: EditReason,
  into: Classification,
): boolean {
  let largest: EditChange | undefined;
  let size = -1;
  let isAlike = true;
  for (const change of changes) {
    const changeSize = change.text.length + change.rangeLength;
    if (largest !== undefined && change.text.length !== largest.text.length) {
      isAlike = false;
    }
    if (changeSize > size) {
      largest = change;
      size = changeSize;
    }
  }
  if (largest === undefined || size === 0) {
    return false;
  }
  if (reason !== undefined) {
    tell(into, EventKind.undo, largest.text.length, largest.rangeLength);
  } else if (changes.length === 1 || (size === 1 && isAlike)) {
    classifyOne(largest, into);
  } else if (!classifySeveral(changes, into)) {
    classifyOne(largest, into);
  }
  return true;
}

function classifyOne(change: EditChange, into: Classification): void {
  const { text, rangeLength } = change;
  switch (shapeOf(text)) {
    case ChangeShape.deletion:
      tell(into, EventKind.delete, 0, rangeLength);
      return;
    case ChangeShape.key:
      tellKey(into, rangeLength);
      return;
    case ChangeShape.enter:
      // Enter takes the blanks that it finds behind the cursor, however many they are.
      tellKey(into, change.range?.isSingleLine === false ? rangeLength : 0);
      return;
    case ChangeShape.blanks:
      tellShift(into, text.length > rangeLength);
      return;
    case ChangeShape.mark:
      if (rangeLength === 0) {
        tellCommand(into);
        return;
      }
      break;
    case ChangeShape.other:
      break;
  }
  classifyText(text, rangeLength, into);
}

/** Text that no key makes at once. */
function classifyText(text: string, rangeLength: number, into: Classification): void {
  const { length } = text;
  const isLong = length > longestShortText || text.includes('\n');
  const chars = isLong ? length : countGraphemes(text);
  if (!isLong && chars < blockChars) {
    tell(into, rangeLength === 0 ? kindOfWord(text) : EventKind.replace, chars, rangeLength);
  } else if (length === rangeLength) {
    // As much as there was: lines sorted or joined, upper and lower case changed.
    tellCommand(into);
  } else {
    tell(into, EventKind.block, length, rangeLength);
  }
}

/** A word may be a completion, except where words are written so. */
function kindOfWord(text: string): EventKind {
  return isOfInputMethods(text) ? EventKind.insert : EventKind.unknown;
}

/**
 * What several changes at once are together.
 * @returns false where they don't belong together; then the largest speaks for all
 */
function classifySeveral(changes: readonly EditChange[], into: Classification): boolean {
  let keys = 0;
  let enters = 0;
  let tabs = 0;
  let shifts = 0;
  let marks = 0;
  let wraps = 0;
  let insertions = 0;
  let deletions = 0;
  let deletedUnits = 0;
  let largestRange = 0;
  let growth = 0;
  for (const { text, rangeLength } of changes) {
    const shape = shapeOf(text);
    growth += text.length - rangeLength;
    largestRange = Math.max(largestRange, rangeLength);
    if (shape === ChangeShape.deletion) {
      deletions++;
      deletedUnits += rangeLength;
      continue;
    }
    keys += shape === ChangeShape.key ? 1 : 0;
    enters += shape === ChangeShape.enter ? 1 : 0;
    tabs += shape === ChangeShape.blanks ? 1 : 0;
    shifts += shape === ChangeShape.blanks || text === ' ' || text === '\t' ? 1 : 0;
    if (rangeLength === 0) {
      insertions++;
      marks += shape === ChangeShape.mark ? 1 : 0;
      wraps += canWrap(text) ? 1 : 0;
    }
  }
  const texts = changes.length - deletions;
  const areTrimmed = deletions <= texts && deletedUnits <= longestShortText;
  if (texts === 0) {
    tell(into, EventKind.delete, 0, largestRange);
  } else if (areTrimmed && enters === texts && growth !== 0) {
    // One key at each cursor; what went are blanks that the editor had set itself.
    tellKey(into, 0);
  } else if (isMove(changes, deletions, insertions, growth)) {
    tellCommand(into);
  } else if (areTrimmed && insertions === texts && keys + enters + tabs === texts) {
    tellKey(into, 0);
  } else if (shifts === texts && (deletions > 0 || tabs > 0)) {
    tellShift(into, growth > 0);
  } else if (keys === changes.length) {
    tellKey(into, largestRange);
  } else if (insertions === changes.length && (marks === insertions || wraps === insertions)) {
    tellCommand(into);
  } else {
    return false;
  }
  return true;
}

/**
 * Whether what went in one place came in another: a selection moved by the mouse, or a line moved past others by a
 * key, where it may be indented anew and the others shifted.
 */
function isMove(
  changes: readonly EditChange[],
  deletions: number,
  insertions: number,
  growth: number,
): boolean {
  if (deletions === 0 || insertions === 0) {
    return false;
  }
  let lines = 0;
  let others = 0;
  let lineUnits = 0;
  let largestInserted = 0;
  let largestDeleted = 0;
  for (const { text, rangeLength } of changes) {
    if (text.length === 0) {
      largestDeleted = Math.max(largestDeleted, rangeLength);
    } else if (text.includes('\n')) {
      lines++;
      lineUnits = text.trim().length;
    } else if (text.trim() !== '') {
      others++;
    }
    largestInserted = Math.max(largestInserted, text.length);
  }
  if (growth === 0 && deletions + insertions === changes.length) {
    // One unit alone may be a letter, and a blank that the editor took back elsewhere.
    return largestInserted === largestDeleted && (largestInserted > 1 || lines > 0);
  }
  return lines === 1 && others === 0 && lineUnits > 0 && largestDeleted >= lineUnits;
}

/** An indent or a closing bracket that the editor added was not typed: a key is one character. */
function tellKey(into: Classification, rangeLength: number): void {
  tell(into, rangeLength === 0 ? EventKind.insert : EventKind.replace, 1, rangeLength);
}

/** More blanks than before are Tab; fewer are a command. */
function tellShift(into: Classification, isTab: boolean): void {
  if (isTab) {
    tellKey(into, 0);
  } else {
    tellCommand(into);
  }
}

/** One key that types nothing: it changes the place or the form of what is there. */
function tellCommand(into: Classification): void {
  tell(into, EventKind.replace, 0, 0);
}

function tell(
  into: Classification,
  kind: EventKind,
  insertedChars: number,
  deletedChars: number,
): void {
  into.kind = kind;
  into.insertedChars = insertedChars;
  into.deletedChars = deletedChars;
}
