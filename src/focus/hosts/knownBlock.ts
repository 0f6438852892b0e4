import { parseHostsLine, splitHosts, zeroFamily } from './hostsLine.ts';
import { readMarks } from './hostsMark.ts';

/** What is known of a block, besides what the hosts file says: what it wrote, and what was there before. */
export interface KnownBlock {
  readonly owners: ReadonlySet<string>;
  /** Every name that it has blocked since it began. */
  readonly names: ReadonlySet<string>;
  /** The deadlines of the sections that it has written. */
  readonly deadlines: ReadonlySet<number>;
  /** Entries of it that were found between its marks already, as `4 NAME` and `6 NAME`: what is there still is another's. */
  readonly found: ReadonlySet<string>;
  /** What led those names nowhere before it, by `4 NAME` and `6 NAME`; `undefined` when nobody knows. */
  readonly before: ReadonlyMap<string, readonly ZeroEntry[]> | undefined;
}

/** One name that an entry leads nowhere. */
export interface ZeroEntry {
  readonly line: number;
  /** All that the entry says, however it is written. */
  readonly form: string;
}

/** @param original the file as it was, where that was kept */
export function knownBlock(
  of: Omit<KnownBlock, 'before'>,
  original: string | undefined,
): KnownBlock {
  if (original === undefined) {
    return { ...of, before: undefined };
  }
  const { lines } = splitHosts(original);
  const { sections } = readMarks(lines);
  // What stands in somebody else's section goes with that one.
  const isOutside = (line: number): boolean =>
    !sections.some(({ first, last }) => line >= first && line <= last);
  return { ...of, before: zeroEntries(lines, of.names, isOutside) };
}

/** Where some names are led nowhere, by `4 NAME` and `6 NAME`. */
export function zeroEntries(
  lines: readonly string[],
  names: ReadonlySet<string>,
  isWanted: (line: number) => boolean,
): Map<string, ZeroEntry[]> {
  const found = new Map<string, ZeroEntry[]>();
  for (const [line, text] of lines.entries()) {
    const entry = isWanted(line) ? zeroEntry(text) : undefined;
    for (const name of entry?.names ?? []) {
      if (entry !== undefined && names.has(name)) {
        const key = `${entry.family} ${name}`;
        const entries = found.get(key) ?? [];
        entries.push({ line, form: entry.names.join(' ') });
        found.set(key, entries);
      }
    }
  }
  return found;
}

/** An entry that leads its names nowhere; `undefined` for any other line. */
export function zeroEntry(
  line: string,
): { readonly family: '4' | '6'; readonly names: readonly string[] } | undefined {
  // Nearly all lines of a list of a hundred thousand are of one of these two kinds.
  const name = /^0\.0\.0\.0[ \t]+([0-9a-z_.-]*[0-9a-z_-])$/.exec(line)?.[1];
  if (name !== undefined) {
    return { family: '4', names: [name] };
  }
  if (!/^[ \t\r\f\v]*[0:]/.test(line)) {
    return undefined;
  }
  const entry = parseHostsLine(line);
  const family = entry && zeroFamily(entry.address);
  return entry === undefined || family === undefined ? undefined : { family, names: entry.names };
}
