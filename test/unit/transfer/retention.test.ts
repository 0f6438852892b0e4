import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import {
  backupsAhead,
  backupsToPrune,
  retentionRules,
  type KeptBackup,
} from '../../../src/transfer/backup/retention.ts';

const dayMs = 24 * 3_600_000;
const startMs = Date.UTC(2026, 0, 1);

/** Crowded into days, or thin over years. */
const anyBackups = fc
  .constantFrom(10, 100, 5 * 365)
  .chain((days) =>
    fc.uniqueArray(
      fc.record(
        { minute: fc.nat(days * 24 * 60), isVerified: fc.boolean() },
        { noNullPrototype: true },
      ),
      { selector: ({ minute }) => minute, maxLength: 120, size: 'max' },
    ),
  )
  .map((all) =>
    all.map(({ minute, isVerified }) => backupAt(startMs + minute * 60_000, isVerified)),
  );

function backupAt(createdMs: number, isVerified = true): KeptBackup {
  return {
    file: `${createdMs}`.padStart(16, '0'),
    createdMs,
    verifiedMs: isVerified ? createdMs : null,
  };
}

function prune(backups: readonly KeptBackup[], nowMs: number): KeptBackup[] {
  const gone = new Set(backupsToPrune(backups, nowMs));
  return backups.filter(({ file }) => !gone.has(file));
}

function newestMs(backups: readonly KeptBackup[]): number {
  return Math.max(0, ...backups.map(({ createdMs }) => createdMs));
}

function isAfterGap(backups: readonly KeptBackup[]): boolean {
  const days = new Set(backups.map(({ createdMs }) => Math.floor(createdMs / dayMs)));
  const [newest, before] = [...days].sort((one, other) => other - one);
  return newest !== undefined && before !== undefined && newest - before > 30;
}

/** Backups at these times of each day, made one after the other and pruned after each. */
function live(days: number, hours: readonly number[]): KeptBackup[] {
  let all: KeptBackup[] = [];
  for (let day = 0; day < days; day++) {
    for (const hour of hours) {
      const atMs = startMs + day * dayMs + hour * 3_600_000;
      all = prune([...all, backupAt(atMs)], atMs);
    }
  }
  return all;
}

/** The most that stay, with so many in a day and over so many years; the last verified one is among them. */
function mostKept(perDay: number, years: number, rules = retentionRules): number {
  return rules.wholeDays * perDay + rules.days + rules.weeks + rules.months + years + 1;
}

describe('retention of backups', () => {
  it('keeps two days whole, then days, weeks, months and years', () => {
    const all = live(3 * 365, [12, 18]);
    const days = all.map(({ createdMs }) => new Date(createdMs).toISOString().slice(0, 13));
    const newest = startMs + (3 * 365 - 1) * dayMs;
    const recent = all.filter(({ createdMs }) => createdMs >= newest - dayMs);
    assert.equal(recent.length, 4);
    for (let back = 0; back < retentionRules.days; back++) {
      const day = new Date(newest - back * dayMs).toISOString().slice(0, 10);
      assert.ok(days.includes(`${day}T18`), day);
    }
    assert.ok(days.includes('2026-12-31T18'), 'the last of a year');
    assert.ok(days.includes('2027-12-31T18'), 'the last of a year');
    assert.ok(days.includes('2028-02-29T18'), 'the last of a month');
    assert.ok(!days.includes('2026-06-30T18'), 'months of three years ago are gone');
    assert.ok(all.length <= mostKept(2, 3), `${all.length} stay`);
    assert.ok(all.length >= 2 * 2 + 5 + 3 + 10);
  });

  it('prunes nothing more when asked again', () => {
    fc.assert(
      fc.property(anyBackups, fc.nat(400), (backups, later) => {
        const nowMs = newestMs(backups) + later * dayMs;
        const kept = prune(backups, nowMs);
        assert.deepEqual(backupsToPrune(kept, nowMs), []);
      }),
    );
  });

  it('misses nothing later that it pruned before', () => {
    fc.assert(
      fc.property(anyBackups, anyBackups, (backups, others) => {
        const nowMs = newestMs(backups);
        const later = others.map(({ createdMs }) => backupAt(nowMs + 1 + createdMs - startMs));
        const gone = new Set(backupsToPrune(backups, nowMs));
        const all = [...backups, ...later];
        const endMs = newestMs(all);
        const goneAtOnce = new Set(backupsToPrune(all, endMs));
        // Nothing goes while the newest day lies alone behind a gap; that is judged elsewhere.
        assert.ok(isAfterGap(all) || [...gone].every((file) => goneAtOnce.has(file)));
      }),
    );
  });

  it('never prunes the newest, the last verified one, or the last of a year', () => {
    fc.assert(
      fc.property(anyBackups, fc.integer({ min: -800, max: 800 }), (backups, days) => {
        const gone = new Set(backupsToPrune(backups, newestMs(backups) + days * dayMs));
        const newestFirst = [...backups].sort((one, other) => other.createdMs - one.createdMs);
        const lastVerified = newestFirst.find(({ verifiedMs }) => verifiedMs !== null);
        assert.ok(!gone.has(newestFirst[0]?.file ?? ''));
        assert.ok(!gone.has(lastVerified?.file ?? ''));
        const years = new Set<number>();
        for (const { file, createdMs } of newestFirst) {
          const year = new Date(createdMs).getUTCFullYear();
          assert.ok(years.has(year) || !gone.has(file));
          years.add(year);
        }
      }),
    );
  });

  it('keeps no more than its rules say', () => {
    fc.assert(
      fc.property(anyBackups, (backups) => {
        const kept = prune(backups, newestMs(backups));
        const perDay = new Map<number, number>();
        for (const { createdMs } of backups) {
          const day = Math.floor(createdMs / dayMs);
          perDay.set(day, (perDay.get(day) ?? 0) + 1);
        }
        const most = Math.max(0, ...perDay.values());
        assert.ok(isAfterGap(backups) || kept.length <= mostKept(most, 6));
      }),
    );
  });

  it('prunes nothing when the clock was set back, and nothing of a time to come', () => {
    const all = Array.from({ length: 400 }, (_, day) => backupAt(startMs + day * dayMs));
    const endMs = newestMs(all);
    assert.notDeepEqual(backupsToPrune(all, endMs), []);
    assert.deepEqual(backupsToPrune(all, endMs - 365 * dayMs), []);
    assert.deepEqual(backupsToPrune(all, endMs - dayMs - 1), []);
    const nowMs = endMs - dayMs / 2;
    const gone = new Set(backupsToPrune(all, nowMs));
    assert.ok(all.every(({ file, createdMs }) => createdMs <= nowMs || !gone.has(file)));
  });

  it('passes over a day or two of a time to come, as if they were not there', () => {
    const daily = fc
      .uniqueArray(fc.nat(60 * 24), { minLength: 40, maxLength: 100 })
      .map((hours) => hours.map((hour) => backupAt(startMs + hour * 3_600_000)));
    const strays = fc.uniqueArray(fc.integer({ min: 450, max: 40_000 }), {
      minLength: 1,
      maxLength: 2,
    });
    fc.assert(
      fc.property(daily, strays, fc.boolean(), (backups, days, isVerified) => {
        const nowMs = newestMs(backups);
        const ahead = days.map((day) => backupAt(startMs + day * dayMs, isVerified));
        const all = [...ahead, ...backups];
        assert.deepEqual(backupsToPrune(all, nowMs), backupsToPrune(backups, nowMs));
        const { files, stopPruning } = backupsAhead(all, nowMs);
        assert.deepEqual([files.length, stopPruning], [ahead.length, false]);
        assert.deepEqual(backupsAhead(backups, nowMs), { files: [], stopPruning: false });
      }),
    );
  });

  it('is not fooled by a clock that is years behind, and says what holds it up', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 400 }),
        fc.integer({ min: 0, max: 6 }),
        fc.integer({ min: 2, max: 12_000 }),
        (days, wrongDays, behindDays) => {
          const right = Array.from({ length: days }, (_, day) => backupAt(startMs + day * dayMs));
          // What the clock says at first, and then each day, until somebody sees it.
          const from = newestMs(right) - behindDays * dayMs;
          const wrong = Array.from({ length: wrongDays }, (_, day) =>
            backupAt(from + day * dayMs + 1),
          );
          const all = [...right, ...wrong];
          const nowMs = Math.max(from, newestMs(wrong));
          if (nowMs + dayMs < newestMs(right)) {
            assert.deepEqual(backupsToPrune(all, nowMs), []);
            const { files, stopPruning } = backupsAhead(all, nowMs);
            assert.ok(stopPruning);
            assert.equal(files[0], backupAt(newestMs(right)).file);
          }
        },
      ),
    );
  });

  it('prunes nothing when the clock was set forward by a year, nor after a year away', () => {
    const all = live(60, [12, 18]);
    const endMs = newestMs(all);
    const later = endMs + 365 * dayMs;
    assert.deepEqual(backupsToPrune(all, later), [], 'time alone makes nothing old');
    assert.deepEqual(backupsToPrune([...all, backupAt(later)], later), []);
    const corrected = endMs + dayMs;
    assert.deepEqual(
      backupsToPrune([...all, backupAt(later), backupAt(corrected)], corrected),
      [],
      'nor when it is put right',
    );
  });
});
