import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { demoCommand } from '../../../src/cli/commands/demoCommand.ts';
import { vaultCommand } from '../../../src/cli/commands/vaultCommand.ts';
import { keeperBundle, wasmPath } from '../../support/keeperBundle.ts';
import { ManualClock } from '../../support/manualClock.ts';

const nowMs = Date.UTC(2026, 10, 18, 15, 30);

interface Outcome {
  readonly code: number;
  readonly output: Buffer;
  readonly text: string;
  readonly errors: string;
}

describe('millrace vault', function () {
  this.timeout(120_000);

  let parent: string;
  let storage: string;
  const clock = new ManualClock(nowMs);

  beforeEach(async () => {
    parent = await mkdtemp(path.join(tmpdir(), 'millrace-cli-'));
    storage = path.join(parent, 'vault');
  });

  afterEach(async () => {
    await rm(parent, { recursive: true, force: true });
  });

  async function vault(action: string, ...args: readonly string[]): Promise<Outcome> {
    const io = { input: Readable.from([]), output: new PassThrough(), errors: new PassThrough() };
    const output = buffer(io.output);
    const errors = text(io.errors);
    const code = await vaultCommand.run([action, '--storage', storage, ...args], io, {
      wasmPath,
      clock,
    });
    io.output.end();
    io.errors.end();
    const bytes = await output;
    return { code, output: bytes, text: bytes.toString(), errors: await errors };
  }

  async function demo(days: number): Promise<void> {
    const io = { input: Readable.from([]), output: new PassThrough(), errors: new PassThrough() };
    const args = ['--storage', storage, '--days', String(days), '--seed', '5'];
    assert.equal(
      await demoCommand.run(args, io, { keeperPath: await keeperBundle(), clock: clock }),
      0,
    );
  }

  async function onlyFile(folder: string, ending: string): Promise<string> {
    const files = (await readdir(path.join(storage, folder))).filter((name) =>
      name.endsWith(ending),
    );
    assert.equal(files.length, 1, files.join());
    return path.join(storage, folder, files[0] ?? '');
  }

  async function flip(file: string, offset: number): Promise<void> {
    const bytes = await readFile(file);
    bytes[offset] = (bytes[offset] ?? 0) ^ 1;
    await writeFile(file, bytes);
  }

  it('makes a vault, and saves its recovery kit where it is told', async () => {
    const kit = path.join(parent, 'kit.txt');
    const { code, text: output, errors } = await vault('create', '--identity', kit);
    assert.equal(code, 0, errors);
    assert.doesNotMatch(output, /AGE-SECRET-KEY/);
    assert.match(await readFile(kit, 'utf8'), /AGE-SECRET-KEY-1/);
    assert.equal((await stat(kit)).mode & 0o077, 0);
    assert.equal((await vault('verify')).code, 0);
    const again = await vault('create');
    assert.equal(again.code, 2);
  });

  it('shows the identity only when asked', async () => {
    assert.match((await vault('create', '--show-identity')).text, /AGE-SECRET-KEY-1/);
    for (const action of ['info', 'verify', 'salvage']) {
      const { text: output, errors } = await vault(action);
      assert.doesNotMatch(output + errors, /AGE-SECRET-KEY/);
    }
  });

  it('describes a vault without a key', async () => {
    await demo(2);
    await rm(path.join(parent, 'keys'), { recursive: true });
    const { code, text: output } = await vault('info');
    assert.equal(code, 0);
    assert.match(output, /protector {2}keyFile/);
    assert.match(output, /snapshots {2}1 files/);
  });

  it('exports a database that plain SQLite opens, with the key file or the recovery kit', async () => {
    const kit = path.join(parent, 'kit.txt');
    await vault('create', '--identity', kit);
    const exported = await vault('export-sqlite');
    assert.equal(exported.code, 0);
    assert.equal(exported.output.toString('latin1', 0, 15), 'SQLite format 3');
    await rm(path.join(parent, 'keys'), { recursive: true });
    assert.equal((await vault('export-sqlite')).code, 2);
    const target = path.join(parent, 'millrace.db');
    const byKit = await vault('export-sqlite', '--identity', kit, '--output', target);
    assert.equal(byKit.code, 0, byKit.errors);
    assert.equal((await readFile(target)).toString('latin1', 0, 15), 'SQLite format 3');
    assert.equal((await vault('export-sqlite', '--identity', kit, '--output', target)).code, 2);
  });

  it('finds damage in a snapshot, and says what is lost', async () => {
    await demo(90);
    assert.equal((await vault('verify')).code, 0);
    const snapshot = await onlyFile('snapshots', '.age');
    const { size } = await stat(snapshot);
    await flip(snapshot, size - 40_000);
    const damaged = await vault('verify');
    assert.equal(damaged.code, 1);
    assert.match(damaged.text, /damaged snapshot/);
    assert.match(damaged.text, /lost: \d+ sessions between \d{4}-\d\d-\d\dT/);
  });

  it('salvages a vault: nothing is lost that is elsewhere, and what is damaged is set aside', async () => {
    await demo(90);
    const countOf = async (): Promise<string> => /(\d+) sessions/.exec(await sessions())?.[1] ?? '';
    const sessions = async (): Promise<string> => {
      const target = path.join(parent, `${Math.random()}.db`);
      await vault('export-sqlite', '--output', target);
      const { Database, loadSqlite } = await import('../../../src/vault/sqlite/database.ts');
      const database = new Database(await loadSqlite(wasmPath), await readFile(target));
      const row = database.row('SELECT count(*), sum(length(series)) FROM sessions');
      database.close();
      return `${row?.number(0)} sessions, ${row?.number(1)} bytes`;
    };
    const before = await sessions();
    const snapshot = await onlyFile('snapshots', '.age');
    await flip(snapshot, (await stat(snapshot)).size - 40_000);
    const { code, text: output, errors } = await vault('salvage');
    assert.equal(code, 0, output + errors);
    assert.match(output, /1 files were set aside/);
    assert.equal((await readdir(path.join(storage, 'damaged'))).length, 1);
    assert.equal((await vault('verify')).code, 0);
    // The segments are still there, so every session is.
    assert.equal(await sessions(), before);

    const whole = await onlyFile('snapshots', '.age');
    await rm(path.join(storage, 'segments'), { recursive: true });
    await flip(whole, (await stat(whole)).size - 40_000);
    assert.equal((await vault('salvage')).code, 0);
    const left = Number(await countOf());
    assert.ok(left > 0 && left < Number(before.split(' ')[0]), `${left} of ${before}`);
  });

  it('leaves a whole vault as it is', async () => {
    await demo(2);
    const before = await readdir(storage, { recursive: true });
    assert.equal((await vault('salvage')).code, 0);
    assert.deepEqual(await readdir(storage, { recursive: true }), before);
  });

  it('tells unusable from damaged', async () => {
    assert.equal((await vault('verify')).code, 2, 'no vault');
    await demo(1);
    const copy = path.join(parent, 'copy');
    await cp(storage, copy, { recursive: true });
    await flip(path.join(storage, 'vault.json'), 40);
    assert.equal((await vault('info')).code, 1, 'a damaged vault.json');
    await cp(copy, storage, { recursive: true });
    await rm(path.join(parent, 'keys'), { recursive: true });
    const { code, errors } = await vault('verify');
    assert.equal(code, 2);
    assert.match(errors, /locked/);
  });

  it('says how it is called when it was called otherwise', async () => {
    for (const args of [['explode'], ['verify', 'more'], ['verify', '--nothing']]) {
      const [action = '', ...rest] = args;
      const { code, errors } = await vault(action, ...rest);
      assert.equal(code, 2);
      assert.match(errors, /^Usage: millrace vault/);
    }
  });
});
