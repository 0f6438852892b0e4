import type { Interval } from './intervals.ts';

/** A session's worth of stretches. */
interface SessionPart {
  readonly stretches: readonly Interval[];
  /** The one of the whole part: local time minus UTC. */
  readonly zoneOffsetMinutes: number;
}

const minuteMs = 60_000;
/** No zone changes its offset twice within so many minutes. */
const stepMinutes = 6 * 60;
/** An export of ours takes a session of 31 days for damaged. */
const mostMinutes = 30 * 24 * 60;

/**
 * Parts stretches that belong together where the recorder begins another session (`tracking/session.ts`): when the zone's offset
 * changes, as a session has one. The time on either side stays what it was.
 * @param group in order, apart from each other
 * @param zoneOffsetMinutes local time minus UTC then; the same all through a minute
 */
export function sessionParts(
  group: readonly Interval[],
  zoneOffsetMinutes: (atWallMs: number) => number,
): readonly SessionPart[] {
  const parts: SessionPart[] = [];
  let rest = group;
  for (;;) {
    const [first, last] = [rest[0], rest.at(-1)];
    if (first === undefined || last === undefined) {
      return parts;
    }
    const offset = zoneOffsetMinutes(first.startMs);
    const isSame = (minute: number): boolean => zoneOffsetMinutes(minute * minuteMs) === offset;
    const untilMs = firstOther(first.startMs, last.endMs, isSame);
    parts.push({ stretches: clip(rest, -Infinity, untilMs), zoneOffsetMinutes: offset });
    rest = clip(rest, untilMs, Infinity);
  }
}

/** Where the first minute begins that is of another session; infinite when there is none before the end. */
function firstOther(startMs: number, endMs: number, isSame: (minute: number) => boolean): number {
  let same = Math.floor(startMs / minuteMs);
  const beyond = same + mostMinutes;
  const last = Math.min(Math.ceil(endMs / minuteMs) - 1, beyond);
  while (same < last) {
    let other = Math.min(same + stepMinutes, last);
    if (isSame(other) && other < beyond) {
      same = other;
      continue;
    }
    while (other - same > 1) {
      const middle = Math.floor((same + other) / 2);
      if (isSame(middle)) {
        same = middle;
      } else {
        other = middle;
      }
    }
    return other * minuteMs;
  }
  return Infinity;
}

function clip(stretches: readonly Interval[], fromMs: number, untilMs: number): Interval[] {
  return stretches
    .filter(({ startMs, endMs }) => startMs < untilMs && (endMs > fromMs || startMs >= fromMs))
    .map(({ startMs, endMs }) => ({
      startMs: Math.max(startMs, fromMs),
      endMs: Math.min(endMs, untilMs),
    }));
}
