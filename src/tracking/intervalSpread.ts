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

  /** `Infinity` until there are as many intervals as are looked at. */
  get spread(): number {
    const { length } = this.#logs;
    if (this.#count < length) {
      return Infinity;
    }
    return Math.sqrt(Math.max(0, this.#squares / length - (this.#sum / length) ** 2));
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
