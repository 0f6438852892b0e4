import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { mock } from 'node:test';
import { unblockCommand } from '../../../src/cli/commands/unblockCommand.ts';
import { emptyFocusState, giveOrder } from '../../../src/focus/session/focusState.ts';
import { FocusStateFile } from '../../../src/focus/session/focusStateFile.ts';
import { createUndoing } from '../../../src/focus/undoing.ts';
import { MemoryLog } from '../../support/memoryLog.ts';

describe('millrace unblock', () => {
  let folder: string;
  let hosts: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'millrace-unblock-'));
    hosts = path.join(folder, 'hosts');
    await writeFile(hosts, '127.0.0.1 localhost\n');
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function run(...args: readonly string[]): Promise<{ code: number; said: string }> {
    const output = new PassThrough();
    const code = await unblockCommand.run(args, {
      input: process.stdin,
      output: output,
      errors: output,
    });
    output.end();
    return { code, said: await text(output) };
  }

  it('says that nothing was blocked, and leaves the hosts file as it is', async () => {
    const { code, said } = await run('--storage', folder, '--hosts-file', hosts);
    assert.equal(code, 0, said);
    assert.equal(said, 'Nothing was blocked.\n');
    assert.equal(await readFile(hosts, 'utf8'), '127.0.0.1 localhost\n');
  });

  it('says what was undone, also where the warden heard of the order first', async () => {
    const inAnHour = Date.now() + 3_600_000;
    const { hosts: blocker } = createUndoing({
      storageFolder: folder,
      hostsFile: hosts,
      log: new MemoryLog(),
    });
    await blocker.block({ sites: ['a.test'], deadlineMs: inAnHour });
    const state = giveOrder(emptyFocusState, Date.now(), {
      ...{ by: 'flow', sites: ['a.test'], apps: [], methods: ['hosts'] },
      untilMs: inAnHour,
    });
    await new FocusStateFile(folder).write(state, false);
    const quicker = mock.method(FocusStateFile.prototype, 'write', () => blocker.release());
    try {
      assert.deepEqual(await run('--storage', folder, '--hosts-file', hosts), {
        code: 0,
        said: 'Restored the hosts file.\n',
      });
    } finally {
      quicker.mock.restore();
    }
    assert.equal(quicker.mock.callCount(), 1);
    assert.equal(await readFile(hosts, 'utf8'), '127.0.0.1 localhost\n');
  });

  it('takes a folder that is not there for a slip, and makes none', async () => {
    const missing = path.join(folder, 'storge');
    const { code, said } = await run('--storage', missing, '--hosts-file', hosts);
    assert.equal(code, 2);
    assert.ok(said.includes(missing), said);
    assert.ok(!existsSync(missing));
  });

  it('takes a hosts file that is not there for a slip', async () => {
    const missing = path.join(folder, 'hsots');
    const { code, said } = await run('--storage', folder, '--hosts-file', missing);
    assert.equal(code, 2);
    assert.ok(said.includes(missing), said);
  });

  it('refuses options that it does not know', async () => {
    assert.equal((await run('--everything')).code, 2);
  });
});
