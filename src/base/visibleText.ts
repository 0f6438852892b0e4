/**
 * Names that others gave: of files in a folder, in a manifest, of a computer or a browser. One may hold what a terminal takes for an
 * order, what turns the direction of text around, or a line that reads as ours would. All that is not seen is shown as what it is,
 * as JSON writes it (`\u001b`), so that JSON stays JSON.
 */

/**
 * Controls (C0, C1, DEL), soft hyphen, what says of the direction of text (bidi), line and paragraph separators, what is invisible or
 * annotates, tags, and halves of surrogate pairs. Joiners stay, as scripts and emoji need them.
 */
const unseen =
  /[\p{Cc}\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}\p{Cs}]/gu;
/** The same without what parts lines and columns. */
const unseenInLines = new RegExp(String.raw`(?![\n\t])${unseen.source}`, 'gu');

/** A name on one line, with all in it that is not seen made visible. */
export function visibleText(name: string): string {
  return name.replaceAll(unseen, escaped);
}

/** The same for text of several lines: line breaks and tabs stay as they are. */
export function visibleLines(text: string): string {
  return text.replaceAll(unseenInLines, escaped);
}

function escaped(unit: string): string {
  return Array.from(
    { length: unit.length },
    (_, index) => `\\u${unit.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');
}
