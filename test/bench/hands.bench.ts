import { atMost, told, type Figure, type SuiteResult } from '../support/figure.ts';
import { judgeHands, type HandsReport } from '../support/judging/handsLost.ts';
import { recordedSessions } from '../support/judging/recordedSessions.ts';

const worst = 5;

/** A quantile of what the sessions lost, in per cent; `reports` from the most to the least. */
function lostBy(reports: readonly HandsReport[], share: number): Figure {
  const at = Math.min(reports.length - 1, Math.floor((1 - share) * reports.length));
  const name = `${Math.round(100 * share)} % of the sessions lost at most`;
  return told(name, 100 * (reports[at]?.lostShare ?? NaN), '%');
}

/**
 * False alarms: what people typed, without any doubt, that the judging of runs takes for no hand's. Keys that they held
 * down are among it.
 */
export function run(): Promise<SuiteResult> {
  const reports = recordedSessions().map(judgeHands);
  reports.sort((one, other) => other.lostShare - one.lostShare);
  const sum = (of: (report: HandsReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  const typed = sum((report) => report.typed);
  const share = (of: (report: HandsReport) => number): number => (100 * sum(of)) / typed;
  return Promise.resolve({
    suite: 'hands',
    figures: [
      told('sessions', reports.length, ''),
      told('characters typed one at a time', typed, ''),
      atMost(
        'lost',
        share(({ held, unknown }) => held + unknown),
        '%',
        1,
      ),
      told(
        'lost, taken for repeats of a held key',
        share(({ held }) => held),
        '%',
      ),
      told(
        'lost, taken for a stream or a program',
        share(({ unknown }) => unknown),
        '%',
      ),
      told(
        'kept in the record, but no evidence',
        share(({ late }) => late),
        '%',
      ),
      ...[0.5, 0.75, 0.9, 0.95, 0.99].map((part) => lostBy(reports, part)),
      ...reports
        .slice(0, worst)
        .map(({ session, lostShare }) => told(`session ${session}: lost`, 100 * lostShare, '%')),
    ],
  });
}
