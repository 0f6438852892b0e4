import { secondsOfSession } from '../../vault/history/whatCounts.ts';
import type { Origin } from '../../vault/record.ts';
import type { StoredSession } from '../records/storedSessions.ts';

const minuteMs = 60_000;

/**
 * What a telling of a session has over another of the same. Of a minute that another program told the one with more seconds
 * counts, so it is not had; a day's sum is had or not, as parts of it are no sum.
 */
export function missingOf(
  origin: Origin,
  samples: StoredSession['samples'],
  known: ReadonlyMap<number, number>,
): StoredSession['samples'] {
  if (origin === 'importedSum') {
    const knownSeconds = [...known.values()].reduce((sum, seconds) => sum + seconds, 0);
    return secondsOfSession({ samples }) > knownSeconds ? samples : [];
  }
  return samples.filter(({ minute, seconds }) => {
    const knownSeconds = known.get(minute);
    return knownSeconds === undefined || (origin === 'imported' && seconds > knownSeconds);
  });
}

/** A part of a session lasts as long as its minutes. */
export function boundsOf(samples: StoredSession['samples']): { startMs: number; endMs: number } {
  const minutes = samples.map(({ minute }) => minute);
  const first = minutes.reduce((least, minute) => Math.min(least, minute), Infinity);
  const last = minutes.reduce((most, minute) => Math.max(most, minute), -Infinity);
  return { startMs: first * minuteMs, endMs: (last + 1) * minuteMs };
}
