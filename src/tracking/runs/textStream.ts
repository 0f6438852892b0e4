import { leastHandSpread, longestRepeatMs, spreadIntervals } from './handRules.ts';
import { IntervalSpread } from './intervalSpread.ts';
import { TypingPace } from './typingPace.ts';

/** A piece of a text that is longer than this is one edit all the same, and no pace. */
const mostOfOnePiece = 8;

/** Whether text comes as no hand types it: too evenly, or for long too fast. Constant time, no allocation. */
export class TextStream {
  readonly #spread = new IntervalSpread(spreadIntervals);
  readonly #pace = new TypingPace();
  /** Of the text as a whole, what was typed and what was not. */
  readonly #textPace = new TypingPace();
  #lastMs = -Infinity;

  /** Takes an edit without a sign of a key. */
  noteOther(timeMs: number, chars: number): void {
    this.#textPace.add(timeMs, Math.min(mostOfOnePiece, chars));
  }

  /**
   * Takes a key that types; times must not decrease.
   * @returns whether it is a `hand`'s as far as this shows, a `stream`'s, or `either`: text comes too fast only together
   *   with what was not typed
   */
  note(timeMs: number): 'hand' | 'stream' | 'either' {
    this.#textPace.add(timeMs);
    const isTooFast = this.#pace.add(timeMs);
    const intervalMs = timeMs - this.#lastMs;
    this.#lastMs = timeMs;
    if (intervalMs < longestRepeatMs) {
      this.#spread.add(Math.max(1, intervalMs));
    } else {
      // Slow typing has but few short intervals, and those are alike because they are the short ones.
      this.#spread.clear();
    }
    if (isTooFast || this.#spread.isBelow(leastHandSpread)) {
      return 'stream';
    }
    return this.#textPace.isTooFast ? 'either' : 'hand';
  }
}
