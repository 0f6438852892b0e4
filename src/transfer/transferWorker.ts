import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import * as v from 'valibot';
import { Channel, type Transport } from '../base/channel.ts';
import { systemClock } from '../base/clock.ts';
import { toDisposable } from '../base/disposable.ts';
import type { Log, LogFields } from '../base/log.ts';
import { loadSqlite } from '../vault/sqlite/database.ts';
import { identityFromSecret, wipe } from '../vault/age/identity.ts';
import {
  isJobName,
  jobGuard,
  transferContract,
  transferHostContract,
  transferWorkerData,
  type AskedJob,
  type TransferWorkerData,
} from './transferContract.ts';
import { asTransferError, TransferError } from './transferError.ts';
import { makeJobPlace, type JobPlace } from './transferJob.ts';
import { runTransfer } from './transferJobs.ts';

/** Nobody looks at progress more often. */
const progressPauseMs = 100;

/**
 * Does the one job that this worker thread was started for.
 * @throws {Error} outside of a worker thread
 */
export function runTransferThread(): void {
  const port = parentPort;
  if (port === null) {
    throw new Error('A transfer runs in a worker thread only');
  }
  serve(port, v.parse(transferWorkerData, workerData));
}

function serve(port: MessagePort, { wasmPath, cancelled }: TransferWorkerData): void {
  // WebAssembly compiles on other threads, so begin before the host asks for anything.
  const sqlite = loadSqlite(wasmPath);
  sqlite.catch(() => undefined);
  const flag = new Int32Array(cancelled);
  const controller = new AbortController();
  let toldAtMs = 0;

  const log: Log = {
    info(message, fields) {
      tell('info', message, fields);
    },
    warn(message, fields) {
      tell('warn', message, fields);
    },
    error(message, fields) {
      tell('error', message, fields);
    },
  };
  const channel = new Channel({
    transport: transportOf(port),
    own: transferContract,
    other: transferHostContract,
    handlers: { run },
    log,
    timeoutMs: 60_000,
  });
  channel.on('cancelled', () => {
    controller.abort();
  });

  function tell(level: 'info' | 'warn' | 'error', message: string, fields: LogFields = {}): void {
    channel.send('logged', { level, message, fields: { ...fields } });
  }

  function progress(done: number, total: number): void {
    if (Atomics.load(flag, 0) !== 0) {
      controller.abort();
    }
    const nowMs = performance.now();
    if (nowMs - toldAtMs >= progressPauseMs || done >= total) {
      toldAtMs = nowMs;
      channel.send('progressed', { done, total });
    }
  }

  async function run({ vault, name, params }: AskedJob): Promise<unknown> {
    const keyring = vault.secrets.map(identityFromSecret);
    try {
      const place = makeJobPlace({
        folder: vault.folder,
        keyring,
        recipient: vault.recipient,
        sqlite: await sqlite,
        clock: systemClock,
        log,
        signal: controller.signal,
        progress,
      });
      try {
        return await runJob(name, params, place);
      } finally {
        place.dispose();
      }
    } catch (error) {
      throw asTransferError(error);
    } finally {
      wipe(...keyring);
    }
  }
}

async function runJob(name: string, params: unknown, place: JobPlace): Promise<unknown> {
  if (!isJobName(name)) {
    throw new TransferError('failed', 'There is no job of this name');
  }
  if (!jobGuard(name, 'params')(params)) {
    throw new TransferError('failed', 'The parameters of a job are of the wrong shape');
  }
  return runTransfer(name, params, place);
}

function transportOf(port: MessagePort): Transport {
  return {
    post(message) {
      port.postMessage(message);
    },
    onMessage(listener) {
      port.on('message', listener);
      return toDisposable(() => port.off('message', listener));
    },
  };
}
