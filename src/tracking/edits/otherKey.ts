import type { EditChange } from './editClassifier.ts';

const lineFeed = 10;
const carriageReturn = 13;
const space = 32;
const tab = 9;

/**
 * Whether a change can't be the repeat of a key that is held down: such a key writes what stands before the caret already.
 * The text is looked at where the editor has it, so that nothing of it need be remembered from one key to the next.
 *
 * @param line the line that the change begins in, and `character`: where in it, in code units. Of several changes the
 *   first in the document is meant: what stands before it is where it was
 */
export function isOtherKey(
  { text, rangeLength }: EditChange,
  line: string,
  character: number,
): boolean {
  const { length } = text;
  if (length === 0) {
    return false;
  }
  const breakLength = lengthOfBreak(text);
  if (breakLength > 0) {
    // Enter: what it set into its line, an indent or the sign of a comment, is all that stands there.
    return holdsOther(line, character, text, breakLength);
  }
  if (rangeLength > 0 && length > 1) {
    // An input method writes all that it shows anew.
    return text.charCodeAt(length - 1) !== text.charCodeAt(length - 2);
  }
  // A pair that the editor closes begins with the key.
  const width = isHighSurrogate(text.charCodeAt(0)) ? 2 : 1;
  for (let at = 0; at < width; at++) {
    if (line.charCodeAt(character - width + at) !== text.charCodeAt(at)) {
      return true;
    }
  }
  return false;
}

function lengthOfBreak(text: string): number {
  if (text.charCodeAt(0) === lineFeed) {
    return 1;
  }
  return text.charCodeAt(0) === carriageReturn && text.charCodeAt(1) === lineFeed ? 2 : 0;
}

/** Whether something stands in a line before a place that is neither blank nor the end of a text. Allocates nothing. */
function holdsOther(line: string, character: number, text: string, from: number): boolean {
  let isBlank = true;
  let isSame = text.length - from === character;
  for (let at = 0; at < character; at++) {
    const unit = line.charCodeAt(at);
    isBlank &&= unit === space || unit === tab;
    isSame &&= unit === text.charCodeAt(from + at);
    if (!isBlank && !isSame) {
      return true;
    }
  }
  return false;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
