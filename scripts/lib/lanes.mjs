// Work that runs side by side: jobs wait in queues, and lanes take them.

/**
 * @typedef {{ run: (lane: Lane) => Promise<void> }} Job
 */

/** Jobs in their order. Who asks for one waits while none is there, until the queue is closed. */
export class JobQueue {
  #jobs = [];
  #isClosed = false;
  #wake = () => {};
  #changed = new Promise((resolve) => (this.#wake = resolve));

  /** @param {readonly Job[]} jobs */
  add(...jobs) {
    this.#jobs.push(...jobs);
    this.#change();
  }

  /** Says that no more will come. */
  close() {
    this.#isClosed = true;
    this.#change();
  }

  /** The next one; `undefined` once the queue is closed and empty. */
  async next() {
    while (this.#jobs.length === 0 && !this.#isClosed) {
      await this.#changed;
    }
    return this.#jobs.shift();
  }

  #change() {
    this.#wake();
    this.#changed = new Promise((resolve) => (this.#wake = resolve));
  }
}

/** Takes one job after the other, and holds one process between jobs that can share it. */
export class Lane {
  #key;
  #held;
  #onBadEnd;

  /** @param {(suite: string, words: string) => void} onBadEnd told when a held process does not end as it should */
  constructor(onBadEnd) {
    this.#onBadEnd = onBadEnd;
  }

  /** Runs jobs until the queue is closed and empty. @param {JobQueue} queue */
  async work(queue) {
    for (let job = await queue.next(); job !== undefined; job = await queue.next()) {
      await job.run(this);
    }
    await this.#letGo();
  }

  /**
   * The process for a suite: the one that is held, or a new one.
   * @param {string} suite
   * @param {() => import('./testProcess.mjs').TestProcess} start
   */
  async processFor(suite, start) {
    if (this.#key !== suite || this.#held.hasEnded) {
      await this.#letGo();
      this.#held = start();
      this.#key = suite;
    }
    return this.#held;
  }

  async #letGo() {
    const words = await this.#held?.end();
    if (words !== undefined) {
      this.#onBadEnd(this.#key, words);
    }
    this.#held = undefined;
    this.#key = undefined;
  }
}
