import { Worker } from 'node:worker_threads';
import { Channel, type Contract } from '../base/channel.ts';
import type { Disposable } from '../base/disposable.ts';
import { describeError, runDetached, type Log } from '../base/log.ts';
import { threadTransport } from './threadTransport.ts';

/** What a host offers its thread: events at most, as a host answers no requests. */
export interface HostOffer<Events extends Contract['events'] = Contract['events']> {
  readonly requests: Readonly<Record<string, never>>;
  readonly events: Events;
}

/** The offer of a host that only asks. */
export const nothingOffered = { requests: {}, events: {} } as const satisfies HostOffer;

export interface ThreadOptions<Own extends Contract> {
  /** What the thread is, in one word, for the log. */
  readonly name: string;
  /** The bundle that runs in it. */
  readonly file: string;
  /** What it is started with; the thread checks it. */
  readonly data: unknown;
  /** What the thread offers. */
  readonly contract: Own;
  readonly log: Log;
  /** How long a request may stay without a reply before it rejects with `timeout`. */
  readonly timeoutMs: number;
  /** Whether a process stays for the thread alone. */
  readonly holdsProcess: boolean;
}

/**
 * One worker thread and the typed line to it, at the host's end. When the thread ends, by itself or by `dispose`, what
 * is pending rejects with `disposed`.
 */
export class Thread<Events extends Contract['events'], Own extends Contract> implements Disposable {
  readonly channel: Channel<HostOffer<Events>, Own>;
  readonly #worker: Worker;
  readonly #options: ThreadOptions<Own>;

  /** @param onEnd told when the thread has ended, whatever ended it */
  constructor(host: HostOffer<Events>, options: ThreadOptions<Own>, onEnd: () => void = () => {}) {
    const { name, file, data, contract, log, timeoutMs, holdsProcess } = options;
    this.#options = options;
    this.#worker = new Worker(file, { workerData: data, execArgv: [] });
    if (!holdsProcess) {
      this.#worker.unref();
    }
    this.channel = new Channel({
      transport: threadTransport(this.#worker, log),
      own: host,
      other: contract,
      handlers: {},
      log,
      timeoutMs,
    });
    this.#worker.on('error', (error) => {
      log.error('A thread died', { thread: name, ...describeError(error) });
    });
    this.#worker.on('exit', () => {
      this.channel.dispose();
      onEnd();
    });
  }

  /** Ends the thread at once, in the middle of whatever it does. */
  dispose(): void {
    const { name, log } = this.#options;
    this.channel.dispose();
    runDetached(log, `Ending the thread ${name}`, this.#worker.terminate());
  }
}
