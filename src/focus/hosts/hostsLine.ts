/**
 * The lines of a hosts file, as those who read it understand them. Text here is the file's bytes as latin1, one character a
 * byte, so that whatever encoding, byte order mark or line ends the file has comes out as it went in.
 */

/** A text in lines that go together again to the byte. */
export interface HostsLines {
  /** A byte order mark, or nothing. */
  readonly bom: string;
  /** Without their `\n`; a `\r` before it stays. */
  readonly lines: readonly string[];
  /** Whether the last one ends with a `\n`. */
  readonly isEnded: boolean;
}

const bomBytes = '\u00ef\u00bb\u00bf';

/** Parts a text into its lines. */
export function splitHosts(text: string): HostsLines {
  const bom = text.startsWith(bomBytes) ? bomBytes : '';
  const lines = text.slice(bom.length).split('\n');
  const isEnded = lines.at(-1) === '';
  return { bom, lines: isEnded ? lines.slice(0, -1) : lines, isEnded };
}

/** Puts lines together. */
export function joinHosts({ bom, lines, isEnded }: HostsLines): string {
  return bom + lines.join('\n') + (isEnded && lines.length > 0 ? '\n' : '');
}

/** One entry: an address and the names that it is given to. */
export interface HostsLineEntry {
  readonly address: string;
  /** Lower case, each once, without a last dot. */
  readonly names: readonly string[];
}

const blanks = /[ \t\r\f\v]+/;

/** What a line says; `undefined` for a comment, an empty line, or one without a name. */
export function parseHostsLine(line: string): HostsLineEntry | undefined {
  const comment = line.indexOf('#');
  const words = (comment === -1 ? line : line.slice(0, comment)).split(blanks);
  const [address, ...names] = words.filter((word) => word !== '');
  return address === undefined || names.length === 0
    ? undefined
    : { address, names: [...new Set(names.map(foldHostName))] };
}

/** A line without some of the names that it gives an address; `undefined` when none would be left. */
export function withoutNames(line: string, gone: ReadonlySet<string>): string | undefined {
  const comment = line.indexOf('#');
  const said = comment === -1 ? line : line.slice(0, comment);
  const address = /^[ \t\r\f\v]*[^ \t\r\f\v]+/.exec(said)?.[0] ?? '';
  const kept = said
    .slice(address.length)
    .split(blanks)
    .filter((word) => word !== '' && !gone.has(foldHostName(word)));
  const end = comment !== -1 ? ` ${line.slice(comment)}` : line.endsWith('\r') ? '\r' : '';
  return kept.length === 0 ? undefined : [address, ...kept].join(' ') + end;
}

/** `4` or `6` for an address that leads nowhere, however it is written: `0.0.0.0`, `::`, `::0`, `0:0:0:0:0:0:0:0`. */
export function zeroFamily(address: string): '4' | '6' | undefined {
  return /^0+(?:\.0+){0,3}$/.test(address)
    ? '4'
    : /^[0:]*:(?:[0:]*|0+\.0+\.0+\.0+)$/.test(address)
      ? '6'
      : undefined;
}

/** Whether an address leads to another machine, so that a name that has it can be reached. */
export function leadsAway(address: string): boolean {
  return (
    isAddress(address) &&
    zeroFamily(address) === undefined &&
    !/^(?:127\.|[0:]*:0*1$)/.test(address)
  );
}

/** Whether a word is an address at all. */
export function isAddress(word: string): boolean {
  return /^(?:[0-9]+(?:\.[0-9]+){0,3}|[0-9a-f:.]*:[0-9a-f:.]*(?:%.*)?)$/i.test(word);
}

function foldHostName(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()).replace(/\.$/, '');
}
