import { RhythmTemplate, leastLimit } from '../../src/flow/rhythm/rhythmTemplate.ts';
import { signatureIntervals, unusualInARow } from '../../src/flow/rhythm/rhythmSignature.ts';
import { told, type Figure, type SuiteResult } from '../support/figure.ts';
import type { RecordedSession } from '../support/judging/recorded.ts';
import { recordedSessions } from '../support/judging/recordedSessions.ts';
import { rhythmWindows, verify } from '../support/judging/verification.ts';

/** The first 1,000 intervals make the template: sessions have half an hour, so there is no more to learn from. */
const enrolledIntervals = 1_000;

/** How often a run of windows, long enough for a hint, all lie beyond the limit that holds at the least. */
function judgeHints(sessions: readonly RecordedSession[]): Figure[] {
  const enrolled = enrolledIntervals / signatureIntervals;
  const people = sessions
    .map((session) => rhythmWindows(session, signatureIntervals))
    .filter((windows) => windows.length >= enrolled + unusualInARow);
  const counts = { own: 0, others: 0 };
  people.forEach((windows, index) => {
    const template = new RhythmTemplate();
    windows.slice(0, enrolled).forEach((window) => {
      template.learn(window);
    });
    people.forEach((those, other) => {
      const run = those.slice(enrolled, enrolled + unusualInARow);
      if (run.every((window) => template.distanceTo(window) > leastLimit)) {
        counts[other === index ? 'own' : 'others']++;
      }
    });
  });
  const pairs = people.length * (people.length - 1);
  return [
    told('hint: people', people.length, ''),
    told('hint: others hinted at, one limit for all', (100 * counts.others) / pairs, '%'),
    told('hint: own typing hinted at', (100 * counts.own) / people.length, '%'),
  ];
}

/** How well the rhythm signature tells writers apart, on real typing. It is a hint; nothing here is a budget. */
export function run(): Promise<SuiteResult> {
  const sessions = recordedSessions();
  const figures = [200, signatureIntervals].flatMap((intervals) => {
    const verified = verify(sessions, intervals, enrolledIntervals / intervals);
    const name = `${intervals} intervals`;
    return [
      told(`${name}: people`, verified.people, ''),
      told(`${name}: own windows`, verified.genuineWindows, ''),
      told(`${name}: equal error rate`, 100 * verified.equalErrorRate, '%'),
      told(`${name}: others pass where 5 % of own fail`, 100 * verified.falseAccepts, '%'),
      told(`${name}: limit there`, verified.limit, ''),
    ];
  });
  return Promise.resolve({ suite: 'signature', figures: [...figures, ...judgeHints(sessions)] });
}
