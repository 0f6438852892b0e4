/**
 * A focus session as a set of facts, each of which can be told twice and in any order: two windows that write
 * the same session at once lose nothing, and no lock is needed. What is true at a moment (running, paused, how
 * long is left) is computed from the facts and that moment, never stored.
 *
 * Times inside a session are *steady*: wall-clock UTC milliseconds, corrected by every jump back that was seen,
 * so that they only grow. The places in the lists of words are stored: append, never reorder.
 */

export const sessionKinds = ['focus', 'break', 'custom'] as const;
export type SessionKind = (typeof sessionKinds)[number];

/**
 * What ended a session. `time`: the planned time was over. `early`: the person. `replaced`: a later session was
 * started. `lapsed`: nobody was there for so long that it no longer means anything.
 */
export const sessionEnders = ['time', 'early', 'replaced', 'lapsed'] as const;
export type SessionEnder = (typeof sessionEnders)[number];

/** What a person may say about an early end; saying nothing is fine. */
export const earlyReasons = ['done', 'interrupted', 'switched', 'tired', 'other'] as const;
export type EarlyReason = (typeof earlyReasons)[number];

/** `person`: somebody pressed pause. `gap`: the machine slept, no editor was there, or the clock was set forwards. */
export const pauseCauses = ['person', 'gap'] as const;
type PauseCause = (typeof pauseCauses)[number];

export interface Pause {
  readonly startMs: number;
  /** `undefined` while it lasts. */
  readonly endMs: number | undefined;
  readonly cause: PauseCause;
}

export interface Extension {
  readonly atMs: number;
  readonly byMs: number;
}

/** The wall clock was set back by `-byMs` (so `byMs` is negative) when the steady time was `atMs`. */
export interface ClockShift {
  readonly atMs: number;
  readonly byMs: number;
}

export interface SessionEnd {
  readonly atMs: number;
  readonly by: SessionEnder;
  /** Only with `early`. */
  readonly reason: EarlyReason | undefined;
}

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

export const sessionCountNames = [
  'seconds',
  'focusedSeconds',
  'inFlowSeconds',
  'unknownSeconds',
  'interruptions',
  'blockedTries',
] as const satisfies readonly (keyof SessionCounts)[];

export const noCounts: SessionCounts = {
  seconds: 0,
  focusedSeconds: 0,
  inFlowSeconds: 0,
  unknownSeconds: 0,
  interruptions: 0,
  blockedTries: 0,
};

export interface FocusSession {
  /** 32 lower-case hex digits, random. */
  readonly id: string;
  readonly kind: SessionKind;
  /** Wall-clock UTC milliseconds. */
  readonly startMs: number;
  readonly zoneOffsetMinutes: number;
  /** The length chosen at the start, without extensions. */
  readonly plannedMs: number;
  readonly extensions: readonly Extension[];
  readonly pauses: readonly Pause[];
  readonly shifts: readonly ClockShift[];
  /** When the person was asked whether to end, which happens once at most. */
  readonly askedMs: number | undefined;
  readonly end: SessionEnd | undefined;
  /** By window id (8 to 32 hex digits), so that two windows add up and neither is counted twice. */
  readonly counts: Readonly<Record<string, SessionCounts>>;
}

/**
 * Time that a session has run until a moment, without its pauses.
 * @param atMs a steady time
 */
export function activeMs(session: FocusSession, atMs: number): number {
  const untilMs = Math.max(session.startMs, Math.min(atMs, session.end?.atMs ?? atMs));
  let pausedMs = 0;
  let coveredMs = session.startMs;
  // Pauses may overlap (a sleep within a pause); each moment counts once.
  for (const pause of session.pauses) {
    const startMs = Math.max(pause.startMs, coveredMs);
    const endMs = Math.min(pause.endMs ?? untilMs, untilMs);
    if (endMs > startMs) {
      pausedMs += endMs - startMs;
      coveredMs = endMs;
    }
  }
  return untilMs - session.startMs - pausedMs;
}

/** What all windows have counted together. */
export function totalCounts(session: Pick<FocusSession, 'counts'>): SessionCounts {
  return Object.values(session.counts).reduce(
    (sum, one) => combineCounts(sum, one, (a, b) => a + b),
    noCounts,
  );
}

/** Two counts joined number by number. */
export function combineCounts(
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
