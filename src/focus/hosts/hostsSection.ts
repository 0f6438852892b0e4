import { FocusError } from '../focusError.ts';

/**
 * The marked part of a hosts file. Text here is the file's bytes as latin1, one character a byte, so that
 * whatever encoding, BOM or line ends the file has comes out as it went in.
 *
 *     # BEGIN Millrace 1a2b3c4d until=1763712345678 newline=kept
 *     0.0.0.0 example.com
 *     :: example.com
 *     # END Millrace 1a2b3c4d
 *
 * The part says whose it is, until when it may stay, and whether the line end before it had to be added: all
 * that is needed to take it out again, to the byte, with nothing but the file at hand.
 */
export interface HostsSection {
  /** 8 hex digits: whose it is, so that two editors with storage of their own don't undo each other. */
  readonly owner: string;
  /** Wall-clock UTC milliseconds after which it is a leftover. */
  readonly untilMs: number;
  /** The line end that had to be added before it, as the file had none there; '' for none. */
  readonly added: '' | '\n' | '\r\n';
  /** Where it begins, and where what follows it begins. */
  readonly start: number;
  readonly end: number;
}

const beginPattern = /^# BEGIN Millrace ([0-9a-f]{8}) until=(\d{1,16}) newline=(kept|lf|crlf)\r?$/;
const endPattern = /^# END Millrace ([0-9a-f]{8})\r?$/;
// Anything that looks like a mark of ours but is none was edited by hand: not to be guessed at.
const anyMarkPattern = /^# (?:BEGIN|END) Millrace\b/;

/**
 * Finds the sections.
 * @throws {FocusError} `damagedSection` for a mark without its partner or one that was edited.
 */
export function findSections(text: string): HostsSection[] {
  const sections: HostsSection[] = [];
  let open: Omit<HostsSection, 'end'> | undefined;
  for (let start = 0; start < text.length;) {
    const lineEnd = text.indexOf('\n', start);
    const next = lineEnd === -1 ? text.length : lineEnd + 1;
    const line = text.slice(start, lineEnd === -1 ? undefined : lineEnd);
    const begin = beginPattern.exec(line);
    const end = endPattern.exec(line);
    if (begin !== null && open === undefined) {
      const [, owner = '', untilMs, newline] = begin;
      const added = newline === 'lf' ? '\n' : newline === 'crlf' ? '\r\n' : '';
      open = { owner, untilMs: Number(untilMs), added, start };
    } else if (end !== null && open !== undefined && open.owner === end[1]) {
      sections.push({ ...open, end: next });
      open = undefined;
    } else if (begin !== null || end !== null || anyMarkPattern.test(line)) {
      throw damaged();
    }
    start = next;
  }
  if (open !== undefined) {
    throw damaged();
  }
  return sections;
}

/** Takes out the sections that `select` names; everything else stays, byte for byte. */
export function removeSections(text: string, select: (section: HostsSection) => boolean): string {
  for (const section of findSections(text).reverse()) {
    if (!select(section)) {
      continue;
    }
    let before = text.slice(0, section.start);
    let after = text.slice(section.end);
    if (section.added !== '') {
      if (after === '') {
        before = before.slice(0, -section.added.length);
      } else if (after.startsWith('# BEGIN Millrace ')) {
        // The line end that was added now stands before the next section, which has to know.
        after = after.replace('newline=kept', `newline=${nameOf(section.added)}`);
      }
    }
    text = before + after;
  }
  return text;
}

export interface NewSection {
  readonly owner: string;
  readonly untilMs: number;
  /** Exact host names; validated before. */
  readonly names: readonly string[];
}

/** Puts a section at the end, in the place of an older one of the same owner. */
export function addSection(text: string, { owner, untilMs, names }: NewSection): string {
  const clean = removeSections(text, (section) => section.owner === owner);
  const newline = /^[^\n]*\r\n/.test(clean) ? '\r\n' : '\n';
  // A file of nothing but a BOM needs one too: the mark must begin a line.
  const needsNewline = clean !== '' && !clean.endsWith('\n');
  const lines = [
    `# BEGIN Millrace ${owner} until=${Math.round(untilMs)} newline=${nameOf(needsNewline ? newline : '')}`,
    ...names.flatMap((name) => [`0.0.0.0 ${name}`, `:: ${name}`]),
    `# END Millrace ${owner}`,
  ];
  return clean + (needsNewline ? newline : '') + lines.map((line) => line + newline).join('');
}

function nameOf(added: string): string {
  return added === '' ? 'kept' : added === '\n' ? 'lf' : 'crlf';
}

function damaged(): FocusError {
  return new FocusError(
    'damagedSection',
    'The hosts file holds a Millrace mark without its partner. Nothing was changed. Remove the lines from ' +
      '"# BEGIN Millrace" on by hand, then try again.',
  );
}
