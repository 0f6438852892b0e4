import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describeError, type Log } from '../../base/log.ts';
import { knownLanguage } from '../../base/language.ts';

/** The dashboard's texts by the keys of src/webview/shared/englishStrings.ts. */
export type DashboardStrings = Readonly<Record<string, string>>;

/**
 * The dashboard's texts in a language, or `null` for English, which is part of the page, and for what there is no table of.
 * Read when a page is made: the table is small, and its first painting must not be in another language.
 * @param folder absolute path of l10n/, whose `dashboard.LANGUAGE.json` are the tables
 * @param language BCP 47 tag
 */
export function readDashboardStrings(
  folder: string,
  language: string,
  log: Log,
): DashboardStrings | null {
  try {
    const known = readdirSync(folder).flatMap(
      (name) => /^dashboard\.(.+)\.json$/.exec(name)?.[1] ?? [],
    );
    const own = knownLanguage(language, known);
    if (own === undefined) {
      return null;
    }
    const parsed: unknown = JSON.parse(
      readFileSync(path.join(folder, `dashboard.${own}.json`), 'utf8'),
    );
    return isTable(parsed) ? parsed : null;
  } catch (error) {
    log.warn('The texts of the dashboard could not be read', describeError(error));
    return null;
  }
}

function isTable(value: unknown): value is DashboardStrings {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((entry) => typeof entry === 'string')
  );
}
