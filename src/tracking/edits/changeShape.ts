import { isOneCharacter } from './graphemes.ts';

/** What one changed range looks like, by its new text alone. */
export const ChangeShape = {
  /** Nothing came. */
  deletion: 0,
  /** What one key makes: a character, a pair that the editor closes, an Enter with what the editor adds to it. */
  key: 1,
  enter: 2,
  /** Blanks of one line, more than one: Tab, or lines shifted. */
  blanks: 3,
  /** The sign of a comment or a quotation, as a command sets it before or around text. */
  mark: 4,
  other: 5,
} as const;

export type ChangeShape = (typeof ChangeShape)[keyof typeof ChangeShape];

/** No key makes more code units than this, whatever the editor adds; longer texts are not looked into. */
const longestKey = 64;
const plain = /^[\n\r\t\x20-\x7e]*$/;
const blanks = /^[ \t]+$/;
const lineBreak = /^\r?\n/;
/**
 * Enter: a line break, the indent, and what the language repeats at the start of a line: the sign of a comment, of
 * a quotation, of a list's item with its number or box. Between brackets a second line takes the closing one.
 */
const enter =
  /^\r?\n[ \t]*(?:(?:[-/*#;%'"!>+|:.=~@•◦‣–]{1,4}|\d{1,4}[.)]|[A-Za-z][.)](?=[ \t])|\[[ xX-]?\]|\\item)[ \t]*){0,4}(?:\r?\n[ \t]*)?$/;
/** Any bracket or quotation mark with its partner, be it of one code unit or of a few. */
const closedPair =
  /^(?:\p{Ps}\p{Pe}|\p{Pi}\p{Pf}|\p{Pf}\p{Pi}|„[“”]|‚[‘’]|<>|""|''|``|\$\$|%%|[*/] ?\*+\/|\* ?\*\)|- ?-->|!-->|["'`]\r?\n["'`]@|"{4}|'{4}|`{4}|\{\}\}|%%>|\?\?>|#[#%]\}|#\|?#?>|\| ?\|#|[([{]\\(?:(?:right|[bB]igg?r)\\?)?[)\]}])$/u;
const mark =
  /^(?:(?:\/\/[/!]?|#{1,3}|--|;{1,3}|%{1,2}|'{1,3}|"|!|\*|>|\.\.|::|@?[Rr][Ee][Mm]|\/\*|<!--|\{-|\(\*|<#|#=|\{#|<%#|\{\{!--) | (?:\*\/|-->|-\}|\*\)|#>|=#|#\}|%>|--\}\}))$/;
/** What a command sets around a selection: emphasis, quotation, a comment without blanks. */
const wrapping = /^(?:[^\p{L}\p{N}\s]{1,4} ?| [^\p{L}\p{N}\s]{1,4})$/u;

/** @param text of any length; the time this takes is bounded */
export function shapeOf(text: string): ChangeShape {
  const { length } = text;
  if (length === 0) {
    return ChangeShape.deletion;
  }
  if (length === 1) {
    return text === '\n' ? ChangeShape.enter : ChangeShape.key;
  }
  if (lineBreak.test(text)) {
    return enter.test(text) ? ChangeShape.enter : ChangeShape.other;
  }
  if (blanks.test(text)) {
    return ChangeShape.blanks;
  }
  if (length > longestKey) {
    return ChangeShape.other;
  }
  if (closedPair.test(text) || (!plain.test(text) && isOneCharacter(text))) {
    return ChangeShape.key;
  }
  return mark.test(text) ? ChangeShape.mark : ChangeShape.other;
}

/** Whether a text may be one of those that a command sets around what is selected. */
export function canWrap(text: string): boolean {
  return wrapping.test(text);
}
