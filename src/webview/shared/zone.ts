import type { DayReading } from '../../readings/dayReading.ts';

/** Local time minus UTC, in minutes, at a moment of a day; the last change before it holds. */
export function zoneOffsetAt(
  day: Pick<DayReading, 'zones'>,
  wallMs: number,
  otherwiseMinutes: number,
): number {
  const zones = day.zones ?? [];
  const last = zones.findLast(({ fromMs }) => fromMs <= wallMs) ?? zones[0];
  return last?.zoneOffsetMinutes ?? otherwiseMinutes;
}
