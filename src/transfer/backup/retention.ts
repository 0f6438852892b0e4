/**
 * Which backups stay: all of the last two days, then the last one of each of 7 days, 5 weeks and 12 months, and of
 * every year. Days, weeks and months are those that have a backup, counted back from the newest backup's own time
 * (UTC): after a summer without any, or with a clock that is wrong, time that went by makes nothing old. A backup that is the last
 * of its day, week or month stays that for ever, so what went is never missed by a later rule.
 */

/** What is known of a backup. */
export interface KeptBackup {
  /** Its name; no two have the same. */
  readonly file: string;
  readonly createdMs: number;
  readonly verifiedMs: number | null;
}

export interface RetentionRules {
  /** Days with a backup of which every one stays. */
  readonly wholeDays: number;
  /** Of so many of each the last one stays. */
  readonly days: number;
  readonly weeks: number;
  readonly months: number;
}

export const retentionRules: RetentionRules = { wholeDays: 2, days: 7, weeks: 5, months: 12 };

const dayMs = 24 * 3_600_000;
/** After a gap of so many days the clock may be wrong: nothing goes before there are backups of two days again. */
const longestGapDays = 30;

/**
 * The names of those that may go. None when the clock is more than a day behind the newest backup, or when the newest
 * day lies alone behind a long gap; never the last verified one, nor any whose time is after the clock's.
 */
export function backupsToPrune(
  backups: readonly KeptBackup[],
  nowMs: number,
  rules: RetentionRules = retentionRules,
): string[] {
  const newestFirst = [...backups].sort(
    (one, other) => other.createdMs - one.createdMs || (one.file < other.file ? 1 : -1),
  );
  const [newest] = newestFirst;
  if (newest === undefined || nowMs < newest.createdMs - dayMs || isAfterGap(newestFirst)) {
    return [];
  }
  const kept = new Set<string>([newest.file]);
  const lastVerified = newestFirst.find(({ verifiedMs }) => verifiedMs !== null);
  if (lastVerified !== undefined) {
    kept.add(lastVerified.file);
  }
  const wholeDays = new Set<number>();
  for (const { file, createdMs } of newestFirst) {
    const day = dayOf(createdMs);
    if (wholeDays.size < rules.wholeDays || wholeDays.has(day)) {
      wholeDays.add(day);
      kept.add(file);
    }
  }
  keepLastOfEach(newestFirst, dayOf, rules.days, kept);
  keepLastOfEach(newestFirst, weekOf, rules.weeks, kept);
  keepLastOfEach(newestFirst, monthOf, rules.months, kept);
  keepLastOfEach(newestFirst, yearOf, Infinity, kept);
  return newestFirst
    .filter(({ file, createdMs }) => !kept.has(file) && createdMs <= nowMs)
    .map(({ file }) => file);
}

function keepLastOfEach(
  newestFirst: readonly KeptBackup[],
  periodOf: (wallMs: number) => number,
  most: number,
  kept: Set<string>,
): void {
  const periods = new Set<number>();
  for (const { file, createdMs } of newestFirst) {
    const period = periodOf(createdMs);
    if (periods.size < most && !periods.has(period)) {
      periods.add(period);
      kept.add(file);
    }
  }
}

function isAfterGap(newestFirst: readonly KeptBackup[]): boolean {
  const [newestDay, dayBefore] = new Set(newestFirst.map(({ createdMs }) => dayOf(createdMs)));
  return (
    newestDay !== undefined && dayBefore !== undefined && newestDay - dayBefore > longestGapDays
  );
}

function dayOf(wallMs: number): number {
  return Math.floor(wallMs / dayMs);
}

/** Weeks begin on Monday; 1970 began on a Thursday. */
function weekOf(wallMs: number): number {
  return Math.floor((dayOf(wallMs) + 3) / 7);
}

function monthOf(wallMs: number): number {
  return yearOf(wallMs) * 12 + new Date(wallMs).getUTCMonth();
}

function yearOf(wallMs: number): number {
  return new Date(wallMs).getUTCFullYear();
}
