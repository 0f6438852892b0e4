import {
  fastKeyMs,
  fastRepeats,
  fewDelayedSpread,
  fewIntervals,
  fewSpread,
  longestRepeatDelayMs,
  longestRepeatMs,
  moreDelayedSpread,
  moreIntervals,
  moreSpread,
  shortestRepeatDelayMs,
  shortestRepeatMs,
} from './handRules.ts';

/** An interval belongs to a chain while it is this near to the chain's mean: a timer is coarse, and hosts are late. */
const coarseMs = 6;
const chainRatio = 1.33;
/** Its first interval may have been a system's delay: the second one begins it, where it is not nearer than this. */
const firstRatio = 1.1;
/** A key that is known to be held goes on while intervals stay this near; a short one may come late by a whole other. */
const heldRatio = 1.6;
const lateRepeatMs = 60;
/** A chain that follows a delay is watched up to so many intervals, while it spreads no more than this by chance. */
const mostWatchedIntervals = 12;
const watchedSpread = 0.12;
/** Another one is watched from so many on. */
const watchedIntervals = 3;

/**
 * Whether a key is held down: the latest presses of one and the same key as a chain of intervals that are alike.
 * Constant time, no allocation.
 */
export class RepeatedKey {
  #intervals = 0;
  #sum = 0;
  #squares = 0;
  #followsDelay = false;
  /** The latest interval may be a system's delay, and the key at its end a first repeat. */
  #endsDelay = false;
  #fastIntervals = 0;
  #fastMs = 0;
  #fastFollowsDelay = false;
  /** The interval before the latest one, if both keys at its ends were this key; else 0. */
  #beforeMs = 0;
  #meanMs = 0;
  /** Kept, as a number that is handed from call to call would be allocated. */
  #spread = 0;

  /** Whether what has been noted is more than a hand does: the key is held. */
  get isHeld(): boolean {
    if (
      this.#fastIntervals >= fastRepeats &&
      this.#fastMs >= shortestRepeatMs * this.#fastIntervals
    ) {
      return true;
    }
    const few = this.#followsDelay ? fewDelayedSpread : fewSpread;
    const more = this.#followsDelay ? moreDelayedSpread : moreSpread;
    const isEven =
      (this.#intervals >= fewIntervals && this.#spread < few) ||
      (this.#intervals >= moreIntervals && this.#spread < more);
    return isEven && this.#meanMs >= shortestRepeatMs;
  }

  /** How many of the latest keys look like a held one up to now, so that the next keys will tell. */
  get suspectedKeys(): number {
    const ofFast = this.#fastIntervals > 0 && this.#fastFollowsDelay ? 1 : 0;
    const keys = Math.max(this.#endsDelay ? 1 : 0, this.#fastIntervals + ofFast);
    const ofChain = this.#followsDelay ? 1 : 0;
    if (this.#intervals < 2) {
      return this.#intervals === 1 && this.#followsDelay ? Math.max(keys, 2) : keys;
    }
    return this.#isWatched() ? Math.max(keys, this.#intervals + ofChain) : keys;
  }

  /** Takes the interval before a key. @param isSame whether it is the key of before */
  note(intervalMs: number, isSame: boolean): void {
    this.#endsDelay = isSame && isDelay(intervalMs);
    if (!isSame || intervalMs >= longestRepeatMs) {
      this.#intervals = this.#fastIntervals = this.#fastMs = 0;
      this.#beforeMs = isSame ? intervalMs : 0;
      return;
    }
    this.#noteFast(intervalMs);
    const log = Math.log(Math.max(1, intervalMs));
    const ratio = this.#intervals === 1 && isDelay(this.#meanMs) ? firstRatio : chainRatio;
    if (this.#intervals > 0 && isNear(intervalMs, this.#meanMs, ratio)) {
      this.#intervals++;
      this.#sum += log;
      this.#squares += log * log;
    } else {
      this.#followsDelay = isDelay(this.#beforeMs) && this.#beforeMs > intervalMs;
      this.#intervals = 1;
      this.#sum = log;
      this.#squares = log * log;
    }
    const mean = this.#sum / this.#intervals;
    this.#meanMs = Math.exp(mean);
    this.#spread = Math.sqrt(Math.max(0, this.#squares / this.#intervals - mean * mean));
    this.#beforeMs = intervalMs;
  }

  /** Whether the latest presses may be repeats: another one like them will tell. */
  get isSteady(): boolean {
    return this.#intervals > 1 && this.#spread < watchedSpread;
  }

  /** Whether a key that is held repeats once more after this interval. */
  goesOn(intervalMs: number): boolean {
    return (
      intervalMs < longestRepeatMs &&
      (this.#meanMs < lateRepeatMs
        ? intervalMs < Math.max(lateRepeatMs, heldRatio * this.#meanMs)
        : isNear(intervalMs, this.#meanMs, heldRatio))
    );
  }

  forget(): void {
    this.#endsDelay = false;
    this.#intervals = this.#fastIntervals = this.#fastMs = this.#beforeMs = 0;
  }

  #noteFast(intervalMs: number): void {
    if (intervalMs >= fastKeyMs) {
      this.#fastIntervals = this.#fastMs = 0;
      return;
    }
    if (this.#fastIntervals === 0) {
      this.#fastFollowsDelay = isDelay(this.#beforeMs);
    }
    this.#fastIntervals++;
    this.#fastMs += intervalMs;
  }

  /** Whether more intervals may yet show that it is held. */
  #isWatched(): boolean {
    if (this.#followsDelay) {
      const limit = this.#intervals < mostWatchedIntervals ? watchedSpread : moreDelayedSpread;
      return this.#spread < limit;
    }
    return this.#spread < (this.#intervals < watchedIntervals ? fewSpread : moreSpread);
  }
}

function isDelay(intervalMs: number): boolean {
  return intervalMs >= shortestRepeatDelayMs && intervalMs <= longestRepeatDelayMs;
}

function isNear(intervalMs: number, meanMs: number, ratio: number): boolean {
  return (
    Math.abs(intervalMs - meanMs) < coarseMs ||
    (intervalMs < ratio * meanMs && ratio * intervalMs > meanMs)
  );
}
