import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import * as v from 'valibot';
import { Channel, type Transport } from '../../base/channel.ts';
import { systemClock } from '../../base/clock.ts';
import { toDisposable } from '../../base/disposable.ts';
import type { Log, LogFields } from '../../base/log.ts';
import { loadSqlite } from '../sqlite/database.ts';
import type { HistoryScorer } from '../database/historyScorer.ts';
import { Keeper } from './keeper.ts';
import { keeperContract, keeperHostContract } from './keeperContract.ts';
import { passphraseJobIn, runPassphraseJob } from '../protectors/passphraseWorker.ts';

/**
 * Runs what this worker thread was started for: the keeper, or one derivation of a key from a passphrase.
 * @param scorer what the keeper scores the past with
 * @throws {Error} outside of a worker thread
 */
export function runVaultThread(scorer: HistoryScorer): void {
  const port = parentPort;
  if (port === null) {
    throw new Error('The keeper runs in a worker thread only');
  }
  const passphraseJob = passphraseJobIn(workerData);
  if (passphraseJob === undefined) {
    serveKeeper(port, scorer);
  } else {
    // A rejection is uncaught on purpose: the host hears of it as the worker's error.
    void runPassphraseJob(passphraseJob, port);
  }
}

function serveKeeper(port: MessagePort, scorer: HistoryScorer): void {
  const { wasmPath } = v.parse(v.object({ wasmPath: v.string() }), workerData);
  // WebAssembly compiles on other threads, so begin before the host asks for anything.
  const sqlite = loadSqlite(wasmPath);
  sqlite.catch(() => undefined);

  const transport: Transport = {
    post(message) {
      port.postMessage(message);
    },
    onMessage(listener) {
      port.on('message', listener);
      return toDisposable(() => port.off('message', listener));
    },
  };

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

  const keeper = new Keeper({ sqlite: () => sqlite, clock: systemClock, log, scorer });
  const channel = new Channel({
    transport,
    own: keeperContract,
    other: keeperHostContract,
    handlers: keeper.handlers,
    log,
    timeoutMs: 60_000,
  });

  function tell(level: 'info' | 'warn' | 'error', message: string, fields: LogFields = {}): void {
    channel.send('logged', { level, message, fields: { ...fields } });
  }
}
