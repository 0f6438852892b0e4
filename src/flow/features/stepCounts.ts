import { consistencySteps, windowSteps } from '../flowRules.ts';

/** What is counted in a step; each is a row of {@link StepCounts}. */
export const rows = {
  edits: 0,
  deletes: 1,
  /** Characters typed one at a time, less those that corrections took away. */
  netChars: 2,
  typedChars: 3,
  blockChars: 4,
  unknownChars: 5,
  navigations: 6,
  blurs: 7,
  engagedMs: 8,
  /** Characters of the largest block; a maximum and not a sum. */
  largestBlock: 9,
} as const;
const rowCount = Object.keys(rows).length;
type Row = (typeof rows)[keyof typeof rows];

/** The whole steps that features look back on, and the one at hand. */
export const keptSteps = consistencySteps + 1;

/**
 * What was counted in each of the last steps, as one table that is written over from its oldest step on: counting and
 * ending a step cost the same however much there was, and allocate nothing.
 */
export class StepCounts {
  readonly #counts = new Float64Array(keptSteps * rowCount);
  #slot = 0;

  /** Counts in the step at hand. */
  add(row: Row, amount: number): void {
    const at = this.#slot * rowCount + row;
    this.#counts[at] = (this.#counts[at] ?? 0) + amount;
  }

  /** Keeps the larger of this and what the step at hand has. */
  raise(row: Row, amount: number): void {
    const at = this.#slot * rowCount + row;
    this.#counts[at] = Math.max(this.#counts[at] ?? 0, amount);
  }

  /** What was counted so many steps ago; 0 is the step at hand. */
  at(age: number, row: Row): number {
    return this.#counts[this.#slotBefore(age) * rowCount + row] ?? 0;
  }

  /** Over the whole steps of the window; the step at hand has only begun. */
  sum(row: Row): number {
    let sum = 0;
    for (let age = 1; age <= windowSteps; age++) {
      sum += this.at(age, row);
    }
    return sum;
  }

  /** Ends the step at hand: the oldest one is forgotten. */
  advance(): void {
    this.#slot = (this.#slot + 1) % keptSteps;
    this.#counts.fill(0, this.#slot * rowCount, (this.#slot + 1) * rowCount);
  }

  clear(): void {
    this.#counts.fill(0);
  }

  /** The counts by step, oldest first, for {@link restore}. */
  save(): number[][] {
    const steps: number[][] = [];
    for (let age = keptSteps - 1; age >= 0; age--) {
      const from = this.#slotBefore(age) * rowCount;
      steps.push([...this.#counts.subarray(from, from + rowCount)]);
    }
    return steps;
  }

  restore(steps: readonly (readonly number[])[]): void {
    this.clear();
    this.#slot = keptSteps - 1;
    steps.slice(-keptSteps).forEach((values, index, kept) => {
      this.#counts.set(values.slice(0, rowCount), (keptSteps - kept.length + index) * rowCount);
    });
  }

  #slotBefore(age: number): number {
    return (this.#slot + keptSteps - age) % keptSteps;
  }
}
