import type { RecordId, VaultRecord } from '../record.ts';
import type { Database } from '../sqlite/database.ts';
import { readFocusSession } from '../kinds/focusSessionRows.ts';
import { readOneFeedback } from './ingest.ts';
import { readSamples } from '../codecs/minuteSeries.ts';
import { frameOf, readSession } from '../kinds/sessionRows.ts';
import { idBytes } from '../codecs/rowValues.ts';

/**
 * The records that tell of one id, as they would be told anew: a session with its minutes, a focus session, or an
 * answer. None where there is no such record, or it is of another kind.
 */
export function recordsOf(database: Database, id: RecordId): VaultRecord[] {
  const known = readSession(database, idBytes(id));
  const frame = known && frameOf(known);
  if (known === undefined || frame === undefined) {
    const other = readFocusSession(database, id) ?? readOneFeedback(database, id);
    return other === undefined ? [] : [other];
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
