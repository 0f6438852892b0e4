import { isRecord, type CompanionBlock } from '../src/focus/companion/companionProtocol.ts';
import { hostName, isWithinSite } from '../src/focus/sites/hostName.ts';
import { allKeptNames, isKept } from '../src/focus/sites/keptNames.ts';

/**
 * The page that stands in the place of a blocked one. Its address holds a key that nobody else knows, and after `#` the
 * address that was wanted: a page that another site links or frames lacks the key, counts nothing and leads nowhere.
 */
const blockedPage = chrome.runtime.getURL('blocked.html');

const redirectRule = 1;
const frameRule = 2;

/**
 * Blocks exactly these sites, or none. The rules are of the browser's session: a browser that is started again
 * has none.
 */
export async function applyBlock(block: CompanionBlock | undefined): Promise<void> {
  const [present, key] = await Promise.all([
    chrome.declarativeNetRequest.getSessionRules(),
    pageKey(),
  ]);
  await chrome.declarativeNetRequest.updateSessionRules({
    removeRuleIds: present.map(({ id }) => id),
    addRules: block === undefined || block.sites.length === 0 ? [] : rulesFor(block.sites, key),
  });
}

/** Puts the page in the place of what is open already. */
export async function replaceOpenTabs(block: CompanionBlock): Promise<void> {
  const tabs = await chrome.tabs.query({});
  const held = tabs.flatMap(({ id, url, pendingUrl }) => {
    const address = [url, pendingUrl].find((one) => one !== undefined && isBlocked(one, block));
    return id === undefined || address === undefined
      ? []
      : [{ id, address, wasOpen: address === url }];
  });
  for (const { id, address, wasOpen } of held) {
    await replaceTab(id, address, wasOpen);
  }
}

/** @param wasOpen the address is what the tab shows, so that it stands in the tab's history */
export async function replaceTab(id: number, address: string, wasOpen: boolean): Promise<void> {
  if (wasOpen) {
    await noteReplaced(id, address);
  }
  // The tab may be gone by now.
  await chrome.tabs
    .update(id, { url: `${blockedPage}?${await pageKey()}#${address}` })
    .catch(() => undefined);
}

/**
 * Gives every tab that was held back the page that it wanted: a page that was open by going back to it, since a browser then
 * restores what it kept of the page and its forms.
 */
export async function bringBackTabs(): Promise<void> {
  const replaced = await readReplaced();
  await chrome.storage.session.remove('replaced');
  const tabs = await chrome.tabs.query({});
  await Promise.all(
    tabs.map(async ({ id, url }) => {
      const wanted = await wantedAddress(url);
      if (id !== undefined && wanted !== undefined) {
        const isBack = replaced[id] === wanted && (await goBackTo(id, wanted));
        if (!isBack) {
          await chrome.tabs.update(id, { url: wanted }).catch(() => undefined);
        }
      }
    }),
  );
}

/** The address that a page of ours stands for; `undefined` for one that we did not make, and for all that is no web address. */
export async function wantedAddress(url: string | undefined): Promise<string | undefined> {
  const start = `${blockedPage}?${await pageKey()}#`;
  const wanted = url?.startsWith(start) === true ? url.slice(start.length) : '';
  return /^https?:\/\//.test(wanted) && URL.canParse(wanted) ? wanted : undefined;
}

/** Whether an address is one of a blocked site's, or of what lies below it. */
export function isBlocked(address: string, block: CompanionBlock): boolean {
  if (!/^https?:\/\//.test(address) || !URL.canParse(address)) {
    return false;
  }
  const host = hostName(new URL(address).hostname);
  return (
    host !== undefined && !isKept(host) && block.sites.some((site) => isWithinSite(host, site))
  );
}

const backMs = 2_000;
const lookMs = 50;

/** @returns false where the step before is something else, or did not come */
async function goBackTo(id: number, address: string): Promise<boolean> {
  try {
    await chrome.tabs.goBack(id);
    for (let waitedMs = 0; waitedMs < backMs; waitedMs += lookMs) {
      const { url, pendingUrl } = await chrome.tabs.get(id);
      if ((pendingUrl ?? url) === address) {
        return true;
      }
      if (pendingUrl === undefined && url?.startsWith(blockedPage) === false) {
        return false;
      }
      await new Promise((resolve) => setTimeout(resolve, lookMs));
    }
  } catch {
    // There is nothing to go back to.
  }
  return false;
}

async function noteReplaced(id: number, address: string): Promise<void> {
  const replaced = { ...(await readReplaced()), [id]: address };
  await chrome.storage.session.set({ replaced });
}

/** What was shown by the tabs that were replaced, by their numbers. */
async function readReplaced(): Promise<Readonly<Record<number, unknown>>> {
  const { replaced } = await chrome.storage.session.get('replaced');
  return isRecord(replaced) ? replaced : {};
}

let knownKey: string | undefined;

/** Made once and kept, so that a tab that the browser restores is still known. */
async function pageKey(): Promise<string> {
  if (knownKey === undefined) {
    const { pageKey: kept } = await chrome.storage.local.get('pageKey');
    const made = typeof kept === 'string' ? kept : crypto.randomUUID();
    // Two that ask at the same moment are given the same.
    knownKey ??= made;
    await chrome.storage.local.set({ pageKey: knownKey });
  }
  return knownKey;
}

function rulesFor(sites: readonly string[], key: string): NetRule[] {
  const kept = [...allKeptNames()];
  return [
    {
      id: redirectRule,
      priority: 2,
      action: {
        type: 'redirect',
        // \0 is all that matched: the address that was wanted.
        redirect: { regexSubstitution: `${blockedPage}?${key}#\\0` },
      },
      condition: {
        regexFilter: '^https?://.*',
        requestDomains: sites,
        excludedRequestDomains: kept,
        resourceTypes: ['main_frame'],
      },
    },
    {
      id: frameRule,
      priority: 1,
      action: { type: 'block' },
      condition: {
        requestDomains: sites,
        excludedRequestDomains: kept,
        resourceTypes: ['sub_frame'],
      },
    },
  ];
}
