// What becomes of the tests of one file, and whether they get on.

/** Between two tests: a file that is loaded, a process that starts. */
const noProgressMs = 150_000;
/** What a test's own limit, which ends it with better words, is given before the lack of progress ends it. */
const afterOwnLimitMs = 30_000;

/** Notes the events of one file's tests. See testEvents.mjs. */
export class TestLog {
  passed = 0;
  failed = 0;
  skipped = 0;
  /** @type {{ title: string, tookMs: number }[]} */
  tests = [];
  /** @type {string[]} titles of what failed */
  failures = [];
  /** @type {string[]} why, in the same order */
  reasons = [];
  startMs = performance.now();
  #lines = [];
  #heading = [];
  #running = '';
  #progressMs = performance.now();
  #limitMs;
  #noProgressMs;
  #afterOwnLimitMs;

  /**
   * @param {string} suite
   * @param {string} name of the file, as the report gives it
   * @param {{ noProgressMs?: number, afterOwnLimitMs?: number }} [limits] shorter ones, for tests of this
   */
  constructor(suite, name, limits = {}) {
    this.suite = suite;
    this.name = name;
    this.#noProgressMs = limits.noProgressMs ?? noProgressMs;
    this.#afterOwnLimitMs = limits.afterOwnLimitMs ?? afterOwnLimitMs;
    this.#limitMs = this.#noProgressMs;
  }

  /** @param {import('./testEvents.mjs').TestEvent} event */
  take(event) {
    switch (event.kind) {
      case 'began':
        this.#running = event.path.join(' ');
        this.#allow(event.limitMs);
        break;
      case 'limit':
        this.#allow(event.limitMs);
        // It tells nothing of progress.
        return;
      case 'ended':
        this.#rest();
        break;
      case 'passed':
        this.passed += 1;
        this.tests.push({ title: event.path.join(' '), tookMs: event.tookMs });
        this.#line(event.path, `✔ ${event.path.at(-1)}${seconds(event.tookMs)}`);
        this.#rest();
        break;
      case 'skipped':
        this.skipped += 1;
        this.#line(event.path, `- ${event.path.at(-1)}`);
        break;
      case 'failed':
        this.#fail(event.path, event.words);
        this.#rest();
        break;
    }
    this.#progressMs = performance.now();
  }

  /** What the tests write themselves. @param {string} text */
  write(text) {
    this.#lines.push(...text.trimEnd().split('\n'));
  }

  /** The test or hook that runs now, and for how long; empty between two. */
  get running() {
    return this.#running;
  }

  get quietMs() {
    return performance.now() - this.#progressMs;
  }

  /** Whether nothing has begun or ended for longer than the longest that this test may take. */
  isStalled() {
    return this.quietMs > this.#limitMs;
  }

  noteStall() {
    const where = this.#running || 'no test';
    this.noteFailure(`No progress for ${Math.round(this.quietMs / 1000)} s; running: ${where}`);
  }

  /** @param {string} words what went wrong outside the tests, or so that none could say it */
  noteFailure(words) {
    const where = this.#running ? [this.#running] : [this.name];
    this.#fail(where, words);
    this.#rest();
  }

  get hasRun() {
    return this.passed + this.failed + this.skipped > 0;
  }

  /** The whole as lines to be read. */
  text() {
    const took = Math.round((performance.now() - this.startMs) / 1000);
    return [`\n== ${this.suite}: ${this.name}, ${took} s`, ...this.#lines].join('\n');
  }

  #allow(limitMs) {
    this.#limitMs = Math.max(this.#noProgressMs, limitMs + this.#afterOwnLimitMs);
  }

  #rest() {
    this.#running = '';
    this.#limitMs = this.#noProgressMs;
  }

  #fail(path, words) {
    this.failed += 1;
    this.failures.push(`${this.suite}: ${path.join(' ')}`);
    this.reasons.push(words);
    this.#line(path, `✘ ${path.at(-1)}`);
    this.#lines.push(...words.split('\n').map((line) => `      ${line}`));
  }

  /** A test's line, below the headings that are not there yet. */
  #line(path, words) {
    const heading = path.slice(0, -1);
    const common = heading.findIndex((part, index) => part !== this.#heading[index]);
    for (let depth = common < 0 ? heading.length : common; depth < heading.length; depth += 1) {
      this.#lines.push(`${'  '.repeat(depth + 1)}${heading[depth]}`);
    }
    this.#heading = heading;
    this.#lines.push(`${'  '.repeat(path.length)}${words}`);
  }
}

function seconds(tookMs) {
  return tookMs < 1_000 ? '' : ` (${(tookMs / 1000).toFixed(1)} s)`;
}
