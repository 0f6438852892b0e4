import { EventKind } from '../../tracking/eventKind.ts';
import { longestRhythmMs, shortestRhythmMs } from '../flowRules.ts';

/** Bins for each unit of ln(interval): finer ones tell people apart no better. */
const binsPerUnit = 8;
const lnShortest = Math.log(shortestRhythmMs);
/** Bins of a histogram of intervals. */
export const rhythmBins = Math.ceil((Math.log(longestRhythmMs) - lnShortest) * binsPerUnit);

/**
 * A stretch of typing as a histogram of ln(interval between two typed keys). Which keys came, when, and in what
 * order is not in it. Adding an event allocates nothing.
 */
export class RhythmWindow {
  readonly #counts = new Uint32Array(rhythmBins);
  readonly #intervals: number;
  #held = 0;
  #latestBin = -1;
  #latestMs = -Infinity;
  #afterTypedKey = false;

  /** @param intervals how many make a window */
  constructor(intervals: number) {
    this.#intervals = intervals;
  }

  /** Intervals in each bin. Live: {@link clear} wipes it. */
  get counts(): Uint32Array {
    return this.#counts;
  }

  get isFull(): boolean {
    return this.#held >= this.#intervals;
  }

  /** Takes an event; times must not decrease. Corrections, blocks and moves are no rhythm, and part what is. */
  add(timeMs: number, kind: EventKind, insertedChars: number): void {
    const intervalMs = timeMs - this.#latestMs;
    // A key of an input method may add nothing.
    const isTypedKey = kind === EventKind.insert && insertedChars <= 1;
    if (intervalMs < shortestRhythmMs) {
      // A batch: neither these times nor the wait before it came from a hand.
      this.#retract();
    } else if (isTypedKey && this.#afterTypedKey && intervalMs < longestRhythmMs) {
      this.#count(intervalMs);
    } else {
      this.#latestBin = -1;
    }
    this.#afterTypedKey = isTypedKey;
    this.#latestMs = timeMs;
  }

  /** Begins the next window. */
  clear(): void {
    this.#counts.fill(0);
    this.#held = 0;
    this.#latestBin = -1;
  }

  #count(intervalMs: number): void {
    const bin = Math.floor((Math.log(intervalMs) - lnShortest) * binsPerUnit);
    this.#latestBin = Math.min(rhythmBins - 1, Math.max(0, bin));
    this.#counts[this.#latestBin] = (this.#counts[this.#latestBin] ?? 0) + 1;
    this.#held++;
  }

  #retract(): void {
    if (this.#latestBin >= 0) {
      this.#counts[this.#latestBin] = (this.#counts[this.#latestBin] ?? 1) - 1;
      this.#latestBin = -1;
      this.#held--;
    }
  }
}
