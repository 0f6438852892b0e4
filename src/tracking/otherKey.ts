import type { EditChange } from './editClassifier.ts';

const afterLineBreak = /^\r?\n([\s\S]*)$/;

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
  const rest = afterLineBreak.exec(text)?.[1];
  if (rest !== undefined) {
    // Enter: what it set into its line, an indent or the sign of a comment, is all that stands there.
    const written = line.slice(0, character);
    return written !== rest && written.trim() !== '';
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

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
