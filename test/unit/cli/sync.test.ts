import assert from 'node:assert/strict';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { restoreCommand } from '../../../src/cli/commands/restoreCommand.ts';
import { syncCommand } from '../../../src/cli/commands/syncCommand.ts';
import { vaultCommand } from '../../../src/cli/commands/vaultCommand.ts';
import { segmentsFolderOf } from '../../../src/vault/folder/vaultFolder.ts';
import { DeviceKeys } from '../../../src/vault/keys/deviceKeys.ts';
import { keysFolderName } from '../../../src/vault/folder/namedVault.ts';
import { identitiesInKit } from '../../../src/vault/keys/recoveryKitReader.ts';
import { readVaultFile } from '../../../src/vault/keys/vaultStore.ts';
import { SegmentWriter } from '../../../src/vault/segments/segmentWriter.ts';
import { wasmPath } from '../../support/keeperBundle.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { resealed } from '../../support/syncDevice.ts';
import { TestWriter } from '../../support/testVault.ts';
import { runInProcess, type CommandOutcome } from '../../support/runInProcess.ts';
import { minuteRecord, sessionRecord } from '../../support/vaultRecords.ts';

const nowMs = Date.UTC(2026, 10, 18, 15, 30);

describe('millrace sync', function () {
  this.timeout(120_000);

  let parent: string;
  let storage: string;
  let folder: string;
  let kit: string;
  const place = { wasmPath, clock: new ManualClock(nowMs) };

  beforeEach(async () => {
    parent = await mkdtemp(path.join(tmpdir(), 'millrace-cli-'));
    storage = path.join(parent, 'one', 'storage', 'vault');
    folder = path.join(parent, 'shared');
    kit = path.join(parent, 'kit.txt');
    await mkdir(folder);
  });

  afterEach(async () => {
    await rm(parent, { recursive: true, force: true });
  });

  const sync = (...args: readonly string[]): Promise<CommandOutcome> =>
    runInProcess((io) => syncCommand.run(args, io, place));

  async function record(): Promise<void> {
    const file = await readVaultFile(storage);
    assert.ok(file);
    const keysFolder = path.join(path.dirname(storage), keysFolderName);
    const device = await new DeviceKeys(keysFolder).load(file.vault);
    const writer = new TestWriter(
      new SegmentWriter({
        segmentsFolder: segmentsFolderOf(storage),
        sealFor: () => Promise.resolve({ vaultId: file.vault, recipient: file.recipient, device }),
        clock: place.clock,
        log: new MemoryLog(),
        onChange: () => {},
      }),
    );
    await writer.append(sessionRecord(1, nowMs, nowMs + 1), minuteRecord(1, nowMs / 60_000));
    await writer.close();
  }

  it('lets a new machine join with the recovery kit, and both go on', async () => {
    await runInProcess((io) =>
      vaultCommand.run(['create', '--storage', storage, '--identity', kit], io, place),
    );
    await record();
    const first = await sync('--storage', storage, '--folder', folder, '--identity', kit);
    assert.equal(first.code, 0, first.errors);
    assert.match(first.output, /^0 files merged; [1-9]\d* written, 0 removed\n$/);

    const machine = path.join(parent, 'two', 'storage', 'vault');
    const joined = await runInProcess((io) =>
      restoreCommand.run(['--from', folder, '--storage', machine, '--identity', kit], io, place),
    );
    assert.equal(joined.code, 0, joined.errors);
    const restored = /restored into (.*), which/.exec(joined.output)?.[1] ?? '';
    const second = await sync('--storage', restored, '--folder', folder, '--identity', kit);
    assert.equal(second.code, 0, second.errors);
    // All that is there came with the restoring.
    assert.match(second.output, /^[1-9]\d* files merged; [1-9]\d* written, 0 removed\n$/);
    const [home = ''] = await readdir(folder);
    assert.equal((await readdir(path.join(folder, home))).length, 2);

    const left = await sync(
      '--storage',
      restored,
      '--folder',
      folder,
      '--identity',
      kit,
      '--leave',
    );
    assert.match(left.output, /^[1-9]\d* files removed\n$/);
    assert.equal((await readdir(path.join(folder, home))).length, 1);
  });

  it('names the folder that is a link out of the sync folder', async () => {
    await runInProcess((io) =>
      vaultCommand.run(['create', '--storage', storage, '--identity', kit], io, place),
    );
    await record();
    const own = ['--storage', storage, '--folder', folder, '--identity', kit];
    assert.equal((await sync(...own)).code, 0);
    const [name = ''] = await readdir(folder);
    const outside = path.join(parent, 'outside');
    await rename(path.join(folder, name), outside);
    await symlink(outside, path.join(folder, name), 'dir');
    const { code, errors } = await sync(...own);
    assert.equal(code, 1);
    assert.ok(errors.endsWith(` the sync folder: ${path.join(folder, name)} (linkedOutside)\n`));
  });

  it('tells a part as a part: what is missing is named, and it ends with 1', async () => {
    await runInProcess((io) =>
      vaultCommand.run(['create', '--storage', storage, '--identity', kit], io, place),
    );
    await record();
    const own = ['--storage', storage, '--folder', folder, '--identity', kit];
    assert.equal((await sync(...own)).code, 0);
    const [home = ''] = await readdir(folder);
    const [device = ''] = await readdir(path.join(folder, home));
    const months = path.join(folder, home, device);
    const machine = path.join(parent, 'two', 'storage', 'vault');
    const restore = (...more: readonly string[]): Promise<CommandOutcome> =>
      runInProcess((io) =>
        restoreCommand.run(
          ['--from', folder, '--storage', machine, '--identity', kit, ...more],
          io,
          place,
        ),
      );
    const month = path.join(months, '2026-11.age');
    const bytes = await readFile(month);
    // The first month is whole in a folder of another device, so that something can be restored.
    const other = path.join(folder, home, 'f'.repeat(32));
    await mkdir(other);
    await writeFile(path.join(other, 'copy.age'), bytes);
    for (const [name, content, reason] of [
      ['2026-11.age', bytes.subarray(0, 300), 'torn'],
      ['.2026-11.age.icloud', Buffer.from('bplist00'), 'unavailable'],
      ['2026-11 (1).age', bytes.subarray(0, 100), 'torn'],
    ] as const) {
      await rm(month, { force: true });
      await writeFile(path.join(months, name), content);
      const restored = await restore();
      assert.equal(restored.code, 1, restored.errors);
      assert.match(restored.output, /^restored into .*, which is the current vault now\n/);
      assert.match(restored.output, /only a part: 1 files could not be read, .* of 2026-11\.\n/);
      assert.ok(restored.output.includes(`not read: ${device}/${name} (${reason})`));
      const merged = await restore('--merge');
      assert.equal(merged.code, 1, merged.errors);
      assert.match(merged.output, /^nothing new\nThis is only a part/);
      const synced = await runInProcess((io) =>
        syncCommand.run(['--storage', machine, ...own.slice(2)], io, place),
      );
      assert.equal(synced.code, 1, synced.errors);
      assert.ok(synced.output.includes(`not read: ${device}/${name} (${reason})`));
      await rm(path.join(months, name));
    }
    await writeFile(month, bytes);
    const whole = await restore();
    assert.deepEqual([whole.code, whole.output.includes('only a part')], [0, false]);
    assert.equal((await restore('--merge')).output, 'nothing new\n');
  });

  it('says what is missing', async () => {
    assert.equal((await sync('--storage', storage)).code, 2);
    const none = await sync('--storage', storage, '--folder', folder);
    assert.deepEqual([none.code, none.errors.includes('unreachable')], [1, true]);
  });

  it('leaves out and names what nobody signed, with what to do, and takes it in with --unsigned', async () => {
    await runInProcess((io) =>
      vaultCommand.run(['create', '--storage', storage, '--identity', kit], io, place),
    );
    await record();
    const own = ['--storage', storage, '--folder', folder, '--identity', kit];
    assert.equal((await sync(...own)).code, 0);
    const [home = ''] = await readdir(folder);
    const [device = ''] = await readdir(path.join(folder, home));
    const month = path.join(folder, home, device, '2026-11.age');
    const [identity] = identitiesInKit(await readFile(kit, 'utf8'));
    assert.ok(identity);
    const other = path.join(folder, home, 'f'.repeat(32));
    await mkdir(other);
    await writeFile(
      path.join(other, '2026-11.age'),
      await resealed(await readFile(month), identity),
    );
    for (let round = 0; round < 2; round++) {
      const told = await sync(...own);
      assert.equal(told.code, 1);
      assert.match(told.output, /^0 files merged; 0 written, 0 removed\n/);
      assert.ok(told.output.includes(`not read: ${'f'.repeat(32)}/2026-11.age (unsigned)`));
      assert.match(told.output, /add --unsigned once/);
    }
    const accepted = await sync(...own, '--unsigned');
    assert.deepEqual([accepted.code, accepted.errors], [0, '']);
    assert.match(accepted.output, /^1 files merged/);
    assert.equal((await sync(...own)).code, 0);
  });
});
