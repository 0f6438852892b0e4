import { joinHosts, splitHosts, withoutNames, type HostsLines } from './hostsLine.ts';
import { newlineName, readMarks, type HostsSection, type OddMark } from './hostsMark.ts';
import { ownEntries, type OwnEntries } from './ownEntries.ts';
import type { KnownBlock } from './knownBlock.ts';

/** What taking out comes to. */
export interface Removal {
  readonly text: string;
  /** How many sections were taken out, and how many lines without marks. */
  readonly count: number;
  /** Lines of the new text that nobody can tell whose they are, and their text; left as they are. Numbers count from 1. */
  readonly doubtful: readonly { readonly number: number; readonly text: string }[];
  /** Entries of what is known that were found between marks, as `4 NAME` and `6 NAME`. */
  readonly found: ReadonlySet<string>;
  /** Marks that stay, of nobody that is known: without a partner, or without entries. By the lines of the old text. */
  readonly odd: readonly OddMark[];
  /** Whole sections went as Millrace had written them, and nothing else: what every version can take out. */
  readonly isPlain: boolean;
}

/**
 * Takes out what is Millrace's, and nothing else: the marks of the sections that `select` names, and between them the
 * entries that Millrace wrote. What another program put there stays, in its order. Where nobody else has changed anything,
 * the text is afterwards what it was before, to the byte.
 *
 * Of the owners in `known`, all of whose sections `select` has to name, entries that have lost their marks go as well: by
 * address and name, and only so many as were not there before.
 */
export function takeOut(
  text: string,
  select: (section: HostsSection) => boolean,
  known?: KnownBlock,
): Removal {
  const split = splitHosts(text);
  const { lines } = split;
  const { sections, odd } = readMarks(lines);
  const own = ownEntries(lines, sections, sections.filter(select), known);
  const selected = own.sections;
  const ownOdd = odd.filter(({ owner }) => owner !== undefined && known?.owners.has(owner));
  const marks = new Set([
    ...selected.flatMap(({ first, last }) => [first, last]),
    ...ownOdd.map(({ line }) => line),
  ]);
  const kept = putTogether(split, { marks, ...own });
  const isPlain =
    ownOdd.length + own.outside === 0 &&
    selected.every((one) => one.isExact && kept.whole.has(one));
  return {
    text: kept.text,
    count: selected.length + own.outside + ownOdd.length,
    doubtful: kept.doubtful,
    found: own.found,
    odd: [...odd.filter((one) => !ownOdd.includes(one)), ...own.emptied],
    isPlain,
  };
}

/** The text as it was before a block. What nobody can tell whose it is does not count as having been there. */
export function textBefore(
  text: string,
  select: (section: HostsSection) => boolean,
  known: KnownBlock | undefined,
): string {
  const clean = takeOut(text, select, known);
  const doubtful = new Set(clean.doubtful.map(({ number }) => number));
  return doubtful.size === 0
    ? clean.text
    : clean.text
        .split('\n')
        .filter((_, index) => !doubtful.has(index + 1))
        .join('\n');
}

interface Taking extends Pick<OwnEntries, 'gone' | 'sections' | 'doubtful'> {
  readonly marks: ReadonlySet<number>;
}

/** The lines that stay. A line end that was added for a section goes with it, when nothing follows any more. */
function putTogether(
  { bom, lines, isEnded }: HostsLines,
  { marks, gone, sections: selected, doubtful }: Taking,
): Pick<Removal, 'text' | 'doubtful'> & { readonly whole: ReadonlySet<HostsSection> } {
  const out: string[] = [];
  const doubts: { number: number; text: string }[] = [];
  const byFirst = new Map(selected.map((section) => [section.first, section]));
  const whole = new Set(selected);
  let inside: HostsSection | undefined;
  let added: HostsSection['added'] = '';
  let endsWithLast = false;
  for (const [line, text] of lines.entries()) {
    const section = byFirst.get(line);
    inside = section ?? (inside !== undefined && line > inside.last ? undefined : inside);
    if (section !== undefined && section.added !== '') {
      ({ added } = section);
    }
    const names = gone.get(line);
    const kept = marks.has(line) ? undefined : names ? withoutNames(text, names) : text;
    if (kept === undefined) {
      continue;
    }
    if (inside !== undefined) {
      whole.delete(inside);
    }
    // The line end that was added now stands before the next section, which has to know.
    out.push(added === '' ? kept : carryNewline(kept, added));
    added = '';
    endsWithLast = line === lines.length - 1;
    if (doubtful.has(line)) {
      doubts.push({ number: out.length, text: kept });
    }
  }
  const last = out.at(-1);
  if (last === undefined || added === '') {
    const isEndedNow = isEnded || !endsWithLast;
    return { text: joinHosts({ bom, lines: out, isEnded: isEndedNow }), doubtful: doubts, whole };
  }
  out[out.length - 1] = added === '\r\n' ? last.replace(/\r$/, '') : last;
  return { text: joinHosts({ bom, lines: out, isEnded: false }), doubtful: doubts, whole };
}

function carryNewline(line: string, added: HostsSection['added']): string {
  return /^# BEGIN Millrace [0-9a-f]{8} until=\d{1,16} newline=kept\r?$/.test(line)
    ? line.replace('newline=kept', `newline=${newlineName(added)}`)
    : line;
}
