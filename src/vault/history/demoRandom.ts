import type { RecordId } from '../record.ts';

/** Chance from a seed, by mulberry32 (Ettinger 2017): small, and the same everywhere. Not for secrets. */
export class DemoRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 0 up to, and without, 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** About `mean`, with a standard deviation of `share` of it. */
  around(mean: number, share: number): number {
    const sum = this.next() + this.next() + this.next() + this.next();
    return mean * (1 + share * (sum - 2) * Math.sqrt(3));
  }

  id(): RecordId {
    return Array.from({ length: 32 }, () => this.between(0, 15).toString(16)).join('');
  }

  /** One of several, by weight; the last when the weights leave something over. */
  pick<T>(choices: readonly (readonly [number, readonly T[]])[]): readonly T[] {
    let left = this.next();
    for (const [weight, choice] of choices) {
      left -= weight;
      if (left < 0) {
        return choice;
      }
    }
    return choices.at(-1)?.[1] ?? [];
  }
}
