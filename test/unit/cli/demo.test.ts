import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { demoCommand } from '../../../src/cli/commands/demoCommand.ts';
import { KeyFileProtector } from '../../../src/vault/protectors/keyFileProtector.ts';
import { Vault } from '../../../src/vault/vault.ts';
import { keeperBundle } from '../../support/keeperBundle.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { MemoryLog } from '../../support/memoryLog.ts';

const nowMs = Date.UTC(2026, 10, 18, 15, 30);

describe('millrace demo', function () {
  this.timeout(120_000);

  let parent: string;

  beforeEach(async () => {
    parent = await mkdtemp(path.join(tmpdir(), 'millrace-demo-'));
  });

  afterEach(async () => {
    await rm(parent, { recursive: true, force: true });
  });

  async function demo(
    ...args: readonly string[]
  ): Promise<{ code: number; output: string; errors: string }> {
    const io = { input: Readable.from([]), output: new PassThrough(), errors: new PassThrough() };
    const code = await demoCommand.run(args, io, {
      keeperPath: await keeperBundle(),
      clock: new ManualClock(nowMs),
    });
    io.output.end();
    io.errors.end();
    return { code, output: await text(io.output), errors: await text(io.errors) };
  }

  it('fills a vault that opens as any other does, and is marked as made up', async () => {
    const storage = path.join(parent, 'vault');
    const { code, output, errors } = await demo('--storage', storage, '--days', '3', '--seed', '1');
    assert.equal(code, 0, errors);
    assert.match(output, /made-up history over 3 days/);
    assert.deepEqual(await readdir(parent), ['keys', 'vault']);
    const log = new MemoryLog();
    const vault = new Vault({
      folder: storage,
      keysFolder: path.join(parent, 'keys'),
      protectors: [new KeyFileProtector(path.join(parent, 'keys'))],
      keeperPath: await keeperBundle(),
      clock: new ManualClock(nowMs),
      log,
    });
    await vault.start();
    const day = await vault.keeper.ask('loadDay', {
      startMs: nowMs - 12 * 3_600_000,
      endMs: nowMs,
    });
    await vault.close();
    vault.dispose();
    assert.equal(day.demo, true);
    assert.ok(day.focusedSeconds > 0);
    assert.deepEqual(log.lines, []);
  });

  it('leaves a folder alone that already holds a vault', async () => {
    const storage = path.join(parent, 'vault');
    await demo('--storage', storage, '--days', '1');
    const before = await readdir(storage, { recursive: true });
    const { code, errors } = await demo('--storage', storage);
    assert.equal(code, 2);
    assert.match(errors, /already holds a vault/);
    assert.deepEqual(await readdir(storage, { recursive: true }), before);
  });

  it('says how it is called when it was called otherwise', async () => {
    for (const args of [
      [],
      ['--storage', parent, '--days', '0'],
      ['--storage', parent, '--days', 'many'],
      ['--storage', parent, '--else'],
    ]) {
      const { code, errors } = await demo(...args);
      assert.equal(code, 2, args.join(' '));
      assert.match(errors, /^Usage: millrace demo/);
    }
    assert.deepEqual(await readdir(parent), []);
  });
});
