import { wipe } from '../../vault/age/identity.ts';
import { makeSnapshot } from '../../vault/upkeep/compaction.ts';
import { presentVault } from '../copies/presentVault.ts';
import { openRestoreKey } from '../copies/backupKeys.ts';
import type { ManifestDoubt, MergedBackup } from '../messages/backupMessages.ts';
import { findBackup, openBackup } from '../backup/backupSource.ts';
import { digestContent } from '../../vault/database/contentDigest.ts';
import { noSteps } from '../../files/stepHook.ts';
import { limitOf } from '../copies/fileLimit.ts';
import { dropKnownSessions } from '../copies/knownSessions.ts';
import type { JobParams } from '../transferContract.ts';
import { TransferError } from '../transferError.ts';
import type { JobPlace } from '../transferJob.ts';

const stages = 4;

/**
 * Takes a backup's records into the present vault: the union by id, so nothing is doubled, and what was deleted here stays
 * so. It comes in as one more snapshot, of all that is here and there without what was deleted: bytes that somebody erased
 * do not come back, not even sealed. Nothing is written when there is nothing new.
 * @throws {TransferError} `untrusted` when the vault's owner is not known to have made the backup and nobody says that it is wanted:
 * what it brings becomes the vault's own
 */
export async function mergeBackup(
  { from, key, takesUnsigned = false }: JobParams<'mergeBackup'>,
  place: JobPlace,
): Promise<MergedBackup> {
  const { signal, step = noSteps } = place;
  await presentVault(place);
  const source = await findBackup(from);
  const keyring = await openRestoreKey(key, source, place);
  try {
    const backup = await openBackup(source, keyring, place, { takesUnsigned });
    try {
      if (!takesUnsigned) {
        demandSigner(backup.doubt);
      }
      place.progress(1, stages);
      const between = (): void => {
        place.progress(1, stages);
        signal.throwIfAborted();
      };
      const ledger = await place.ledger();
      const before = digestContent(ledger.database, between);
      dropKnownSessions(backup.database, ledger.database, between);
      ledger.takeDatabase(backup.database, { between: limitOf(place, [1, stages]) });
      place.progress(2, stages);
      const after = digestContent(ledger.database, between);
      if (after.sha256 !== before.sha256) {
        place.progress(3, stages);
        signal.throwIfAborted();
        step('merge: before the snapshot');
        await makeSnapshot(ledger, place);
        step('merge: snapshot written');
      }
      place.progress(stages, stages);
      return {
        added: Object.fromEntries(
          Object.entries(after.counts).map(([table, count]) => [
            table,
            Math.max(0, count - (before.counts[table] ?? 0)),
          ]),
        ),
        ...(backup.doubt !== undefined && { doubt: backup.doubt }),
        missing: [...backup.missing],
      };
    } finally {
      backup.dispose();
    }
  } finally {
    wipe(...keyring);
  }
}

function demandSigner(doubt: ManifestDoubt | undefined): void {
  if (doubt === 'unsigned') {
    throw new TransferError('untrusted', 'Nothing says who made this backup: it is not signed');
  }
  if (doubt === 'retired') {
    throw new TransferError(
      'untrusted',
      'The backup is signed with a key that the vault has replaced',
    );
  }
}
