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
/**
 * A clock that is set back, or a machine that was asleep, is behind by less. What is dated later has a wrong date, or the clock
 * is a dead one that begins again at a date of its own.
 */
const longestLagMs = 366 * dayMs;
/** On so many days a clock may have been wrong before somebody put it right. */
const mostStrayDays = 2;
/** After a gap of so many days the clock may be wrong: nothing goes before there are backups of two days again. */
const longestGapDays = 30;

/** Backups whose time is more than a day after the clock's. One of the two is wrong. */
interface BackupsAhead {
  /** Their names, the latest first. */
  readonly files: readonly string[];
  /**
   * Whether nothing may go until the person has put one of the two right. Otherwise it is the backups that are wrong, by more than a
   * year and on a day or two, while there are others of a week of days: they are taken as not there, and stay.
   */
  readonly stopPruning: boolean;
}

/** What is dated after the clock, and what that means. */
export function backupsAhead(
  backups: readonly KeptBackup[],
  nowMs: number,
  rules: RetentionRules = retentionRules,
): BackupsAhead {
  const ahead = backups.filter(({ createdMs }) => createdMs > nowMs + dayMs);
  const others = backups.filter(({ createdMs }) => createdMs <= nowMs + dayMs);
  const areStray =
    ahead.every(({ createdMs }) => createdMs > nowMs + longestLagMs) &&
    daysOf(ahead).size <= mostStrayDays &&
    daysOf(others).size >= rules.days;
  return {
    files: ahead.sort((one, other) => other.createdMs - one.createdMs).map(({ file }) => file),
    stopPruning: ahead.length > 0 && !areStray,
  };
}

/**
 * The names of those that may go. None when the clock is more than a day behind the newest backup, but for strays
 * ({@link backupsAhead}), or when the newest day lies alone behind a long gap; never the last verified one, nor any whose time is
 * after the clock's.
 */
export function backupsToPrune(
  backups: readonly KeptBackup[],
  nowMs: number,
  rules: RetentionRules = retentionRules,
): string[] {
  const { files: strays, stopPruning } = backupsAhead(backups, nowMs, rules);
  if (stopPruning) {
    return [];
  }
  const counted = backups.filter(({ file }) => !strays.includes(file));
  const newestFirst = [...counted].sort(
    (one, other) => other.createdMs - one.createdMs || (one.file < other.file ? 1 : -1),
  );
  const [newest] = newestFirst;
  if (newest === undefined || isAfterGap(newestFirst)) {
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
  const [newestDay, dayBefore] = daysOf(newestFirst);
  return (
    newestDay !== undefined && dayBefore !== undefined && newestDay - dayBefore > longestGapDays
  );
}

function daysOf(backups: readonly KeptBackup[]): ReadonlySet<number> {
  return new Set(backups.map(({ createdMs }) => dayOf(createdMs)));
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
