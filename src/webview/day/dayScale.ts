import type { DayReading } from '../../readings/dayReading.ts';
import { zoneOffsetAt } from '../shared/zone.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** An hour on the axis; a `spare` label is left out where the chart is narrow. */
interface HourMark {
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

const ordinaryFromHour = 8;
const ordinaryToHour = 18;

/**
 * Chooses the stretch to show: all that was recorded, in full hours, and ten hours at least, so that a morning
 * does not look like a day. It stays within the day's bounds, and tells the hours of the place where each was lived.
 */
export function dayScale(day: DayReading, atMs: number, zoneOffsetMinutes: number): DayScale {
  const offsetMsAt = (ms: number): number => zoneOffsetAt(day, ms, zoneOffsetMinutes) * 60_000;
  const floorHour = (ms: number): number =>
    Math.floor((ms + offsetMsAt(ms)) / hourMs) * hourMs - offsetMsAt(ms);
  const ceilHour = (ms: number): number =>
    Math.ceil((ms + offsetMsAt(ms)) / hourMs) * hourMs - offsetMsAt(ms);
  const within = (ms: number): number => Math.min(day.endMs, Math.max(day.startMs, ms));

  let startMs: number;
  let endMs: number;
  if (day.spans.length === 0 && day.sessions.length === 0) {
    const ordinary = ordinaryWork(day, offsetMsAt);
    startMs = within(ordinary.startMs);
    endMs = within(ordinary.endMs);
  } else {
    const present = within(atMs);
    const firstMs = Math.min(day.spans[0]?.startMs ?? present, day.sessions[0]?.startMs ?? present);
    const lastMs = Math.max(
      day.spans.at(-1)?.endMs ?? firstMs,
      day.sessions.at(-1)?.endMs ?? firstMs,
      atMs < day.endMs ? present : firstMs,
    );
    startMs = within(floorHour(firstMs));
    endMs = within(Math.max(ceilHour(lastMs), startMs + hourMs));
  }
  if (endMs - startMs < shortestHours * hourMs) {
    endMs = within(startMs + shortestHours * hourMs);
    startMs = within(endMs - shortestHours * hourMs);
  }

  const spanMs = Math.max(1, endMs - startMs);
  return {
    startMs,
    endMs,
    hours: labelHours(fullHours(day, startMs, endMs, offsetMsAt), spanMs),
    percent: (wallMs) => Math.min(100, Math.max(0, ((wallMs - startMs) / spanMs) * 100)),
  };
}

/** An ordinary working day, to show where the own one will appear; the next one, where the day begins after it. */
function ordinaryWork(
  day: DayReading,
  offsetMsAt: (ms: number) => number,
): { readonly startMs: number; readonly endMs: number } {
  const startOffsetMs = offsetMsAt(day.startMs);
  const localStartMs = day.startMs + startOffsetMs;
  const midnightMs = Math.floor(localStartMs / dayMs) * dayMs;
  const isAfterWork = localStartMs >= midnightMs + ordinaryToHour * hourMs;
  const at = (hour: number): number => {
    const localMs = midnightMs + (isAfterWork ? dayMs : 0) + hour * hourMs;
    return localMs - offsetMsAt(localMs - startOffsetMs);
  };
  return { startMs: at(ordinaryFromHour), endMs: at(ordinaryToHour) };
}

/** The full hours of local time: an hour that the clocks tell twice is there twice, one they leave out is not. */
function fullHours(
  { zones = [] }: DayReading,
  startMs: number,
  endMs: number,
  offsetMsAt: (ms: number) => number,
): readonly number[] {
  const changes = zones.map(({ fromMs }) => fromMs).filter((at) => at > startMs && at < endMs);
  const bounds = [startMs, ...changes, endMs];
  return bounds.slice(0, -1).flatMap((fromMs, index) => {
    const toMs = bounds[index + 1] ?? endMs;
    const offsetMs = offsetMsAt(fromMs);
    const hours: number[] = [];
    let at = Math.ceil((fromMs + offsetMs) / hourMs) * hourMs - offsetMs;
    for (; at < toMs || (at === toMs && toMs === endMs); at += hourMs) {
      hours.push(at);
    }
    return hours;
  });
}

/** Gives labels to hours that are far enough apart, also where another zone's hours come early. */
function labelHours(hours: readonly number[], spanMs: number): readonly HourMark[] {
  const step = [1, 2, 3, 4, 6].find((count) => spanMs / hourMs / count <= mostLabels) ?? 6;
  let labels = 0;
  let nextMs = -Infinity;
  return hours.map((atMs) => {
    if (atMs < nextMs) {
      return { atMs, label: 'none' };
    }
    nextMs = atMs + step * hourMs;
    labels += 1;
    return { atMs, label: labels % 2 === 1 ? 'always' : 'spare' };
  });
}
