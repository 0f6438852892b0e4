import { say } from './say.mjs';

const slowestCount = 10;
/** Of each failure's words at the end, where they are found even if a log's beginning is gone. */
const reasonLines = 20;
/** After so long without a word it is said what is running. */
const saysSoEveryMs = 30_000;

/** Everything that became of the suites; prints each file's tests as soon as they have ended. */
export class TestReport {
  #suites = new Map();
  #tests = [];
  #failures = [];
  #running = new Set();
  #seconds = new Map();
  #spokeMs = performance.now();
  #print;
  #timer = setInterval(() => this.#tellOfRunning(), 1_000);

  /**
   * @param {readonly string[]} suites in the order of the report
   * @param {(text: string) => void} [print] where the tests of each file go
   */
  constructor(suites, print = say) {
    this.#print = print;
    for (const suite of suites) {
      this.#suites.set(suite, { passed: 0, failed: 0, skipped: 0, tookMs: 0, note: '' });
    }
  }

  /** A file's tests are running. @param {import('./testLog.mjs').TestLog} log */
  begin(log) {
    this.#running.add(log);
  }

  /** They have ended. @param {import('./testLog.mjs').TestLog} log */
  end(log) {
    this.#running.delete(log);
    const tookMs = performance.now() - log.startMs;
    this.count(log.suite, log, tookMs);
    log.failures.forEach((title, at) => this.#noteFailure(title, log.reasons[at]));
    this.#tests.push(...log.tests.map((test) => ({ ...test, suite: log.suite })));
    if (log.hasRun) {
      this.#seconds.set(`${log.suite}/${log.name}`, Math.round(tookMs / 1000));
      this.#say(log.text());
    }
  }

  /** Adds to a suite's counts. */
  count(suite, { passed = 0, failed = 0, skipped = 0 }, tookMs = 0) {
    const counts = this.#suites.get(suite);
    counts.passed += passed;
    counts.failed += failed;
    counts.skipped += skipped;
    counts.tookMs += tookMs;
  }

  /** Something failed outside any test. */
  fail(suite, words) {
    this.count(suite, { failed: 1 });
    const [first, ...others] = words.split('\n');
    this.#noteFailure(`${suite}: ${first}`, others.join('\n'));
    this.#say(`\n== ${suite}: failed\n${words}`);
  }

  /** Says why a suite is as it is, in its line of the report. */
  note(suite, words) {
    this.#suites.get(suite).note = words;
  }

  /** How long each file took, by `suite/name`. */
  get seconds() {
    return this.#seconds;
  }

  /** @returns the lines of the report; the last of them counts all tests */
  close() {
    clearInterval(this.#timer);
    const total = { passed: 0, failed: 0, skipped: 0 };
    const lines = [];
    for (const [suite, counts] of this.#suites) {
      if (counts.passed + counts.failed + counts.skipped === 0) {
        counts.failed = 1;
        counts.note ||= 'no test ran';
        this.#noteFailure(`${suite}: ${counts.note}`);
      }
      for (const kind of Object.keys(total)) {
        total[kind] += counts[kind];
      }
      const note = counts.note ? `: ${counts.note}` : '';
      lines.push(
        `${suite.padEnd(8)} ${describe(counts)} in ${Math.round(counts.tookMs / 1000)} s${note}`,
      );
    }
    const slowest = this.#tests.sort((a, b) => b.tookMs - a.tookMs).slice(0, slowestCount);
    if (slowest.length > 0) {
      lines.push('', 'The slowest tests:');
      for (const { suite, title, tookMs } of slowest) {
        lines.push(`${(tookMs / 1000).toFixed(1).padStart(7)} s  ${suite}: ${title}`);
      }
    }
    if (this.#failures.length > 0) {
      lines.push('', 'Failed:', ...this.#failures);
    }
    return { failed: total.failed, lines, closing: describe(total) };
  }

  #noteFailure(title, words = '') {
    this.#failures.push(`  ${title}`);
    const lines = words.split('\n').filter((line) => line.trim() !== '');
    this.#failures.push(...lines.slice(0, reasonLines).map((line) => `      ${line}`));
  }

  #say(text) {
    this.#spokeMs = performance.now();
    this.#print(text);
  }

  #tellOfRunning() {
    if (performance.now() - this.#spokeMs < saysSoEveryMs || this.#running.size === 0) {
      return;
    }
    const what = [...this.#running].map(
      ({ suite, name, running, quietMs }) =>
        `  ${suite}: ${running || name}, ${Math.round(quietMs / 1000)} s`,
    );
    this.#say(`\nRunning:\n${what.join('\n')}`);
  }
}

function describe({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
