/** One measured number of a benchmark and the limit that the design sets for it. */
export interface Figure {
  /** What was measured, for a table: `capture p99`. */
  readonly name: string;
  readonly value: number;
  /** `us`, `ms`, `MB`, `1/s` ...; a plain ratio has the unit `x`. */
  readonly unit: string;
  /** The limit in the same unit, or `null` for a figure that is only told. */
  readonly budget: number | null;
  /** Whether the budget is kept; true where there is none. */
  readonly ok: boolean;
}

/** What a `test/bench/<suite>.bench.ts` exports as `run()`. */
export interface SuiteResult {
  readonly suite: string;
  readonly figures: readonly Figure[];
}

/** A figure that must not exceed its budget. */
export function atMost(name: string, value: number, unit: string, budget: number): Figure {
  return { name, value, unit, budget, ok: value <= budget };
}

/** A figure that must reach its budget. */
export function atLeast(name: string, value: number, unit: string, budget: number): Figure {
  return { name, value, unit, budget, ok: value >= budget };
}

/** A figure without a budget, which explains the others. */
export function told(name: string, value: number, unit: string): Figure {
  return { name, value, unit, budget: null, ok: true };
}

/** The middle value, or the mean of the two middle ones. @throws {RangeError} for an empty list. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  if (upper === undefined || lower === undefined) {
    throw new RangeError('No values to take the median of');
  }
  return (lower + upper) / 2;
}
