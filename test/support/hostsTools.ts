/** What other programs do to a hosts file: blockers, cleaners, sync, editors, scripts. Text is latin1, as in `hostsLine.ts`. */
export interface HostsTool {
  readonly name: string;
  readonly edit: (text: string) => string;
  /** It moves names between lines, so that only what the file means can be compared. */
  readonly regroups?: boolean;
  /** It changes the order: where an entry was there before and in the block, nobody can tell which of the two was whose. */
  readonly reorders?: boolean;
  /** It drops whole entries, other programs' as well, when ours stand above them. */
  readonly dropsLaterNames?: boolean;
  /** It cuts the end of the last line, which is the block's as long as there is one. */
  readonly cutsLastEnd?: boolean;
}

const bom = '\u00ef\u00bb\u00bf';
const zeroV6 = /^::(?=\s)/;

/** Its lines, without a byte order mark; a last line end makes no line. */
export function hostsTextLines(text: string): string[] {
  const lines = text.replace(bom, '').split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

function byLine(change: (line: string) => string | undefined): (text: string) => string {
  return byLines((lines) => lines.map(change).filter((line) => line !== undefined));
}

function byLines(change: (lines: string[]) => readonly string[]): (text: string) => string {
  return (text) => {
    const mark = text.startsWith(bom) ? bom : '';
    const lines = change(hostsTextLines(text));
    return mark + lines.map((line) => `${line}\n`).join('');
  };
}

const isComment = (line: string): boolean => /^\s*#/.test(line);
const words = (line: string): string[] =>
  line
    .replace(/#.*/s, '')
    .split(/\s+/)
    .filter((word) => word !== '');

/** All names of one address, so many to a line, where the first of them stood. */
function grouped(most: number): (lines: string[]) => readonly string[] {
  return (lines) => {
    const namesOf = new Map<string, string[]>();
    const order: (string | { readonly address: string })[] = [];
    for (const line of lines) {
      const [address, ...names] = words(line);
      if (address === undefined || names.length === 0 || !/^[0-9.]+$|:/.test(address)) {
        order.push(line);
        continue;
      }
      const known = namesOf.get(address);
      if (known === undefined) {
        namesOf.set(address, [...names]);
        order.push({ address });
      } else {
        known.push(...names);
      }
    }
    return order.flatMap((one) => {
      if (typeof one === 'string') {
        return [one];
      }
      const names = [...new Set(namesOf.get(one.address))];
      const parts: string[] = [];
      for (let at = 0; at < names.length; at += most) {
        parts.push([one.address, ...names.slice(at, at + most)].join(' '));
      }
      return parts;
    });
  };
}

/** Keeps the first line of each name, whatever its address. */
function firstOfEachName(lines: string[]): readonly string[] {
  const seen = new Set<string>();
  return lines.filter((line) => {
    const [, ...names] = words(line);
    const isNew = names.length === 0 || names.some((name) => !seen.has(name.toLowerCase()));
    names.forEach((name) => seen.add(name.toLowerCase()));
    return isNew;
  });
}

export const hostsTools: readonly HostsTool[] = [
  { name: 'nothing', edit: (text) => text },
  { name: 'strips comments', edit: byLine((line) => (isComment(line) ? undefined : line)) },
  {
    name: 'strips comments and empty lines',
    edit: byLine((line) => (words(line).length > 0 ? line : undefined)),
  },
  { name: 'sorts lines', edit: byLines((lines) => lines.sort()) },
  {
    name: 'sorts lines, without regard to signs',
    edit: byLines((lines) => {
      const key = (line: string): string => line.replace(/[^0-9A-Za-z]+/g, '').toLowerCase();
      return lines.sort((one, other) =>
        key(one) < key(other) ? -1 : key(one) > key(other) ? 1 : 0,
      );
    }),
  },
  { name: 'reverses lines', edit: byLines((lines) => lines.reverse()), reorders: true },
  { name: 'removes lines that are there twice', edit: byLines((lines) => [...new Set(lines)]) },
  { name: 'sorts and removes doubles', edit: byLines((lines) => [...new Set(lines.sort())]) },
  { name: 'keeps one line of each name', edit: byLines(firstOfEachName), dropsLaterNames: true },
  { name: 'drops IPv6', edit: byLine((line) => (/^\s*[0-9a-f]*:/i.test(line) ? undefined : line)) },
  {
    name: 'moves IPv6 to the end',
    edit: byLines((lines) => {
      const isV6 = (line: string): boolean => /^\s*[0-9a-f]*:/i.test(line);
      return [...lines.filter((line) => !isV6(line)), ...lines.filter(isV6)];
    }),
  },
  { name: 'writes tabs for blanks', edit: byLine((line) => line.replace(/ +/g, '\t')) },
  {
    name: 'aligns columns',
    edit: byLine((line) =>
      isComment(line)
        ? line
        : line.replace(/^(\S+)\s+/, (_, address: string) => address.padEnd(18)),
    ),
  },
  { name: 'indents', edit: byLine((line) => `  ${line}`) },
  { name: 'adds trailing blanks', edit: byLine((line) => `${line}  `) },
  { name: 'doubles #', edit: byLine((line) => line.replace(/^#/, '##')) },
  { name: 'writes #BEGIN', edit: byLine((line) => line.replace(/^# /, '#')) },
  { name: 'writes ; for #', edit: byLine((line) => line.replace(/^#/, ';')) },
  { name: 'removes # alone', edit: byLine((line) => line.replace(/^#+/, '')) },
  { name: 'writes capitals', edit: byLine((line) => line.toUpperCase()) },
  { name: 'writes small letters', edit: byLine((line) => line.toLowerCase()) },
  { name: 'writes CRLF', edit: byLine((line) => `${line.replace(/\r$/, '')}\r`) },
  { name: 'writes LF', edit: byLine((line) => line.replace(/\r$/, '')) },
  { name: 'adds a BOM', edit: (text) => (text.startsWith(bom) ? text : bom + text) },
  { name: 'drops the BOM', edit: (text) => text.replace(bom, '') },
  { name: 'writes :: as ::0', edit: byLine((line) => line.replace(zeroV6, '::0')) },
  {
    name: 'writes :: as 0:0:0:0:0:0:0:0',
    edit: byLine((line) => line.replace(zeroV6, '0:0:0:0:0:0:0:0')),
  },
  { name: 'writes :: as ::0.0.0.0', edit: byLine((line) => line.replace(zeroV6, '::0.0.0.0')) },
  { name: 'writes 0.0.0.0 as 0', edit: byLine((line) => line.replace(/^0\.0\.0\.0(?=\s)/, '0')) },
  {
    name: 'adds a last dot to names',
    edit: byLine((line) => (words(line).length > 1 ? line.replace(/\.?\s*$/, '.') : line)),
  },
  {
    name: 'adds remarks',
    edit: byLine((line) => (words(line).length > 1 ? `${line.replace(/\r$/, '')} # seen` : line)),
  },
  {
    name: 'writes all names of an address on one line',
    edit: byLines(grouped(1_000)),
    regroups: true,
  },
  { name: 'writes nine names on a line', edit: byLines(grouped(9)), regroups: true },
  {
    name: 'removes the last line end',
    edit: (text) => text.replace(/\r?\n$/, ''),
    cutsLastEnd: true,
  },
];

/** What the file says: every address and name, without last dots, in the order of their sorting. */
export function hostsMeaning(text: string): readonly string[] {
  return hostsTextLines(text)
    .flatMap((line) => {
      const [address = '', ...names] = words(line.toLowerCase());
      return names.map((name) => `${address} ${name.replace(/\.$/, '')}`);
    })
    .sort();
}

/** Hosts files as they are found. The first names of `sites` may stand in them already. */
export const hostsTexts: Readonly<Record<string, string>> = {
  'a few lines': '127.0.0.1 localhost\n# mine\n10.0.0.1 build\n',
  'no last line end': '127.0.0.1 localhost\n10.0.0.1 build',
  CRLF: '127.0.0.1 localhost\r\n# mine\r\n10.0.0.1 build\r\n',
  'a BOM': `${bom}127.0.0.1 localhost\n10.0.0.1 build\n`,
  empty: '',
  'a list of a blocker':
    '127.0.0.1 localhost\n0.0.0.0 ads.example\n0.0.0.0 distraction.test\n0.0.0.0 tracker.example\n',
  'a list of a blocker, with IPv6':
    '::1 localhost\n0.0.0.0 ads.example\n:: ads.example\n0.0.0.0 distraction.test\n:: distraction.test\n',
  'a name with another address':
    '# a head\n127.0.0.1 localhost\n93.184.216.34 distraction.test\n10.0.0.1 build\n',
  'a name with another address in the first line':
    '93.184.216.34 other.example distraction.test\n127.0.0.1 localhost\n',
  'a BOM, and a name with another address': `${bom}93.184.216.34 distraction.test\n`,
};
export const hostsSites = ['distraction.test', 'another-distraction.test'];

/** Lines of other programs, some of them near to ours. */
export const foreignHostsLines: readonly string[] = [
  '10.0.0.5 intranet',
  '0.0.0.0 ads.example',
  '::1 ip6-loopback',
  '# a remark',
  '',
  '93.184.216.34 elsewhere.example',
  '127.0.0.1 distraction.test.example',
  '0.0.0.0 not-distraction.test www.ads.example',
  ':: tracker.example',
];

/** One change that a person or a merge makes: of which line, to which place, with what. */
export interface LineChange {
  readonly what: 'delete' | 'double' | 'move' | 'insert' | 'strip a copy of all';
  readonly from: number;
  readonly to: number;
  readonly line: string;
}

/** Makes such changes. */
export function changeHostsLines(text: string, changes: readonly LineChange[]): string {
  const mark = text.startsWith(bom) ? bom : '';
  const lines = hostsTextLines(text);
  for (const { what, from, to, line } of changes) {
    const at = from % (lines.length + 1);
    const [found = ''] = what === 'move' || what === 'delete' ? lines.splice(at, 1) : [lines[at]];
    const place = to % (lines.length + 1);
    if (what === 'insert') {
      lines.splice(place, 0, line);
    } else if (what === 'strip a copy of all') {
      lines.push(...lines.filter((one) => words(one).length > 1));
    } else if (what !== 'delete') {
      lines.splice(place, 0, found);
    }
  }
  return mark + lines.map((line) => `${line}\n`).join('');
}
