import type { RunningSession } from '../../readings/focusReading.ts';

/** Where a running session stands at a moment between two snapshots. */
export interface FocusMoment {
  /** Planned time that is left; 0 in overtime. */
  readonly leftMs: number;
  /** Time beyond the planned one. */
  readonly overMs: number;
  readonly activeMs: number;
}

/**
 * Where the session stands some time after a snapshot. Only the time since that snapshot is added, never tick upon
 * tick, so that nothing drifts; what a pause or a sleep did to the session is in the next snapshot.
 * @param sinceMs steady milliseconds since the snapshot arrived
 */
export function focusMoment(session: RunningSession, sinceMs: number): FocusMoment {
  const passedMs = session.phase === 'paused' ? 0 : Math.max(0, sinceMs);
  const activeMs = session.activeMs + passedMs;
  return {
    leftMs: Math.max(0, session.remainingMs - passedMs),
    overMs: session.phase === 'overtime' ? Math.max(0, activeMs - session.plannedMs) : 0,
    activeMs,
  };
}

/** Milliseconds until the seconds on view change. */
export function untilNextSecondMs({ leftMs, activeMs }: FocusMoment): number {
  // What is left is rounded up, what is over is rounded down: both change when a whole second has passed.
  return leftMs > 0 ? ((leftMs - 1) % 1000) + 1 : 1000 - (activeMs % 1000);
}

/** `18:24`, `1:02:05`: time that is left, so a begun second counts whole. */
export function formatCountdown(leftMs: number): string {
  return clock(Math.ceil(leftMs / 1000));
}

/** `2:10`: time that has passed, so a begun second does not count. */
export function formatStopwatch(passedMs: number): string {
  return clock(Math.floor(passedMs / 1000));
}

function clock(allSeconds: number): string {
  const hours = Math.floor(allSeconds / 3600);
  const minutes = Math.floor(allSeconds / 60) % 60;
  const seconds = String(allSeconds % 60).padStart(2, '0');
  return hours === 0
    ? `${minutes}:${seconds}`
    : `${hours}:${String(minutes).padStart(2, '0')}:${seconds}`;
}
