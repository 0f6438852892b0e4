import { activeMs, type FocusSession, type SessionKind } from '../../facts/focusSession.ts';
import { phaseOf, remainingMs, totalPlannedMs, type SessionPhase } from './sessionSteps.ts';

/** The running session, for the status bar and the dashboard. Complete in itself. */
export interface FocusView {
  readonly id: string;
  readonly kind: SessionKind;
  readonly phase: Exclude<SessionPhase, 'ended'>;
  readonly startMs: number;
  readonly plannedMs: number;
  readonly activeMs: number;
  readonly remainingMs: number;
}

/** @param atMs the session's steady time; `undefined` for a session that has ended */
export function viewOf(session: FocusSession, atMs: number): FocusView | undefined {
  const phase = phaseOf(session, atMs);
  if (phase === 'ended') {
    return undefined;
  }
  return {
    id: session.id,
    kind: session.kind,
    phase,
    startMs: session.startMs,
    plannedMs: totalPlannedMs(session),
    activeMs: activeMs(session, atMs),
    remainingMs: remainingMs(session, atMs),
  };
}
