import type { ScoredStep } from './scoredUser.ts';

/**
 * What an estimate has to beat. Each takes a user's steps in the order of time and says, from those before
 * it alone, a number for every step: larger means rather flow.
 */
export type Rival = (steps: readonly ScoredStep[]) => Float64Array;

const minuteMs = 60_000;
const dayMs = 1_440 * minuteMs;
const binMs = 15 * minuteMs;

/**
 * The FlowLight rule (Züger et al., CHI 2017): how the keys of the last three minutes compare with the person's
 * own so far. The share of earlier steps with fewer keys is its percentile; FlowLight calls the top 9 % busy.
 */
export const keysPercentile: Rival = (steps) => {
  const counts = new Uint32Array(4_096);
  let total = 0;
  return Float64Array.from(steps, ({ edits }) => {
    const bin = Math.min(counts.length - 1, edits);
    let below = 0;
    for (let lower = 0; lower < bin; lower++) {
      below += counts[lower] ?? 0;
    }
    const share = total > 0 ? below / total : 0.5;
    counts[bin] = (counts[bin] ?? 0) + 1;
    total++;
    return share;
  });
};

/** How often the person was in flow at this quarter of an hour on earlier days, as if they had told. */
export const timeOfDay: Rival = (steps) => {
  const flow = new Map<number, number>();
  const all = new Map<number, number>();
  let pending: ScoredStep[] = [];
  let today: number | undefined;
  return Float64Array.from(steps, (step) => {
    const day = Math.floor(step.wallMs / dayMs);
    if (day !== today) {
      for (const { wallMs, truth } of pending) {
        const bin = binOf(wallMs);
        all.set(bin, (all.get(bin) ?? 0) + 1);
        flow.set(bin, (flow.get(bin) ?? 0) + (truth === 'flow' ? 1 : 0));
      }
      pending = [];
      today = day;
    }
    pending.push(step);
    const bin = binOf(step.wallMs);
    return ((flow.get(bin) ?? 0) + 1) / ((all.get(bin) ?? 0) + 3);
  });
};

function binOf(wallMs: number): number {
  return Math.floor((wallMs % dayMs) / binMs);
}
