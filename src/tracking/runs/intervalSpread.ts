/**
 * The standard deviation of ln(interval) over the latest intervals: how uneven they are, whatever the tempo. Constant
 * time, no allocation.
 */
export class IntervalSpread {
  readonly #logs: Float64Array;
  #count = 0;
  #sum = 0;
  #squares = 0;

  /** @param intervals how many are looked at */
  constructor(intervals: number) {
    this.#logs = new Float64Array(intervals);
  }

  /** Whether the intervals spread less than this; false until there are as many as are looked at. */
  isBelow(spread: number): boolean {
    const { length } = this.#logs;
    const mean = this.#sum / length;
    return this.#count >= length && this.#squares / length - mean * mean < spread * spread;
  }

  /** @param intervalMs more than 0 */
  add(intervalMs: number): void {
    const log = Math.log(intervalMs);
    const at = this.#count % this.#logs.length;
    const oldest = this.#logs[at] ?? 0;
    this.#logs[at] = log;
    this.#sum += log - oldest;
    this.#squares += log * log - oldest * oldest;
    this.#count++;
  }

  /** Begins anew. */
  clear(): void {
    this.#logs.fill(0);
    this.#count = this.#sum = this.#squares = 0;
  }
}
