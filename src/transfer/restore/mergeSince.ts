import { noSteps } from '../../files/stepHook.ts';
import type { Database } from '../../vault/sqlite/database.ts';
import { keysOf } from '../../vault/kinds/recordKind.ts';
import { recordTables } from '../../vault/kinds/registry.ts';
import { believeIn } from '../../vault/trust/believedFile.ts';
import { Ledger } from '../../vault/ledger/ledger.ts';
import { makeSnapshot } from '../../vault/upkeep/compaction.ts';
import { presentVault } from '../copies/presentVault.ts';
import { digestContent } from '../../vault/database/contentDigest.ts';
import { dropKnownSessions } from '../copies/knownSessions.ts';
import type { JobParams, JobResult } from '../transferContract.ts';
import type { JobPlace } from '../transferJob.ts';

/** A session's end is that of its last whole minute, which may have ended before the moment. */
const sessionSlackMs = 60_000;

/**
 * Takes what windows still recorded into a vault after another was restored beside it: what begins, ends or was done from
 * a moment on. What is older stays out, as it may be just what somebody restored a backup to be rid of. A session that the
 * moment falls into comes whole. What can't be read of the old vault, which may be why it was left, is passed over.
 * @throws {VaultError} what is wrong with either vault as a whole
 */
export async function mergeSince(
  { from, sinceMs }: JobParams<'mergeSince'>,
  place: JobPlace,
): Promise<JobResult<'mergeSince'>> {
  const { keyring, keysFolder, sqlite, log, signal, step = noSteps } = place;
  await presentVault(place);
  const left = new Ledger({
    folder: from,
    keyring,
    believe: believeIn(from, keyring, keysFolder),
    sqlite,
    log,
  });
  try {
    await left.refresh();
    if (left.unreadableFiles > 0) {
      log.warn('A part of the vault that was left could not be read', {
        files: left.unreadableFiles,
      });
    }
    dropBefore(left.database, sinceMs);
    const between = (): void => {
      place.progress(1, 2);
      signal.throwIfAborted();
    };
    const ledger = await place.ledger();
    const before = digestContent(ledger.database, between);
    dropKnownSessions(left.database, ledger.database, between);
    ledger.takeDatabase(left.database, { unsound: 'leaveOut', between });
    const after = digestContent(ledger.database, between);
    if (after.sha256 !== before.sha256) {
      step('follow: before the snapshot');
      await makeSnapshot(ledger, place);
    }
    place.progress(2, 2);
    return {
      added: Object.fromEntries(
        Object.entries(after.counts).map(([table, count]) => [
          table,
          Math.max(0, count - (before.counts[table] ?? 0)),
        ]),
      ),
    };
  } finally {
    left.dispose();
  }
}

function dropBefore(database: Database, sinceMs: number): void {
  database.transaction(() => {
    // They are counted again where they are merged.
    database.run('DELETE FROM rescored');
    for (const type of keysOf(recordTables)) {
      const { name, endMs } = recordTables[type];
      // To a deletion each second counts: one that was made just before is what somebody restored a backup for.
      const fromMs = type === 'session' ? sinceMs - sessionSlackMs : sinceMs;
      database.run(`DELETE FROM ${name} WHERE ${endMs} < ?`, [fromMs]);
    }
  });
}
