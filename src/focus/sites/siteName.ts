import { isIP } from 'node:net';
import { hostName, hostPart, isWithinSite } from './hostName.ts';
import { isKept } from './keptNames.ts';
import { isPublicSuffix } from './publicSuffix.ts';

/** Why a line can't be blocked. `protected`: the person's own remote or proxy needs it. */
export type SiteRefusal =
  | 'empty'
  | 'tooLong'
  | 'wildcard'
  | 'address'
  | 'local'
  | 'singleLabel'
  | 'malformed'
  /** Everybody may register a name below it: `co.uk`. */
  | 'publicSuffix'
  /** Updates come from there. */
  | 'updates'
  | 'protected';

export type SiteName =
  | { readonly ok: true; readonly name: string }
  | { readonly ok: false; readonly refusal: SiteRefusal };

// Names that mean this machine or this network (RFC 6761, RFC 6762, RFC 8375), and what /etc/hosts holds for them.
export const localSuffixes = [
  'localhost',
  'local',
  'localdomain',
  'internal',
  'home.arpa',
  'ip6-localhost',
] as const;
const labelPattern = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;

/**
 * Turns what a person typed or pasted (a name, or a whole address) into the ASCII name to block, without `www.`.
 * International names become their xn-- form (IDNA through WHATWG's domain-to-ASCII).
 */
export function parseSiteName(text: string): SiteName {
  const typed = text.trim();
  if (typed === '') {
    return refuse('empty');
  }
  if (typed.length > 2_000) {
    return refuse('tooLong');
  }
  const host = hostPart(typed);
  if (host.includes('*')) {
    return refuse('wildcard');
  }
  // Percent signs would be decoded, and brackets and colons are an address's.
  if (/[%[\]:@\s\\]/.test(host)) {
    return refuse(host.startsWith('[') ? 'address' : 'malformed');
  }
  const name = (hostName(host) ?? '').replace(/^www\.(?=[^.]+\.)/, '');
  if (isIP(name) !== 0) {
    return refuse('address');
  }
  if (name === '') {
    return refuse('malformed');
  }
  if (localSuffixes.some((suffix) => name === suffix || name.endsWith(`.${suffix}`))) {
    return refuse('local');
  }
  const labels = name.split('.');
  // A last label of digits would be taken for an IPv4 address (WHATWG URL, "ends in a number").
  if (!labels.every((label) => labelPattern.test(label)) || /^\d+$/.test(labels.at(-1) ?? '')) {
    return refuse('malformed');
  }
  if (labels.length < 2) {
    return refuse('singleLabel');
  }
  if (isPublicSuffix(name)) {
    return refuse('publicSuffix');
  }
  if (isKept(name)) {
    return refuse('updates');
  }
  // With room for `www.`; RFC 1035 allows 253 characters.
  return name.length > 249 ? refuse('tooLong') : { ok: true, name };
}

/** The exact host names that a site stands for where a method knows no subdomains. */
export function hostNamesOf(name: string): string[] {
  return [name, `www.${name}`];
}

/**
 * Whether blocking a site would cut off a host that is needed. The widest method decides (it blocks what lies
 * below a name too), so that a list means the same with every method.
 */
export function wouldCut(name: string, neededHosts: Iterable<string>): boolean {
  for (const host of neededHosts) {
    if (isWithinSite(host, name)) {
      return true;
    }
  }
  return false;
}

function refuse(refusal: SiteRefusal): SiteName {
  return { ok: false, refusal };
}
