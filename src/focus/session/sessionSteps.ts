import {
  activeMs,
  type FocusSession,
  type Pause,
  type SessionCounts,
  type SessionEnd,
  type SessionEnder,
  type SessionKind,
  type EarlyReason,
} from '../../facts/focusSession.ts';
import { largerCounts, sortPauses } from '../../facts/focusSessionMerge.ts';

/**
 * The rules by which a focus session goes on: each function takes the facts and gives them with one more. What the
 * facts are is src/facts/focusSession.ts's. `steadyMs` turns a wall-clock time into one of a session's own.
 */

/** `overtime`: the planned time is over and the session waits for a moment to end. */
export type SessionPhase = 'running' | 'overtime' | 'paused' | 'ended';

const shortestSessionMs = 60_000;
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
  const leftMs = longestSessionMs - totalPlannedMs(session);
  const added = Math.round(Math.min(byMs, leftMs));
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
 * Notes that the wall clock was set forwards: a silent pause for as long as it skipped, which ends nothing however long it
 * is, as nobody was away. Told twice from the same moment, it is one.
 * @param fromMs the steady time when the clock was last seen, the same in every window
 */
export function noteJump(session: FocusSession, fromMs: number, byMs: number): FocusSession {
  if (session.end !== undefined || byMs <= 0) {
    return session;
  }
  const isSame = (pause: Pause): boolean => pause.startMs === fromMs && pause.cause === 'gap';
  const known = session.pauses.find(isSame);
  const endMs = Math.max(fromMs + Math.round(byMs), known?.endMs ?? fromMs);
  if (known?.endMs === endMs) {
    return session;
  }
  const others = session.pauses.filter((pause) => !isSame(pause));
  return { ...session, pauses: sortPauses([...others, { startMs: fromMs, endMs, cause: 'gap' }]) };
}

/** Whether the session knows that the wall clock was set back after it had shown a time, when nobody had looked at it since. */
export function isShiftKnown(session: FocusSession, wallMs: number): boolean {
  let beforeMs = 0;
  return session.shifts.some(({ atMs, byMs }) => {
    const lastMs = Math.round(wallMs) - beforeMs;
    beforeMs += byMs;
    return lastMs === atMs;
  });
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

/** Ends a session that has been paused by the person for `lapseMs`, gaps left out, at the pause's start. */
export function lapseIfForgotten(session: FocusSession, atMs: number): FocusSession {
  const open = session.pauses.find(({ endMs }) => endMs === undefined);
  if (open === undefined) {
    return session;
  }
  const gaps = session.pauses.filter(({ cause }) => cause === 'gap');
  const sincePauseMs = activeMs({ ...session, startMs: open.startMs, pauses: gaps }, atMs);
  return sincePauseMs >= lapseMs ? endSession(session, open.startMs, 'lapsed') : session;
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

function clamp(value: number, low: number, high: number): number {
  return Number.isFinite(value) ? Math.min(Math.max(value, low), high) : low;
}
