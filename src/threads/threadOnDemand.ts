import {
  ChannelError,
  type Channel,
  type Contract,
  type Params,
  type RequestName,
  type Result,
} from '../base/channel.ts';
import type { Disposable } from '../base/disposable.ts';
import { nothingOffered, Thread, type HostOffer, type ThreadOptions } from './thread.ts';

type NoEvents = (typeof nothingOffered)['events'];

/** The host's end of the line to a thread that only answers. */
export type ThreadChannel<Own extends Contract> = Channel<HostOffer<NoEvents>, Own>;

export interface ThreadOnDemandOptions<Own extends Contract> extends Omit<
  ThreadOptions<Own>,
  'holdsProcess'
> {
  /**
   * What comes first with each new thread, such as handing over keys; whatever is asked waits for it. A rejection
   * is passed on to whoever asked, and no thread stays.
   */
  readonly prepare: (channel: ThreadChannel<Own>) => Promise<unknown>;
  /** A thread that was asked nothing for so long is ended. */
  readonly idleMs: number;
}

/** One thread, from its start on. */
interface Running<Own extends Contract> {
  readonly thread: Thread<NoEvents, Own>;
  readonly prepared: Promise<unknown>;
}

/**
 * A thread that is there while it is asked something: started by the first question, ended when idle, and started again
 * when it died. An error in it is an answer. Every request must be one that can be made again, as one death of
 * the thread is nobody's business.
 */
export class ThreadOnDemand<Own extends Contract> implements Disposable {
  readonly #options: ThreadOnDemandOptions<Own>;
  #running: Running<Own> | undefined;
  #waiting = 0;
  #idleTimer: ReturnType<typeof setTimeout> | undefined;
  #isDisposed = false;

  constructor(options: ThreadOnDemandOptions<Own>) {
    this.#options = options;
  }

  /** True while there is a thread. */
  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /**
   * Asks the thread.
   * @throws {ChannelError} `refused`: the thread answered with an error; `timeout`: it was silent, and is ended;
   *   `malformed`; `disposed`: it died twice, or {@link dispose} was called
   * @throws whatever `prepare` rejected with
   */
  async ask<N extends RequestName<Own>>(name: N, params: Params<Own, N>): Promise<Result<Own, N>> {
    clearTimeout(this.#idleTimer);
    this.#waiting++;
    try {
      return await this.#askTwice(name, params);
    } finally {
      this.#waiting--;
      this.#endWhenIdle();
    }
  }

  /** Ends the thread, if there is one, and with it whatever is being asked. The next question starts another. */
  end(): void {
    clearTimeout(this.#idleTimer);
    if (this.#running !== undefined) {
      this.#drop(this.#running);
    }
  }

  dispose(): void {
    this.#isDisposed = true;
    this.end();
  }

  async #askTwice<N extends RequestName<Own>>(
    name: N,
    params: Params<Own, N>,
  ): Promise<Result<Own, N>> {
    try {
      return await this.#askOnce(name, params);
    } catch (error) {
      if (!ChannelError.is(error, 'disposed') || this.#isDisposed) {
        throw error;
      }
      return await this.#askOnce(name, params);
    }
  }

  async #askOnce<N extends RequestName<Own>>(
    name: N,
    params: Params<Own, N>,
  ): Promise<Result<Own, N>> {
    if (this.#isDisposed) {
      throw new ChannelError('disposed', name);
    }
    const running = (this.#running ??= this.#start());
    try {
      await running.prepared;
    } catch (error) {
      this.#drop(running);
      throw error;
    }
    try {
      return await running.thread.channel.request(name, params);
    } catch (error) {
      if (ChannelError.is(error, 'timeout')) {
        this.#drop(running);
      }
      throw error;
    }
  }

  #start(): Running<Own> {
    const thread = new Thread<NoEvents, Own>(
      nothingOffered,
      { ...this.#options, holdsProcess: false },
      () => {
        if (this.#running?.thread === thread) {
          this.#running = undefined;
        }
      },
    );
    const running: Running<Own> = { thread, prepared: this.#options.prepare(thread.channel) };
    // Whoever asks hears of it; without this a thread that nobody waits for would be an unhandled rejection.
    running.prepared.catch(() => undefined);
    return running;
  }

  #drop(running: Running<Own>): void {
    if (this.#running === running) {
      this.#running = undefined;
    }
    running.thread.dispose();
  }

  #endWhenIdle(): void {
    if (this.#waiting === 0 && this.#running !== undefined) {
      clearTimeout(this.#idleTimer);
      this.#idleTimer = setTimeout(() => {
        this.end();
      }, this.#options.idleMs);
      this.#idleTimer.unref();
    }
  }
}
