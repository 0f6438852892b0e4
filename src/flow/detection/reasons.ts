import type { FeatureName, FlowState } from '../../facts/flow.ts';
import type { FlowReading } from '../flowReading.ts';

/** One reason for a reading. */
export interface Reason {
  /** The feature whose contribution it is, or `undefined` where the reason is the state's own. */
  readonly feature: FeatureName | undefined;
  /** Signed points of the score; 0 where there is no score. */
  readonly points: number;
  /** A sentence for a person, in English; constant for a case, so that it can be the key of a translation. */
  readonly text: string;
}

const raises: Readonly<Record<FeatureName, string>> = {
  rhythm: 'Your rhythm is more even than usual.',
  focus: 'You stayed with the text for more of the last three minutes than usual.',
  consistency: 'You kept going more evenly over the last five minutes than usual.',
  error: 'You correct less than usual.',
  velocity: 'You write faster than usual.',
};

const lowers: Readonly<Record<FeatureName, string>> = {
  rhythm: 'Your rhythm is less even than usual.',
  focus: 'You paused or left the window more in the last three minutes than usual.',
  consistency: 'The last five minutes were more stop and go than usual.',
  error: 'You correct more than usual.',
  velocity: 'You write more slowly than usual.',
};

const withoutScore: Readonly<Record<FlowState, string>> = {
  unknown: 'There are too few edits to tell.',
  building: 'There are too few edits to tell.',
  steady: 'There are too few edits to tell.',
  inFlow: 'There are too few edits to tell.',
  assisted: 'More than half of the new text did not come from single keys.',
  reading: 'You are here without editing: reading and thinking can not be seen from typing.',
  away: 'The window is not in front, or nobody has touched it for a while.',
  paused: 'Tracking is paused.',
};

const untold =
  'The editor does not say what is typed in what is in front: whether you write or read can not be told.';

/** Why a reading is what it is: the features' contributions from the largest to the smallest, or why there is no score. */
export function reasonsOf(reading: FlowReading): Reason[] {
  if (reading.score === undefined) {
    const isUntold = reading.state === 'unknown' && reading.evidence.isUntold === true;
    const text = isUntold ? untold : withoutScore[reading.state];
    return [{ feature: undefined, points: 0, text }];
  }
  return reading.contributions
    .map(({ feature, points }) => ({
      feature,
      points,
      text: points < 0 ? lowers[feature] : raises[feature],
    }))
    .sort((a, b) => Math.abs(b.points) - Math.abs(a.points));
}
