import { activeMs, totalCounts, type FocusSession } from '../../facts/focusSession.ts';
import { totalPlannedMs } from './sessionSteps.ts';

type ScoreInput = 'completion' | 'engagement' | 'steadiness' | 'restraint';

/** One term of the rule: how many points it can give, and the number that earns them. */
export interface ScoreRuleTerm {
  readonly input: ScoreInput;
  /** Points for a value of `full` or better; 0 points for `none` or worse; a straight line between. */
  readonly points: number;
  readonly none: number;
  readonly full: number;
  /** The unit of `none` and `full`. */
  readonly unit: 'share' | 'perHour';
}

/**
 * The whole rule of a session's score, as data: shown to the person as it stands here, and used as it stands
 * here. A new version scores history again. The weights are a choice, not a finding: most for having been
 * engaged, since that is what a session is for; interruptions and blocked tries only count against what is left.
 */
export const productivityRule = {
  version: 1,
  /** Shorter sessions get no score: a minute says nothing. */
  leastActiveMs: 5 * 60_000,
  /** At least this share of the active time must have been seen by a window and been no `unknown`. */
  leastKnownShare: 0.5,
  terms: [
    /** Active time over planned time. */
    { input: 'completion', points: 30, none: 0, full: 1, unit: 'share' },
    /** Steady and in-flow time over the time that could be judged. */
    { input: 'engagement', points: 45, none: 0, full: 0.8, unit: 'share' },
    /** Times the window was left, per hour of active time: 12 (every five minutes) is none. */
    { input: 'steadiness', points: 15, none: 12, full: 0, unit: 'perHour' },
    /** Blocked sites and programs that were tried, per hour of active time. */
    { input: 'restraint', points: 10, none: 12, full: 0, unit: 'perHour' },
  ] satisfies readonly ScoreRuleTerm[],
} as const;

interface EarnedContribution {
  readonly input: ScoreInput;
  /** The number that was compared with the rule. */
  readonly value: number;
  readonly points: number;
  readonly ofPoints: number;
}

export interface SessionScore {
  readonly ruleVersion: number;
  /** 0-100, whole; the rounded sum of the contributions. */
  readonly score: number;
  /** In the order of the rule. */
  readonly contributions: readonly EarnedContribution[];
}

/**
 * The score of a session that has ended. `undefined` for breaks, for sessions that were too short, and where too
 * much of the time can't be judged: no claim is better than a made-up one.
 */
export function scoreSession(session: FocusSession): SessionScore | undefined {
  const { end } = session;
  if (end === undefined || session.kind === 'break') {
    return undefined;
  }
  const active = activeMs(session, end.atMs);
  const counts = totalCounts(session);
  const judgedSeconds = Math.max(0, counts.seconds - counts.unknownSeconds);
  const { leastActiveMs, leastKnownShare } = productivityRule;
  if (active < leastActiveMs || judgedSeconds * 1000 < leastKnownShare * active) {
    return undefined;
  }
  const hours = active / 3_600_000;
  const values: Readonly<Record<ScoreInput, number>> = {
    completion: Math.min(1, active / totalPlannedMs(session)),
    engagement: Math.min(1, counts.focusedSeconds / judgedSeconds),
    steadiness: counts.interruptions / hours,
    restraint: counts.blockedTries / hours,
  };
  const contributions = productivityRule.terms.map((term: ScoreRuleTerm): EarnedContribution => {
    const value = values[term.input];
    const share = (value - term.none) / (term.full - term.none);
    return {
      input: term.input,
      value,
      points: term.points * Math.min(1, Math.max(0, share)),
      ofPoints: term.points,
    };
  });
  const sum = contributions.reduce((total, { points }) => total + points, 0);
  return { ruleVersion: productivityRule.version, score: Math.round(sum), contributions };
}
