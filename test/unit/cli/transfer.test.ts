import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { backupCommand } from '../../../src/cli/commands/backupCommand.ts';
import { demoCommand } from '../../../src/cli/commands/demoCommand.ts';
import { exportCommand } from '../../../src/cli/commands/exportCommands.ts';
import { restoreCommand } from '../../../src/cli/commands/restoreCommand.ts';
import { vaultCommand } from '../../../src/cli/commands/vaultCommand.ts';
import { keeperBundle, wasmPath } from '../../support/keeperBundle.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { runInProcess, type CommandOutcome } from '../../support/runInProcess.ts';
import { SmallDisk } from '../../support/smallDisk.ts';

const nowMs = Date.UTC(2026, 10, 18, 15, 30);

describe('millrace backup and millrace restore', function () {
  this.timeout(120_000);

  let parent: string;
  let storage: string;
  let backups: string;
  const place = { wasmPath, clock: new ManualClock(nowMs) };

  beforeEach(async () => {
    parent = await mkdtemp(path.join(tmpdir(), 'millrace-cli-'));
    storage = path.join(parent, 'storage', 'vault');
    backups = path.join(parent, 'backups');
    await mkdir(backups);
  });

  afterEach(async () => {
    await rm(parent, { recursive: true, force: true });
  });

  const demo = (): Promise<CommandOutcome> =>
    runInProcess(async (io) => {
      const args = ['--storage', storage, '--days', '3', '--seed', '5'];
      return demoCommand.run(args, io, { keeperPath: await keeperBundle(), clock: place.clock });
    });
  const vault = (...args: readonly string[]): Promise<CommandOutcome> =>
    runInProcess((io) => vaultCommand.run(args, io, place));
  const backup = (...args: readonly string[]): Promise<CommandOutcome> =>
    runInProcess((io) => backupCommand.run(args, io, place));
  const restore = (args: readonly string[], input = ''): Promise<CommandOutcome> =>
    runInProcess((io) => restoreCommand.run(args, io, place), input);

  async function onlyBackup(): Promise<string> {
    const files = (await readdir(backups)).filter((name) => name.endsWith('.age'));
    assert.equal(files.length, 1, files.join());
    return path.join(backups, files[0] ?? '');
  }

  it('backs up, restores beside the old vault, and goes on with the new one', async () => {
    await demo();
    const made = await backup('--storage', storage, '--to', backups, '--prune');
    assert.equal(made.code, 0, made.errors);
    assert.match(made.output, /^millrace-[0-9a-f]{8}-20261118T153000Z\.age: .*sessions.*verified/);
    assert.match(made.output, /0 removed, 1 kept/);
    const file = await onlyBackup();
    const restored = await restore(['--from', file, '--storage', storage]);
    assert.equal(restored.code, 0, restored.errors);
    const folder = /restored into (.*), which/.exec(restored.output)?.[1] ?? '';
    assert.equal(path.dirname(folder), path.join(parent, 'storage', 'vaults'));
    assert.ok((await readdir(storage)).includes('vault.json'), 'the old one is still there');
    // What `--storage` names was superseded, so this is the restored one's backup.
    await rm(storage, { recursive: true });
    place.clock.advance(60_000);
    const again = await backup('--storage', storage, '--to', backups);
    assert.equal(again.code, 0, again.errors);
  });

  it('describes, checks, repairs and exports the vault that was restored in the place of the named one', async () => {
    await demo();
    const made = await backup('--storage', storage, '--to', backups);
    assert.equal(made.code, 0, made.errors);
    const before = await vault('info', '--storage', storage);
    assert.deepEqual([before.code, before.errors], [0, '']);
    const restored = await restore(['--from', await onlyBackup(), '--storage', storage]);
    const folder = /restored into (.*), which/.exec(restored.output)?.[1] ?? '';
    // What is asked of the one that was named can't be answered any more.
    await rm(path.join(storage, 'snapshots'), { recursive: true });
    await writeFile(path.join(storage, 'vault.json'), 'damage');
    for (const action of ['info', 'verify', 'salvage']) {
      const { code, errors, output } = await vault(action, '--storage', storage);
      assert.equal(code, 0, `${action}: ${errors}`);
      assert.ok(errors.includes(folder), `${action} says which one it takes`);
      assert.ok(!output.includes(folder), `${action} says on standard output what it always did`);
    }
    assert.match((await vault('info', '--storage', storage)).output, /snapshots {2}1 files/);
    const target = path.join(parent, 'millrace.db');
    const exported = await vault('export-sqlite', '--storage', storage, '--output', target);
    assert.equal(exported.code, 0, exported.errors);
    assert.equal((await readFile(target)).toString('latin1', 0, 15), 'SQLite format 3');
    const json = path.join(parent, 'export.json');
    const args = ['--storage', storage, '--to', json, '--format', 'json'];
    const { signal } = new AbortController();
    const opened = await runInProcess((io) => exportCommand.run(args, io, { ...place, signal }));
    assert.equal(opened.code, 0, opened.errors);
    assert.match(await readFile(json, 'utf8'), /"sessions"/);
    const again = await vault('create', '--storage', storage);
    assert.deepEqual([again.code, again.errors.includes('there is a vault already')], [2, true]);
    // Asked for by its own folder, it is the same one, and nothing needs to be said.
    const direct = await vault('info', '--storage', folder);
    assert.deepEqual([direct.code, direct.errors], [0, '']);
    await writeFile(path.join(parent, 'storage', 'vault-location.json'), '{"torn');
    for (const action of ['create', 'info', 'verify', 'salvage', 'export-sqlite']) {
      const { code, errors, output } = await vault(action, '--storage', storage);
      assert.deepEqual([code, output], [2, ''], action);
      assert.match(errors, /where the vault is.*\(unusable\)/);
    }
  });

  it('restores on a new machine with the recovery kit', async () => {
    await demo();
    const kit = path.join(parent, 'kit.txt');
    await vault('create', '--storage', path.join(parent, 'other', 'vault'), '--identity', kit);
    const foreign = kit;
    const whole = await backup('--storage', storage, '--to', backups);
    assert.equal(whole.code, 0, whole.errors);
    const file = await onlyBackup();
    const machine = path.join(parent, 'machine', 'vault');
    const wrong = await restore(['--from', file, '--storage', machine, '--identity', foreign]);
    assert.equal(wrong.code, 2);
    assert.match(wrong.errors, /wrongKey/);
    const locked = await restore(['--from', file, '--storage', machine]);
    assert.deepEqual([locked.code, locked.errors.includes('locked')], [2, true]);
    const without = await restore(
      ['--from', file, '--storage', machine, '--passphrase-stdin'],
      'none was set\n',
    );
    assert.deepEqual([without.code, without.errors.includes('wrongKey')], [2, true]);
  });

  it('restores with the kit of the vault, and merges twice as once', async () => {
    const kit = path.join(parent, 'kit.txt');
    await vault('create', '--storage', storage, '--identity', kit);
    const made = await backup('--storage', storage, '--to', backups, '--identity', kit);
    assert.equal(made.code, 0, made.errors);
    const file = await onlyBackup();
    const machine = path.join(parent, 'machine', 'vault');
    const restored = await restore(['--from', file, '--storage', machine, '--identity', kit]);
    assert.equal(restored.code, 0, restored.errors);
    const folder = /restored into (.*), which/.exec(restored.output)?.[1] ?? '';
    const one = JSON.parse(await readFile(path.join(storage, 'vault.json'), 'utf8')) as unknown;
    const two = JSON.parse(await readFile(path.join(folder, 'vault.json'), 'utf8')) as unknown;
    const idOf = (value: unknown): unknown =>
      typeof value === 'object' && value !== null && 'vault' in value ? value.vault : undefined;
    assert.equal(idOf(one), idOf(two));
    const merged = await restore(['--from', file, '--storage', machine, '--merge']);
    assert.deepEqual([merged.code, merged.output], [0, 'nothing new\n'], merged.errors);
  });

  it('merges what another vault has', async () => {
    await demo();
    const made = await backup('--storage', storage, '--to', backups);
    assert.equal(made.code, 0, made.errors);
    const file = await onlyBackup();
    await rm(path.join(storage, 'snapshots'), { recursive: true });
    await rm(path.join(storage, 'segments'), { recursive: true, force: true });
    const first = await restore(['--from', file, '--storage', storage, '--merge']);
    assert.equal(first.code, 0, first.errors);
    assert.match(first.output, /^added .*sessions/);
    const second = await restore(['--from', file, '--storage', storage, '--merge']);
    assert.equal(second.output, 'nothing new\n');
  });

  it('backs up what can be read of a damaged vault, says so, and removes nothing', async () => {
    await demo();
    const snapshots = path.join(storage, 'snapshots');
    await writeFile(path.join(snapshots, '20200101-000000-0123456789abcdef.age'), 'damage');
    const made = await backup('--storage', storage, '--to', backups, '--prune');
    assert.equal(made.code, 1);
    assert.match(made.errors, /1 files of the vault could not be read whole/);
    assert.doesNotMatch(made.output, /removed/);
    assert.equal((await readdir(backups)).length, 2);
  });

  it('restores beside a manifest that is damaged, says so, and takes the name in any case', async () => {
    await demo();
    assert.equal((await backup('--storage', storage, '--to', backups)).code, 0);
    const file = await onlyBackup();
    const upper = path.join(backups, path.basename(file).toUpperCase());
    await rename(file, upper);
    const whole = await restore(['--from', upper, '--storage', storage, '--merge']);
    assert.deepEqual([whole.code, whole.output, whole.errors], [0, 'nothing new\n', '']);
    await writeFile(file.replace('.age', '.json'), '');
    for (const args of [['--merge'], []]) {
      const { code, errors } = await restore(['--from', upper, '--storage', storage, ...args]);
      assert.equal(code, 0, errors);
      assert.match(errors, /^millrace restore: The manifest beside the backup is damaged\./);
    }
  });

  it('says which backup holds up the removing of old ones, or is passed over', async () => {
    await demo();
    const startMs = place.clock.wallMs();
    const at = async (day: number): Promise<CommandOutcome> => {
      place.clock.setWall(startMs + day * 24 * 3_600_000);
      const made = await backup('--storage', storage, '--to', backups, '--prune');
      assert.equal(made.code, 0, made.errors);
      return made;
    };
    await at(0);
    await at(5_000);
    const held = await at(1);
    const ahead = (await readdir(backups)).filter((name) => /-2040.*\.age$/.test(name));
    assert.equal(ahead.length, 1);
    assert.match(held.output, /0 removed, 3 kept/);
    assert.match(held.errors, /No old backup is removed while .* is dated later than the clock/);
    assert.ok(held.errors.includes(ahead[0] ?? '?'));
    // Of many it is said once.
    await at(4_000);
    const heldByTwo = await at(1);
    const allAhead = (await readdir(backups)).filter((name) => /-20(?!26).*\.age$/.test(name));
    assert.equal(allAhead.length, 2);
    assert.match(
      heldByTwo.errors,
      /^millrace backup: No old backup is removed while some are .*\n$/,
    );
    assert.ok(allAhead.every((name) => heldByTwo.errors.includes(name)));
    for (const name of allAhead.filter((each) => !ahead.includes(each))) {
      await rm(path.join(backups, name));
      await rm(path.join(backups, name.replace('.age', '.json')));
    }
    for (let day = 2; day < 7; day++) {
      await at(day);
    }
    await at(7);
    const after = await at(8);
    assert.match(after.output, /[1-9] removed/);
    assert.ok(after.errors.includes(`${ahead[0] ?? '?'} is dated more than a year after`));
    assert.ok((await readdir(backups)).includes(ahead[0] ?? '?'));
    place.clock.setWall(startMs);
  });

  it('makes room on a full drive where it may remove old backups, and says both', async function () {
    const disk = await SmallDisk.make(16 << 20);
    if (disk === undefined) {
      this.skip();
    }
    try {
      await demo();
      const startMs = place.clock.wallMs();
      const filler = path.join(disk.folder, 'filler');
      const to = ['--storage', storage, '--to', disk.folder];
      const fill = async (): Promise<void> => {
        for (const bytes of [64 << 10, 4 << 10]) {
          for (;;) {
            try {
              await writeFile(filler, new Uint8Array(bytes), { flag: 'a' });
            } catch {
              break;
            }
          }
        }
      };
      for (let day = 0; day < 11; day++) {
        place.clock.setWall(startMs + day * 24 * 3_600_000);
        const made = await backup(...to);
        assert.equal(made.code, 0, made.errors);
      }
      await fill();
      place.clock.setWall(startMs + 11 * 24 * 3_600_000);
      const refused = await backup(...to);
      assert.deepEqual([refused.code, refused.errors.includes('(full)')], [1, true]);
      const made = await backup(...to, '--prune');
      assert.equal(made.code, 0, made.errors);
      assert.match(made.output, /^There was no space left: [1-9] old backups were removed/);
      assert.match(made.output, /verified/);
      await fill();
      const inVain = await backup(...to, '--prune');
      assert.equal(inVain.code, 1);
      assert.match(inVain.errors, /There is no space left, .*old backup.*\(full\)/);
      place.clock.setWall(startMs);
    } finally {
      await disk.remove();
    }
  });

  it('says what is wrong, with an exit code', async () => {
    assert.equal((await backup('--storage', storage)).code, 2);
    assert.equal((await restore(['--from', 'x'])).code, 2);
    assert.equal((await backup('--nonsense')).code, 2);
    const none = await backup('--storage', storage, '--to', backups);
    assert.deepEqual([none.code, none.errors.includes('unreachable')], [1, true]);
    await demo();
    const gone = await backup('--storage', storage, '--to', path.join(backups, 'gone'));
    assert.equal(gone.code, 1);
    assert.match(gone.errors, /There is no such file or folder: .*gone \(unreachable\)\n$/);
    const inside = await backup('--storage', storage, '--to', storage);
    assert.deepEqual([inside.code, inside.errors.includes('insideVault')], [2, true]);
    const made = await backup('--storage', storage, '--to', backups);
    assert.equal(made.code, 0, made.errors);
    const file = await onlyBackup();
    await writeFile(file, (await readFile(file)).subarray(0, 1000));
    const half = await restore(['--from', file, '--storage', storage]);
    assert.deepEqual([half.code, half.errors.includes('damaged')], [1, true]);
    const both = ['--from', file, '--storage', storage, '--identity', 'x', '--passphrase-stdin'];
    assert.equal((await restore(both)).code, 2);
  });
});
