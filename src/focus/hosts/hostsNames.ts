import { isKept, isWithinAny } from '../sites/keptNames.ts';
import { hostNamesOf, localSuffixes } from '../sites/siteName.ts';
import { parseHostsLine, splitHosts, zeroFamily } from './hostsLine.ts';

/**
 * Which names may stand in Millrace's part of the hosts file: the one rule for the editor and the helper. The helper's own
 * writing of it (`refusingProgram` in `hostsHelperAwk.ts`) is made of what stands here, and a test compares the two.
 */

/** More names than that are no list of a person's. */
export const mostHostsNames = 5_000;
/** RFC 1035, 2.3.4. */
export const longestHostsName = 253;

/** Addresses of a network of one's own, as both JavaScript and awk read these (RFC 1918, 3927, 4193, 4291, 6598). */
export const ownAddress = [
  String.raw`^10\.`,
  String.raw`^192\.168\.`,
  String.raw`^172\.(1[6-9]|2[0-9]|3[01])\.`,
  String.raw`^169\.254\.`,
  String.raw`^100\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\.`,
  '^[fF][cCdD][0-9a-fA-F][0-9a-fA-F]:',
  '^[fF][eE][89abAB][0-9a-fA-F]:',
].join('|');

let localNames: ReadonlySet<string> | undefined;

/**
 * Whether a name may be blocked by the hosts file: a whole name of two labels or more, none of this computer or this network,
 * none from which updates come.
 * @param own see `ownHostNames`
 */
export function mayStandInHosts(name: string, own: ReadonlySet<string>): boolean {
  const labels = name.split('.');
  localNames ??= new Set(localSuffixes);
  return (
    name.length <= longestHostsName &&
    labels.length >= 2 &&
    labels.every((label) => /^(?!-)[a-z0-9-]{1,63}(?<!-)$/.test(label)) &&
    // What would be read as an address (WHATWG URL, "ends in a number").
    !/^(?:[0-9]+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? '') &&
    !isWithinAny(name, localNames) &&
    !isKept(name) &&
    !own.has(name)
  );
}

/**
 * The person's own hosts, as the machine knows them: its own name, the names that stand beside it in a line of the hosts file,
 * and those to which the file gives an address of a network of one's own.
 * @param machineName as the system tells it
 */
export function ownHostNames(text: string, machineName: string): ReadonlySet<string> {
  const machine = machineName.toLowerCase().replace(/\.$/, '');
  const own = new Set([machine]);
  const isOwn = new RegExp(ownAddress);
  for (const line of splitHosts(text).lines) {
    // Nearly all lines of a list of a hundred thousand.
    const entry = line.startsWith('0.0.0.0 ') ? undefined : parseHostsLine(line);
    if (
      entry !== undefined &&
      (isOwn.test(entry.address) ||
        (zeroFamily(entry.address) === undefined && entry.names.includes(machine)))
    ) {
      entry.names.forEach((name) => own.add(name));
    }
  }
  return own;
}

/** The names of sites that the hosts file may block; those that it may not are left out, whatever whoever asks believes. */
export function namesForHosts(
  sites: readonly string[],
  own: ReadonlySet<string>,
): readonly string[] {
  return sites.flatMap(hostNamesOf).filter((name) => mayStandInHosts(name, own));
}
