import { appNameRefusal } from '../../../focus/apps/appRefusal.ts';
import { sitesLeftOut } from '../../../focus/sites/siteList.ts';
import type { FocusSettings } from '../../settings/settingTable.ts';
import { appRefusalSentence, refusalSentence } from '../focusSentences.ts';
import { siteListOf } from './focusChoice.ts';

/** What of the lists is on and can't be blocked, by its name, each with the reason. */
export function leftOutOf(
  settings: FocusSettings,
  needed: ReadonlySet<string>,
): readonly { readonly name: string; readonly reason: string }[] {
  const sites = sitesLeftOut(siteListOf(settings.blockedSites), needed).map(
    ({ name, refusal }) => ({ name, reason: refusalSentence(refusal) }),
  );
  const apps = Object.entries(settings.blockedApps).flatMap(([name, isOn]) => {
    const refusal = isOn ? appNameRefusal(name) : undefined;
    return refusal === undefined ? [] : [{ name, reason: appRefusalSentence(refusal) }];
  });
  return [...sites, ...apps];
}
