import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { demoCommand } from '../../../src/cli/commands/demoCommand.ts';
import { exportCommand, importCommand } from '../../../src/cli/commands/exportCommands.ts';
import { restoreCommand } from '../../../src/cli/commands/restoreCommand.ts';
import { vaultCommand } from '../../../src/cli/commands/vaultCommand.ts';
import { keeperBundle, wasmPath } from '../../support/keeperBundle.ts';
import { ManualClock } from '../../support/manualClock.ts';

interface Outcome {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

describe('millrace export and import', function () {
  this.timeout(120_000);

  let parent: string;
  let storage: string;
  let signal: AbortSignal;
  const clock = new ManualClock(Date.UTC(2026, 10, 18, 15, 30));

  beforeEach(async () => {
    parent = await mkdtemp(path.join(tmpdir(), 'millrace-cli-'));
    storage = path.join(parent, 'vault');
    signal = new AbortController().signal;
  });

  afterEach(async () => {
    await rm(parent, { recursive: true, force: true });
  });

  async function millrace(name: 'export' | 'import', ...args: readonly string[]): Promise<Outcome> {
    const io = { input: Readable.from([]), output: new PassThrough(), errors: new PassThrough() };
    const [output, errors] = [text(io.output), text(io.errors)];
    const run = name === 'export' ? exportCommand.run : importCommand.run;
    const code = await run(['--storage', storage, ...args], io, { wasmPath, clock, signal });
    io.output.end();
    io.errors.end();
    return { code, output: await output, errors: await errors };
  }

  async function create(folder: string): Promise<void> {
    const io = { input: Readable.from([]), output: new PassThrough(), errors: new PassThrough() };
    assert.equal(
      await vaultCommand.run(['create', '--storage', folder], io, { wasmPath, clock }),
      0,
    );
  }

  async function demo(days: number): Promise<void> {
    const io = { input: Readable.from([]), output: new PassThrough(), errors: new PassThrough() };
    const args = ['--storage', storage, '--days', String(days), '--seed', '5'];
    assert.equal(
      await demoCommand.run(args, io, { keeperPath: await keeperBundle(), clock: clock }),
      0,
    );
  }

  it('exports to each format, once', async () => {
    await demo(3);
    for (const format of ['json', 'csv', 'sqlite']) {
      const target = path.join(parent, `out-${format}`);
      const args = ['--to', target, '--format', format];
      const { code, output, errors } = await millrace('export', ...args);
      assert.equal(code, 0, errors);
      assert.match(output, /^[1-9]\d* sessions with [1-9]\d* minutes/);
      const again = await millrace('export', ...args);
      assert.equal(again.code, 2);
      assert.match(again.errors, /\(exists\)/);
    }
    const day = ['--from', '2026-11-17', '--to-day', '2026-11-17'];
    const part = path.join(parent, 'part.json');
    assert.equal((await millrace('export', '--to', part, '--format', 'json', ...day)).code, 0);
    const all = await readFile(path.join(parent, 'out-json'));
    assert.ok((await readFile(part)).length < all.length / 2);
  });

  it('exports to every name that the drive takes', async () => {
    await demo(1);
    for (const name of ['x'.repeat(235), 'x'.repeat(255), `${'ü'.repeat(120)}.json`]) {
      for (const format of ['json', 'csv', 'sqlite']) {
        const target = path.join(parent, name);
        const { code, errors } = await millrace('export', '--to', target, '--format', format);
        assert.equal(code, 0, errors);
        await rm(target, { recursive: true });
      }
    }
    const tooLong = path.join(parent, 'x'.repeat(256));
    const refused = await millrace('export', '--to', tooLong, '--format', 'json');
    assert.equal(refused.code, 1);
    assert.ok(refused.errors.includes(`The name is longer than this drive takes: ${tooLong}`));
  });

  it('imports into another vault what was exported; previews; undoes', async () => {
    await demo(2);
    const file = path.join(parent, 'out.json');
    await millrace('export', '--to', file, '--format', 'json');
    storage = path.join(parent, 'other', 'vault');
    await create(storage);
    const preview = await millrace('import', '--from', file, '--preview');
    assert.equal(preview.code, 0, preview.errors);
    assert.match(preview.output, /would add {2}[1-9]/);
    const first = await millrace('import', '--from', file);
    assert.match(first.output, /added {6}[1-9]/);
    assert.match((await millrace('import', '--from', file)).output, /added {6}0 sessions/);
    assert.match((await millrace('import', '--undo')).output, /^Undone: the import from millrace/);
    assert.match((await millrace('import', '--undo')).output, /no import/);
  });

  it('go to the vault that was restored in the place of the one that is named', async () => {
    await demo(2);
    const io = { input: Readable.from([]), output: new PassThrough(), errors: new PassThrough() };
    const place = { wasmPath, clock };
    assert.equal(
      await restoreCommand.run(['--from', storage, '--storage', storage], io, place),
      0,
      String(io.errors.read()),
    );
    const file = path.join(parent, 'watch.json');
    const event = { timestamp: '2026-01-05T10:00:00Z', duration: 120, data: {} };
    const bucket = { type: 'app.editor.activity', hostname: 'host', events: [event] };
    await writeFile(file, JSON.stringify({ buckets: { editor: bucket } }));
    const before = await readdir(path.join(storage, 'snapshots'));
    assert.match((await millrace('import', '--from', file)).output, /added {6}1 sessions/);
    assert.deepEqual(await readdir(path.join(storage, 'snapshots')), before);
    const target = path.join(parent, 'days.json');
    const days = ['--from', '2026-01-05', '--to-day', '2026-01-05'];
    const exported = await millrace('export', '--to', target, '--format', 'json', ...days);
    assert.match(exported.output, /^1 sessions with 2 minutes/);
    assert.match((await millrace('import', '--undo')).output, /^Undone: .* 1 records/);
  });

  it('say in plain words what the system refused, and what it was about', async () => {
    await create(storage);
    const gone = path.join(parent, 'no', 'out.json');
    const { code, errors } = await millrace('export', '--to', gone, '--format', 'json');
    assert.equal(code, 1);
    assert.equal(
      errors,
      `millrace export: There is no such file or folder: ${gone} (unreachable)\n`,
    );
    const folder = await millrace('import', '--from', parent);
    assert.equal(folder.code, 2);
    assert.match(folder.errors, /This is a folder and no file.* \(notOurs\)\n$/);
    const day = ['--to', path.join(parent, 'x'), '--format', 'json', '--from', '2026-11-31'];
    const none = await millrace('export', ...day);
    assert.deepEqual([none.code, none.errors.includes('There is no such day')], [2, true]);
  });

  it('tells bad input from what failed, and leaves nothing', async () => {
    const file = path.join(parent, 'out.json');
    const args = ['--to', file, '--format', 'json'];
    const missing = await millrace('export', ...args);
    assert.equal(missing.code, 1);
    assert.match(missing.errors, /no vault/);
    await create(storage);
    await writeFile(path.join(parent, 'bad.json'), '{"nothing": "of ours"}');
    const bad = await millrace('import', '--from', path.join(parent, 'bad.json'));
    assert.equal(bad.code, 2);
    assert.match(bad.errors, /\(notOurs\)/);
    const none = await millrace('import', '--from', path.join(parent, 'none.json'));
    assert.equal(none.code, 1);
    const cancelled = new AbortController();
    cancelled.abort();
    signal = cancelled.signal;
    assert.equal((await millrace('export', ...args)).code, 1);
    await rm(path.join(parent, 'keys'), { recursive: true });
    assert.match((await millrace('export', ...args)).errors, /\(locked\)/);
    assert.ok(!(await readdir(parent)).some((name) => name.startsWith('out.json')));
  });

  it('says how it is called when it was called otherwise', async () => {
    for (const [name, ...args] of [
      ['export'],
      ['export', '--to', 'x', '--format', 'xml'],
      ['export', '--to', 'x', '--format', 'json', '--from', 'today'],
      ['export', '--to', 'x', '--format', 'json', '--from', '2026-11-02', '--to-day', '2026-11-01'],
      ['import'],
      ['import', '--undo', '--from', 'x'],
      ['import', '--undo', '--preview'],
      ['import', '--from', ''],
    ] as const) {
      const { code, errors } = await millrace(name, ...args);
      assert.equal(code, 2);
      assert.match(errors, new RegExp(`^Usage: millrace ${name}`));
    }
  });
});
