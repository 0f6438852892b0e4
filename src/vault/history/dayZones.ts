import { systemClock, type Clock } from '../../base/clock.ts';
import type { DayReading } from '../../readings/dayReading.ts';

/** From when on which difference from UTC held; the last change before a moment tells it. */
export type Zones = NonNullable<DayReading['zones']>;

/** Local time minus UTC where the record is read, and what time it is there. */
export type Zone = Pick<Clock, 'wallMs' | 'zoneOffsetMinutes'>;

/** A session with where it was lived. */
export interface ZonedSession {
  readonly startMs: number;
  readonly endMs: number;
  /** Local time minus UTC as the session began. */
  readonly zoneOffsetMinutes: number;
}

/** Clocks are changed at full quarters of an hour of UTC. */
const quarterMs = 15 * 60_000;

/**
 * The local time of a day, from the sessions in it. A session keeps the offset that it began with, so a change
 * of the clocks is taken from this machine's zone wherever the sessions around it were lived in that zone.
 * @param sessions those with time in the day, in any order
 * @returns `undefined` where the whole day has the offset that holds now, which needs no telling
 */
export function zonesOfDay(
  sessions: readonly ZonedSession[],
  day: { readonly startMs: number; readonly endMs: number },
  zone: Zone = systemClock,
): Zones | undefined {
  const zones: Zones = [];
  const add = (fromMs: number, zoneOffsetMinutes: number): void => {
    if (zones.at(-1)?.zoneOffsetMinutes !== zoneOffsetMinutes) {
      zones.push({ fromMs, zoneOffsetMinutes });
    }
  };
  const isHere = (session: ZonedSession): boolean =>
    session.zoneOffsetMinutes === zone.zoneOffsetMinutes(session.startMs);
  const changes = changesIn(day, zone);
  const inOrder = [...sessions].sort((one, other) => one.startMs - other.startMs);
  for (const [index, session] of inOrder.entries()) {
    const next = inOrder[index + 1];
    const fromMs = index === 0 ? day.startMs : Math.max(session.startMs, day.startMs);
    if (!isHere(session)) {
      add(fromMs, session.zoneOffsetMinutes);
      continue;
    }
    add(fromMs, zone.zoneOffsetMinutes(fromMs));
    // Who was elsewhere next may have left before the change.
    const toMs = next === undefined ? day.endMs : isHere(next) ? next.startMs : session.endMs;
    for (const atMs of changes.filter((change) => change > fromMs && change < toMs)) {
      add(atMs, zone.zoneOffsetMinutes(atMs));
    }
  }
  const isPresent = zones.every(
    ({ zoneOffsetMinutes }) => zoneOffsetMinutes === zone.zoneOffsetMinutes(zone.wallMs()),
  );
  return isPresent ? undefined : zones;
}

/** When the clocks of a zone are changed within a day; no day has two changes that undo each other. */
function changesIn(
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
  zone: Zone,
): number[] {
  let offset = zone.zoneOffsetMinutes(startMs);
  if (zone.zoneOffsetMinutes(endMs) === offset) {
    return [];
  }
  const changes: number[] = [];
  for (let atMs = Math.ceil(startMs / quarterMs) * quarterMs; atMs < endMs; atMs += quarterMs) {
    const next = zone.zoneOffsetMinutes(atMs);
    if (next !== offset) {
      offset = next;
      changes.push(atMs);
    }
  }
  return changes;
}
