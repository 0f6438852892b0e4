import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { importCommand } from '../../../src/cli/commands/exportCommands.ts';
import { vaultCommand } from '../../../src/cli/commands/vaultCommand.ts';
import { wasmPath } from '../../support/keeperBundle.ts';
import { ManualClock } from '../../support/manualClock.ts';

const event = { timestamp: '2026-01-05T10:00:00Z', duration: 1_200, data: {} };
const editor = { type: 'app.editor.activity', hostname: 'pc', events: [event] };
const presence = (status: string, duration: number): object => ({
  type: 'afkstatus',
  hostname: 'PC.local',
  events: [{ ...event, duration, data: { status } }],
});
const totals = (date: string, seconds: number): object => ({
  days: [{ date, grand_total: { total_seconds: seconds } }],
});

describe('What millrace import says and ends with', function () {
  this.timeout(120_000);

  let parent: string;
  let storage: string;
  const clock = new ManualClock(Date.UTC(2026, 10, 18, 15, 30));

  beforeEach(async () => {
    parent = await mkdtemp(path.join(tmpdir(), 'millrace-cli-'));
    storage = path.join(parent, 'vault');
    const io = { input: Readable.from([]), output: new PassThrough(), errors: new PassThrough() };
    assert.equal(
      await vaultCommand.run(['create', '--storage', storage], io, { wasmPath, clock }),
      0,
    );
  });

  afterEach(async () => {
    await rm(parent, { recursive: true, force: true });
  });

  async function take(contents: object, ...args: readonly string[]): Promise<[number, string]> {
    const file = path.join(parent, 'file.json');
    await writeFile(file, JSON.stringify(contents));
    const io = { input: Readable.from([]), output: new PassThrough(), errors: new PassThrough() };
    const output = text(io.output);
    const all = ['--storage', storage, '--from', file, ...args];
    const code = await importCommand.run(all, io, { wasmPath, clock });
    io.output.end();
    return [code, await output];
  }

  it('is 1, with the reasons, where all of the file is left out', async () => {
    for (const [contents, reason] of [
      [totals('2026-13-13', 60), /^left out {3}1 badTime$/m],
      [totals('2026-01-05', 86_401), /^left out {3}1 badDuration$/m],
      [{ buckets: { x: { ...editor, type: 'currentwindow' } } }, /^left out {3}1 notCoding$/m],
      [{ buckets: { x: editor, y: presence('afk', 86_401) } }, /^left out {3}20 away$/m],
    ] as const) {
      for (const args of [['--preview'], []]) {
        const [code, output] = await take(contents, ...args);
        assert.equal(code, 1, output);
        assert.match(output, reason);
        assert.match(output, /^nothing .*brings nothing/m);
      }
    }
  });

  it('is 0 where all is there already, or where the file is empty, and says so', async () => {
    const dump = totals('01-05-2026', 3_600);
    const [code, output] = await take(dump);
    assert.equal(code, 0, output);
    assert.match(output, /^days {7}2026-01-05 to 2026-01-05$/m);
    assert.doesNotMatch(output, /^nothing/m);
    const [again, told] = await take(dump);
    assert.equal(again, 0);
    assert.match(told, /^nothing .*has all of it already/m);
    const [none, empty] = await take(totals('2026-01-06', 0));
    assert.equal(none, 0);
    assert.match(empty, /^nothing .*nothing in the file/m);
  });

  it('tells of editors of which nobody knows when somebody was there', async () => {
    const [, output] = await take({ buckets: { x: editor } }, '--preview');
    assert.match(output, /^no away {4}1 records of editors/m);
    const [, known] = await take({ buckets: { x: editor, y: presence('not-afk', 1) } });
    assert.doesNotMatch(known, /^no away/m);
    assert.match(known, /^added .* 20 minutes/m);
  });
});
