/**
 * Gives a text in the language of who reads it. The English text is its key in the bundles of `l10n/`; `{0}`, `{1}` stand for
 * the values.
 */
export type Translate = (text: string, ...values: readonly (string | number)[]) => string;

/** A language, for what is written outside of the editor. */
export interface Language {
  /** BCP 47. */
  readonly tag: string;
  readonly translate: Translate;
}

/** What the texts are written in. */
export const english: Language = {
  tag: 'en',
  translate: (text, ...values) =>
    text.replaceAll(/\{(\d+)\}/g, (place, index: string) => String(values[Number(index)] ?? place)),
};

/**
 * Which of some languages is meant.
 * @param language BCP 47 tag, in any case
 * @param known tags in small letters, such as `de` or `pt-br`
 * @returns the language with its country where that is known, else without; `undefined` where neither is
 */
export function knownLanguage(language: string, known: readonly string[]): string | undefined {
  const tag = language.toLowerCase();
  return [tag, tag.split('-')[0]].find(
    (each): each is string => each !== undefined && known.includes(each),
  );
}
