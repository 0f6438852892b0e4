import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describeError, type Log } from '../../base/log.ts';

/** The dashboard's texts by the keys of src/webview/shared/englishStrings.ts. */
export type DashboardStrings = Readonly<Record<string, string>>;

/** Languages with a table of their own in l10n/dashboard.<language>.json; English is part of the page. */
export const dashboardLanguages: readonly string[] = ['de'];

/**
 * The dashboard's texts in a language, or `null` for English and for what there is no table of. Read when a
 * page is made: the table is small, and its first painting must not be in another language.
 * @param folder absolute path of l10n/
 * @param language BCP 47 tag
 */
export function readDashboardStrings(
  folder: string,
  language: string,
  log: Log,
): DashboardStrings | null {
  const own = language.toLowerCase().split('-')[0] ?? '';
  if (!dashboardLanguages.includes(own)) {
    return null;
  }
  try {
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
