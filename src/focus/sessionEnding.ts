import type { FlowState } from '../base/flow.ts';
import type { FocusSession } from '../base/focusSession.ts';
import { phaseOf } from './focusSession.ts';

/** Moments at which a person looks up anyway, so that a question disturbs least. */
export const naturalBreaks = [
  'save',
  'taskEnd',
  'testEnd',
  'pause',
  'leftFlow',
  'leftWindow',
] as const;
export type NaturalBreak = (typeof naturalBreaks)[number];

/** `hold`: stay as it is. `ask`: ask whether to end. `end`: end by time. */
export type EndingStep = 'hold' | 'ask' | 'end';

/** After a question that nobody answered, the session ends this long later, once flow is over. */
export const answerWaitMs = 60_000;

export interface EndingMoment {
  /** Steady time of the session. */
  readonly atMs: number;
  readonly flow: FlowState;
  /** What natural break this very moment is, if it is one. */
  readonly naturalBreak: NaturalBreak | undefined;
}

/**
 * Whether a session whose time is over should end. Never during flow: there it waits for the next natural break
 * and asks then, once at most. Without flow there is nothing to protect, and it ends.
 */
export function stepTowardsEnd(session: FocusSession, moment: EndingMoment): EndingStep {
  if (phaseOf(session, moment.atMs) !== 'overtime') {
    return 'hold';
  }
  if (moment.flow === 'inFlow') {
    return session.askedMs === undefined && moment.naturalBreak !== undefined ? 'ask' : 'hold';
  }
  if (session.askedMs !== undefined && moment.atMs - session.askedMs < answerWaitMs) {
    return 'hold';
  }
  return 'end';
}
