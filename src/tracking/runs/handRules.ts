/**
 * What a hand can do, in numbers. Measured on the typing of 300 people (KLiCKe corpus; Tian, Crossley, Van Waes;
 * Learning Agency Lab; CC BY 4.0) and of 97 others (Argumentation-Keystroke): see docs/how-the-score-is-made.md. They
 * decide what reaches the score: a changed number is a changed rule, and `rulesVersion` of the flow room must be raised.
 */

/** Hands roll over two or three keys in less than this each, and hardly ever more. */
export const fastKeyMs = 45;
/** So many intervals in a row that are shorter: no hand pressed these keys one by one. */
export const mostFastIntervals = 2;
/** So many in a row by one and the same key: it is held. */
export const fastRepeats = 5;
/** A key that is held down does not repeat faster than this on average; what is faster comes from a program. */
export const shortestRepeatMs = 12;
/** Systems repeat a held key 2 to 60 times a second; an interval from here up is no repeat and no steady stream. */
export const longestRepeatMs = 600;
/** ... and wait this long before they begin. */
export const shortestRepeatDelayMs = 200;
export const longestRepeatDelayMs = 1_050;
/**
 * How alike the intervals of a held key are, as the standard deviation of their logarithms: for a few intervals, and for
 * more of them, as timers are coarse and hosts are late. Where the intervals follow a system's delay they may differ more;
 * without one they must be as even as a clock.
 */
export const fewIntervals = 5;
export const moreIntervals = 8;
export const fewDelayedSpread = 0.04;
export const moreDelayedSpread = 0.09;
export const fewSpread = 0.015;
export const moreSpread = 0.07;
/**
 * Typed characters whose last intervals spread less than this come from a stream: of people's stretches of as many, one
 * in a thousand is so even.
 */
export const leastHandSpread = 0.2;
export const spreadIntervals = 24;

/**
 * Keys a second that people keep up: A. Tangora typed 147 words a minute for an hour in 1923 (The Guinness Book of
 * Records, 1956) ...
 */
export const sustainedKeysPerSecond = 12.5;
/** ... and how many more they have in them: twenty seconds of the fastest minute, 216 words (S. Pajunas, 1946, likewise). */
export const mostKeysAhead = 110;

/**
 * A busy editor hands keys on in batches. A batch may be a hand's if it could have been typed in the wait before it, at
 * the pace of a minute's record, up to a wait of two seconds; and everybody hits a handful of keys at once.
 */
export const burstKeysPerSecond = 18;
export const longestStallMs = 2_000;
export const handfulOfKeys = 8;
