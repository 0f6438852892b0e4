import { FocusError } from '../focusError.ts';

/**
 * The marks around Millrace's part of a hosts file, also as other tools rewrite them: blanks and tabs changed or added, `#`
 * changed, doubled or gone, other upper and lower case, other line ends, remarks behind them.
 *
 *     # BEGIN Millrace 1a2b3c4d until=1763712345678 newline=kept
 *     # END Millrace 1a2b3c4d
 */

/** A part between two marks. Numbers of lines count from 0. */
export interface HostsSection {
  /** 8 hex digits: whose it is, so that two editors with storage of their own don't undo each other. */
  readonly owner: string;
  /** Wall-clock UTC milliseconds after which it is a leftover. */
  readonly untilMs: number;
  /** The line end that had to be added before it, as the file had none there; '' for none, or nobody knows any more. */
  readonly added: '' | '\n' | '\r\n';
  /** The line of its first mark, and of its last. */
  readonly first: number;
  readonly last: number;
  /** Both marks are as Millrace writes them. */
  readonly isExact: boolean;
}

/** A mark without its partner. */
export interface OddMark {
  readonly line: number;
  /** `undefined` where it can't be read. */
  readonly owner: string | undefined;
}

export interface HostsMarks {
  readonly sections: readonly HostsSection[];
  readonly odd: readonly OddMark[];
}

interface Mark {
  readonly kind: 'begin' | 'end' | 'odd';
  readonly owner?: string;
  readonly until?: string;
  readonly newline?: string;
}

const addedBy: Readonly<Record<string, HostsSection['added']>> = { lf: '\n', crlf: '\r\n' };
// What looks like a mark and can't be read was edited by hand: not to be guessed at.
const anyMark = /^[^0-9A-Za-z]*(?:BEGIN|END)[ \t]+Millrace(?![0-9A-Za-z_])/;
const beginMark =
  /^[^0-9a-z]*begin[ \t]+millrace[ \t]+([0-9a-f]{8})[ \t]+until=(\d{1,16})[ \t]+newline=(kept|lf|crlf)(?![0-9a-z])/i;
const endMark = /^[^0-9a-z]*end[ \t]+millrace[ \t]+([0-9a-f]{8})(?![0-9a-z])/i;

/** Finds all marks, and which belong together: a section's end is the next one of its owner. */
export function readMarks(lines: readonly string[]): HostsMarks {
  const sections: HostsSection[] = [];
  const odd: OddMark[] = [];
  const open = new Map<string, { mark: Mark; line: number }>();
  const oddBegin = (owner: string): void => {
    const begin = open.get(owner);
    if (begin !== undefined) {
      odd.push({ line: begin.line, owner });
    }
  };
  for (const [line, text] of lines.entries()) {
    const mark = readMark(text);
    const { kind, owner } = mark ?? {};
    if (mark === undefined) {
      continue;
    }
    const begin = owner === undefined ? undefined : open.get(owner);
    if (kind === 'begin' && owner !== undefined) {
      oddBegin(owner);
      open.set(owner, { mark, line });
    } else if (kind === 'end' && owner !== undefined && begin !== undefined) {
      open.delete(owner);
      sections.push(sectionOf(begin, line, lines));
    } else {
      odd.push({ line, owner });
    }
  }
  for (const owner of open.keys()) {
    oddBegin(owner);
  }
  return {
    sections: sections.sort((one, other) => one.first - other.first),
    odd: odd.sort((one, other) => one.line - other.line),
  };
}

/** The first mark of a section. */
export function beginLine(owner: string, untilMs: number, added: HostsSection['added']): string {
  return beginText(owner, String(Math.round(untilMs)), newlineName(added));
}

/** The last mark of a section. */
export function endLine(owner: string): string {
  return `# END Millrace ${owner}`;
}

/** What a mark calls the line end that had to be added. */
export function newlineName(added: HostsSection['added']): string {
  return added === '' ? 'kept' : added === '\n' ? 'lf' : 'crlf';
}

/** The error about marks without their partners. */
export function damagedMarks(odd: readonly OddMark[]): FocusError {
  return new FocusError(
    'damagedSection',
    'The hosts file holds a Millrace mark without its partner. It was left as it is. Remove the mark and the entries below it by hand, then try again.',
    undefined,
    odd.map(({ line }) => line + 1),
  );
}

function beginText(owner: string, until: string, newline: string): string {
  return `# BEGIN Millrace ${owner} until=${until} newline=${newline}`;
}

function readMark(text: string): Mark | undefined {
  // Nearly every line of nearly every file.
  if (!/millrace/i.test(text)) {
    return undefined;
  }
  const [, beginOwner, until, newline] = beginMark.exec(text) ?? [];
  if (beginOwner !== undefined && until !== undefined && newline !== undefined) {
    const owner = beginOwner.toLowerCase();
    return { kind: 'begin', owner, until, newline: newline.toLowerCase() };
  }
  const endOwner = endMark.exec(text)?.[1];
  if (endOwner !== undefined) {
    return { kind: 'end', owner: endOwner.toLowerCase() };
  }
  return anyMark.test(text) ? { kind: 'odd' } : undefined;
}

function sectionOf(
  begin: { readonly mark: Mark; readonly line: number },
  last: number,
  lines: readonly string[],
): HostsSection {
  const { owner = '', until = '0', newline = '' } = begin.mark;
  const isWhole = (line: number, text: string): boolean => lines[line]?.replace(/\r$/, '') === text;
  const isExactBegin = isWhole(begin.line, beginText(owner, until, newline));
  return {
    owner,
    untilMs: Number(until),
    // Whoever rewrote the mark may have changed line ends as well.
    added: isExactBegin ? (addedBy[newline] ?? '') : '',
    first: begin.line,
    last,
    isExact: isExactBegin && isWhole(last, endLine(owner)),
  };
}
