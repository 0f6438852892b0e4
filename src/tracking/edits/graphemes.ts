/**
 * One code unit, one character, whatever stands beside it: Latin, Greek, Cyrillic, Hebrew and Arabic letters,
 * kana, bopomofo, ideographs, whole Hangul syllables, full-width forms, punctuation. Nothing here joins with what
 * comes before or after; a sign that does is not here, and its text is asked of the segmenter.
 */
const standsAlone =
  /^[\t\x20-\x7e\xa0-\u02ff\u0370-\u0377\u037a-\u0482\u048a-\u0556\u05d0-\u05ea\u0620-\u064a\u2010-\u2027\u2030-\u205e\u20a0-\u20cf\u3000-\u3029\u3041-\u3096\u309b-\u30ff\u3105-\u312f\u3131-\u318e\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff9d]*$/;
/** Lam with alef is one key of an Arabic keyboard and one shape on the screen, though two letters. */
const lamAlef = /^\u0644[\u0622\u0623\u0625\u0627]$/;
/** Signs that join two consonants of an Indic script into one; older Unicode data parts them. */
const joiner =
  /[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca\u1039\u17d2\u1a60]\u200d?$/u;

/** Ideographs, kana, bopomofo, Hangul, and their punctuation. */
const ofInputMethods =
  /^[\u1100-\u11ff\u3000-\u303f\u3041-\u318f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff01-\uffef\u{1b000}-\u{1b16f}\u{20000}-\u{323af}\u{fe00}-\u{fe0f}\u{e0100}-\u{e01ef}]+$/u;

/** Made when first needed: most people write nothing that asks for it. */
let segmenter: Intl.Segmenter | undefined;

/** Characters as a reader counts them: grapheme clusters, as UAX #29 has them. */
export function countGraphemes(text: string): number {
  if (text.length < 2 || standsAlone.test(text)) {
    return text.length;
  }
  let count = 0;
  const segments = segmentsOf(text)[Symbol.iterator]();
  while (segments.next().done !== true) {
    count++;
  }
  return count;
}

/** Whether a text is what one key makes: one grapheme cluster, or letters that one key of some keyboard joins. */
export function isOneCharacter(text: string): boolean {
  if (text.length === 1 || lamAlef.test(text)) {
    return true;
  }
  if (standsAlone.test(text)) {
    return false;
  }
  let isJoined = true;
  for (const { segment } of segmentsOf(text)) {
    if (!isJoined) {
      return false;
    }
    isJoined = joiner.test(segment);
  }
  return text.length > 0;
}

/** Whether a text is in a script of which words are written with an input method, and come whole. */
export function isOfInputMethods(text: string): boolean {
  return ofInputMethods.test(text);
}

function segmentsOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return segmenter.segment(text);
}
