import * as v from 'valibot';
import { systemClock } from '../../base/clock.ts';
import { nothingOffered } from '../../threads/thread.ts';
import { threadSide, type ThreadSide } from '../../threads/threadSide.ts';
import { loadSqlite } from '../sqlite/database.ts';
import type { HistoryScorer } from '../database/historyScorer.ts';
import { isPassphraseThread, servePassphrase } from '../protectors/passphraseThread.ts';
import { Keeper } from './keeper.ts';
import { keeperContract, keeperThreadData } from './keeperContract.ts';

/**
 * Runs what this worker thread was started for: the keeper, or one derivation of a key from a passphrase.
 * @param scorer what the keeper scores the past with
 * @throws {Error} outside of a worker thread
 */
export function runVaultThread(scorer: HistoryScorer): void {
  const thread = threadSide();
  if (isPassphraseThread(thread)) {
    servePassphrase(thread);
  } else {
    serveKeeper(thread, scorer);
  }
}

function serveKeeper(thread: ThreadSide, scorer: HistoryScorer): void {
  const { wasmPath } = v.parse(keeperThreadData, thread.data);
  // WebAssembly compiles on other threads, so begin before the host asks for anything.
  const sqlite = loadSqlite(wasmPath);
  sqlite.catch(() => undefined);
  const keeper = new Keeper({ sqlite: () => sqlite, clock: systemClock, log: thread.log, scorer });
  thread.serve(keeperContract, nothingOffered, keeper.handlers);
}
