import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { FocusError } from '../../src/focus/focusError.ts';
import { HostsBlocker } from '../../src/focus/hosts/hostsBlocker.ts';
import { HostsHelper, hostsHelperFile } from '../../src/focus/hosts/hostsHelper.ts';
import {
  hostsHelperInstaller,
  hostsHelperScript,
} from '../../src/focus/hosts/hostsHelperScript.ts';
import { hostsEntryKind } from '../../src/focus/hosts/hostsEntry.ts';
import { RestoreJournal } from '../../src/focus/undo/restoreJournal.ts';
import { dyingHelpers } from './support/dyingHelper.ts';

const hosts = '/etc/hosts';
const isLong = process.env['MILLRACE_BLOCKING'] === 'long';
const contents = [
  '127.0.0.1 localhost\n',
  '127.0.0.1 localhost\r\n10.0.0.1 b',
  'a',
  '',
  '\u00ef\u00bb\u00bfa\n',
  'a\r',
];

describe('the helper for the hosts file', () => {
  let folder: string;
  let machine: Buffer;
  let mounted = false;

  before(() => {
    folder = mkdtempSync(path.join(process.env['MILLRACE_STAGE'] ?? '/nowhere', 'helper-'));
    machine = readFileSync(hosts);
    const installer = path.join(folder, 'install.sh');
    writeFileSync(installer, hostsHelperInstaller('nobody'));
    execFileSync('sh', [installer]);
  });

  after(() => {
    execFileSync('sh', [path.join(folder, 'install.sh'), 'uninstall']);
    assert.equal(existsSync(hostsHelperFile), false);
    assert.equal(existsSync('/etc/sudoers.d/millrace'), false);
    rmSync(folder, { recursive: true });
  });

  afterEach(() => {
    if (mounted) {
      execFileSync('umount', [hosts]);
      mounted = false;
    }
    writeFileSync(hosts, machine);
  });

  const bindOver = (): void => {
    execFileSync('mount', ['--bind', hosts, hosts]);
    mounted = true;
  };
  const run = (args: readonly string[], input = ''): number | null =>
    spawnSync(hostsHelperFile, args, { input }).status;
  const until = String(Date.now() + 3_600_000);

  it('is installed as root, for one user and one program', async () => {
    assert.equal(readFileSync(hostsHelperFile, 'utf8'), hostsHelperScript);
    assert.equal(statSync(hostsHelperFile).mode & 0o777, 0o755);
    assert.equal(statSync('/etc/sudoers.d/millrace').mode & 0o777, 0o440);
    assert.equal(
      readFileSync('/etc/sudoers.d/millrace', 'utf8'),
      `nobody ALL=(root) NOPASSWD: ${hostsHelperFile}\n`,
    );
    assert.ok(await new HostsHelper().isInstalled());
    const forged = path.join(folder, 'forged');
    writeFileSync(forged, hostsHelperScript);
    chmodSync(forged, 0o777);
    assert.equal(await new HostsHelper({ file: forged }).isInstalled(), false);
    chmodSync(forged, 0o755);
    chownSync(forged, 65_534, 65_534);
    assert.equal(await new HostsHelper({ file: forged }).isInstalled(), false);
  });

  for (const text of contents) {
    for (const layout of ['renamed', 'written in place']) {
      it(`puts in and takes out to the byte: ${JSON.stringify(text)}, ${layout}`, () => {
        const bytes = Buffer.from(text, 'latin1');
        writeFileSync(hosts, bytes);
        chmodSync(hosts, 0o640);
        if (layout !== 'renamed') {
          bindOver();
        }
        assert.equal(run(['on', '11111111', until], 'a.test\nwww.a.test\n'), 0);
        assert.equal(run(['on', '22222222', until], 'b.test\n'), 0);
        assert.match(readFileSync(hosts, 'latin1'), /^:: www\.a\.test\r?$/m);
        assert.equal(run(['on', '11111111', until], 'c.test\n'), 0);
        assert.doesNotMatch(readFileSync(hosts, 'latin1'), / a\.test/);
        assert.equal(run(['off', 'expired']), 0);
        assert.match(readFileSync(hosts, 'latin1'), / c\.test/);
        assert.equal(run(['off', '11111111']), 0);
        assert.match(readFileSync(hosts, 'latin1'), / b\.test/);
        assert.equal(run(['off', 'all']), 0);
        assert.deepEqual(readFileSync(hosts), bytes);
        assert.equal(statSync(hosts).mode & 0o777, 0o640);
        chmodSync(hosts, 0o644);
      });
    }
  }

  it('accepts nothing else', () => {
    const refused: [string[], string?][] = [
      [[]],
      [['purge']],
      [['on']],
      [['on', 'ROOT0000', until], 'a.test\n'],
      [['on', '11111111', '1; reboot'], 'a.test\n'],
      [['on', '11111111', until], 'a.test\n127.0.0.1 evil\n'],
      [['on', '11111111', until], 'a.test # x\n'],
      [['on', '11111111', until], '*.test\n'],
      [['on', '11111111', until], 'localhost\n'],
      [['on', '11111111', until], 'a.localhost\n'],
      [['on', '11111111', until], '1.2.3.4\n'],
      [['on', '11111111', until], '\n'],
      [['on', '11111111', until], 'a.test\r\n'],
      [['on', '11111111', until], `${'a.'.repeat(130)}test\n`],
      [['off', '../../etc']],
      [['off', 'all', 'more']],
      [['off', '11111111\n22222222']],
      [['on', '11111111\n10.0.0.1 evil', until], 'a.test\n'],
      [['on', '11111111', `${until}\n10.0.0.1 evil`], 'a.test\n'],
      [['on', '11111111', until], 'a.test\n\n10.0.0.1\tevil\n'],
      [['on', '11111111', until], 'a.test\0b.test\n'],
      [['on', '11111111', until], 'security.debian.org\n'],
      [['on', '11111111', '99999999999999'], 'a.test\n'],
      [['on', '11111111', String(Date.now() + 90_000_000)], 'a.test\n'],
      [['on', '11111111', until], ''],
    ];
    for (const [args, input] of refused) {
      assert.equal(run(args, input), 2, JSON.stringify([args, input]));
      assert.deepEqual(readFileSync(hosts), machine);
    }
    assert.deepEqual(readdirSync('/var/lib/millrace'), []);
  });

  it('changes nothing where a mark has no partner', () => {
    for (const mark of [
      '# BEGIN Millrace',
      '# END Millrace 11111111',
      '# BEGIN Millrace 11111111 until=1 newline=kept',
    ]) {
      const text = `a\n${mark}\nb\n`;
      writeFileSync(hosts, text);
      assert.equal(run(['on', '11111111', until], 'a.test\n'), 3);
      assert.equal(run(['off', 'all']), 3);
      assert.equal(readFileSync(hosts, 'utf8'), text);
    }
  });

  it('is used by the blocker where the file is not writable, and failures leave nothing', async () => {
    execFileSync('mount', ['--bind', hosts, hosts]);
    mounted = true;
    const journal = new RestoreJournal(path.join(folder, 'storage'), () => [hostsEntryKind]);
    // A file that is not writable for us, and the helper's own, stand for one another here.
    const shown = path.join(folder, 'read-only');
    mkdirSync(shown, { recursive: true });
    writeFileSync(path.join(shown, 'hosts'), '');
    execFileSync('mount', ['--bind', hosts, path.join(shown, 'hosts')]);
    execFileSync('mount', ['-o', 'remount,ro,bind', path.join(shown, 'hosts')]);
    try {
      const hostsFile = path.join(shown, 'hosts');
      const blocker = new HostsBlocker({
        journal,
        hostsFile,
        helper: new HostsHelper({ elevate: [] }),
      });
      assert.deepEqual(await blocker.probe(), { state: 'ready', detail: 'hostsHelper' });
      await blocker.block({ sites: ['a.test'], deadlineMs: Date.now() + 3_600_000 });
      assert.match(readFileSync(hosts, 'utf8'), /^0\.0\.0\.0 www\.a\.test$/m);
      assert.equal((await journal.read(hostsEntryKind))?.via, 'helper');
      await blocker.release();
      assert.deepEqual(readFileSync(hosts), machine);
      const asksForPassword = new HostsBlocker({
        journal,
        hostsFile,
        helper: new HostsHelper({ elevate: ['false'] }),
      });
      await assert.rejects(
        asksForPassword.block({ sites: ['a.test'], deadlineMs: Date.now() + 1 }),
        (error) => FocusError.is(error, 'helperFailed'),
      );
      assert.deepEqual(await journal.all(), []);
    } finally {
      execFileSync('umount', [path.join(shown, 'hosts')]);
    }
  });

  for (const layout of ['renamed', 'written in place']) {
    it(`heals after kill -9 between any two lines: ${layout}`, () => {
      if (layout !== 'renamed') {
        bindOver();
      }
      assert.ok(dyingHelpers.length > 10);
      const file = path.join(folder, 'dying.sh');
      for (const { script, after } of isLong
        ? dyingHelpers
        : dyingHelpers.filter((_, index) => index % 2 === 0)) {
        writeFileSync(file, script);
        for (const args of [
          ['on', '11111111', until],
          ['off', '11111111'],
        ]) {
          spawnSync('sh', [file, ...args], { input: 'a.test\n' });
          rmSync('/var/lib/millrace/lock', { recursive: true, force: true });
          assert.equal(run(['off', 'all']), 0);
          assert.deepEqual(readFileSync(hosts), machine, `after ${after}`);
          run(['on', '11111111', until], 'a.test\n');
        }
        assert.equal(run(['off', 'all']), 0);
        assert.deepEqual(
          readdirSync('/etc').filter((name) => name.startsWith('.millrace')),
          [],
        );
      }
    });
  }
});
