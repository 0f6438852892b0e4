import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { backupCommand } from '../../../src/cli/commands/backupCommand.ts';
import { demoCommand } from '../../../src/cli/commands/demoCommand.ts';
import { purgeCommand } from '../../../src/cli/commands/purgeCommand.ts';
import { keeperBundle, wasmPath } from '../../support/keeperBundle.ts';
import { runInProcess, type CommandOutcome } from '../../support/runInProcess.ts';
import { ManualClock } from '../../support/manualClock.ts';

const nowMs = Date.UTC(2026, 10, 18, 15, 30);

describe('millrace purge', function () {
  this.timeout(120_000);

  let parent: string;
  let storage: string;
  let backups: string;
  const place = { wasmPath, clock: new ManualClock(nowMs) };

  beforeEach(async () => {
    parent = await mkdtemp(path.join(tmpdir(), 'millrace-purge-'));
    storage = path.join(parent, 'storage', 'vault');
    backups = path.join(parent, 'backups');
    await mkdir(backups);
    const demo = await runInProcess(async (io) => {
      const args = ['--storage', storage, '--days', '3', '--seed', '5'];
      return demoCommand.run(args, io, { keeperPath: await keeperBundle(), clock: place.clock });
    });
    assert.equal(demo.code, 0, demo.errors);
    const backup = await runInProcess((io) =>
      backupCommand.run(['--storage', storage, '--to', backups], io, place),
    );
    assert.equal(backup.code, 0, backup.errors);
  });

  afterEach(async () => {
    await rm(parent, { recursive: true, force: true });
  });

  const purge = (...args: readonly string[]): Promise<CommandOutcome> =>
    runInProcess((io) =>
      purgeCommand.run(['--storage', storage, '--backups', backups, ...args], io, place),
    );

  it('tells what will be lost, and erases only when the words are typed', async () => {
    const days = ['--days', '2026-11-16..2026-11-16'];
    const before = (await readdir(backups)).sort();
    assert.equal(before.length, 2);
    const told = await purge(...days);
    assert.equal(told.code, 2);
    assert.match(told.output, /\d+ session, from 2026-11-1/);
    assert.match(told.output, /of 1 days, 2026-11-16 to 2026-11-16/);
    assert.match(told.output, /backup that holds it: .*\.age/);
    assert.match(told.output, /--confirm "erase 2026-11-16\.\.2026-11-16"/);
    const mistyped = await purge(...days, '--confirm', 'erase everything');
    assert.equal(mistyped.code, 2);
    assert.deepEqual((await readdir(backups)).sort(), before);

    const done = await purge(...days, '--confirm', 'erase 2026-11-16..2026-11-16');
    assert.equal(done.code, 0, done.errors + done.output);
    assert.match(done.output, /[1-9]\d* records erased/);
    assert.match(done.output, /made anew without it, and verified/);
    assert.match(done.output, /not reached: copies/);
    assert.match((await purge(...days)).output, /will be lost:\n {2}nothing/);
    assert.match((await purge('--everything')).output, /of \d+ days/);
  });

  it('erases a kind, and everything', async () => {
    const kind = await purge('--kind', 'session', '--confirm', 'erase session');
    assert.equal(kind.code, 0, kind.errors + kind.output);
    const all = await purge('--everything', '--confirm', 'erase everything');
    assert.equal(all.code, 0, all.errors + all.output);
    assert.deepEqual(
      (await readdir(backups)).filter((name) => name.endsWith('.age')),
      [],
    );
    assert.match((await purge('--everything')).output, /will be lost:\n {2}nothing/);
  });

  it('reaches copies whatever a tool called them, and names what it can not reach with 1', async () => {
    const days = ['--days', '2026-11-16..2026-11-16', '--confirm', 'erase 2026-11-16..2026-11-16'];
    const [file = ''] = (await readdir(backups)).filter((name) => name.endsWith('.age'));
    const inner = path.join(backups, 'older');
    await mkdir(inner);
    for (const copy of [`${file}..path1`, file.replace('.age', ' (1).age'), 'older/X.AGE']) {
      await copyFile(path.join(backups, file), path.join(backups, copy));
    }
    const told = await purge(...days.slice(0, 2));
    assert.equal(told.output.match(/backup that holds it/g)?.length, 4);
    const done = await purge(...days);
    assert.equal(done.code, 0, done.errors + done.output);
    assert.doesNotMatch((await purge(...days.slice(0, 2))).output, /backup that holds it/);

    await writeFile(path.join(backups, `.${file}.icloud`), 'bplist00');
    await symlink(parent, path.join(backups, 'millrace-elsewhere'), 'dir');
    const left = await purge(...days);
    assert.equal(left.code, 1);
    assert.match(left.output, /not reached: .*\.age\.icloud \(unreachable\)/);
    assert.match(left.output, /not reached: .*millrace-elsewhere \(linkedOutside\)/);
  });

  it('ends with 1 when something can not be reached now, and with 2 when it is asked wrongly', async () => {
    const gone = await runInProcess((io) =>
      purgeCommand.run(
        ['--storage', storage, '--backups', path.join(parent, 'gone'), '--kind', 'feedback'].concat(
          '--confirm',
          'erase feedback',
        ),
        io,
        place,
      ),
    );
    assert.equal(gone.code, 1);
    assert.match(gone.output, /not reached: .*gone \(unreachable\)/);
    for (const wrong of [
      [],
      ['--days', '2026-11-16'],
      ['--days', '2026-11-17..2026-11-16'],
      ['--kind', 'minutes'],
      ['--everything', '--kind', 'session'],
      ['--everything', '--sync', parent],
    ]) {
      const { code, errors } = await purge(...wrong);
      assert.deepEqual([code, errors.startsWith('Usage:')], [2, true], wrong.join(' '));
    }
    const noDay = await purge('--days', '2026-02-30..2026-02-31');
    assert.equal(noDay.code, 2);
  });
});
