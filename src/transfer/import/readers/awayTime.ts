import { mergeIntervals, milliseconds, subtractIntervals, type Interval } from './intervals.ts';

/** What the watchers of one host say of somebody's being there. */
interface Presence {
  readonly away: readonly Interval[];
  readonly present: readonly Interval[];
}

/**
 * Coding time less the time away. Where "away" and "not away" claim the same time, be it in one bucket or in two of one host, "not
 * away" wins: somebody is told to be there by what was seen, and to be away by what was not, and one watcher sees less than
 * another (a session of Wayland, a screen of another user). So time that was worked is never lost to a watcher that saw nothing.
 * @returns what counts, merged, and how much does not
 */
export function withoutAway(
  coding: readonly Interval[],
  { away, present }: Presence,
): { readonly counted: readonly Interval[]; readonly awayMs: number } {
  const all = mergeIntervals(coding);
  const holes = subtractIntervals(mergeIntervals(away), mergeIntervals(present));
  const counted = subtractIntervals(all, holes);
  return { counted, awayMs: milliseconds(all) - milliseconds(counted) };
}
