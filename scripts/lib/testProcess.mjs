import { spawn } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { beforeExit, endGroup, root } from './processes.mjs';

const looksEveryMs = 250;
const usualEndLimitMs = 60_000;
/** Lower than what a person, and a test that waits as one would, has to do with. */
const backgroundPriority = 10;

/**
 * @typedef {object} TestProcessOptions
 * @property {readonly string[]} [launcher] words before the command, such as `unshare` with its options
 * @property {string | undefined} [grep]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {string} [hooks] absolute path of a module that exports Mocha's root hooks as `mochaHooks`
 * @property {boolean} [exitAtEnd] whether it may be left with handles open
 * @property {boolean} [inBackground] whether it yields to what is not
 * @property {number} [endLimitMs] how long its end may take once nothing is asked of it
 */

/** A process that runs test files one after the other, and is ended when one of them makes no progress. */
export class TestProcess {
  /** @type {Set<TestProcess>} */
  static #running = new Set();
  #child;
  #closed;
  #output = (_text) => {};
  #onEvent = (_event) => {};
  #hasEnded = false;
  #endLimitMs;

  /** @param {TestProcessOptions} options Starts it; end it with {@link end}. */
  constructor({
    launcher = [],
    grep,
    env = process.env,
    hooks,
    exitAtEnd,
    inBackground = false,
    endLimitMs,
  }) {
    this.#endLimitMs = endLimitMs ?? usualEndLimitMs;
    const [command, ...args] = [
      ...launcher,
      process.execPath,
      path.join(root, 'scripts/lib/testWorker.mjs'),
      JSON.stringify({ grep, hooks, exitAtEnd }),
    ];
    this.#child = spawn(command, args, {
      cwd: root,
      env,
      // A group of its own, so that whatever it started can be ended with it.
      detached: process.platform !== 'win32',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    if (inBackground && this.#child.pid !== undefined) {
      os.setPriority(this.#child.pid, backgroundPriority);
    }
    this.#child.stdout.on('data', (data) => this.#output(data.toString()));
    this.#child.stderr.on('data', (data) => this.#output(data.toString()));
    this.#child.on('message', (event) => this.#onEvent(event));
    TestProcess.#running.add(this);
    this.#closed = new Promise((resolve) => {
      const settle = (how) => {
        this.#hasEnded = true;
        TestProcess.#running.delete(this);
        resolve(how);
      };
      this.#child.once('error', (error) => settle({ words: error.message, isGood: false }));
      this.#child.once('close', (code, signal) =>
        settle({
          words: signal === null ? `ended with code ${code}` : `was ended by ${signal}`,
          isGood: code === 0,
        }),
      );
    });
  }

  static {
    beforeExit(() => TestProcess.#running.forEach((each) => endGroup(each.#child, 'SIGTERM')));
  }

  get hasEnded() {
    return this.#hasEnded;
  }

  /**
   * Runs one file and notes in `log` what becomes of its tests. A file without progress, and one that ends its
   * process, is noted as a failure, and the process has ended then.
   * @param {string} file absolute
   * @param {import('./testLog.mjs').TestLog} log
   */
  async run(file, log) {
    this.#output = (text) => log.write(text);
    const ended = new Promise((resolve) => {
      this.#onEvent = (event) => {
        if (event.kind === 'fileEnded') {
          resolve();
        } else {
          log.take(event);
        }
      };
    });
    this.#child.send({ file }, () => {});
    let isOver = false;
    const watch = setInterval(() => {
      if (!isOver && log.isStalled()) {
        isOver = true;
        log.noteStall();
        void this.#kill();
      }
    }, looksEveryMs);
    const how = await Promise.race([ended, this.#closed]);
    clearInterval(watch);
    if (how !== undefined && !isOver) {
      log.noteFailure(`The process of these tests ${how.words}`);
    }
    if (how !== undefined || isOver) {
      await this.#closed;
    }
  }

  /** Lets it end. @returns what is wrong with how it did, `undefined` when nothing is. */
  async end() {
    if (this.#hasEnded) {
      return undefined;
    }
    let written = '';
    this.#output = (text) => (written += text);
    this.#child.send({}, () => {});
    const timer = setTimeout(() => void this.#kill(), this.#endLimitMs);
    const how = await this.#closed;
    clearTimeout(timer);
    return how.isGood
      ? undefined
      : `The process of these tests ${how.words} after the last of them. ${written}`.trim();
  }

  async #kill() {
    endGroup(this.#child, 'SIGTERM');
    const timer = setTimeout(() => endGroup(this.#child, 'SIGKILL'), 10_000);
    await this.#closed;
    clearTimeout(timer);
  }
}
