/** Closer than this to an end of a scale is the end: beyond, the arithmetic has no digits left. */
const atAnEnd = 1e-9;

/** A score with the stretch in which it most likely lies, all 0-100. */
export interface LikelyRange {
  readonly low: number;
  readonly high: number;
}

/**
 * The range of a score from how sure it is, where only these two were kept. A range reaches equally far to both
 * sides in log odds, and its confidence is one less its width (src/flow/model/scoreRange.ts); so with the score's odds
 * `o` and the reach `x = e^r`, the width `w = o x / (1 + o x) - o / (o + x)` is a square equation in `x`.
 * @param score 0-100
 * @param confidence 0-1
 */
export function likelyRange(score: number, confidence: number): LikelyRange {
  const width = Math.min(1, Math.max(0, 1 - confidence));
  if (width >= 1 - atAnEnd) {
    return { low: 0, high: 100 };
  }
  const isLeast = score <= atAnEnd;
  const isMost = score >= 100 - atAnEnd;
  if (width <= atAnEnd || isLeast || isMost) {
    // At either end the odds are endless: all of the width lies on the one side that there is.
    return {
      low: isMost ? 100 * (1 - width) : score,
      high: isLeast ? 100 * width : score,
    };
  }
  const odds = score / (100 - score);
  // (1 - w) x^2 - w (o + 1/o) x - (1 + w) = 0
  const middle = width * (odds + 1 / odds);
  const reach = (middle + Math.sqrt(middle ** 2 + 4 * (1 - width ** 2))) / (2 * (1 - width));
  return {
    low: (100 * odds) / (odds + reach),
    high: (100 * odds * reach) / (1 + odds * reach),
  };
}
