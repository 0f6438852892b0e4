import type { Database } from '../../vault/sqlite/database.ts';
import { ingest } from '../../vault/database/ingest.ts';
import { readTombstones } from '../../vault/kinds/tombstoneKind.ts';
import { rollUp } from '../../vault/history/dayQueries.ts';
import type { VaultRecord } from '../../vault/record.ts';
import { remnantsOf } from './eraseSelection.ts';
import { dayStartHourOf } from '../export/exportJob.ts';
import { isStored } from '../records/recordKinds.ts';

/**
 * Deletes in a copy of the vault what is deleted in the vault. Of a session that was cut there, the copy gets what stayed of it
 * there.
 */
export function takeDeletions(copy: Database, main: Database): void {
  const dayStartHour = dayStartHourOf(copy);
  const dirtyDays = new Set<number>();
  ingest(copy, deletionsFor(copy, main), { dayStartHour, dirtyDays });
  rollUp(copy, dirtyDays, dayStartHour);
}

/** Every deletion that is known in the vault, and what stayed of the sessions that a copy still has whole. */
export function deletionsFor(copy: Database, main: Database): VaultRecord[] {
  return readTombstones(main).flatMap((tombstone): VaultRecord[] => [
    ...(isStored(copy, tombstone.id) ? remnantsOf(main, tombstone.id) : []),
    tombstone,
  ]);
}
