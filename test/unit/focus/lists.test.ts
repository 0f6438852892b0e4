import assert from 'node:assert/strict';
import { createContext, runInContext } from 'node:vm';
import fc from 'fast-check';
import { AppRefusals, isBlockableApp } from '../../../src/focus/apps/appRefusal.ts';
import { addSection, findSections, removeSections } from '../../../src/focus/hosts/hostsSection.ts';
import { hostsHelperInstaller } from '../../../src/focus/hosts/hostsHelperScript.ts';
import { parsePs } from '../../../src/focus/apps/macProcesses.ts';
import { neededHosts, proxiesOfEnvironment } from '../../../src/focus/sites/neededHosts.ts';
import { pacFile } from '../../../src/focus/proxy/pacFile.ts';
import type { ProcessEntry } from '../../../src/focus/apps/processTable.ts';
import { siteGroups } from '../../../src/focus/sites/siteGroups.ts';
import {
  addSite,
  importSites,
  sitesToBlock,
  switchSite,
  type SiteList,
} from '../../../src/focus/sites/siteList.ts';
import { parseSiteName } from '../../../src/focus/sites/siteName.ts';
import { parseRows } from '../../../src/focus/apps/windowsProcesses.ts';

const nothing: ReadonlySet<string> = new Set();
const nameOf = (text: string): string => {
  const parsed = parseSiteName(text);
  return parsed.ok ? parsed.name : parsed.refusal;
};

describe('a site name', () => {
  it('is what a person typed or pasted, in ASCII, without www.', () => {
    const cases: Record<string, string> = {
      'Example.COM': 'example.com',
      ' https://www.example.com/path?x=1#y ': 'example.com',
      'http://user:secret@example.com:8080/': 'example.com',
      '//example.com': 'example.com',
      'example.com.': 'example.com',
      'bücher.example': 'xn--bcher-kva.example',
      'www.com': 'www.com',
      '*.example.com': 'wildcard',
      '127.0.0.1': 'address',
      '0x7f.1': 'address',
      '[::1]': 'address',
      'http://[::1]:80/': 'address',
      '::1': 'malformed',
      localhost: 'local',
      'a.localhost': 'local',
      'printer.local': 'local',
      'nas.home.arpa': 'local',
      intranet: 'singleLabel',
      '': 'empty',
      'exa mple.com': 'malformed',
      'exa%6dple.com': 'malformed',
      'under_score.com': 'malformed',
      '-a.com': 'malformed',
      'a..com': 'malformed',
      'example.com\nevil.com': 'malformed',
      'example.com 127.0.0.1': 'malformed',
      'a.1': 'malformed',
      ['a.'.repeat(150) + 'com']: 'tooLong',
    };
    for (const [text, expected] of Object.entries(cases)) {
      assert.equal(nameOf(text), expected, JSON.stringify(text));
    }
  });

  it('is always safe to write into a hosts file, a PAC file and a shell, or none', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.webUrl(), fc.domain()), (text) => {
        const parsed = parseSiteName(text);
        if (parsed.ok) {
          assert.match(parsed.name, /^[a-z0-9-]+(\.[a-z0-9-]+)+$/);
          assert.deepEqual(parseSiteName(parsed.name), parsed);
        }
      }),
    );
  });

  it('is one for every site of every group', () => {
    for (const name of Object.values(siteGroups).flat()) {
      assert.equal(nameOf(name), name);
    }
  });
});

describe('the list of sites', () => {
  const emptySiteList: SiteList = { sites: [], groups: [] };
  const needed = neededHosts({
    remoteAuthorities: ['ssh-remote+me@build.example.com:22'],
    proxies: proxiesOfEnvironment({
      HTTPS_PROXY: 'http://u:p@proxy.corp.example:3128',
      no_proxy: 'x',
    }),
    services: ['https://gallery.example.org/api'],
  });

  it('keeps what is switched off, and adds nothing that is needed', () => {
    const added = addSite(emptySiteList, 'https://www.Distraction.example/', needed);
    assert.ok(added.ok);
    let { list } = added;
    assert.deepEqual(sitesToBlock(list, needed), ['distraction.example']);
    list = switchSite(list, 'distraction.example', false);
    assert.deepEqual(sitesToBlock(list, needed), []);
    assert.equal(list.sites.length, 1);
    for (const name of [
      'build.example.com',
      'example.com',
      'corp.example',
      'gallery.example.org',
    ]) {
      assert.deepEqual(addSite(list, name, needed), { ok: false, refusal: 'protected' });
      assert.deepEqual(sitesToBlock(switchSite(list, name, true), needed), []);
    }
    assert.ok(addSite(list, 'other.example.com', needed).ok);
  });

  it('leaves one site of a group out', () => {
    const list = switchSite({ ...emptySiteList, groups: ['video'] }, 'youtube.com', false);
    const names = sitesToBlock(list, nothing);
    assert.ok(names.includes('netflix.com'));
    assert.ok(!names.includes('youtube.com'));
    assert.deepEqual(sitesToBlock({ ...list, groups: [] }, nothing), []);
  });

  it('takes nothing bad from a setting that was edited by hand', () => {
    const list = {
      sites: [
        { name: 'localhost', enabled: true },
        { name: '0.0.0.0 x.com', enabled: true },
      ],
      groups: [],
    };
    assert.deepEqual(sitesToBlock(list, nothing), []);
  });

  it('reads a text file, with comments, addresses and lines of a hosts file', () => {
    const text = [
      '\uFEFF# mine',
      'https://one.example/x',
      'two.example three.example # both',
      '0.0.0.0 four.example www.four.example',
      '127.0.0.1 localhost',
      '*.bad.example',
      'build.example.com',
      '! five.example',
      '',
      'one.example',
    ].join('\r\n');
    const { list, added, refused } = importSites(emptySiteList, text, needed);
    assert.deepEqual(
      list.sites.map(({ name }) => name),
      ['one.example', 'two.example', 'three.example', 'four.example'],
    );
    assert.equal(added, 4);
    assert.deepEqual(refused, [
      { line: 6, refusal: 'wildcard' },
      { line: 7, refusal: 'protected' },
    ]);
  });

  it('knows the host of a remote that is written as JSON in hex, and of a tunnel', () => {
    const hex = Buffer.from(JSON.stringify({ hostName: 'Build.Example.com' })).toString('hex');
    const hosts = neededHosts({
      remoteAuthorities: [`ssh-remote+${hex}`, 'tunnel+mine'],
      proxies: [],
      services: [],
    });
    assert.ok(hosts.has('build.example.com'));
    assert.ok(hosts.has('github.com'));
  });
});

describe('a section of the hosts file', () => {
  const line = fc.constantFrom(
    '127.0.0.1 localhost',
    '',
    '# x',
    '\u00ff\u0000',
    '10.0.0.1 a b',
    ' ',
    '# BEGIN other',
  );
  const text = fc
    .tuple(
      fc.array(line),
      fc.constantFrom('\n', '\r\n', '\n\n', '\r'),
      fc.constantFrom('', '\n', '\r\n', '\r'),
      fc.constantFrom('', '\u00ef\u00bb\u00bf'),
    )
    .map(([lines, end, last, bom]) => bom + lines.join(end) + last);
  const one = { owner: '11111111', untilMs: 1_763_700_000_000, names: ['a.example'] };
  const two = {
    owner: '22222222',
    untilMs: 1_763_700_000_001,
    names: ['b.example', 'www.b.example'],
  };

  it('goes without a trace, alone or beside another, in any order', () => {
    fc.assert(
      fc.property(text, fc.boolean(), (before, swap) => {
        const added = addSection(before, one);
        assert.equal(findSections(added).length, 1);
        assert.equal(addSection(added, one), added);
        assert.equal(
          removeSections(added, () => true),
          before,
        );
        const both = addSection(added, two);
        const owners = swap ? [one.owner, two.owner] : [two.owner, one.owner];
        const after = owners.reduce(
          (now, owner) => removeSections(now, (section) => section.owner === owner),
          both,
        );
        assert.equal(after, before);
        assert.equal(
          removeSections(both, () => true),
          before,
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe('the PAC file', () => {
  it('sends the names and what lies below them to the proxy, and nothing else', () => {
    const pac = createContext({});
    runInContext(pacFile(['a.example', 'b.example'], 4711), pac);
    const find = (url: string, host: string): unknown =>
      runInContext(`FindProxyForURL(${JSON.stringify(url)}, ${JSON.stringify(host)})`, pac);
    const proxied = 'PROXY 127.0.0.1:4711; DIRECT';
    assert.equal(find('', 'a.example'), proxied);
    assert.equal(find('', 'X.Y.B.example.'), proxied);
    for (const host of [
      'example',
      'aa.example',
      'a.example.com',
      'localhost',
      '__proto__',
      'constructor',
      '',
    ]) {
      assert.equal(find('', host), 'DIRECT', host);
    }
  });
});

describe('tables of processes', () => {
  it('are read from ps as macOS prints it', () => {
    const [safari, spaced] = parsePs(
      '  501     1   501 Sat Nov 21 08:51:04 2026 /Applications/Safari.app/Contents/MacOS/Safari\n' +
        '99999 501 502 Sun Nov  1 18:01:04 2026     /Applications/My App.app/Contents/MacOS/My App\nnonsense\n',
    );
    assert.deepEqual(safari, {
      pid: 501,
      parentPid: 1,
      userId: 501,
      start: 'Sat Nov 21 08:51:04 2026',
      name: 'Safari',
      executable: '/Applications/Safari.app/Contents/MacOS/Safari',
    });
    assert.equal(spaced?.name, 'My App');
    assert.equal(spaced.start, 'Sun Nov 1 18:01:04 2026');
  });

  it('are read from the rows of the query of Windows', () => {
    const rows = parseRows([
      '[500,4,1,639000000000000000,"Steam.exe","C:\\\\Steam\\\\Steam.exe"]',
      '[4,0,0,1,"System",null]',
      'x',
      '{}',
      '["a"]',
    ]);
    assert.deepEqual(
      rows.map(({ pid, name, userId }) => [pid, name, userId]),
      [
        [500, 'Steam', 1],
        [4, 'System', 0],
      ],
    );
  });
});

describe('refusals', () => {
  const entry = (pid: number, parentPid: number, name: string, userId = 1000): ProcessEntry => ({
    pid,
    parentPid,
    userId,
    start: String(pid),
    name,
    executable: `/usr/bin/${name}`,
  });
  const table = [
    entry(1, 0, 'systemd', 0),
    entry(2, 0, '', 0),
    entry(50, 1, 'desktop'),
    entry(100, 50, 'code'),
    entry(110, 100, 'code'),
    entry(120, 110, 'code'),
    entry(130, 120, 'distractor'),
    entry(140, 100, 'distractor'),
    entry(200, 1, 'distractor'),
    entry(210, 1, 'distractor', 1001),
    entry(220, 50, 'Bash'),
  ];
  const refusalOf = (pid: number, ownUserId = 1000): string | undefined => {
    const own = new AppRefusals(table, { ownPid: 120, ownUserId, ownExecutable: '/usr/bin/code' });
    const found = table.find((one) => one.pid === pid);
    assert.ok(found !== undefined);
    return own.refusal(found);
  };

  it('hold for everything but a program of the same user outside the editor', () => {
    const expected: Record<number, string | undefined> = {
      1: 'system',
      50: 'ancestor',
      100: 'ancestor',
      110: 'ancestor',
      120: 'self',
      130: 'editor',
      140: 'editor',
      200: undefined,
      210: 'otherUser',
      220: 'protected',
      2: 'otherUser',
    };
    for (const [pid, refusal] of Object.entries(expected)) {
      assert.equal(refusalOf(Number(pid)), refusal, pid);
    }
    assert.equal(refusalOf(200, 0), 'root');
  });

  it('keep protected names, paths and patterns off the list', () => {
    for (const name of [
      'bash',
      'Code.exe',
      'ELECTRON',
      'node',
      'gnome-shell',
      '',
      ' ',
      '*',
      '/usr/bin/x',
      'Finder.app',
    ]) {
      assert.equal(isBlockableApp(name), false, name);
    }
    assert.ok(isBlockableApp('Steam.exe'));
  });
});

describe('the script that installs the helper', () => {
  it('takes no user name that a shell or a sudo rule would read otherwise', () => {
    for (const user of ['', 'a b', "a'b", 'ALL=(ALL)', 'a\nb', '%wheel', '#0', '-x']) {
      assert.throws(() => hostsHelperInstaller(user), RangeError);
    }
    assert.match(
      hostsHelperInstaller('ada'),
      /^ada ALL|'ada ALL=\(root\) NOPASSWD: \/usr\/local\/libexec\/millrace-hosts'/m,
    );
  });
});
