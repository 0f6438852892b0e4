import { readSamples } from '../codecs/minuteSeries.ts';
import { idBytes } from '../codecs/rowValues.ts';
import { readRecord } from '../kinds/loneRows.ts';
import { loneTables } from '../kinds/loneTables.ts';
import { frameOf, readSession } from '../kinds/sessionRows.ts';
import type { RecordId, VaultRecord } from '../record.ts';
import type { Database } from '../sqlite/database.ts';

/**
 * The records that tell of one id, as they would be told anew: a session with its minutes, or the one record that has it.
 * None where there is none, whether it was deleted or not.
 */
export function recordsOf(database: Database, id: RecordId): VaultRecord[] {
  const known = readSession(database, idBytes(id));
  const frame = known && frameOf(known);
  if (known === undefined || frame === undefined) {
    return loneTables()
      .map((table) => readRecord(database, table, id))
      .filter((record) => record !== undefined && record.type !== 'tombstone');
  }
  const { zoneOffsetMinutes, origin } = frame;
  return [
    { type: 'session', id, ...frame },
    ...readSamples(known.series.write()).map((sample): VaultRecord => ({
      type: 'minute',
      session: id,
      zoneOffsetMinutes,
      origin,
      sample,
    })),
  ];
}
