import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { FocusError } from '../../src/focus/focusError.ts';
import { HostsBlocker } from '../../src/focus/hosts/hostsBlocker.ts';
import { hostsEntryKind } from '../../src/focus/hosts/hostsEntry.ts';
import { HostsHelper, hostsHelperFile } from '../../src/focus/hosts/hostsHelper.ts';
import {
  hostsHelperInstaller,
  hostsHelperScript,
} from '../../src/focus/hosts/hostsHelperScript.ts';
import { healLeftovers, restoreEverything } from '../../src/focus/undo/healLeftovers.ts';
import { RestoreJournal } from '../../src/focus/undo/restoreJournal.ts';
import { createUndoing, type Undoing } from '../../src/focus/undoing.ts';
import { hostsMeaning, hostsTools } from '../support/hostsTools.ts';
import { MemoryLog } from '../support/memoryLog.ts';
import { repositoryRoot } from '../support/repositoryRoot.ts';
import { dyingHelpers } from './support/dyingHelper.ts';

const stage = process.env['MILLRACE_STAGE'] ?? '/nowhere';
const isLong = process.env['MILLRACE_BLOCKING'] === 'long';
const stepper = path.join(import.meta.dirname, 'programs/hostsStepper.mjs');
const sites = ['distraction.test', 'another-distraction.test'];
const original = '127.0.0.1 localhost\n# mine\n10.0.0.1 build\n';
const inAnHour = (): number => Date.now() + 3_600_000;

describe('a hosts file in trouble', () => {
  let folder: string;
  let etc: string;
  let file: string;
  const mounts: string[] = [];

  beforeEach(() => {
    folder = mkdtempSync(path.join(stage, 'attacks-'));
    etc = path.join(folder, 'etc');
    mkdirSync(etc);
    file = path.join(etc, 'hosts');
    writeFileSync(file, original);
  });

  afterEach(() => {
    for (const mount of mounts.splice(0).reverse()) {
      execFileSync('umount', [mount]);
    }
    rmSync(folder, { recursive: true });
  });

  const read = (): string => readFileSync(file, 'latin1');
  const undoing = (): Undoing =>
    createUndoing({
      storageFolder: path.join(folder, 'storage'),
      hostsFile: file,
      log: new MemoryLog(),
    });
  const mount = (...args: readonly string[]): void => {
    execFileSync('mount', args);
    mounts.push(args.at(-1) ?? '');
  };
  const fill = (disk: string): void => {
    const room = path.join(disk, 'filler');
    spawnSync('dd', ['if=/dev/zero', `of=${room}`, 'bs=1024']);
  };

  for (const layout of ['renamed', 'written in place']) {
    for (const name of [
      'strips comments',
      'sorts lines',
      'writes nine names on a line',
      'adds a remark between the marks',
    ]) {
      it(`heals after kill -9 at every step of undoing: a tool that ${name}, ${layout}`, async () => {
        const edit = (text: string): string =>
          hostsTools.find((tool) => tool.name === name)?.edit(text) ??
          text.replace(/(?<=0\.0\.0\.0 www\.distraction\.test\n)/, '# theirs\n10.0.0.7 theirs\n');
        const wanted = hostsMeaning(
          name.startsWith('adds') ? `${original}10.0.0.7 theirs\n` : edit(original),
        );
        if (layout !== 'renamed') {
          mount('--bind', file, file);
        }
        const storage = path.join(folder, 'storage');
        let kills = 0;
        for (let stopAt = 1; ; stopAt += isLong ? 1 : 2) {
          writeFileSync(file, original);
          rmSync(path.join(storage, 'restore'), { recursive: true, force: true });
          await undoing().hosts.block({ sites, deadlineMs: inAnHour() });
          writeFileSync(file, edit(read()));
          const { signal } = spawnSync(process.execPath, [
            ...[stepper, storage, file, 'release'],
            String(stopAt),
          ]);
          rmSync(path.join(storage, 'restore/hosts.lock'), { force: true });
          const { failed } = await healLeftovers(undoing(), undefined, Date.now());
          assert.deepEqual(failed, []);
          assert.deepEqual(hostsMeaning(read()), wanted);
          assert.doesNotMatch(read(), /Millrace/);
          assert.deepEqual(await undoing().journal.all(), []);
          assert.deepEqual(readdirSync(etc), ['hosts']);
          if (signal !== 'SIGKILL') {
            break;
          }
          kills += 1;
        }
        assert.ok(kills >= 2, `${kills} steps`);
      });
    }
  }

  for (const layout of ['renamed', 'written in place']) {
    it(`is undone on a full disk, ${layout}`, async () => {
      mount('-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', etc);
      const storage = path.join(etc, 'storage');
      writeFileSync(file, original);
      if (layout !== 'renamed') {
        mount('--bind', file, file);
      }
      const { hosts, journal } = createUndoing({
        storageFolder: storage,
        hostsFile: file,
        log: new MemoryLog(),
      });
      await hosts.block({ sites, deadlineMs: inAnHour() });
      fill(etc);
      await hosts.release();
      assert.equal(read(), original);
      assert.deepEqual(await journal.all(), []);
      await assert.rejects(hosts.block({ sites, deadlineMs: inAnHour() }));
      assert.equal(read(), original);
    });

    it(`is as it was when a block finds no room for its entries, ${layout}`, async () => {
      mount('-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', etc);
      // To the end of a page, so that the first byte more needs another one.
      const text = original + `#${'x'.repeat(4_096 - original.length - 2)}\n`;
      writeFileSync(file, text);
      if (layout !== 'renamed') {
        mount('--bind', file, file);
      }
      fill(etc);
      const own = undoing();
      await assert.rejects(own.hosts.block({ sites, deadlineMs: inAnHour() }));
      assert.equal(read(), text);
      assert.deepEqual(await own.journal.all(), []);
    });
  }

  const others: Readonly<Record<string, () => void>> = {
    'that is gone': () => undefined,
    'that is a folder': () => {
      mkdirSync(file);
    },
    'that is a pipe': () => {
      execFileSync('mkfifo', [file]);
    },
    'that is a link to nothing': () => {
      execFileSync('ln', ['-s', 'nowhere', file]);
    },
    'that is a link in a circle': () => {
      execFileSync('ln', ['-s', 'hosts', file]);
    },
  };
  for (const [how, make] of Object.entries(others)) {
    it(`${how} blocks nothing, and nothing waits for it`, async () => {
      const own = undoing();
      await own.hosts.block({ sites, deadlineMs: inAnHour() });
      const blocked = read();
      unlinkSync(file);
      make();
      assert.deepEqual(await own.hosts.probe(), { state: 'unavailable', detail: 'hostsMissing' });
      await assert.rejects(own.hosts.block({ sites, deadlineMs: inAnHour() }), (error) =>
        FocusError.is(error, 'unsupported'),
      );
      assert.deepEqual((await restoreEverything(own, Date.now())).failed, []);
      assert.deepEqual(await own.journal.all(), []);
      rmSync(file, { recursive: true, force: true });
      // Whatever brings the file back brings nothing of ours for long.
      writeFileSync(file, blocked);
      assert.deepEqual((await healLeftovers(own, undefined, Date.now())).restored, ['hosts']);
      assert.equal(read(), original);
    });
  }

  it('that may no longer be written keeps its block and its entry until it may', async () => {
    const own = createUndoing({
      storageFolder: path.join(folder, 'storage'),
      hostsFile: file,
      log: new MemoryLog(),
      helper: new HostsHelper({ file: '/nowhere' }),
    });
    await own.hosts.block({ sites, deadlineMs: inAnHour() });
    mount('--bind', etc, etc);
    execFileSync('mount', ['-o', 'remount,ro,bind', etc]);
    await assert.rejects(own.hosts.release(), (error) => FocusError.is(error));
    assert.match(read(), /Millrace/);
    assert.equal((await own.journal.all()).length, 1);
    execFileSync('umount', [mounts.pop() ?? '']);
    await own.hosts.release();
    assert.equal(read(), original);
  });

  it('of 150,000 lines of a blocker keeps them all', async () => {
    const list = [original];
    for (let index = 0; index < 150_000; index += 1) {
      list.push(`0.0.0.0 ads${index}.tracker-${index % 977}.example\n`);
    }
    list.push('0.0.0.0 distraction.test\n0.0.0.0 www.distraction.test\n');
    const text = list.join('');
    writeFileSync(file, text);
    const { hosts } = undoing();
    await hosts.block({ sites, deadlineMs: inAnHour() });
    await hosts.release();
    assert.equal(read(), text);
    await hosts.block({ sites, deadlineMs: inAnHour() });
    writeFileSync(file, read().replace(/#.*\n/g, ''));
    await hosts.release();
    assert.equal(read(), text.replace(/#.*\n/g, ''));
  });
});

describe('the helper of the first version, under an editor that knows more', () => {
  const hosts = '/etc/hosts';
  let folder: string;
  let machine: Buffer;
  let shown: string;
  let blocker: HostsBlocker;
  let journal: RestoreJournal;
  const oldHelper = readFileSync(path.join(repositoryRoot, 'test/fixtures/hostsHelper1.sh'));

  before(() => {
    folder = mkdtempSync(path.join(stage, 'old-helper-'));
    machine = readFileSync(hosts);
    const installer = path.join(folder, 'install.sh');
    writeFileSync(installer, hostsHelperInstaller('nobody'));
    execFileSync('sh', [installer]);
    // A file that is not writable for us, and the helper's own, stand for one another here.
    shown = path.join(folder, 'hosts');
    writeFileSync(shown, '');
    execFileSync('mount', ['--bind', hosts, hosts]);
    execFileSync('mount', ['--bind', hosts, shown]);
    execFileSync('mount', ['-o', 'remount,ro,bind', shown]);
  });

  beforeEach(() => {
    writeFileSync(hosts, original);
    writeFileSync(hostsHelperFile, oldHelper);
    journal = new RestoreJournal(path.join(folder, 'storage'), () => [hostsEntryKind]);
    blocker = new HostsBlocker({
      journal,
      hostsFile: shown,
      helper: new HostsHelper({ elevate: [] }),
    });
  });

  after(() => {
    execFileSync('umount', [shown]);
    execFileSync('umount', [hosts]);
    writeFileSync(hosts, machine);
    writeFileSync(hostsHelperFile, hostsHelperScript);
    execFileSync('sh', [path.join(folder, 'install.sh'), 'uninstall']);
    rmSync(folder, { recursive: true });
  });

  const read = (): string => readFileSync(hosts, 'latin1');

  it('is told apart from this version and from others', async () => {
    const second = readFileSync(path.join(repositoryRoot, 'test/fixtures/hostsHelper2.sh'));
    for (const old of [oldHelper, second]) {
      writeFileSync(hostsHelperFile, old);
      assert.deepEqual(await blocker.probe(), { state: 'needsSetup', detail: 'hostsHelperOld' });
      assert.equal(await new HostsHelper({ elevate: [] }).version(), 'old');
    }
    writeFileSync(hostsHelperFile, hostsHelperScript);
    assert.deepEqual(await blocker.probe(), { state: 'ready', detail: 'hostsHelper' });
    writeFileSync(
      hostsHelperFile,
      hostsHelperScript.replace(/^# Version \d+\.$/m, '# Version 99.'),
    );
    assert.equal(await new HostsHelper({ elevate: [] }).version(), 'current');
    writeFileSync(hostsHelperFile, `${hostsHelperScript}# changed\n`);
    assert.equal(await new HostsHelper({ elevate: [] }).version(), 'missing');
    writeFileSync(hostsHelperFile, oldHelper);
    chmodSync(hostsHelperFile, 0o777);
    assert.equal(await new HostsHelper({ elevate: [] }).version(), 'missing');
    chmodSync(hostsHelperFile, 0o755);
    chownSync(hostsHelperFile, 65_534, 65_534);
    assert.equal(await new HostsHelper({ elevate: [] }).version(), 'missing');
    chownSync(hostsHelperFile, 0, 0);
  });

  it('gives its place to this one, also that of the second version in the middle of a block', async () => {
    const second = readFileSync(path.join(repositoryRoot, 'test/fixtures/hostsHelper2.sh'));
    writeFileSync(hostsHelperFile, second);
    await blocker.block({ sites, deadlineMs: inAnHour() });
    assert.match(read(), /^:: www\.distraction\.test$/m);
    writeFileSync(hostsHelperFile, hostsHelperScript);
    await blocker.release();
    assert.equal(read(), original);
    assert.deepEqual(await journal.all(), []);
  });

  it('blocks and undoes where nobody else has changed anything', async () => {
    await blocker.block({ sites, deadlineMs: inAnHour() });
    assert.match(read(), /^:: www\.distraction\.test$/m);
    await blocker.release();
    assert.equal(read(), original);
    assert.deepEqual(await journal.all(), []);
  });

  const theirs = '10.0.0.7 theirs\n';
  const edits: Readonly<Record<string, readonly [edit: (text: string) => string, left: string]>> = {
    'a line of others between the marks': [
      (text) => text.replace(/(?<=0\.0\.0\.0 www\.distraction\.test\n)/, theirs),
      original + theirs,
    ],
    'marks that were rewritten': [(text) => text.replace(/# (BEGIN|END)/g, '#\t$1'), original],
    'marks that are gone': [(text) => text.replace(/# (?:BEGIN|END).*\n/g, ''), original],
  };
  for (const [how, [edit, left]] of Object.entries(edits)) {
    it(`is not used for ${how}; installed again, it undoes that or says that it can't`, async () => {
      await blocker.block({ sites, deadlineMs: inAnHour() });
      const edited = edit(read());
      writeFileSync(hosts, edited);
      await assert.rejects(blocker.release(), (error) => FocusError.is(error, 'helperOld'));
      assert.equal(read(), edited);
      assert.equal((await journal.all()).length, 1);
      writeFileSync(hostsHelperFile, hostsHelperScript);
      if (how === 'marks that are gone') {
        // What the old one wrote, the new one has kept nothing of.
        await assert.rejects(blocker.release(), (error) => FocusError.is(error, 'notUndone'));
        writeFileSync(hosts, original);
      }
      await blocker.release();
      assert.equal(read(), left);
      assert.deepEqual(await journal.all(), []);
    });
  }

  it('leaves its place to one that heals after kill -9 between any two lines, also without its marks', () => {
    assert.ok(dyingHelpers.length > 15);
    writeFileSync(hostsHelperFile, hostsHelperScript);
    const strip = (text: string): string => text.replace(/#.*\n/g, '');
    const until = String(inAnHour());
    const dying = path.join(folder, 'dying.sh');
    for (const { script, after } of isLong
      ? dyingHelpers
      : dyingHelpers.filter((_, index) => index % 3 === 0)) {
      writeFileSync(dying, script);
      for (const args of [
        ['on', '11111111', until],
        ['off', '11111111'],
      ]) {
        writeFileSync(hosts, original);
        if (args[0] === 'off') {
          spawnSync(hostsHelperFile, ['on', '11111111', until], { input: 'a.test\n' });
          writeFileSync(hosts, strip(read()));
        }
        spawnSync('sh', [dying, ...args], { input: 'a.test\n' });
        rmSync('/var/lib/millrace/lock', { recursive: true, force: true });
        writeFileSync(hosts, strip(read()));
        assert.equal(spawnSync(hostsHelperFile, ['off', 'all']).status, 0);
        assert.equal(read(), strip(original), `after ${after}`);
      }
    }
    rmSync('/var/lib/millrace', { recursive: true });
  });

  it('gives way to this version in the middle of a block', async () => {
    writeFileSync(hostsHelperFile, hostsHelperScript);
    await blocker.block({ sites, deadlineMs: inAnHour() });
    writeFileSync(hosts, read().replace(/# (?:BEGIN|END).*\n/g, ''));
    await blocker.release();
    assert.equal(read(), original);
    assert.deepEqual(readdirSync('/var/lib/millrace'), []);
  });
});
