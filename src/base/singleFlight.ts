/**
 * A job that never runs twice at a time, however often it is asked for. Who asks while it runs chooses:
 *
 * - {@link join} is content with the run that is under way, though that may have looked before the call;
 * - {@link runAfresh} wants a run that begins after the call, and shares it with all who ask meanwhile;
 * - who wants nothing done twice looks at {@link isBusy} first.
 *
 * A run that fails fails for those who wait for it, and keeps no later one from beginning.
 */
export class SingleFlight<T> {
  readonly #job: () => Promise<T>;
  #running: Promise<T> | undefined;
  /** The run that begins once the present one is over. */
  #next: Promise<T> | undefined;

  constructor(job: () => Promise<T>) {
    this.#job = job;
  }

  /** A run is under way, or about to begin. */
  get isBusy(): boolean {
    return this.#running !== undefined || this.#next !== undefined;
  }

  /** The run that is under way, or one that begins now. Rejects as the job does. */
  join(): Promise<T> {
    return this.#running ?? this.#next ?? this.#begin();
  }

  /** A run that begins now, or right after the one that is under way. Rejects as the job does. */
  runAfresh(): Promise<T> {
    if (this.#next !== undefined || this.#running === undefined) {
      return this.#next ?? this.#begin();
    }
    const begin = (): Promise<T> => {
      this.#next = undefined;
      return this.#begin();
    };
    this.#next = this.#running.then(begin, begin);
    return this.#next;
  }

  /** Resolves once nothing runs and nothing is about to, whatever became of it. */
  async idle(): Promise<void> {
    while (this.isBusy) {
      await this.join().catch(() => undefined);
    }
  }

  #begin(): Promise<T> {
    // Begins at once; what the job throws before its first `await` is a rejection as well.
    const run = async (): Promise<T> => this.#job();
    this.#running = run().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }
}
