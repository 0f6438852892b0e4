import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { keptNamesText, refusingProgram } from '../../../src/focus/hosts/hostsHelperNames.ts';
import { hostsHelperScript } from '../../../src/focus/hosts/hostsHelperScript.ts';
import {
  mayStandInHosts,
  mostHostsNames,
  ownHostNames,
} from '../../../src/focus/hosts/hostsNames.ts';
import { allKeptNames, isKept, keptNameGroups } from '../../../src/focus/sites/keptNames.ts';
import { longestBlockMs } from '../../../src/focus/sites/blockDeadline.ts';
import { siteGroups } from '../../../src/focus/sites/siteGroups.ts';
import { parseSiteName } from '../../../src/focus/sites/siteName.ts';
import { createUndoing } from '../../../src/focus/undoing.ts';
import { isLongForm, titleOfForms } from '../../support/killPoints.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { repositoryRoot } from '../../support/repositoryRoot.ts';

/** What is called `awk` on systems; where one is not there, it is not tried. */
const awks = ['awk', 'gawk', 'mawk', 'original-awk', 'busybox awk'].filter(
  (awk) => spawnSync('sh', ['-c', `echo x | ${awk} '{ print }'`]).stdout.toString() === 'x\n',
);
const machine = hostname();
const hostsText =
  `127.0.0.1 localhost\n127.0.1.1 ${machine}.own.example ${machine}\n` +
  '10.1.2.3 nas.home.example\r\n192.168.0.9\tPRINTER.example. # mine\nfd12:3456::1 six.example\n' +
  '100.64.1.1 vpn.example\n172.16.3.4 lab.example\n93.184.216.34 pinned.example\n' +
  '0.0.0.0 listed.example\n127.0.0.1 also-listed.example\n172.32.0.1 public.example\n';

/** Each name, and whether it may be blocked; every way in which one is written that could be taken for another. */
const names: Readonly<Record<string, boolean>> = {
  'a.test': true,
  'www.a.test': true,
  'xn--bcher-kva.example': true,
  'a-b.c--d.example': true,
  [`${'a'.repeat(63)}.test`]: true,
  [`${'a.'.repeat(124)}test`]: true,
  'pinned.example': true,
  'public.example': true,
  'listed.example': true,
  'also-listed.example': true,
  'debian.org.example': true,
  'notdebian.org': true,
  'google.com': true,
  'microsoft.com': true,
  'apple.com': true,
  'home.example': true,
  // Where updates come from, and what lies below.
  'debian.org': false,
  'security.debian.org': false,
  'www.debian.org': false,
  'ftp.de.debian.org': false,
  'de.archive.ubuntu.com': false,
  'fe2.update.microsoft.com': false,
  'ctldl.windowsupdate.com': false,
  'swscan.apple.com': false,
  'aus5.mozilla.org': false,
  '0.pool.ntp.org': false,
  // One's own.
  'nas.home.example': false,
  'printer.example': false,
  'six.example': false,
  'vpn.example': false,
  'lab.example': false,
  [`${machine.toLowerCase()}.own.example`]: false,
  // This computer and this network.
  localhost: false,
  'a.localhost': false,
  'a.local': false,
  'a.b.internal': false,
  'router.home.arpa': false,
  'x.ip6-localhost': false,
  // Addresses.
  '1.2.3.4': false,
  '1.2.3': false,
  'a.1': false,
  'a.0x7f': false,
  '0x7f.1': false,
  '::1': false,
  '[::1]': false,
  // No names.
  '': false,
  '.': false,
  '..': false,
  com: false,
  'a..test': false,
  '.a.test': false,
  'a.test.': false,
  '-a.test': false,
  'a-.test': false,
  'a.-test': false,
  'A.test': false,
  'a_b.test': false,
  '*.test': false,
  'a.test # x': false,
  'a.test ': false,
  ' a.test': false,
  'a.test\t10.0.0.1': false,
  'a.test\r': false,
  'a.test\0': false,
  'a.test\0b.test': false,
  '\0': false,
  'a\u0001.test': false,
  'a.test\u001b[2J': false,
  'a.test\u007f': false,
  'b\u00fccher.example': false,
  [`${'a'.repeat(64)}.test`]: false,
  [`${'a.'.repeat(125)}test`]: false,
  ['a'.repeat(100_000)]: false,
};

describe('The names that the hosts file may block', () => {
  const own = ownHostNames(hostsText, machine);
  const labels = fc.oneof(
    fc.constantFrom(
      ...[
        'www',
        'update',
        'a',
        '-',
        'a-',
        '0',
        '0x1',
        '10',
        'com',
        'debian',
        'org',
        'local',
        'nas',
        'home',
      ],
      ...[
        'example',
        'localhost',
        'x'.repeat(63),
        'x'.repeat(64),
        '',
        '*',
        '_',
        'A',
        ' ',
        '#',
        '\u00fc',
      ],
    ),
    fc.stringMatching(/^[a-z0-9-]{1,6}$/),
  );
  const anyNames = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.array(labels, { minLength: 1, maxLength: 6 }).map((all) => all.join('.')),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom(...Object.keys(names).filter((name) => name.length < 300)),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom('', 'a.', 'x.y.', '-', 'z'), fc.constantFrom(...allKeptNames()))
        .map((both) => both.join('')),
    },
    { weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
  );
  // What may stand in a line at all; the helper refuses every other byte before it reads lines.
  const plain = anyNames.map((name) => name.replace(/[^a-z0-9.-]/g, ''));

  it('are as the table says, and as the list of the person says', () => {
    for (const [name, isAccepted] of Object.entries(names)) {
      assert.equal(mayStandInHosts(name, own), isAccepted, JSON.stringify(name));
      // Whatever may be on the list stands in the file, but for what only the machine knows.
      const parsed = parseSiteName(name);
      if (parsed.ok && !own.has(parsed.name)) {
        assert.ok(mayStandInHosts(parsed.name, own), name);
      }
    }
    assert.deepEqual(parseSiteName('https://security.debian.org/x'), {
      ok: false,
      refusal: 'updates',
    });
  });

  it('hold every site of the ready-made groups', () => {
    for (const site of Object.values(siteGroups).flat()) {
      assert.ok(mayStandInHosts(site, new Set()), site);
    }
  });

  it('are written down as they are, each once', () => {
    const documented = readFileSync(path.join(repositoryRoot, 'docs/blocking.md'), 'utf8');
    for (const { title, names: kept } of keptNameGroups()) {
      const text = kept.map((name) => `\`${name}\``).join(', ');
      const plainly = documented.replace(/\s+/g, ' ');
      assert.ok(plainly.includes(`| ${title} | ${text} |`), `docs/blocking.md: ${title}`);
    }
    const all = keptNameGroups().flatMap(({ names: kept }) => kept);
    assert.equal(new Set(all).size, all.length);
    for (const name of all) {
      assert.match(name, /^(?:[a-z0-9-]+\.)+[a-z]+$/);
      assert.ok(isKept(name) && isKept(`a.${name}`) && !isKept(`a${name}`), name);
    }
    assert.ok(!siteNamesAreKept());
  });

  for (const awk of isLongForm ? awks : awks.slice(0, 1)) {
    describe(`by the helper's ${awk}`, () => {
      let folder: string;
      let script: string;
      const read = (): string => readFileSync(path.join(folder, 'hosts'), 'latin1');

      before(() => {
        folder = mkdtempSync(path.join(tmpdir(), 'millrace-hosts-names-'));
        script = path.join(folder, 'helper.sh');
        writeFileSync(
          script,
          hostsHelperScript
            .replace(
              '\nset -eu\n',
              awk === 'awk' ? '\nset -eu\n' : `\nset -eu\nawk() { ${awk} "$@"; }\n`,
            )
            .replace('\nPATH=', '\nPATH=$PATH:')
            .replace('\nhosts=/etc/hosts\n', `\nhosts=${folder}/hosts\n`)
            .replace('\nstate=/var/lib/millrace\n', `\nstate=${folder}/state\n`),
        );
        assert.doesNotMatch(readFileSync(script, 'utf8'), /\/etc\/hosts|\/var\/lib/);
      });

      beforeEach(() => {
        writeFileSync(path.join(folder, 'hosts'), hostsText);
        rmSync(path.join(folder, 'state'), { recursive: true, force: true });
        mkdirSync(path.join(folder, 'state'));
      });

      after(() => {
        rmSync(folder, { recursive: true });
      });

      const on = (
        input: string,
        { owner = '11111111', untilMs = Date.now() + 3_600_000 } = {},
      ): number | null =>
        spawnSync('sh', [script, 'on', owner, String(untilMs)], { input: Buffer.from(input) })
          .status;

      /** What the program alone refuses of many names, which the script has looked through for other bytes. */
      const refusedOf = (all: readonly string[]): readonly string[] => {
        writeFileSync(path.join(folder, 'kept'), `\n${keptNamesText()}\n`);
        writeFileSync(path.join(folder, 'program'), refusingProgram);
        writeFileSync(path.join(folder, 'names'), all.map((name) => `${name}\n`).join(''));
        const [command = 'awk', ...first] = awk.split(' ');
        const files = ['kept', 'hosts', 'names'].flatMap((part) => [
          `part=${part}`,
          path.join(folder, part),
        ]);
        const { stdout } = spawnSync(
          command,
          [...first, '-v', `machine=${machine}`, '-f', path.join(folder, 'program'), ...files],
          { env: { ...process.env, LC_ALL: 'C' }, maxBuffer: 1e9 },
        );
        const lines = stdout.toString('latin1').split('\n');
        assert.deepEqual(lines.slice(-2), [`looked at ${all.length}`, '']);
        return lines.slice(0, -2);
      };

      it('are the same', () => {
        const accepted = Object.keys(names).filter((name) => names[name] === true);
        assert.equal(on(accepted.map((name) => `${name}\n`).join('')), 0);
        assert.match(read(), /^:: pinned\.example$/m);
        writeFileSync(path.join(folder, 'hosts'), hostsText);
        const refused = Object.keys(names).filter((name) => names[name] === false);
        const plainly = refused.filter((name) => /^[a-z0-9.-]*$/.test(name));
        assert.deepEqual(refusedOf([...plainly, ...accepted]), plainly);
        const others = refused.filter((name) => !plainly.includes(name));
        for (const name of ['security.debian.org', 'nas.home.example', '', ...others]) {
          const input = `fine.example\n${name}\nwww.fine.example\n`;
          assert.equal(on(input), 2, JSON.stringify(name.slice(0, 300)));
          assert.equal(read(), hostsText);
        }
      });

      it('are the same in any bytes', () => {
        fc.assert(
          fc.property(fc.array(anyNames, { minLength: 1, maxLength: 5 }), (list) => {
            writeFileSync(path.join(folder, 'hosts'), hostsText);
            const isAccepted = list.every((name) => mayStandInHosts(name, own));
            assert.equal(on(`${list.join('\n')}\n`), isAccepted ? 0 : 2);
          }),
          { numRuns: 15 },
        );
      });

      it(titleOfForms('are the same in any list'), () => {
        const lists = fc.sample(
          fc.array(plain, { minLength: 1, maxLength: 3 }),
          isLongForm ? 100_000 : 2_000,
        );
        const all = lists.flat();
        assert.deepEqual(
          refusedOf(all),
          all.filter((name) => !mayStandInHosts(name, own)),
        );
      });

      it('are not too many, and not none', () => {
        const list = (count: number): string =>
          Array.from({ length: count }, (_, at) => `a${at}.example\n`).join('');
        assert.equal(on(list(mostHostsNames)), 0);
        assert.equal(on(list(mostHostsNames + 1)), 2);
        assert.equal(on(`${`${'a.'.repeat(124)}test\n`.repeat(mostHostsNames)}b.example\n`), 2);
        assert.equal(on(''), 2);
        // A last line without its end may be one that was cut off.
        assert.equal(on('a.example\nb.exam'), 2);
      });

      it('are blocked for a day at most', () => {
        const dayAhead = Date.now() + longestBlockMs;
        for (const [untilMs, status] of [
          [dayAhead - 60_000, 0],
          [dayAhead + 3_600_000, 2],
          [dayAhead * 2, 2],
          [99_999_999_999_999, 2],
        ] as const) {
          assert.equal(on('a.example\n', { untilMs }), status, String(untilMs));
        }
        assert.equal(
          spawnSync('sh', [script, 'on', '11111111', `0${Date.now()}`], { input: 'a.example\n' })
            .status,
          2,
        );
      });

      it('are let go as expired where their end is over, or so far ahead that the clock was set back', () => {
        for (const untilMs of [
          Date.now() - 1_000,
          Date.now() + longestBlockMs * 3,
          99_999_999_999_999,
        ]) {
          const section = `# BEGIN Millrace 22222222 until=${untilMs} newline=kept\n0.0.0.0 b.test\n:: b.test\n# END Millrace 22222222\n`;
          writeFileSync(path.join(folder, 'hosts'), hostsText + section);
          assert.equal(spawnSync('sh', [script, 'off', 'expired']).status, 0);
          assert.equal(read(), hostsText, String(untilMs));
        }
        assert.equal(on('b.test\n'), 0);
        assert.equal(spawnSync('sh', [script, 'off', 'expired']).status, 0);
        assert.match(read(), /b\.test/);
      });

      it('are of no more owners than a machine has editors', () => {
        for (let owner = 0; owner < 32; owner += 1) {
          const name = `${(0x10000000 + owner).toString(16)}.names`;
          writeFileSync(path.join(folder, 'state', name), 'N a.example\n');
        }
        assert.equal(on('b.example\n'), 2);
        assert.equal(on('b.example\n', { owner: '10000000' }), 0);
      });
    });
  }

  it('are what a file that we may write ourselves gets as well', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'millrace-hosts-names-'));
    const hostsFile = path.join(folder, 'hosts');
    writeFileSync(hostsFile, hostsText);
    const { hosts } = createUndoing({ storageFolder: folder, hostsFile, log: new MemoryLog() });
    const deadlineMs = Date.now() + longestBlockMs * 100;
    await hosts.block({ sites: Object.keys(names), deadlineMs });
    const text = readFileSync(hostsFile, 'latin1');
    const entries = text.slice(hostsText.length).split('\n');
    const blocked = entries.flatMap((line) => /^0\.0\.0\.0 (.*)$/.exec(line)?.[1] ?? []);
    for (const [name, isAccepted] of Object.entries(names)) {
      assert.equal(text.includes(`\n:: ${name}\n`), isAccepted, name);
    }
    assert.ok(blocked.every((name) => mayStandInHosts(name, own)));
    const until = Number(/until=(\d+)/.exec(text)?.[1]);
    assert.ok(until <= Date.now() + longestBlockMs && until > Date.now(), 'a day at most');
    await hosts.block({ sites: ['security.debian.org', 'nas.home.example'], deadlineMs });
    assert.match(readFileSync(hostsFile, 'latin1'), /:: www\.nas\.home\.example/);
    await hosts.block({ sites: ['security.debian.org'], deadlineMs });
    assert.equal(readFileSync(hostsFile, 'latin1'), hostsText);
    rmSync(folder, { recursive: true });
  });

  function siteNamesAreKept(): boolean {
    return Object.values(siteGroups).flat().some(isKept);
  }
});
