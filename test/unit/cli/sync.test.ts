import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { CommandIo } from '../../../src/cli/command.ts';
import { restoreCommand } from '../../../src/cli/commands/restoreCommand.ts';
import { syncCommand } from '../../../src/cli/commands/syncCommand.ts';
import { vaultCommand } from '../../../src/cli/commands/vaultCommand.ts';
import { segmentsFolderOf } from '../../../src/vault/folder/vaultFolder.ts';
import { readVaultFile } from '../../../src/vault/keys/vaultStore.ts';
import { SegmentWriter } from '../../../src/vault/segments/segmentWriter.ts';
import { wasmPath } from '../../support/keeperBundle.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { TestWriter } from '../../support/testVault.ts';
import { minuteRecord, sessionRecord } from '../../support/vaultRecords.ts';

const nowMs = Date.UTC(2026, 10, 18, 15, 30);

interface Outcome {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

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

  async function run(work: (io: CommandIo) => Promise<number>): Promise<Outcome> {
    const io = { input: Readable.from(['']), output: new PassThrough(), errors: new PassThrough() };
    const output = text(io.output);
    const errors = text(io.errors);
    const code = await work(io);
    io.output.end();
    io.errors.end();
    return { code, output: await output, errors: await errors };
  }

  const sync = (...args: readonly string[]): Promise<Outcome> =>
    run((io) => syncCommand.run(args, io, place));

  async function record(): Promise<void> {
    const file = await readVaultFile(storage);
    assert.ok(file);
    const writer = new TestWriter(
      new SegmentWriter({
        segmentsFolder: segmentsFolderOf(storage),
        sealFor: () => Promise.resolve({ vaultId: file.vault, recipient: file.recipient }),
        clock: place.clock,
        log: new MemoryLog(),
        onChange: () => {},
      }),
    );
    await writer.append(sessionRecord(1, nowMs, nowMs + 1), minuteRecord(1, nowMs / 60_000));
    await writer.close();
  }

  it('lets a new machine join with the recovery kit, and both go on', async () => {
    await run((io) =>
      vaultCommand.run(['create', '--storage', storage, '--identity', kit], io, place),
    );
    await record();
    const first = await sync('--storage', storage, '--folder', folder, '--identity', kit);
    assert.equal(first.code, 0, first.errors);
    assert.match(first.output, /^0 files merged; [1-9]\d* written, 0 removed\n$/);

    const machine = path.join(parent, 'two', 'storage', 'vault');
    const joined = await run((io) =>
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

  it('says what is missing', async () => {
    assert.equal((await sync('--storage', storage)).code, 2);
    const none = await sync('--storage', storage, '--folder', folder);
    assert.deepEqual([none.code, none.errors.includes('unreachable')], [1, true]);
  });
});
