import { percentile } from '../percentile.ts';

/** One prediction and what was true. */
export interface Outcome {
  readonly probability: number;
  readonly isFlow: boolean;
  /** Whose it is: an index below the number of users. */
  readonly user: number;
}

/** How often each user counts; a bootstrap draws them. */
export type UserCounts = ArrayLike<number>;

/** Outcomes in the order of their probabilities, so that areas are found in one pass for any user counts. */
export class RankedOutcomes {
  readonly #probabilities: Float64Array;
  readonly #isFlow: Uint8Array;
  readonly #users: Uint16Array;

  constructor(outcomes: readonly Outcome[]) {
    const sorted = [...outcomes].sort((a, b) => a.probability - b.probability);
    this.#probabilities = Float64Array.from(sorted, ({ probability }) => probability);
    this.#isFlow = Uint8Array.from(sorted, ({ isFlow }) => (isFlow ? 1 : 0));
    this.#users = Uint16Array.from(sorted, ({ user }) => user);
  }

  /** Area under the ROC curve: how often flow is ranked above its absence. Ties count half. */
  areaUnderRoc(counts?: UserCounts): number {
    let below = 0;
    let positives = 0;
    let pairs = 0;
    this.#eachTie(counts, false, (flow, others) => {
      pairs += flow * (below + others / 2);
      below += others;
      positives += flow;
    });
    return pairs / (positives * below);
  }

  /** Area under the precision-recall curve, as average precision. */
  areaUnderPrecisionRecall(counts?: UserCounts): number {
    let found = 0;
    let named = 0;
    let area = 0;
    this.#eachTie(counts, true, (flow, others) => {
      found += flow;
      named += flow + others;
      area += named > 0 ? flow * (found / named) : 0;
    });
    return area / found;
  }

  /** Calls with how many of each kind share a probability, from the lowest one up or the highest one down. */
  #eachTie(
    counts: UserCounts | undefined,
    descends: boolean,
    call: (flow: number, others: number) => void,
  ): void {
    const size = this.#probabilities.length;
    let flow = 0;
    let others = 0;
    for (let step = 0; step < size; step++) {
      const at = descends ? size - 1 - step : step;
      const weight = counts === undefined ? 1 : (counts[this.#users[at] ?? 0] ?? 0);
      if (this.#isFlow[at] === 1) {
        flow += weight;
      } else {
        others += weight;
      }
      const next = descends ? at - 1 : at + 1;
      if (this.#probabilities[next] !== this.#probabilities[at]) {
        call(flow, others);
        flow = others = 0;
      }
    }
  }
}

/** Mean squared error of the probabilities. */
function brierScore(outcomes: readonly Outcome[]): number {
  let sum = 0;
  for (const { probability, isFlow } of outcomes) {
    sum += (probability - (isFlow ? 1 : 0)) ** 2;
  }
  return sum / outcomes.length;
}

/** How much better than always naming the share of flow: 1 is perfect, 0 no better. */
export function brierSkill(outcomes: readonly Outcome[]): number {
  const share = outcomes.filter(({ isFlow }) => isFlow).length / outcomes.length;
  return 1 - brierScore(outcomes) / (share * (1 - share));
}

/** Expected calibration error over ten equal bins of probability. */
export function calibrationError(outcomes: readonly Outcome[]): number {
  const bins = Array.from({ length: 10 }, () => ({ probability: 0, flow: 0 }));
  for (const { probability, isFlow } of outcomes) {
    const bin = bins[Math.min(9, Math.floor(probability * 10))];
    if (bin !== undefined) {
      bin.probability += probability;
      bin.flow += isFlow ? 1 : 0;
    }
  }
  return bins.reduce((sum, bin) => sum + Math.abs(bin.probability - bin.flow), 0) / outcomes.length;
}

/** A figure with the interval that 95 of 100 repetitions lie in. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Bootstrap by user: steps of one person are not independent of each other, so whole persons are drawn.
 * @param statistic of the users, each counted as often as it says
 * @param draws whole numbers from 0 to below a count, from a seeded generator
 */
export function bootstrapByUser(
  users: number,
  statistic: (counts: UserCounts) => number,
  draws: { below(count: number): number },
  repetitions = 500,
): Interval {
  const values = Float64Array.from({ length: repetitions }, () => {
    const counts = new Uint16Array(users);
    for (let draw = 0; draw < users; draw++) {
      const user = draws.below(users);
      counts[user] = (counts[user] ?? 0) + 1;
    }
    return statistic(counts);
  }).sort();
  return {
    value: statistic(new Uint16Array(users).fill(1)),
    low: percentile(values, 0.025),
    high: percentile(values, 0.975),
  };
}
