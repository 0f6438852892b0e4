/** Stretches of time as other programs tell them: half-open, UTC milliseconds. */
export interface Interval {
  readonly startMs: number;
  readonly endMs: number;
}

const minuteMs = 60_000;

/**
 * The same time told once: in order, what overlaps or lies less than `gapMs` apart in one. Counting what is merged this
 * way counts the gaps too.
 */
export function mergeIntervals(intervals: readonly Interval[], gapMs = 0): Interval[] {
  const merged: { readonly startMs: number; endMs: number }[] = [];
  const inOrder = [...intervals].sort((one, other) => one.startMs - other.startMs);
  for (const { startMs, endMs } of inOrder) {
    const last = merged.at(-1);
    if (last !== undefined && startMs <= last.endMs + gapMs) {
      last.endMs = Math.max(last.endMs, endMs);
    } else {
      merged.push({ startMs, endMs });
    }
  }
  return merged;
}

/** What of `from` is in none of `holes`. Both merged. */
export function subtractIntervals(
  from: readonly Interval[],
  holes: readonly Interval[],
): Interval[] {
  const left: Interval[] = [];
  let next = 0;
  for (const { startMs, endMs } of from) {
    let at = startMs;
    while ((holes[next]?.endMs ?? Infinity) <= at) {
      next++;
    }
    for (let index = next; at < endMs; index++) {
      const hole = holes[index];
      if (hole === undefined || hole.startMs >= endMs) {
        left.push({ startMs: at, endMs });
        break;
      }
      if (hole.startMs > at) {
        left.push({ startMs: at, endMs: hole.startMs });
      }
      at = Math.max(at, hole.endMs);
    }
  }
  return left;
}

/** How long they last together (merged). */
export function milliseconds(merged: readonly Interval[]): number {
  return merged.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
}

/** Stretches that belong together: less than `gapMs` between one and the next. In order, as they were. */
export function groupIntervals(merged: readonly Interval[], gapMs: number): Interval[][] {
  const groups: Interval[][] = [];
  let endMs = -Infinity;
  for (const interval of merged) {
    const group = groups.at(-1);
    if (group === undefined || interval.startMs - endMs >= gapMs) {
      groups.push([interval]);
    } else {
      group.push(interval);
    }
    endMs = interval.endMs;
  }
  return groups;
}

/** How many seconds of each minute since the epoch are in the stretches (merged); minutes with less than half a second are left out. */
export function secondsByMinute(merged: readonly Interval[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { startMs, endMs } of merged) {
    for (let at = startMs; at < endMs;) {
      const minute = Math.floor(at / minuteMs);
      const until = Math.min(endMs, (minute + 1) * minuteMs);
      counts.set(minute, (counts.get(minute) ?? 0) + until - at);
      at = until;
    }
  }
  const seconds = new Map<number, number>();
  for (const [minute, counted] of counts) {
    const rounded = Math.round(counted / 1_000);
    if (rounded > 0) {
      seconds.set(minute, Math.min(60, rounded));
    }
  }
  return seconds;
}
