import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { FocusError } from '../../src/focus/focusError.ts';
import { healLeftovers, restoreEverything } from '../../src/focus/undo/healLeftovers.ts';
import { createUndoing, type Undoing } from '../../src/focus/undoing.ts';
import { MemoryLog } from '../support/memoryLog.ts';

const bom = '\u00ef\u00bb\u00bf';
const contents: Readonly<Record<string, string>> = {
  LF: '127.0.0.1 localhost\n# mine\n10.0.0.1 build\n',
  CRLF: '127.0.0.1 localhost\r\n10.0.0.1 build\r\n',
  BOM: `${bom}127.0.0.1 localhost\n`,
  'no final newline': '127.0.0.1 localhost\n10.0.0.1 build',
  'CRLF without final newline': '127.0.0.1 localhost\r\n10.0.0.1 build',
  'a last carriage return': '127.0.0.1 localhost\n10.0.0.1 build\r',
  empty: '',
  'nothing but a BOM': bom,
  'bytes that are no UTF-8': '127.0.0.1 localhost \u00ff\u0080\u0000\n',
};
const sites = ['distraction.test', 'another-distraction.test'];
const inAnHour = (): number => Date.now() + 3_600_000;
const stepper = path.join(import.meta.dirname, 'programs/hostsStepper.mjs');
const isLong = process.env['MILLRACE_BLOCKING'] === 'long';

describe('the hosts file', () => {
  let folder: string;
  let etc: string;
  let file: string;
  const mounts: string[] = [];

  beforeEach(() => {
    folder = mkdtempSync(path.join(process.env['MILLRACE_STAGE'] ?? '/nowhere', 'hosts-'));
    etc = path.join(folder, 'etc');
    mkdirSync(etc);
    file = path.join(etc, 'hosts');
  });

  afterEach(() => {
    for (const mount of mounts.splice(0).reverse()) {
      execFileSync('umount', [mount]);
    }
    rmSync(folder, { recursive: true });
  });

  const undoing = (storage = 'storage'): Undoing =>
    createUndoing({
      storageFolder: path.join(folder, storage),
      hostsFile: file,
      log: new MemoryLog(),
    });
  const write = (text: string): Buffer => {
    const bytes = Buffer.from(text, 'latin1');
    writeFileSync(file, bytes);
    return bytes;
  };
  const bindOver = (): void => {
    execFileSync('mount', ['--bind', file, file]);
    mounts.push(file);
  };
  const assertClean = (bytes: Buffer): void => {
    assert.deepEqual(readFileSync(file), bytes);
    assert.deepEqual(
      readdirSync(etc).filter((name) => name !== 'hosts' && name !== 'real'),
      [],
    );
  };

  for (const [name, text] of Object.entries(contents)) {
    for (const layout of ['renamed', 'written in place']) {
      it(`comes back to the byte: ${name}, ${layout}`, async () => {
        const before = write(text);
        chmodSync(file, 0o640);
        chownSync(file, 65_534, 65_534);
        if (layout !== 'renamed') {
          bindOver();
        }
        const { hosts } = undoing();
        await hosts.block({ sites, deadlineMs: inAnHour() });
        const blocked = readFileSync(file, 'latin1');
        assert.match(blocked, /^0\.0\.0\.0 distraction\.test\r?$/m);
        assert.match(blocked, /^:: www\.distraction\.test\r?$/m);
        assert.equal(statSync(file).mode & 0o777, 0o640);
        assert.equal(statSync(file).uid, 65_534);
        await hosts.block({ sites: ['other.test'], deadlineMs: inAnHour() + 5 });
        assert.doesNotMatch(readFileSync(file, 'latin1'), /distraction/);
        await hosts.release();
        assertClean(before);
      });
    }
  }

  it('follows a symbolic link and leaves it one', async () => {
    write('127.0.0.1 localhost\n');
    const real = path.join(etc, 'real');
    mkdirSync(real);
    execFileSync('mv', [file, path.join(real, 'hosts')]);
    symlinkSync('real/hosts', file);
    const { hosts } = undoing();
    await hosts.block({ sites, deadlineMs: inAnHour() });
    assert.ok(lstatSync(file).isSymbolicLink());
    assert.match(readFileSync(path.join(real, 'hosts'), 'utf8'), /distraction/);
    await hosts.release();
    assert.deepEqual(readdirSync(real), ['hosts']);
    assertClean(Buffer.from('127.0.0.1 localhost\n'));
  });

  it('keeps what other programs add meanwhile', async () => {
    write('127.0.0.1 localhost');
    const { hosts } = undoing();
    await hosts.block({ sites, deadlineMs: inAnHour() });
    writeFileSync(file, '10.1.1.1 added-later\n', { flag: 'a' });
    await hosts.release();
    assertClean(Buffer.from('127.0.0.1 localhost\n10.1.1.1 added-later\n'));
  });

  it('is refused on a read-only mount, and nothing remains', async () => {
    const before = write('127.0.0.1 localhost\n');
    execFileSync('mount', ['--bind', etc, etc]);
    mounts.push(etc);
    execFileSync('mount', ['-o', 'remount,ro,bind', etc]);
    const own = createUndoing({
      storageFolder: path.join(folder, 'storage'),
      hostsFile: file,
      log: new MemoryLog(),
    });
    assert.equal((await own.hosts.probe()).state, 'needsSetup');
    await assert.rejects(own.hosts.block({ sites, deadlineMs: inAnHour() }), FocusError);
    assertClean(before);
    assert.deepEqual(await own.journal.all(), []);
  });

  it('is refused to an ordinary user, and nothing remains', () => {
    const before = write('127.0.0.1 localhost\n');
    const storage = path.join(folder, 'storage');
    mkdirSync(storage);
    chownSync(storage, 65_534, 65_534);
    chmodSync(folder, 0o755);
    const { status, stderr } = spawnSync(
      'setpriv',
      ['--reuid', '65534', '--regid', '65534', '--clear-groups', process.execPath].concat(
        stepper,
        storage,
        file,
        'block',
        '0',
      ),
      { encoding: 'utf8' },
    );
    assert.notEqual(status, 0);
    assert.match(stderr, /FocusError/);
    assertClean(before);
    assert.deepEqual(
      readdirSync(path.join(storage, 'restore')).filter((name) => name.endsWith('.json')),
      [],
    );
  });

  it('is written in place by a user who may write the file but not its folder', () => {
    const before = write('127.0.0.1 localhost');
    chownSync(file, 65_534, 65_534);
    chmodSync(folder, 0o755);
    const storage = path.join(folder, 'storage');
    mkdirSync(storage);
    chownSync(storage, 65_534, 65_534);
    const asUser = (action: string): void => {
      execFileSync(
        'setpriv',
        ['--reuid', '65534', '--regid', '65534', '--clear-groups'].concat(
          process.execPath,
          stepper,
          storage,
          file,
          action,
          '0',
        ),
      );
    };
    asUser('block');
    assert.match(readFileSync(file, 'utf8'), /distraction/);
    asUser('release');
    assertClean(before);
  });

  for (const damage of [
    '# BEGIN Millrace',
    '# END Millrace 12345678',
    '# BEGIN Millrace 12345678 until=1 newline=kept',
  ]) {
    it(`is not cut after "${damage}" without its partner`, async () => {
      const before = write(`127.0.0.1 localhost\n${damage}\n10.0.0.1 build\n`);
      const own = undoing();
      assert.deepEqual(await own.hosts.probe(), { state: 'unavailable', detail: 'hostsDamaged' });
      const isDamage = (thrown: unknown): boolean => FocusError.is(thrown, 'damagedSection');
      await assert.rejects(own.hosts.block({ sites, deadlineMs: inAnHour() }), isDamage);
      const { failed } = await restoreEverything(own, Date.now());
      assert.ok(failed.some(({ error }) => isDamage(error)));
      assertClean(before);
    });
  }

  it('survives two windows at once, again and again', async () => {
    const before = write('127.0.0.1 localhost\n10.0.0.1 build');
    for (let round = 0; round < (isLong ? 10 : 3); round += 1) {
      const exits = ['block', 'block', 'release', 'block'].map(
        (action) =>
          new Promise((resolve) => {
            spawn(process.execPath, [
              stepper,
              path.join(folder, 'storage'),
              file,
              action,
              '0',
            ]).once('exit', resolve);
          }),
      );
      assert.deepEqual(await Promise.all(exits), [0, 0, 0, 0]);
    }
    await undoing().hosts.release();
    assertClean(before);
  });

  it('keeps two editors with storage of their own apart, in any order', async () => {
    const before = write('127.0.0.1 localhost');
    for (const first of ['one', 'two']) {
      await undoing('one').hosts.block({ sites: ['one.test'], deadlineMs: inAnHour() });
      await undoing('two').hosts.block({ sites: ['two.test'], deadlineMs: inAnHour() });
      await undoing(first).hosts.release();
      const other = first === 'one' ? 'two' : 'one';
      assert.match(readFileSync(file, 'utf8'), new RegExp(` ${other}\\.test$`, 'm'));
      assert.doesNotMatch(readFileSync(file, 'utf8'), new RegExp(` ${first}\\.test$`, 'm'));
      await undoing(other).hosts.release();
      assertClean(before);
    }
  });

  it('is healed of a section past its deadline when storage is gone', async () => {
    const before = write('127.0.0.1 localhost');
    await undoing('lost').hosts.block({ sites, deadlineMs: Date.now() - 1 });
    await undoing('young').hosts.block({ sites: ['young.test'], deadlineMs: inAnHour() });
    rmSync(path.join(folder, 'lost'), { recursive: true });
    await healLeftovers(undoing('new'), undefined, Date.now());
    assert.doesNotMatch(readFileSync(file, 'utf8'), /distraction/);
    assert.match(readFileSync(file, 'utf8'), / young\.test/);
    await restoreEverything(undoing('new'), Date.now());
    assertClean(before);
  });

  for (const layout of ['renamed', 'written in place']) {
    const names = isLong ? Object.keys(contents) : ['no final newline'];
    for (const name of names) {
      it(`heals after kill -9 at every step: ${name}, ${layout}`, async () => {
        const before = write(contents[name] ?? '');
        if (layout !== 'renamed') {
          bindOver();
        }
        const storage = path.join(folder, 'storage');
        const run = (action: string, stopAt: number): boolean => {
          const { status, signal } = spawnSync(process.execPath, [
            stepper,
            storage,
            file,
            action,
            String(stopAt),
          ]);
          assert.ok(signal === 'SIGKILL' || status === 0, `${action} ended with ${status}`);
          // What the dead one held is taken over at once, for the test's sake.
          rmSync(path.join(storage, 'restore/hosts.lock'), { force: true });
          return signal === 'SIGKILL';
        };
        let kills = 0;
        for (let stopAt = 1; run('block', stopAt); stopAt += 1) {
          kills += 1;
          await healLeftovers(undoing(), undefined, Date.now());
          assertClean(before);
          assert.deepEqual(await undoing().journal.all(), []);
        }
        for (let stopAt = 1; run('release', stopAt); stopAt += 1) {
          kills += 1;
          await healLeftovers(undoing(), undefined, Date.now());
          assertClean(before);
          assert.deepEqual(await undoing().journal.all(), []);
          run('block', 0);
        }
        assert.ok(kills > 10, `${kills} steps`);
        assertClean(before);
      });
    }
  }

  it('leaves the machine its own /etc/hosts', () => {
    assert.ok(existsSync('/etc/hosts'));
    assert.doesNotMatch(readFileSync('/etc/hosts', 'utf8'), /Millrace/);
  });
});
