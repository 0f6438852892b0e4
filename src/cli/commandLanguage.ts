import * as l10n from '@vscode/l10n';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { knownLanguage } from '../base/language.ts';

/** What the environment says of languages. */
export type LanguageEnvironment = Readonly<Record<string, string | undefined>>;

/**
 * Says everything from now on in the language of the environment: the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is not
 * empty, as POSIX has it. English where that is none, `C`, `POSIX`, or a language that there is no bundle of.
 * @param folder of the bundles, `bundle.l10n.LANGUAGE.json`
 */
export function speakLanguageOf(environment: LanguageEnvironment, folder: string): void {
  const named = [environment['LC_ALL'], environment['LC_MESSAGES'], environment['LANG']];
  // As in de_AT.UTF-8@euro.
  const [locale = ''] = (named.find((each) => each !== undefined && each !== '') ?? '').split(
    /[.@]/,
  );
  // Most who call this speak English, for which nothing is read.
  if (locale === '' || /^(?:C|POSIX|en)(?:_|$)/.test(locale)) {
    return;
  }
  try {
    const known = readdirSync(folder).flatMap(
      (name) => /^bundle\.l10n\.(.+)\.json$/.exec(name)?.[1] ?? [],
    );
    const language = knownLanguage(locale.replace('_', '-'), known);
    if (language !== undefined) {
      const file = path.join(folder, `bundle.l10n.${language}.json`);
      l10n.config({ contents: readFileSync(file, 'utf8') });
    }
  } catch {
    // Without its bundles the command line does what it does in English.
  }
}

/** A text that is written elsewhere, such as what an error says; as it is where it is in no bundle. */
export function translated(text: string, ...values: readonly (string | number)[]): string {
  const { t } = l10n;
  return t(text, ...values);
}
