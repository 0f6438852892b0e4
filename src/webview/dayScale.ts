import type { DayState } from '../protocol/dashboard.ts';
import { zoneOffsetAt } from './zone.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** An hour on the axis; a `spare` label is left out where the chart is narrow. */
export interface HourMark {
  readonly atMs: number;
  readonly label: 'none' | 'always' | 'spare';
}

/** The stretch of a day that a chart shows, and where its hours stand. */
export interface DayScale {
  readonly startMs: number;
  readonly endMs: number;
  /** Full hours of local time within the stretch. */
  readonly hours: readonly HourMark[];
  /** 0-100 along the axis, cut at both ends. */
  percent(wallMs: number): number;
}

const shortestHours = 10;
const mostLabels = 6;

/**
 * Chooses the stretch to show: all that was recorded, in full hours, and ten hours at least, so that a morning
 * does not look like a day. It stays within the day's bounds.
 */
export function dayScale(day: DayState, atMs: number, zoneOffsetMinutes: number): DayScale {
  // Clocks change by full hours but in one place on Earth, so the marks of the start hold all day.
  const offsetMs = zoneOffsetAt(day, day.startMs, zoneOffsetMinutes) * 60_000;
  const floorHour = (ms: number): number =>
    Math.floor((ms + offsetMs) / hourMs) * hourMs - offsetMs;
  const ceilHour = (ms: number): number => Math.ceil((ms + offsetMs) / hourMs) * hourMs - offsetMs;
  const within = (ms: number): number => Math.min(day.endMs, Math.max(day.startMs, ms));

  const present = within(atMs);
  if (day.spans.length === 0 && day.sessions.length === 0) {
    // An ordinary working day, to show where the own one will appear.
    const localMidnightMs = Math.floor((day.startMs + offsetMs) / dayMs) * dayMs - offsetMs;
    return makeScale(
      within(localMidnightMs + 8 * hourMs),
      within(localMidnightMs + 18 * hourMs),
      offsetMs,
    );
  }
  const firstMs = Math.min(day.spans[0]?.startMs ?? present, day.sessions[0]?.startMs ?? present);
  const lastMs = Math.max(
    day.spans.at(-1)?.endMs ?? firstMs,
    day.sessions.at(-1)?.endMs ?? firstMs,
    atMs < day.endMs ? present : firstMs,
  );
  let startMs = within(floorHour(firstMs));
  let endMs = within(Math.max(ceilHour(lastMs), startMs + hourMs));
  if (endMs - startMs < shortestHours * hourMs) {
    endMs = within(startMs + shortestHours * hourMs);
    startMs = within(endMs - shortestHours * hourMs);
  }

  return makeScale(startMs, endMs, offsetMs);
}

function makeScale(startMs: number, endMs: number, offsetMs: number): DayScale {
  const spanMs = Math.max(1, endMs - startMs);
  const step = [1, 2, 3, 4, 6].find((hours) => spanMs / hourMs / hours <= mostLabels) ?? 6;
  const firstHourMs = Math.ceil((startMs + offsetMs) / hourMs) * hourMs - offsetMs;
  const hours: HourMark[] = [];
  for (let at = firstHourMs; at <= endMs; at += hourMs) {
    const index = Math.round((at - firstHourMs) / hourMs);
    const label = index % step !== 0 ? 'none' : index % (2 * step) === 0 ? 'always' : 'spare';
    hours.push({ atMs: at, label });
  }
  return {
    startMs,
    endMs,
    hours,
    percent: (wallMs) => Math.min(100, Math.max(0, ((wallMs - startMs) / spanMs) * 100)),
  };
}
