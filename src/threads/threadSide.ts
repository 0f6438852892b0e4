import { parentPort, workerData } from 'node:worker_threads';
import { Channel, type Contract, type Handlers } from '../base/channel.ts';
import type { Log } from '../base/log.ts';
import { threadLog, threadTransport } from './threadTransport.ts';

/** No thread of ours asks its host anything yet that may take long. */
const timeoutMs = 60_000;

/** A worker thread's own end of the line. */
export interface ThreadSide {
  /** What the thread was started with, to be checked. */
  readonly data: unknown;
  /** The host's log. */
  readonly log: Log;
  /** Answers the host; what it asked before waits for this. To be called once, before anything is awaited. */
  serve<Own extends Contract, Host extends Contract>(
    own: Own,
    host: Host,
    handlers: Handlers<Own>,
  ): Channel<Own, Host>;
}

/**
 * The end of the line of the thread that this is called in.
 * @throws {Error} outside of a worker thread
 */
export function threadSide(): ThreadSide {
  const port = parentPort;
  if (port === null) {
    throw new Error('This runs in a worker thread only');
  }
  const log = threadLog(port);
  const transport = threadTransport(port);
  return {
    data: workerData as unknown,
    log,
    serve: (own, host, handlers) =>
      new Channel({ transport, own, other: host, handlers, log, timeoutMs }),
  };
}
