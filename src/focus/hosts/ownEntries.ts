import type { HostsSection, OddMark } from './hostsMark.ts';
import { zeroEntries, zeroEntry, type KnownBlock, type ZeroEntry } from './knownBlock.ts';

/** Which entries of a hosts file are Millrace's. Lines count from 0. */
export interface OwnEntries {
  /** Names that go, by their lines. */
  readonly gone: ReadonlyMap<number, ReadonlySet<string>>;
  /** Lines that may be ours or another program's. */
  readonly doubtful: ReadonlySet<number>;
  /** Those of the sections that were asked for that can go; the marks of the others, whose entries are somewhere else. */
  readonly sections: readonly HostsSection[];
  readonly emptied: readonly OddMark[];
  /** What was found between marks of what is known, now or before. */
  readonly found: ReadonlySet<string>;
  /** How many lines go that stand outside of all marks. */
  readonly outside: number;
}

type Gone = Map<number, Set<string>>;
/** Entries by what they say, as `4 NAME` and `6 NAME`. */
type ByKey = Map<string, ZeroEntry[]>;

/**
 * Finds them: between the marks of some sections and, of what is known, everywhere.
 *
 * Of each entry Millrace writes one. Where a section is as it was written, those in it are ours, and no other is. Else
 * someone has sorted, gathered or copied lines, and it is counted: what is more than there was before is ours, those
 * between marks first.
 * @param all every section of the file
 * @param selected those that are to go
 */
export function ownEntries(
  lines: readonly string[],
  all: readonly HostsSection[],
  selected: readonly HostsSection[],
  known: KnownBlock | undefined,
): OwnEntries {
  const gone: Gone = new Map();
  const emptied: OddMark[] = [];
  const found = new Set(known?.found);
  const inside: ByKey = new Map();
  const sections = selected.filter((section) => {
    const isKnown = known?.owners.has(section.owner) === true;
    const entries = entriesIn(lines, section, isKnown ? known : undefined);
    if (!isKnown && entries.size === 0) {
      emptied.push(
        ...[section.first, section.last].map((line) => ({ line, owner: section.owner })),
      );
      return false;
    }
    const isCounted = isKnown && !isAsWritten(lines, section);
    for (const [key, those] of entries) {
      found.add(key);
      if (isCounted) {
        inside.set(key, [...(inside.get(key) ?? []), ...those]);
      } else {
        take(gone, key, those);
      }
    }
    return true;
  });
  const { doubtful, outside } =
    known === undefined
      ? { doubtful: new Set<number>(), outside: 0 }
      : count({ known, found, inside, outside: entriesOutside(lines, all, known), gone });
  return { gone, doubtful, sections, emptied, found, outside };
}

/** Between the marks of a section: what Millrace wrote there. */
function entriesIn(
  lines: readonly string[],
  { first, last, untilMs }: HostsSection,
  known: KnownBlock | undefined,
): ByKey {
  const isInside = (line: number): boolean => line > first && line < last;
  const part = lines.slice(first, last);
  const all = new Set(part.flatMap((line) => zeroEntry(line)?.names ?? []));
  const byShape = namesByShape(zeroEntries(part, all, (line) => line > 0));
  // A section of this block holds its names and no other; an earlier one, put back by a copy, may hold others.
  const isOfThisBlock = known?.deadlines.has(untilMs) === true;
  const names = new Set(
    [...all].filter(
      (name) => known?.names.has(name) === true || (!isOfThisBlock && byShape.has(name)),
    ),
  );
  return zeroEntries(lines, names, isInside);
}

/**
 * Names that Millrace wrote, where nothing but the section tells of it: of the four entries for each site (the name and
 * `www.`, on both addresses) two at least are there. A single line is another program's.
 */
function namesByShape(entries: ByKey): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const key of entries.keys()) {
    counts.set(siteOf(key), (counts.get(siteOf(key)) ?? 0) + 1);
  }
  const keys = [...entries.keys()].filter((key) => (counts.get(siteOf(key)) ?? 0) >= 2);
  return new Set(keys.map(nameOf));
}

/** Whether nobody has touched what stands between the marks: pairs of the two addresses, each of one name. */
function isAsWritten(lines: readonly string[], { first, last }: HostsSection): boolean {
  const seen = new Set<string>();
  for (let line = first + 1; line < last; line += 2) {
    const [one, other] = [zeroEntry(lines[line] ?? ''), zeroEntry(lines[line + 1] ?? '')];
    const [name = ''] = one?.names ?? [];
    const isPair =
      one?.family === '4' &&
      other?.family === '6' &&
      one.names.length + other.names.length === 2 &&
      other.names[0] === name;
    if (!isPair || seen.has(name)) {
      return false;
    }
    seen.add(name);
  }
  return (last - first) % 2 === 1;
}

/** Outside of all marks, whoever made them. */
function entriesOutside(
  lines: readonly string[],
  sections: readonly HostsSection[],
  known: KnownBlock,
): ByKey {
  const isMarked = new Set<number>();
  for (const { first, last } of sections) {
    for (let line = first; line <= last; line += 1) {
      isMarked.add(line);
    }
  }
  return zeroEntries(lines, known.names, (line) => !isMarked.has(line));
}

interface Counting {
  readonly known: KnownBlock;
  /** What was found between marks. */
  readonly found: ReadonlySet<string>;
  readonly inside: ByKey;
  readonly outside: ByKey;
  readonly gone: Gone;
}

/** Takes what is more than there was before; what stood outside of the marks before is the first to stay. */
function count({ known, found, inside, outside, gone }: Counting): {
  readonly doubtful: ReadonlySet<number>;
  readonly outside: number;
} {
  const doubtful = new Set<number>();
  const taken = new Set<number>();
  for (const key of new Set([...inside.keys(), ...outside.keys()])) {
    const before = known.before?.get(key) ?? [];
    const out = outside.get(key) ?? [];
    const extra = moreThan(out, before, before.length);
    const spare = before.length - (out.length - extra.length);
    take(gone, key, moreThan(inside.get(key) ?? [], before, spare));
    if (found.has(key) || known.before === undefined) {
      // Ours stood between the marks, so this is somebody else's, or a copy of ours.
      extra.forEach(({ line }) => doubtful.add(line));
    } else {
      take(gone, key, extra);
      extra.forEach(({ line }) => taken.add(line));
    }
  }
  return { doubtful, outside: taken.size };
}

/** Entries beyond so many as may stay: the first to stay are those that say just what was said before. */
function moreThan(
  entries: readonly ZeroEntry[],
  before: readonly ZeroEntry[],
  most: number,
): readonly ZeroEntry[] {
  const forms = before.map(({ form }) => form);
  let left = most;
  const others = entries.filter(({ form }) => {
    const at = left > 0 ? forms.indexOf(form) : -1;
    if (at !== -1) {
      forms.splice(at, 1);
      left -= 1;
    }
    return at === -1;
  });
  return others.slice(left);
}

function take(gone: Gone, key: string, entries: readonly ZeroEntry[]): void {
  for (const { line } of entries) {
    const names = gone.get(line) ?? new Set();
    gone.set(line, names.add(nameOf(key)));
  }
}

function nameOf(key: string): string {
  return key.slice(2);
}

function siteOf(key: string): string {
  return nameOf(key).replace(/^www\./, '');
}
