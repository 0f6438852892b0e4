import {
  combineCounts,
  sessionEnders,
  type FocusSession,
  type Pause,
  type SessionCounts,
  type SessionEnd,
} from './focusSession.ts';

/**
 * Joins two tellings of one session. Idempotent, commutative and associative, so that neither order nor
 * repetition matters: sets are united by their time, an open pause gives way to the same pause closed, the
 * earliest end and question stay, and each window's counts only grow.
 * @throws {RangeError} when the two are not the same session.
 */
export function mergeSessions(one: FocusSession, other: FocusSession): FocusSession {
  if (one.id !== other.id) {
    throw new RangeError('Two different sessions cannot be merged');
  }
  // What is fixed at the start can differ only in a damaged telling; the choice is any, but always the same.
  const base = startKey(one) <= startKey(other) ? one : other;
  return {
    id: base.id,
    kind: base.kind,
    startMs: base.startMs,
    zoneOffsetMinutes: base.zoneOffsetMinutes,
    plannedMs: base.plannedMs,
    extensions: uniteTimed([...one.extensions, ...other.extensions], Math.max),
    pauses: unitePauses([...one.pauses, ...other.pauses]),
    shifts: uniteTimed([...one.shifts, ...other.shifts], Math.min),
    askedMs: earliest(one.askedMs, other.askedMs),
    end: earlierEnd(one.end, other.end),
    counts: uniteCounts(one.counts, other.counts),
  };
}

/** The one order in which pauses stand, so that equal facts are equal values. */
export function sortPauses(pauses: readonly Pause[]): Pause[] {
  return [...pauses].sort(
    (one, other) =>
      one.startMs - other.startMs ||
      (one.endMs ?? Infinity) - (other.endMs ?? Infinity) ||
      one.cause.localeCompare(other.cause),
  );
}

/** Number by number the larger of two counts of the same window. */
export function largerCounts(one: SessionCounts, other: SessionCounts): SessionCounts {
  return combineCounts(one, other, Math.max);
}

function startKey({ startMs, kind, zoneOffsetMinutes, plannedMs }: FocusSession): string {
  return [startMs, kind, zoneOffsetMinutes, plannedMs].join('|');
}

function uniteTimed(
  items: readonly { readonly atMs: number; readonly byMs: number }[],
  choose: (a: number, b: number) => number,
): { atMs: number; byMs: number }[] {
  const byTime = new Map<number, number>();
  for (const { atMs, byMs } of items) {
    const known = byTime.get(atMs);
    byTime.set(atMs, known === undefined ? byMs : choose(known, byMs));
  }
  return [...byTime].map(([atMs, byMs]) => ({ atMs, byMs })).sort((a, b) => a.atMs - b.atMs);
}

function unitePauses(pauses: readonly Pause[]): Pause[] {
  const byStart = new Map<string, Pause>();
  for (const pause of pauses) {
    const key = `${pause.startMs}|${pause.cause}`;
    const known = byStart.get(key);
    byStart.set(
      key,
      known === undefined ? pause : { ...pause, endMs: latest(known.endMs, pause.endMs) },
    );
  }
  return sortPauses([...byStart.values()]);
}

function uniteCounts(
  one: FocusSession['counts'],
  other: FocusSession['counts'],
): Record<string, SessionCounts> {
  const entries = Object.keys({ ...one, ...other })
    .sort()
    .flatMap((windowId): [string, SessionCounts][] => {
      const first = one[windowId];
      const second = other[windowId];
      const counts =
        first !== undefined && second !== undefined
          ? largerCounts(first, second)
          : (first ?? second);
      return counts === undefined ? [] : [[windowId, counts]];
    });
  return Object.fromEntries(entries);
}

function earlierEnd(
  one: SessionEnd | undefined,
  other: SessionEnd | undefined,
): SessionEnd | undefined {
  if (one === undefined || other === undefined) {
    return one ?? other;
  }
  const order =
    one.atMs - other.atMs ||
    sessionEnders.indexOf(one.by) - sessionEnders.indexOf(other.by) ||
    // A reason says more than none.
    (other.reason ?? '').localeCompare(one.reason ?? '');
  return order <= 0 ? one : other;
}

function earliest(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}

function latest(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);
}
