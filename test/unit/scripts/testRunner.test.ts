import assert from 'node:assert/strict';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { repositoryRoot } from '../../support/repositoryRoot.ts';

/** As far as these tests need it: see scripts/lib/testLog.mjs. */
interface TestLog {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly tests: readonly { readonly title: string; readonly tookMs: number }[];
  readonly failures: readonly string[];
  take(event: object): void;
  text(): string;
}

/** See scripts/lib/testProcess.mjs. */
interface TestProcess {
  readonly hasEnded: boolean;
  run(file: string, log: TestLog): Promise<void>;
  end(): Promise<string | undefined>;
}

interface TestReport {
  begin(log: TestLog): void;
  end(log: TestLog): void;
  close(): {
    readonly failed: number;
    readonly lines: readonly string[];
    readonly closing: string;
  };
}

interface RunnerModules {
  readonly TestLog: new (suite: string, name: string, limits: object) => TestLog;
  readonly TestProcess: new (options: object) => TestProcess;
  readonly TestReport: new (suites: readonly string[], say: (text: string) => void) => TestReport;
}

/** Short, so that what stalls here does not take minutes. Longer than the steps of the slow fixture. */
const limits = { noProgressMs: 5_000, afterOwnLimitMs: 1_000 };

describe('The test runner', function () {
  this.timeout(120_000);
  let runner: RunnerModules;
  let process_: TestProcess;

  before(async () => {
    const modules: object[] = [];
    for (const name of ['testLog', 'testProcess', 'testReport']) {
      const file = path.join(repositoryRoot, `scripts/lib/${name}.mjs`);
      modules.push((await import(pathToFileURL(file).href)) as object);
    }
    runner = Object.assign({}, ...modules) as RunnerModules;
  });

  beforeEach(() => {
    process_ = new runner.TestProcess({ endLimitMs: 1_000 });
  });

  afterEach(() => process_.end());

  async function run(fixture: string, own: object = limits): Promise<TestLog> {
    const log = new runner.TestLog('unit', fixture, own);
    await process_.run(path.join(repositoryRoot, 'test/fixtures/testRunner', fixture), log);
    return log;
  }

  it('ends a file that makes no progress, and says which test was running', async () => {
    // The thread is held: mocha's own limit can't end that test, so it has to be a short one.
    const log = await run('stalls.mjs', { ...limits, afterOwnLimitMs: -115_000 });
    assert.deepEqual([log.passed, log.failed], [1, 1]);
    assert.deepEqual(log.failures, ['unit: a suite holds the thread for ever']);
    assert.match(log.text(), /No progress for \d+ s; running: a suite holds the thread for ever/);
    assert.ok(process_.hasEnded);
  });

  it('lets one that is slow get on, and a test end by its own limit', async () => {
    const log = await run('slow.mjs');
    assert.deepEqual([log.passed, log.failed], [7, 1]);
    assert.deepEqual(log.failures, ['unit: a slow suite is ended by its own limit']);
    assert.match(log.text(), /Timeout of 200ms exceeded/);
    assert.ok(!process_.hasEnded);
  });

  it('notes what ends the process, what fails outside tests, and goes on with another file', async () => {
    assert.deepEqual(countsOf(await run('outside.mjs')), [0, 1, 0]);
    const hooks = await run('hooks.mjs');
    assert.deepEqual(countsOf(hooks), [0, 1, 0]);
    assert.match(hooks.text(), /"before all" hook.*\n.*nothing is prepared/);
    const crashed = await run('crashes.mjs');
    assert.deepEqual(countsOf(crashed), [1, 1, 0]);
    assert.match(crashed.text(), /ended with code 3/);
    assert.ok(process_.hasEnded);
  });

  it('says when a process does not end after its tests', async () => {
    assert.deepEqual(countsOf(await run('leaves.mjs')), [1, 0, 0]);
    assert.match((await process_.end()) ?? '', /after the last of them/);
  });

  it('reports the slowest tests, what failed, and the counts alone at the end', () => {
    const said: string[] = [];
    const report = new runner.TestReport(['unit', 'host'], (text) => said.push(text));
    const log = new runner.TestLog('unit', 'some.mjs', limits);
    report.begin(log);
    log.take({ kind: 'passed', path: ['a suite', 'is quick'], tookMs: 12 });
    log.take({ kind: 'passed', path: ['a suite', 'is slow'], tookMs: 2_345 });
    log.take({ kind: 'failed', path: ['a suite', 'fails'], words: 'Error: why' });
    report.end(log);
    const { lines, failed, closing } = report.close();
    // A suite that ran no test has failed.
    assert.deepEqual([failed, closing], [2, '2 passed, 2 failed']);
    const slowest = lines.slice(lines.indexOf('The slowest tests:') + 1);
    assert.match(slowest[0] ?? '', /^ +\d+\.\d s {2}unit: a suite is slow$/);
    const failure = lines.indexOf('  unit: a suite fails');
    assert.ok(failure > 0);
    assert.equal(lines[failure + 1], '      Error: why');
    assert.ok(lines.includes('  host: no test ran'));
    assert.match(said.join('\n'), /== unit: some\.mjs, \d+ s\n {2}a suite\n {4}✔ is quick\n/);
  });
});

function countsOf({ passed, failed, skipped }: TestLog): readonly number[] {
  return [passed, failed, skipped];
}
