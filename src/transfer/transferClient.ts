import path from 'node:path';
import { ChannelError } from '../base/channel.ts';
import type { Log } from '../base/log.ts';
import { Thread } from '../threads/thread.ts';
import { wipe, type Keyring } from '../vault/age/identity.ts';
import {
  jobGuard,
  transferContract,
  transferHostContract,
  type JobName,
  type JobParams,
  type JobResult,
  type TransferThreadData,
} from './transferContract.ts';
import { asTransferError, TransferError, transferFailures } from './transferError.ts';

export interface TransferClientOptions {
  /** The thread's bundle, `dist/transfer.js`; `sql-wasm.wasm` lies beside it. */
  readonly transferPath: string;
  readonly log: Log;
}

export interface RunOptions {
  /** The vault's folder, whether there is a vault in it or not. */
  readonly folder: string;
  /** Outside of it: what this computer remembers of its vaults. */
  readonly keysFolder: string;
  /** The vault's identities, none while it is locked. The client wipes them once the thread has them. */
  readonly keyring: Keyring;
  readonly onProgress?: (done: number, total: number) => void;
  /** Cancels the job; it still ends by itself, and leaves nothing half-written. */
  readonly signal?: AbortSignal;
}

/** A job may take hours, over a network; what ends it is its thread's end, or whoever asked. */
const longestJobMs = 7 * 24 * 3_600_000;

/** The host's end of the transfer room: a thread for each job, ended with it. */
export class TransferClient {
  readonly #options: TransferClientOptions;

  constructor(options: TransferClientOptions) {
    this.#options = options;
  }

  /**
   * Does a job in a thread of its own.
   * @throws {TransferError} as the job does; `cancelled`; `failed` when the thread died
   */
  async run<N extends JobName>(
    name: N,
    params: JobParams<N>,
    options: RunOptions,
  ): Promise<JobResult<N>> {
    const { folder, keysFolder, keyring, onProgress, signal } = options;
    const { transferPath, log } = this.#options;
    if (signal?.aborted === true) {
      wipe(...keyring);
      throw new TransferError('cancelled', 'The transfer was cancelled');
    }
    const cancelled = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    const data: TransferThreadData = {
      wasmPath: path.join(path.dirname(transferPath), 'sql-wasm.wasm'),
      cancelled,
    };
    const thread = new Thread(transferHostContract, {
      name: 'transfer',
      file: transferPath,
      data,
      contract: transferContract,
      log,
      timeoutMs: longestJobMs,
      holdsProcess: true,
    });
    const { channel } = thread;
    channel.on('progressed', ({ done, total }) => {
      onProgress?.(done, total);
    });
    const cancel = (): void => {
      Atomics.store(new Int32Array(cancelled), 0, 1);
      channel.send('cancelled', {});
    };
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      const secrets = keyring.map(({ secret }) => secret);
      const vault = { folder, keysFolder, secrets };
      const running = channel.request('run', { vault, name, params });
      // The message is a copy by the time this returns.
      wipe(...keyring);
      const result = await running;
      if (!jobGuard(name, 'result')(result)) {
        throw new TransferError('failed', 'A transfer ended with something else');
      }
      return result;
    } catch (error) {
      throw asJobError(error);
    } finally {
      signal?.removeEventListener('abort', cancel);
      thread.dispose();
    }
  }
}

/** The thread's refusals are words of `TransferFailure`. */
function asJobError(error: unknown): TransferError {
  const word = ChannelError.is(error, 'refused') ? error.detail : undefined;
  const reason = transferFailures.find((failure) => failure === word);
  return reason === undefined
    ? asTransferError(error)
    : new TransferError(reason, 'The transfer was not done', { cause: error });
}
