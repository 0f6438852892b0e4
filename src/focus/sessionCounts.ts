/** What one window has seen of the session. Each number only grows. */
export interface SessionCounts {
  /** Seconds in front and tracked, whatever the state. */
  readonly seconds: number;
  /** Seconds of them in steady and in flow together, in flow alone, and without a claim. */
  readonly focusedSeconds: number;
  readonly inFlowSeconds: number;
  readonly unknownSeconds: number;
  /** Times the person left the window for something else. */
  readonly interruptions: number;
  /** Pages and programs that were held off. */
  readonly blockedTries: number;
}

/** What all windows have counted together. */
export function totalCounts(session: {
  readonly counts: Readonly<Record<string, SessionCounts>>;
}): SessionCounts {
  return Object.values(session.counts).reduce(
    (sum, one) => combineCounts(sum, one, (a, b) => a + b),
    noCounts,
  );
}

export const noCounts: SessionCounts = {
  seconds: 0,
  focusedSeconds: 0,
  inFlowSeconds: 0,
  unknownSeconds: 0,
  interruptions: 0,
  blockedTries: 0,
};

/** Number by number the larger of two counts of the same window. */
export function largerCounts(one: SessionCounts, other: SessionCounts): SessionCounts {
  return combineCounts(one, other, Math.max);
}

function combineCounts(
  one: SessionCounts,
  other: SessionCounts,
  combine: (a: number, b: number) => number,
): SessionCounts {
  return {
    seconds: combine(one.seconds, other.seconds),
    focusedSeconds: combine(one.focusedSeconds, other.focusedSeconds),
    inFlowSeconds: combine(one.inFlowSeconds, other.inFlowSeconds),
    unknownSeconds: combine(one.unknownSeconds, other.unknownSeconds),
    interruptions: combine(one.interruptions, other.interruptions),
    blockedTries: combine(one.blockedTries, other.blockedTries),
  };
}

export const sessionCountNames = [
  'seconds',
  'focusedSeconds',
  'inFlowSeconds',
  'unknownSeconds',
  'interruptions',
  'blockedTries',
] as const satisfies readonly (keyof SessionCounts)[];
