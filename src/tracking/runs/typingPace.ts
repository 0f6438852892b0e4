import { mostKeysAhead, sustainedKeysPerSecond } from './handRules.ts';

/**
 * Whether keys come faster than people type for long: a level that each key raises and that sinks as fast as the
 * fastest people type. Constant time, no allocation.
 */
export class TypingPace {
  #level = 0;
  #latestMs = -Infinity;
  #isTooFast = false;

  /** Whether it was too fast at the latest key. */
  get isTooFast(): boolean {
    return this.#isTooFast;
  }

  /** @returns whether keys have been coming faster than any hand's for a while; no longer once it has calmed down by half */
  add(timeMs: number, keys = 1): boolean {
    const passedS = (timeMs - this.#latestMs) / 1_000;
    this.#level = Math.max(0, this.#level - passedS * sustainedKeysPerSecond) + keys;
    this.#latestMs = timeMs;
    if (this.#level >= mostKeysAhead) {
      this.#level = mostKeysAhead;
      this.#isTooFast = true;
    } else if (this.#level < mostKeysAhead / 2) {
      this.#isTooFast = false;
    }
    return this.#isTooFast;
  }
}
