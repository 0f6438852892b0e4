import type { Disposable } from '../../base/disposable.ts';
import { loggingEmitter, type Emitter, type Event } from '../../base/emitter.ts';
import { describeError, type Log } from '../../base/log.ts';
import { SingleFlight } from '../../base/singleFlight.ts';

export interface LastReadingOptions<T> {
  /** What is read, for the log. */
  readonly what: string;
  readonly read: () => Promise<T>;
  /** False once a reading is about another time than now, such as yesterday's "today". */
  readonly isStillTrue: (reading: T) => boolean;
  readonly log: Log;
}

/**
 * Something of the vault as it was last read. Reading starts the keeper, so nothing is read before somebody
 * looks.
 */
export class LastReading<T> implements Disposable {
  readonly #options: LastReadingOptions<T>;
  readonly #didChange: Emitter<void>;
  #current: T | undefined;
  #failure: unknown;
  readonly #reading = new SingleFlight(() => this.#read());
  /** Counts what was forgotten, so that a reading knows whether it was. */
  #cleared = 0;

  constructor(options: LastReadingOptions<T>) {
    this.#options = options;
    this.#didChange = loggingEmitter('what was read', options.log);
  }

  get onDidChange(): Event<void> {
    return this.#didChange.event;
  }

  /** The last reading, or `undefined` when there is none or it is no longer true. */
  get current(): T | undefined {
    return this.#current !== undefined && this.#options.isStillTrue(this.#current)
      ? this.#current
      : undefined;
  }

  /** Why the last try came to nothing; `undefined` where it did not. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Reads again. Calls while a reading is under way share one further reading. Never rejects. */
  async refresh(): Promise<void> {
    await this.#reading.runAfresh();
    // Somebody who asked meanwhile may have known that this one is outdated.
    await this.#reading.idle();
  }

  /** Forgets the reading and the one under way, as when the vault is locked or the rules have changed. */
  clear(): void {
    this.#cleared++;
    this.#current = undefined;
    this.#failure = undefined;
    this.#didChange.fire();
  }

  dispose(): void {
    this.#didChange.dispose();
  }

  async #read(): Promise<void> {
    const { read, what, log } = this.#options;
    const cleared = this.#cleared;
    let current: T | undefined;
    let failure: unknown;
    try {
      current = await read();
    } catch (error) {
      log.warn(`${what} could not be read`, describeError(error));
      failure = error ?? new Error('Without a reason');
    }
    if (this.#cleared === cleared) {
      this.#current = current;
      this.#failure = failure;
      this.#didChange.fire();
    }
  }
}
