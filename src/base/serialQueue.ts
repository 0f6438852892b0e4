/** Runs asynchronous jobs one after the other, in the order in which they were given. */
export class SerialQueue {
  #tail: Promise<unknown> = Promise.resolve();

  /** Resolves or rejects as the job does. A job that fails does not stop those behind it. */
  run<T>(job: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(job);
    this.#tail = result.catch(() => undefined);
    return result;
  }

  /** Resolves once everything that was given so far has ended. */
  async idle(): Promise<void> {
    await this.#tail;
  }
}
