import { RhythmTemplate } from '../../../src/flow/rhythm/rhythmTemplate.ts';
import { RhythmWindow } from '../../../src/flow/rhythm/rhythmWindow.ts';
import { percentile } from '../percentile.ts';
import { eventsOf, type RecordedSession } from './recorded.ts';

/** How well windows of typing tell writers apart. Rates from 0 to 1. */
export interface Verification {
  readonly people: number;
  readonly genuineWindows: number;
  /** Where as many of one's own windows are refused as of others' are taken. */
  readonly equalErrorRate: number;
  /** Others' windows that pass where 5 % of one's own are refused. */
  readonly falseAccepts: number;
  /** The distance there. */
  readonly limit: number;
}

/** Every window of a session, as histograms. */
export function rhythmWindows(session: RecordedSession, intervals: number): Uint32Array[] {
  const windows: Uint32Array[] = [];
  const window = new RhythmWindow(intervals);
  for (const { wallMs, kind, chars } of eventsOf(session)) {
    window.add(wallMs, kind, chars);
    if (window.isFull) {
      windows.push(window.counts.slice());
      window.clear();
    }
  }
  return windows;
}

/**
 * Each session is another person: their first windows make the template, their later ones must pass, and the
 * first later window of everybody else must not. The limit is one for all.
 * @throws {RangeError} when nobody wrote enough, or fewer than two did
 */
export function verify(
  sessions: readonly RecordedSession[],
  intervals: number,
  enrolledWindows: number,
): Verification {
  const people = sessions
    .map((session) => rhythmWindows(session, intervals))
    .filter((windows) => windows.length > enrolledWindows);
  const genuine: number[] = [];
  const impostors: number[] = [];
  people.forEach((windows, index) => {
    const template = new RhythmTemplate();
    windows.slice(0, enrolledWindows).forEach((window) => {
      template.learn(window);
    });
    windows.slice(enrolledWindows).forEach((window) => {
      genuine.push(template.distanceTo(window));
    });
    people.forEach((others, other) => {
      const window = others[enrolledWindows];
      if (other !== index && window !== undefined) {
        impostors.push(template.distanceTo(window));
      }
    });
  });
  genuine.sort((a, b) => a - b);
  impostors.sort((a, b) => a - b);
  const limit = percentile(genuine, 0.95);
  return {
    people: people.length,
    genuineWindows: genuine.length,
    equalErrorRate: equalErrorRate(genuine, impostors),
    falseAccepts: impostors.filter((distance) => distance <= limit).length / impostors.length,
    limit,
  };
}

/** Of distances in ascending order: as the limit grows, refusals fall and false accepts rise until they meet. */
function equalErrorRate(genuine: readonly number[], impostors: readonly number[]): number {
  let accepted = 0;
  for (const [at, limit] of genuine.entries()) {
    while ((impostors[accepted] ?? Infinity) <= limit) {
      accepted++;
    }
    const refused = 1 - (at + 1) / genuine.length;
    const passed = accepted / impostors.length;
    if (passed >= refused) {
      return (passed + refused) / 2;
    }
  }
  throw new RangeError('Nobody to tell apart');
}
