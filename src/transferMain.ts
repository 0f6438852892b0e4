import * as v from 'valibot';
import { systemClock } from './base/clock.ts';
import { threadSide } from './threads/threadSide.ts';
import { loadSqlite } from './vault/sqlite/database.ts';
import { identityFromSecret, wipe } from './vault/age/identity.ts';
import {
  isJobName,
  jobGuard,
  transferContract,
  transferHostContract,
  transferThreadData,
  type AskedJob,
} from './transfer/transferContract.ts';
import { asTransferError, TransferError } from './transfer/transferError.ts';
import { makeJobPlace, type JobPlace } from './transfer/transferJob.ts';
import { runTransfer } from './transfer/transferJobs.ts';

/** The thread of what leaves the vault and comes back, `dist/transfer.js`. */

/** Nobody looks at progress more often. */
const progressPauseMs = 100;

/** Does the one job that this worker thread was started for. */
function runTransferThread(): void {
  const thread = threadSide();
  const { log } = thread;
  const { wasmPath, cancelled } = v.parse(transferThreadData, thread.data);
  // WebAssembly compiles on other threads, so begin before the host asks for anything.
  const sqlite = loadSqlite(wasmPath);
  sqlite.catch(() => undefined);
  const flag = new Int32Array(cancelled);
  const controller = new AbortController();
  let toldAtMs = 0;

  const channel = thread.serve(transferContract, transferHostContract, { run });
  channel.on('cancelled', () => {
    controller.abort();
  });

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
        keysFolder: vault.keysFolder,
        keyring,
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

runTransferThread();
