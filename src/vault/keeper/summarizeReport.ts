import type { FileReport, VaultReport } from '../upkeep/verify.ts';
import type { VerifySummary } from './keeperContract.ts';

/** The longest list of losses that anyone reads. */
const mostLosses = 100;

/** A report in numbers, without names of files. */
export function summarizeReport({ files, isWhole }: VaultReport): VerifySummary {
  const countOf = (state: FileReport['state']): number =>
    files.filter((file) => file.state === state).length;
  const losses = files.flatMap((file) => file.losses);
  return {
    isWhole,
    whole: countOf('whole'),
    damaged: countOf('damaged'),
    unreadable: countOf('unreadable'),
    later: countOf('later'),
    strange: countOf('strange'),
    lostRecords: losses.reduce((sum, loss) => sum + loss.count, 0),
    lost: losses
      .map(({ count, fromMs, toMs }) => ({ count, fromMs: fromMs ?? null, toMs: toMs ?? null }))
      .sort((one, other) => (one.fromMs ?? 0) - (other.fromMs ?? 0))
      .slice(0, mostLosses),
  };
}
