import type { Worker } from 'node:worker_threads';
import type { Transport } from '../../base/channel.ts';
import { toDisposable } from '../../base/disposable.ts';

/** The messages of a worker thread, at its parent's end. */
export function workerTransport(worker: Worker): Transport {
  return {
    post(message) {
      worker.postMessage(message);
    },
    onMessage(listener) {
      worker.on('message', listener);
      return toDisposable(() => worker.off('message', listener));
    },
  };
}
