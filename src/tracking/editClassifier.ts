import { EventKind } from './eventKind.ts';

/** One replaced range of a change event. Its text is looked at here and kept nowhere. */
export interface EditChange {
  readonly text: string;
  /** Characters that were replaced. */
  readonly rangeLength: number;
}

export type EditReason = 'undo' | 'redo' | undefined;

/** What is kept of a change event. One object, written over by the next classification. */
export interface Classification {
  kind: EventKind;
  insertedChars: number;
  deletedChars: number;
}

/** Eight characters at once are more than a key, an IME word or a short completion. */
const blockChars = 8;
const newline = /^\r?\n[ \t]*$/;
/** A newline between brackets also moves the closing one down, behind its own indent. */
const splitNewline = /^\r?\n[ \t]*\r?\n[ \t]*$/;
const autoClosedPair = /^(?:\(\)|\[\]|\{\}|<>|""|''|``|\$\$|«»|“”|‘’)$/;

/**
 * Tells what kind of edit a change event was. With several cursors an event holds one change for each; all
 * alike, so the largest speaks for the event, which counts as one edit.
 *
 * The platform says who edited only for undo and redo: a block may be paste, completion, assistant or
 * formatter, and two to seven characters at once stay `unknown`.
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
  for (const change of changes) {
    const changeSize = change.text.length + change.rangeLength;
    if (changeSize > size) {
      largest = change;
      size = changeSize;
    }
  }
  if (largest === undefined || size === 0) {
    return false;
  }
  const { text, rangeLength } = largest;
  into.insertedChars = text.length;
  into.deletedChars = rangeLength;
  into.kind = reason === undefined ? kindOf(text, rangeLength) : EventKind.undo;
  if (into.kind === EventKind.insert) {
    // An indent or a closing bracket that the editor added was not typed.
    into.insertedChars = 1;
  }
  return true;
}

function kindOf(text: string, rangeLength: number): EventKind {
  if (text.length === 0) {
    return EventKind.delete;
  }
  // A surrogate pair is one character: an emoji, or a rare ideograph from an input method.
  const isOneCharacter =
    text.length === 1 || (text.length === 2 && (text.codePointAt(0) ?? 0) > 0xffff);
  const isOneKey =
    isOneCharacter || newline.test(text) || splitNewline.test(text) || autoClosedPair.test(text);
  if (isOneKey) {
    return rangeLength === 0 ? EventKind.insert : EventKind.replace;
  }
  if (text.length >= blockChars || text.includes('\n')) {
    return EventKind.block;
  }
  return rangeLength === 0 ? EventKind.unknown : EventKind.replace;
}
