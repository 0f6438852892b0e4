import { largerCounts, type SessionCounts } from './sessionCounts.ts';

/**
 * A focus session as a set of facts, each of which can be told twice and in any order: two windows that write
 * the same session at once lose nothing, and no lock is needed. What is true at a moment (running, paused, how
 * long is left) is computed from the facts and that moment, never stored.
 *
 * Times inside a session are *steady*: wall-clock UTC milliseconds, corrected by every jump back that was seen,
 * so that they only grow. `steadyMs` turns a wall-clock time into one.
 */

export const sessionKinds = ['focus', 'break', 'custom'] as const;
export type SessionKind = (typeof sessionKinds)[number];

/**
 * What ended a session. `time`: the planned time was over. `early`: the person. `replaced`: a later session was
 * started. `lapsed`: nobody was there for so long that it no longer means anything.
 */
export const sessionEnders = ['time', 'early', 'replaced', 'lapsed'] as const;
export type SessionEnder = (typeof sessionEnders)[number];

/** What a person may say about an early end; saying nothing is fine. Stored: append, never reorder. */
export const earlyReasons = ['done', 'interrupted', 'switched', 'tired', 'other'] as const;
export type EarlyReason = (typeof earlyReasons)[number];

/** `person`: somebody pressed pause. `gap`: the clock jumped, so the machine slept or no editor was there. */
export const pauseCauses = ['person', 'gap'] as const;
export type PauseCause = (typeof pauseCauses)[number];

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
  /** By window id, so that two windows add up and neither is counted twice. */
  readonly counts: Readonly<Record<string, SessionCounts>>;
}

/** `overtime`: the planned time is over and the session waits for a moment to end. */
export type SessionPhase = 'running' | 'overtime' | 'paused' | 'ended';

export const shortestSessionMs = 60_000;
export const longestSessionMs = 12 * 3_600_000;
/** A gap, or a pause, as long as this ends the session where the gap began. */
export const lapseMs = 60 * 60_000;

export interface SessionStart {
  readonly id: string;
  readonly kind: SessionKind;
  readonly plannedMs: number;
  readonly wallMs: number;
  readonly zoneOffsetMinutes: number;
}

/** Begins a session; a length out of bounds is brought within them. */
export function startSession(start: SessionStart): FocusSession {
  return {
    id: start.id,
    kind: start.kind,
    startMs: Math.round(start.wallMs),
    zoneOffsetMinutes: start.zoneOffsetMinutes,
    plannedMs: Math.round(clamp(start.plannedMs, shortestSessionMs, longestSessionMs)),
    extensions: [],
    pauses: [],
    shifts: [],
    askedMs: undefined,
    end: undefined,
    counts: {},
  };
}

/** The steady time of a wall-clock time; never before the session's start. */
export function steadyMs(session: FocusSession, wallMs: number): number {
  const shifted = session.shifts.reduce((sum, { byMs }) => sum - byMs, Math.round(wallMs));
  return Math.max(session.startMs, shifted);
}

/** Pauses a session that runs; anything else stays as it is. */
export function pauseSession(session: FocusSession, atMs: number): FocusSession {
  if (session.end !== undefined || isPaused(session)) {
    return session;
  }
  const pause: Pause = { startMs: atMs, endMs: undefined, cause: 'person' };
  return { ...session, pauses: sortPauses([...session.pauses, pause]) };
}

/** Lets a paused session go on. */
export function resumeSession(session: FocusSession, atMs: number): FocusSession {
  if (session.end !== undefined || !isPaused(session)) {
    return session;
  }
  return {
    ...session,
    pauses: session.pauses.map((pause) =>
      pause.endMs === undefined ? { ...pause, endMs: Math.max(pause.startMs, atMs) } : pause,
    ),
  };
}

/** Adds time; what would pass the longest session is cut. A session that waits to end runs again. */
export function extendSession(session: FocusSession, atMs: number, byMs: number): FocusSession {
  const room = longestSessionMs - totalPlannedMs(session);
  const added = Math.round(Math.min(byMs, room));
  const isTaken = session.extensions.some((extension) => extension.atMs === atMs);
  if (session.end !== undefined || !(added > 0) || isTaken) {
    return session;
  }
  return { ...session, extensions: [...session.extensions, { atMs, byMs: added }] };
}

/** Ends a session; a pause that was open ends with it. */
export function endSession(
  session: FocusSession,
  atMs: number,
  by: SessionEnder,
  reason?: EarlyReason,
): FocusSession {
  if (session.end !== undefined) {
    return session;
  }
  const end: SessionEnd = { atMs, by, reason: by === 'early' ? reason : undefined };
  return { ...resumeSession(session, atMs), end };
}

/** Notes that the person has been asked whether to end. Written down before the question is shown. */
export function markAsked(session: FocusSession, atMs: number): FocusSession {
  return session.askedMs === undefined && session.end === undefined
    ? { ...session, askedMs: atMs }
    : session;
}

/**
 * Notes that nobody saw the time between two moments: the machine slept, or no editor was there. A short gap is
 * a silent pause; one of `lapseMs` ends the session where it began.
 */
export function noteGap(session: FocusSession, fromMs: number, toMs: number): FocusSession {
  if (session.end !== undefined || toMs <= fromMs) {
    return session;
  }
  if (toMs - fromMs >= lapseMs) {
    return endSession(session, fromMs, 'lapsed');
  }
  const pause: Pause = { startMs: fromMs, endMs: toMs, cause: 'gap' };
  return { ...session, pauses: sortPauses([...session.pauses, pause]) };
}

/**
 * Notes that the wall clock was set back.
 * @param lastMs the steady time when the clock was last seen, the same in every window
 * @param byMs how far, negative
 */
export function noteShift(session: FocusSession, lastMs: number, byMs: number): FocusSession {
  const isKnown = session.shifts.some((shift) => shift.atMs === lastMs);
  if (session.end !== undefined || byMs >= 0 || isKnown) {
    return session;
  }
  const shifts = [...session.shifts, { atMs: lastMs, byMs: Math.round(byMs) }];
  return { ...session, shifts: shifts.sort((one, other) => one.atMs - other.atMs) };
}

/** Ends a session that has been paused by the person for `lapseMs`, at the pause's start. */
export function lapseIfForgotten(session: FocusSession, atMs: number): FocusSession {
  const open = session.pauses.find(({ endMs }) => endMs === undefined);
  return open !== undefined && atMs - open.startMs >= lapseMs
    ? endSession(session, open.startMs, 'lapsed')
    : session;
}

/** Replaces what one window has counted; a number that would shrink stays. */
export function noteCounts(
  session: FocusSession,
  windowId: string,
  counts: SessionCounts,
): FocusSession {
  const before = session.counts[windowId];
  const next = before === undefined ? counts : largerCounts(before, counts);
  return { ...session, counts: { ...session.counts, [windowId]: next } };
}

/** Chosen length and extensions together. */
export function totalPlannedMs(session: FocusSession): number {
  return session.extensions.reduce((sum, { byMs }) => sum + byMs, session.plannedMs);
}

/** Time that the session has run until a moment, without its pauses. */
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

/** Planned time that is left; 0 in overtime. */
export function remainingMs(session: FocusSession, atMs: number): number {
  return Math.max(0, totalPlannedMs(session) - activeMs(session, atMs));
}

export function phaseOf(session: FocusSession, atMs: number): SessionPhase {
  if (session.end !== undefined) {
    return 'ended';
  }
  if (isPaused(session)) {
    return 'paused';
  }
  return remainingMs(session, atMs) > 0 ? 'running' : 'overtime';
}

function isPaused(session: FocusSession): boolean {
  return session.pauses.some(({ endMs }) => endMs === undefined);
}

/** The one order in which pauses stand, so that equal facts are equal values. */
export function sortPauses(pauses: readonly Pause[]): Pause[] {
  return [...pauses].sort(
    (one, other) =>
      one.startMs - other.startMs ||
      (one.endMs ?? Infinity) - (other.endMs ?? Infinity) ||
      one.cause.localeCompare(other.cause),
  );
}

function clamp(value: number, low: number, high: number): number {
  return Number.isFinite(value) ? Math.min(Math.max(value, low), high) : low;
}
