import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { build } from 'esbuild';
import { featureNames, flowStates } from '../../../src/facts/flow.ts';
import { repositoryRoot } from '../../support/repositoryRoot.ts';

interface Outcome {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

interface Step {
  readonly t: number;
  readonly state: string;
  readonly score: number | null;
  readonly confidence: number;
  readonly features: Readonly<Record<string, number | null>>;
  readonly reasons: readonly { feature: string | null; points: number; text: string }[];
}

const start = 1_700_000_000_000;
const line = (t: number, kind = 'insert', n?: number): string =>
  `${JSON.stringify(n === undefined ? { t, kind } : { t, kind, n })}\n`;
/** As uneven as a hand, each key up to 140 ms late: what is more even is no typing. */
const typing = (fromMs: number, toMs: number, intervalMs = 200): string => {
  let lines = '';
  for (let t = fromMs, key = 0; t < toMs; t += intervalMs, key++) {
    lines += line(start + t + ((key * 37) % 11) * 14);
  }
  return lines;
};

describe('millrace replay', function () {
  this.timeout(60_000);
  let folder = '';
  let cli = '';

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'millrace-replay-'));
    cli = path.join(folder, 'cli.cjs');
    await build({
      entryPoints: [path.join(repositoryRoot, 'src/cli/cliMain.ts')],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile: cli,
    });
  });

  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function run(program: string, args: readonly string[], input = ''): Promise<Outcome> {
    const child = spawn(process.execPath, [program, ...args]);
    // A command that stops at the first bad line does not read the rest.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    const closed = once(child, 'close');
    const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
    await closed;
    return { code: child.exitCode, output, errors };
  }

  const replay = (input: string, ...options: string[]): Promise<Outcome> =>
    run(cli, ['replay', '-', ...options], input);

  function stepsOf({ output }: Outcome): Step[] {
    return output
      .split('\n')
      .filter((each) => each !== '')
      .map((each) => JSON.parse(each) as Step);
  }

  it('writes a step for every 15 s of the stream, the last event included', async () => {
    const outcome = await replay(typing(0, 600_001));
    const steps = stepsOf(outcome);
    assert.deepEqual([outcome.code, outcome.errors], [0, '']);
    assert.deepEqual(
      steps.map(({ t }) => t),
      Array.from({ length: 41 }, (_, index) => start + (index + 1) * 15_000),
    );
    assert.equal(steps[39]?.state, 'inFlow');
    const last = steps[39];
    assert.deepEqual(Object.keys(last), [
      't',
      'state',
      'score',
      'confidence',
      'features',
      'reasons',
    ]);
    assert.deepEqual(Object.keys(last.features), featureNames);
    assert.equal(last.reasons.length, 5);
  });

  it('reads a file as it reads standard input', async () => {
    const file = path.join(folder, 'stream.jsonl');
    await writeFile(file, typing(0, 100_000));
    const fromFile = await run(cli, ['replay', file]);
    assert.equal(fromFile.code, 0);
    assert.equal(fromFile.output, (await replay(typing(0, 100_000))).output);
  });

  it('takes an empty stream, blank lines, CRLF, a byte order mark and no last newline', async () => {
    assert.deepEqual(await replay(''), { code: 0, output: '', errors: '' });
    const plain = typing(0, 30_000);
    const odd = `\uFEFF\r\n${plain.replaceAll('\n', '\r\n\r\n').trimEnd()}`;
    assert.equal((await replay(odd)).output, (await replay(plain)).output);
  });

  it('names the first bad line and stops with exit code 2', async () => {
    for (const bad of [
      'nonsense',
      '[]',
      '"insert"',
      'null',
      '{"kind":"insert"}',
      '{"t":"1","kind":"insert"}',
      '{"t":1e300,"kind":"insert"}',
      '{"t":1,"kind":"typed"}',
      '{"t":1,"kind":"constructor"}',
      '{"t":1,"kind":"insert","n":-1}',
      '{"t":1,"kind":"insert","n":1.5}',
      '{"t":1,"kind":"insert","n":null}',
      'x'.repeat(3_000_000),
    ]) {
      const outcome = await replay(`${typing(0, 16_000)}${bad}\n${typing(16_000, 60_000)}`);
      assert.equal(outcome.code, 2);
      assert.match(outcome.errors, /line 81: /);
      assert.ok(outcome.errors.length < 300);
      assert.equal(stepsOf(outcome).length, 1);
    }
  });

  it('counts bad lines at the end when told to skip them', async () => {
    const outcome = await replay(`oops\n${typing(0, 16_000)}{"t":\n`, '--skip-bad');
    assert.equal(outcome.code, 0);
    assert.match(outcome.errors, /\b2\b/);
    assert.equal(outcome.output, (await replay(typing(0, 16_000))).output);
  });

  it('refuses unknown commands, options and files with a word about it', async () => {
    for (const args of [[], ['rewind'], ['replay'], ['replay', '--fast', '-'], ['toString']]) {
      const outcome = await run(cli, args);
      assert.equal(outcome.code, 2);
      assert.match(outcome.errors, /replay/);
    }
    const missing = await run(cli, ['replay', path.join(folder, 'missing.jsonl')]);
    assert.equal(missing.code, 1);
    assert.match(missing.errors, /ENOENT/);
    assert.equal((await run(cli, ['--help'])).code, 0);
  });

  it('says how each command is called when asked, as an answer and not as an error', async () => {
    for (const name of ['replay', 'backup', 'export', 'vault', 'unblock']) {
      const { code, output, errors } = await run(cli, [name, '--help']);
      assert.deepEqual([code, errors], [0, '']);
      assert.match(output, new RegExp(`^Usage: millrace ${name} .*\n  \\S`));
    }
  });

  it('tells a gap of days in a few lines and goes on behind it', async () => {
    const days = 5 * 86_400_000;
    const outcome = await replay(typing(0, 60_000) + typing(days, days + 60_000));
    const steps = stepsOf(outcome);
    assert.ok(steps.length < 40);
    assert.equal(steps.filter(({ state }) => state === 'away').length > 0, true);
    assert.deepEqual(
      steps.map(({ t }) => (t - start) % 15_000),
      steps.map(() => 0),
    );
    assert.equal(steps.at(-1)?.state, 'building');
  });

  it('takes late events as of the latest time, and goes on after the clock was set back', async () => {
    const ordered = typing(0, 120_000).trimEnd().split('\n');
    const swapped = [...ordered];
    [swapped[300], swapped[301]] = [swapped[301] ?? '', swapped[300] ?? ''];
    const late = stepsOf(await replay(swapped.join('\n')));
    assert.equal(late.length, 8);
    const hour = 3_600_000;
    const jumped = stepsOf(await replay(typing(hour, hour + 120_000) + typing(0, 120_000)));
    assert.equal(jumped.length, 16);
    assert.ok(jumped.every(({ score }) => score !== null));
    assert.ok((jumped.at(-1)?.t ?? 0) <= start + 135_000);
  });

  it('takes every event for a person, who is back at the window with the next edit', async () => {
    const steps = stepsOf(
      await replay(typing(0, 60_000) + line(start + 60_000, 'blur') + typing(61_000, 120_000)),
    );
    assert.ok(steps.every(({ state }) => state === 'building'));
    const gone = stepsOf(
      await replay(
        typing(0, 60_000) + line(start + 60_000, 'blur') + line(start + 240_000, 'focus'),
      ),
    );
    assert.equal(gone.at(-2)?.state, 'away');
  });

  it('tells what there is too little to tell of as null, and gives no reason from it', async () => {
    let lines = '';
    for (let t = 0, key = 0; t < 400_000; t += 2_100 + ((key * 37) % 11) * 700, key++) {
      lines += line(start + t);
    }
    const steps = stepsOf(await replay(lines)).filter(({ score }) => score !== null);
    assert.ok(steps.length > 10);
    for (const { features, reasons } of steps) {
      assert.equal(features['rhythm'], null);
      assert.equal(
        reasons.some(({ feature }) => feature === 'rhythm'),
        false,
      );
      assert.equal(typeof features['focus'], 'number');
    }
    const early = stepsOf(await replay(typing(0, 290_000))).filter(({ score }) => score !== null);
    assert.ok(early.slice(0, 15).every(({ features }) => features['consistency'] === null));
    const late = stepsOf(await replay(typing(0, 400_000))).at(-1);
    assert.ok(Object.values(late?.features ?? {}).every((value) => value !== null));
    assert.equal(late?.reasons.length, 5);
  });

  it('shows pasted text as assisted and its absence as reading', async () => {
    let pasted = '';
    for (let t = 0; t < 240_000; t += 3_000) {
      pasted += line(start + t, 'block', 60) + line(start + t + 500);
    }
    assert.equal(stepsOf(await replay(pasted)).at(-2)?.state, 'assisted');
    let moves = '';
    for (let t = 0; t < 240_000; t += 7_000) {
      moves += line(start + t, 'navigate');
    }
    assert.equal(stepsOf(await replay(moves)).at(-2)?.state, 'reading');
  });

  it('gives real writing a state at every step, and no score beside 0-100', async () => {
    const streams = path.join(folder, 'klicke');
    const source = path.join(repositoryRoot, 'test/fixtures/klicke/sessions.jsonl');
    const converter = path.join(repositoryRoot, 'scripts/klicke.mjs');
    assert.equal((await run(converter, [source, streams])).code, 0);
    const files = await readdir(streams);
    assert.equal(files.length, 4);
    for (const file of files) {
      const outcome = await run(cli, ['replay', path.join(streams, file)]);
      const steps = stepsOf(outcome);
      assert.equal(outcome.code, 0);
      assert.ok(!outcome.output.includes('NaN'));
      assert.ok(steps.length > 30);
      const events = (await readFile(path.join(streams, file), 'utf8')).trimEnd().split('\n');
      const first = (JSON.parse(events[0] ?? '') as { t: number }).t;
      for (const { t, state, score, confidence } of steps) {
        assert.equal((t - first) % 15_000, 0);
        assert.ok(flowStates.some((known) => known === state));
        assert.ok(score === null || (score >= 0 && score <= 100));
        assert.ok(confidence >= 0 && confidence <= 1);
      }
    }
  });
});
