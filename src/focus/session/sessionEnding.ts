import type { FlowState } from '../../facts/flow.ts';
import type { FocusSession } from '../../facts/focusSession.ts';
import { phaseOf } from './sessionSteps.ts';

/** Moments at which a person looks up anyway, so that a question disturbs least. */
export type NaturalBreak = 'save' | 'taskEnd' | 'testEnd' | 'pause' | 'leftFlow' | 'leftWindow';

/** `hold`: stay as it is. `ask`: ask whether to end. `end`: end by time. */
export type EndingStep = 'hold' | 'ask' | 'end';

/** After a question that nobody answered, the session ends this long later, unless flow has come back. */
export const answerWaitMs = 60_000;

export interface EndingMoment {
  /** Steady time of the session. */
  readonly atMs: number;
  readonly flow: FlowState;
  /** What natural break this very moment is, if it is one. */
  readonly naturalBreak: NaturalBreak | undefined;
}

/**
 * Whether a session whose time is over should end. Never during flow, and nothing is asked there either: a save in
 * the midst of flow is no moment to look up. When flow is left it asks, once at most, and ends a minute later if
 * nobody answers. Without flow there is nothing to protect, and it ends.
 */
export function stepTowardsEnd(session: FocusSession, moment: EndingMoment): EndingStep {
  if (phaseOf(session, moment.atMs) !== 'overtime' || moment.flow === 'inFlow') {
    return 'hold';
  }
  if (session.askedMs === undefined) {
    return moment.naturalBreak === 'leftFlow' ? 'ask' : 'end';
  }
  return moment.atMs - session.askedMs < answerWaitMs ? 'hold' : 'end';
}
