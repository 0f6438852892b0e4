import { longestRhythmMs, shortestRhythmMs, windowSteps } from '../flowRules.ts';

/** Bins for each unit of ln(interval): the estimate is exact to about 1.5 % of an interval. */
const binsPerUnit = 32;
/** The whole steps of the window, and the one at hand. */
const slotCount = windowSteps + 1;
const lnShortest = Math.log(shortestRhythmMs);
const binCount = Math.ceil((Math.log(longestRhythmMs) - lnShortest) * binsPerUnit);
/** Thirteen a second, more than people type; a stream from a machine is sampled by its first ones. */
const mostPerStep = 192;
/** Makes the MAD of a normal distribution its standard deviation. */
const madToSd = 1.4826;

/**
 * The intervals of the window as a histogram of their logarithms, so that its spread costs the same for ten
 * keys as for a million, and old steps can be taken out again.
 */
export class IntervalHistogram {
  readonly #codes = new Uint8Array(slotCount * mostPerStep);
  readonly #codeCounts = new Uint16Array(slotCount);
  readonly #bins = new Uint16Array(binCount);
  #slot = 0;
  #count = 0;

  /** Intervals held. */
  get count(): number {
    return this.#count;
  }

  /** @param intervalMs from `shortestRhythmMs` to below `longestRhythmMs` */
  add(intervalMs: number): void {
    const used = this.#codeCounts[this.#slot] ?? 0;
    if (used < mostPerStep) {
      const code = Math.min(
        binCount - 1,
        Math.max(0, Math.floor((Math.log(intervalMs) - lnShortest) * binsPerUnit)),
      );
      this.#codes[this.#slot * mostPerStep + used] = code;
      this.#codeCounts[this.#slot] = used + 1;
      this.#bins[code] = (this.#bins[code] ?? 0) + 1;
      this.#count++;
    }
  }

  /** Takes back the latest interval of this step, if there is one. */
  retract(): void {
    const used = this.#codeCounts[this.#slot] ?? 0;
    if (used > 0) {
      this.#remove(this.#codes[this.#slot * mostPerStep + used - 1] ?? 0);
      this.#codeCounts[this.#slot] = used - 1;
    }
  }

  /** Ends a step: the oldest one of the window is forgotten. */
  advance(): void {
    this.#slot = (this.#slot + 1) % slotCount;
    const used = this.#codeCounts[this.#slot] ?? 0;
    const from = this.#slot * mostPerStep;
    for (let at = from; at < from + used; at++) {
      this.#remove(this.#codes[at] ?? 0);
    }
    this.#codeCounts[this.#slot] = 0;
  }

  clear(): void {
    this.#codeCounts.fill(0);
    this.#bins.fill(0);
    this.#count = 0;
  }

  /** 1.4826 * median absolute deviation of ln(interval); 0 when there is no interval. */
  spread(): number {
    if (this.#count === 0) {
      return 0;
    }
    const half = this.#count / 2;
    const median = this.#quantilePosition(half);
    // Within a bin the intervals are taken as evenly spread. The mass around the median grows with the
    // distance, piece by piece between bin edges on either side.
    let distance = 0;
    let mass = 0;
    for (;;) {
      const right = median + distance;
      const left = median - distance;
      const rightBin = Math.floor(right + 1e-9);
      const leftBin = Math.ceil(left - 1e-9) - 1;
      const toRightEdge = rightBin + 1 - right;
      const toLeftEdge = left - leftBin;
      const reach = Math.min(toRightEdge, toLeftEdge);
      const density = (this.#bins[rightBin] ?? 0) + (this.#bins[leftBin] ?? 0);
      if (mass + density * reach >= half || (rightBin >= binCount && leftBin < 0)) {
        const rest = density > 0 ? (half - mass) / density : 0;
        return (madToSd * (distance + rest)) / binsPerUnit;
      }
      mass += density * reach;
      distance += reach;
    }
  }

  /** The histogram's content by step, oldest first, for {@link restore}. */
  save(): number[][] {
    const steps: number[][] = [];
    for (let age = windowSteps; age >= 0; age--) {
      const slot = (this.#slot + slotCount - age) % slotCount;
      const from = slot * mostPerStep;
      steps.push([...this.#codes.subarray(from, from + (this.#codeCounts[slot] ?? 0))]);
    }
    return steps;
  }

  restore(steps: readonly (readonly number[])[]): void {
    this.clear();
    this.#slot = slotCount - 1;
    steps.slice(-slotCount).forEach((codes, index, kept) => {
      const slot = slotCount - kept.length + index;
      for (const code of codes.slice(0, mostPerStep)) {
        const used = this.#codeCounts[slot] ?? 0;
        const bin = Math.min(binCount - 1, Math.max(0, Math.trunc(code) || 0));
        this.#codes[slot * mostPerStep + used] = bin;
        this.#codeCounts[slot] = used + 1;
        this.#bins[bin] = (this.#bins[bin] ?? 0) + 1;
        this.#count++;
      }
    });
  }

  #remove(code: number): void {
    this.#bins[code] = (this.#bins[code] ?? 1) - 1;
    this.#count--;
  }

  /** Where a cumulated count is reached, in bins from the first one's lower edge. */
  #quantilePosition(target: number): number {
    let sum = 0;
    for (let bin = 0; bin < binCount; bin++) {
      const here = this.#bins[bin] ?? 0;
      if (sum + here >= target && here > 0) {
        return bin + (target - sum) / here;
      }
      sum += here;
    }
    return binCount;
  }
}
