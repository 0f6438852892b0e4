import { parseSiteName, wouldCut, type SiteRefusal } from './siteName.ts';
import { siteGroups, type SiteGroupId } from './siteGroups.ts';

/** One site of the person's list. Switching it off keeps it. */
interface SiteEntry {
  readonly name: string;
  readonly enabled: boolean;
}

/** What the person keeps: own sites, and which ready-made groups are on, with sites of them left out. */
export interface SiteList {
  readonly sites: readonly SiteEntry[];
  readonly groups: readonly SiteGroupId[];
}

export type SiteAdding =
  | { readonly ok: true; readonly list: SiteList; readonly name: string }
  | { readonly ok: false; readonly refusal: SiteRefusal };

/** Adds a site as typed; one that is there already is switched on. */
export function addSite(list: SiteList, text: string, needed: ReadonlySet<string>): SiteAdding {
  const parsed = parseSiteName(text);
  if (!parsed.ok) {
    return parsed;
  }
  if (wouldCut(parsed.name, needed)) {
    return { ok: false, refusal: 'protected' };
  }
  return { ok: true, name: parsed.name, list: switchSite(list, parsed.name, true) };
}

/** Switches a site on or off, adding it when it is new: a group's site is left out by a switch that is off. */
export function switchSite(list: SiteList, name: string, enabled: boolean): SiteList {
  const isKnown = list.sites.some((site) => site.name === name);
  const sites = isKnown
    ? list.sites.map((site) => (site.name === name ? { name, enabled } : site))
    : [...list.sites, { name, enabled }];
  return { ...list, sites };
}

/**
 * The names to block: groups that are on and own sites that are on, without those switched off, without what is
 * no valid name (the list may come from a hand-edited setting), and without what is needed.
 */
export function sitesToBlock(list: SiteList, needed: ReadonlySet<string>): string[] {
  const names = new Set<string>();
  for (const id of list.groups) {
    for (const name of Object.hasOwn(siteGroups, id) ? siteGroups[id] : []) {
      names.add(name);
    }
  }
  for (const { name: text, enabled } of list.sites) {
    const parsed = parseSiteName(text);
    if (parsed.ok && enabled) {
      names.add(parsed.name);
    } else if (parsed.ok) {
      names.delete(parsed.name);
    }
  }
  return [...names].filter((name) => !wouldCut(name, needed)).sort();
}

/** What of a list can't be blocked, though it is on, and why: it stays on the list, and the person is told. */
export function sitesLeftOut(
  { sites }: SiteList,
  needed: ReadonlySet<string>,
): { readonly name: string; readonly refusal: SiteRefusal }[] {
  return sites
    .filter(({ enabled }) => enabled)
    .flatMap(({ name }) => {
      const parsed = parseSiteName(name);
      return !parsed.ok
        ? [{ name, refusal: parsed.refusal }]
        : wouldCut(parsed.name, needed)
          ? [{ name, refusal: 'protected' as const }]
          : [];
    });
}

export interface SiteImport {
  readonly list: SiteList;
  /** How many names were new. */
  readonly added: number;
  /** Lines that could not be taken, by their number from 1, 100 at most. */
  readonly refused: readonly { readonly line: number; readonly refusal: SiteRefusal }[];
}

export const longestImportBytes = 1_000_000;
const mostSites = 2_000;

/**
 * Reads a text file of sites: a name or an address a line, or lines as in a hosts file (`0.0.0.0 name name`).
 * `#` and `!` begin comments.
 */
export function importSites(list: SiteList, text: string, needed: ReadonlySet<string>): SiteImport {
  const known = new Map(list.sites.map((site) => [site.name, site]));
  const before = known.size;
  const refused: { line: number; refusal: SiteRefusal }[] = [];
  const refuse = (line: number, refusal: SiteRefusal): void => {
    if (refused.length < 100) {
      refused.push({ line, refusal });
    }
  };
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  for (const [index, whole] of lines.entries()) {
    const words = whole
      .replace(/(^|\s)[#!].*$/, '')
      .trim()
      .split(/\s+/);
    const isHostsLine =
      words.length > 1 && /^(?:0\.0\.0\.0|127\.0\.0\.1|::1?)$/.test(words[0] ?? '');
    for (const word of (isHostsLine ? words.slice(1) : words).filter((one) => one !== '')) {
      const parsed = parseSiteName(word);
      if (!parsed.ok) {
        // Hosts files begin with localhost's own lines; they are no mistake of the person.
        if (!(isHostsLine && (parsed.refusal === 'local' || parsed.refusal === 'singleLabel'))) {
          refuse(index + 1, parsed.refusal);
        }
      } else if (wouldCut(parsed.name, needed)) {
        refuse(index + 1, 'protected');
      } else if (!known.has(parsed.name)) {
        if (known.size >= mostSites) {
          refuse(index + 1, 'tooLong');
        } else {
          known.set(parsed.name, { name: parsed.name, enabled: true });
        }
      }
    }
  }
  return { list: { ...list, sites: [...known.values()] }, added: known.size - before, refused };
}
