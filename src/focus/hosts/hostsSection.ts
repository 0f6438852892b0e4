import { isAddress, joinHosts, leadsAway, parseHostsLine, splitHosts } from './hostsLine.ts';
import { beginLine, damagedMarks, endLine, readMarks, type HostsSection } from './hostsMark.ts';
import { takeOut } from './hostsRemoval.ts';
import type { KnownBlock } from './knownBlock.ts';

/**
 * The marked part of a hosts file.
 *
 *     # BEGIN Millrace 1a2b3c4d until=1763712345678 newline=kept
 *     0.0.0.0 example.com
 *     :: example.com
 *     # END Millrace 1a2b3c4d
 *
 * The part says whose it is, until when it may stay, and whether the line end before it had to be added: all
 * that is needed to take it out again, to the byte, with nothing but the file at hand.
 */

/**
 * Finds the sections.
 * @throws {FocusError} `damagedSection` for a mark without its partner or one that was edited.
 */
export function findSections(text: string): readonly HostsSection[] {
  const { sections, odd } = readMarks(splitHosts(text).lines);
  if (odd.length > 0) {
    throw damagedMarks(odd);
  }
  return sections;
}

/** Takes out the sections that `select` names; what is not Millrace's stays, byte for byte. */
export function removeSections(text: string, select: (section: HostsSection) => boolean): string {
  return takeOut(text, select).text;
}

export interface NewSection {
  readonly owner: string;
  readonly untilMs: number;
  /** Exact host names; validated before. */
  readonly names: readonly string[];
}

/**
 * Puts a section into a text that has none of this owner: at the end, or above all entries where one of them gives a name
 * of ours an address, since the first one counts for many who read the file.
 * @throws {FocusError} `damagedSection` for a mark without its partner, whoever made it
 */
export function addSection(text: string, section: NewSection, known?: KnownBlock): string {
  const isOwn = ({ owner }: HostsSection): boolean =>
    owner === section.owner || known?.owners.has(owner) === true;
  const { text: clean, odd } = takeOut(text, isOwn, known);
  if (odd.length > 0) {
    throw damagedMarks(odd);
  }
  const newline = /^[^\n]*\r\n/.test(clean) ? '\r\n' : '\n';
  const end = newline === '\n' ? '' : '\r';
  const split = splitHosts(clean);
  const { lines } = split;
  const at =
    pinnedLines(clean, section.names).length > 0
      ? firstEntry(lines, readMarks(lines).sections)
      : -1;
  if (at >= 0) {
    const own = sectionLines(section, '').map((line) => line + end);
    return joinHosts({ ...split, lines: [...lines.slice(0, at), ...own, ...lines.slice(at)] });
  }
  // A file of nothing but a BOM needs one too: the mark must begin a line.
  const needsNewline = clean !== '' && !clean.endsWith('\n');
  const own = sectionLines(section, needsNewline ? newline : '');
  return clean + (needsNewline ? newline : '') + own.map((line) => line + newline).join('');
}

/**
 * The lines, from 1 on, that lead a name of ours to another machine. Some who read the file take the first entry of a name,
 * others all of them (glibc with `multi on`, macOS): with such a line nobody can promise that the name is blocked.
 */
export function pinnedLines(text: string, names: readonly string[]): readonly number[] {
  const wanted = new Set(names);
  const { lines } = splitHosts(text);
  const pinned: number[] = [];
  for (const [index, line] of lines.entries()) {
    // Nearly all lines of a list of a hundred thousand.
    const entry = line.startsWith('0.0.0.0 ') ? undefined : parseHostsLine(line);
    if (entry?.names.some((name) => wanted.has(name)) === true && leadsAway(entry.address)) {
      pinned.push(index + 1);
    }
  }
  return pinned;
}

function sectionLines(
  { owner, untilMs, names }: NewSection,
  added: HostsSection['added'],
): readonly string[] {
  return [
    beginLine(owner, untilMs, added),
    ...names.flatMap((name) => [`0.0.0.0 ${name}`, `:: ${name}`]),
    endLine(owner),
  ];
}

function firstEntry(lines: readonly string[], sections: readonly HostsSection[]): number {
  const at = lines.findIndex((line) => {
    const entry = parseHostsLine(line);
    return entry !== undefined && isAddress(entry.address);
  });
  return sections.find(({ first, last }) => at >= first && at <= last)?.first ?? at;
}
