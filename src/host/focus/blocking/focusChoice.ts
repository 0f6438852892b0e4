import { isBlockableApp } from '../../../focus/apps/appRefusal.ts';
import type { BlockingChoice } from '../../../focus/focusService.ts';
import type { BlockChoice } from '../../../focus/session/focusState.ts';
import { foldName } from '../../../focus/apps/processTable.ts';
import {
  blockWayFacts,
  serverWays,
  waysThatAreOn,
  type WayPortKey,
} from '../../../focus/sites/blockWayFacts.ts';
import { sitesToBlock, type SiteList } from '../../../focus/sites/siteList.ts';
import type { NameSwitches } from '../../settings/settingKinds.ts';
import type { FocusSettings } from '../../settings/settingTable.ts';

/** From the settings to what the focus service is told. */

/** The person's list of sites; ready-made groups are written into it name by name. */
export function siteListOf(switches: NameSwitches): SiteList {
  const sites = Object.entries(switches).map(([name, enabled]) => ({ name, enabled }));
  return { sites, groups: [] };
}

/** A list as the setting keeps it. */
export function switchesOf(list: SiteList): NameSwitches {
  return Object.fromEntries(list.sites.map(({ name, enabled }) => [name, enabled]));
}

/**
 * What a session blocks. Names that can't or must not be blocked are left out: settings are edited by hand.
 * @param needed host names that the person's own connections need
 */
export function blockChoiceOf(settings: FocusSettings, needed: ReadonlySet<string>): BlockChoice {
  const closed = new Set(settings.closedApps.map(foldName));
  const apps = Object.entries(settings.blockedApps)
    .filter(([name, isOn]) => isOn && isBlockableApp(name))
    .map(([name]) => ({ name, action: closed.has(foldName(name)) ? 'end' : 'warn' }) as const);
  return {
    sites: sitesToBlock(siteListOf(settings.blockedSites), needed),
    apps,
    methods: [...waysThatAreOn(settings)],
  };
}

/** Which servers run, and which names the proxy's address sends to it. */
export function blockingChoiceOf(
  settings: FocusSettings,
  needed: ReadonlySet<string>,
): BlockingChoice {
  const ports = serverWays.map((way) => {
    const { isOn, port } = blockWayFacts[way];
    return [port.key, settings[isOn.key] ? settings[port.key] : undefined];
  });
  return {
    // `Object.fromEntries` forgets its keys.
    ...(Object.fromEntries(ports) as Record<WayPortKey, number | undefined>),
    sites: sitesToBlock(siteListOf(settings.blockedSites), needed),
  };
}
