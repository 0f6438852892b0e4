import type { StoredRecord } from '../../readings/storedReading.ts';

/** One field of a stored record where it is a number. */
export function numberField(record: StoredRecord, name: string): number | undefined {
  const value = record.fields.find((field) => field.name === name)?.value;
  return typeof value === 'number' ? value : undefined;
}

/**
 * Whether a session is still being written: in this window, or, as its end is so near, by another one.
 * @param own the id of this window's session
 */
export function recordingOf(
  session: StoredRecord,
  own: string | undefined,
  wallMs: number,
  idleMs: number,
): 'no' | 'here' | 'elsewhere' {
  if (session.id === own) {
    return 'here';
  }
  // A window writes each minute once it is over, so a session in another one may be a minute ahead of its record.
  const lastMs = numberField(session, 'endMs') ?? session.atMs;
  return wallMs - lastMs < idleMs + 60_000 ? 'elsewhere' : 'no';
}
