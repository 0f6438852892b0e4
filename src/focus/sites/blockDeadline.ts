/**
 * How far ahead the end of a block may lie. No session is meant to last longer without being renewed, so what says more was
 * written before a clock was set back, or by somebody else: nobody is to wait for it. Wall-clock milliseconds.
 */
export const longestBlockMs = 24 * 60 * 60_000;
/** What two looks at a clock, one after the other, may differ by. */
const slackMs = 60_000;
/** A block that lasts longer is renewed this often, so that not every look at it writes. */
const renewalMs = 30 * 60_000;

/** Whether a deadline has passed, or is none that anybody can have meant. */
export function isDeadlineOver(deadlineMs: number, nowMs: number): boolean {
  return !(deadlineMs > nowMs && deadlineMs <= nowMs + longestBlockMs + slackMs);
}

/** A deadline, or the latest one that is not too far ahead; that moves in steps. */
export function boundedDeadline(deadlineMs: number, nowMs: number): number {
  const step = Math.floor(nowMs / renewalMs) * renewalMs;
  return Math.min(deadlineMs, step + longestBlockMs);
}
