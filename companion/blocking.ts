import type { CompanionBlock } from '../src/focus/companion/companionProtocol.ts';
import { hostName, isWithinSite } from '../src/focus/sites/hostName.ts';

/** The page that stands in the place of a blocked one; the address that was wanted follows after `#`. */
const blockedPage = chrome.runtime.getURL('blocked.html');

const redirectRule = 1;
const frameRule = 2;

/**
 * Blocks exactly these sites, or none. The rules are of the browser's session: a browser that is started again
 * has none.
 */
export async function applyBlock(block: CompanionBlock | undefined): Promise<void> {
  const present = await chrome.declarativeNetRequest.getSessionRules();
  await chrome.declarativeNetRequest.updateSessionRules({
    removeRuleIds: present.map(({ id }) => id),
    addRules: block === undefined || block.sites.length === 0 ? [] : rulesFor(block.sites),
  });
}

/** Puts the page in the place of what is open already. */
export async function replaceOpenTabs(block: CompanionBlock): Promise<void> {
  const tabs = await chrome.tabs.query({});
  const ids = tabs.flatMap(({ id, url, pendingUrl }) => {
    const address = [url, pendingUrl].find((one) => one !== undefined && isBlocked(one, block));
    return id === undefined || address === undefined ? [] : [{ id, address }];
  });
  await Promise.all(ids.map(({ id, address }) => replaceTab(id, address)));
}

export async function replaceTab(id: number, address: string): Promise<void> {
  // The tab may be gone by now.
  await chrome.tabs.update(id, { url: `${blockedPage}#${address}` }).catch(() => undefined);
}

/** Gives every tab that was held back the page that it wanted. */
export async function bringBackTabs(): Promise<void> {
  const tabs = await chrome.tabs.query({});
  for (const { id, url } of tabs) {
    const wanted = id === undefined ? undefined : wantedAddress(url ?? '');
    if (id !== undefined && wanted !== undefined) {
      await chrome.tabs.update(id, { url: wanted }).catch(() => undefined);
    }
  }
}

/** The address that a blocked page stands for; only a web address, never a script. */
function wantedAddress(url: string): string | undefined {
  if (!url.startsWith(`${blockedPage}#`)) {
    return undefined;
  }
  const wanted = url.slice(blockedPage.length + 1);
  return /^https?:\/\//.test(wanted) && URL.canParse(wanted) ? wanted : undefined;
}

/** Whether an address is one of a blocked site's, or of what lies below it. */
export function isBlocked(address: string, block: CompanionBlock): boolean {
  if (!/^https?:\/\//.test(address) || !URL.canParse(address)) {
    return false;
  }
  const host = hostName(new URL(address).hostname);
  return host !== undefined && block.sites.some((site) => isWithinSite(host, site));
}

function rulesFor(sites: readonly string[]): NetRule[] {
  return [
    {
      id: redirectRule,
      priority: 2,
      action: {
        type: 'redirect',
        // \0 is all that matched: the address that was wanted.
        redirect: { regexSubstitution: `${blockedPage}#\\0` },
      },
      condition: {
        regexFilter: '^https?://.*',
        requestDomains: sites,
        resourceTypes: ['main_frame'],
      },
    },
    {
      id: frameRule,
      priority: 1,
      action: { type: 'block' },
      condition: { requestDomains: sites, resourceTypes: ['sub_frame'] },
    },
  ];
}
