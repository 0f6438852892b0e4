import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { SqlJsStatic } from 'sql.js';
import type { MinuteSample } from '../../../src/facts/minuteSample.ts';
import { Database, loadSqlite } from '../../../src/vault/sqlite/database.ts';
import { ingest } from '../../../src/vault/database/ingest.ts';
import { HistoryPass } from '../../../src/vault/database/rescoredHistory.ts';
import { createSchema } from '../../../src/vault/database/schema.ts';
import { loadDay, rollUp } from '../../../src/vault/history/dayQueries.ts';
import { summarizeDay } from '../../../src/vault/history/daySummary.ts';
import { summarizeInsights } from '../../../src/vault/history/insights.ts';
import type { LivedSession } from '../../../src/vault/history/insightMinutes.ts';
import { whatCounts } from '../../../src/vault/history/whatCounts.ts';
import { importedId } from '../../../src/vault/kinds/importedId.ts';
import type { Origin, VaultRecord } from '../../../src/vault/record.ts';
import { historyRules } from '../../../src/flow/history/historyRules.ts';
import { wasmPath } from '../../support/keeperBundle.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { sampleAt, testId } from '../../support/vaultRecords.ts';
import { newLedger } from '../../support/trusting.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** Local time minus UTC. */
const zoneOffsetMinutes = 60;
const day = Date.UTC(2026, 10, 20) / dayMs;
/** Midnight of that day in the zone. */
const midnight = day * 1_440 - zoneOffsetMinutes;
const whole = { startMs: midnight * minuteMs, endMs: (midnight + 1_440) * minuteMs };
const claimless: Partial<MinuteSample> = {
  ...({ state: 'unknown', score: undefined } as const),
  ...{ confidence: 0, insertedChars: 0, deletes: 0, navigations: 0 },
};

function session(
  id: number,
  origin: Origin,
  samples: readonly MinuteSample[],
  changes: Partial<LivedSession> = {},
): LivedSession {
  const minutes = samples.map(({ minute }) => minute);
  return {
    id: testId(id),
    startMs: Math.min(...minutes) * minuteMs,
    endMs: (Math.max(...minutes) + 1) * minuteMs,
    zoneOffsetMinutes,
    origin,
    samples,
    ...changes,
  };
}

/** Minutes from a minute of the day on. */
function run(from: number, count: number, changes: Partial<MinuteSample> = {}): MinuteSample[] {
  return Array.from({ length: count }, (_, index) => sampleAt(midnight + from + index, changes));
}

const imported = (id: number, from: number, count: number, seconds = 60): LivedSession =>
  session(id, 'imported', run(from, count, { ...claimless, seconds }));

/** With the id that an earlier version gave to what it imported. */
function asImportedEarlier(id: number, given: LivedSession): LivedSession {
  return { ...given, id: importedId('wakatime', String(given.startMs), id) };
}

/** A day's sum as an import places it: around noon; with the origin `imported`, as an earlier version did. */
function sum(id: number, seconds: number, origin: Origin = 'importedSum'): LivedSession {
  const from = Math.floor(720 - seconds / 120);
  const samples = run(from, Math.ceil(seconds / 60), claimless);
  const last = samples.at(-1);
  if (last !== undefined && seconds % 60 > 0) {
    samples[samples.length - 1] = { ...last, seconds: seconds % 60 };
  }
  const startMs = (midnight + from) * minuteMs;
  const made = session(id, origin, samples, { startMs, endMs: startMs + seconds * 1_000 });
  return origin === 'imported' ? asImportedEarlier(id, made) : made;
}

function secondsOf(sessions: readonly LivedSession[]): number {
  const { seconds } = summarizeDay(sessions, whole);
  return Object.values(seconds).reduce((all, own) => all + own, 0);
}

function recordsOf(sessions: readonly LivedSession[]): VaultRecord[] {
  return sessions.flatMap(({ id, startMs, endMs, zoneOffsetMinutes: zone, origin, samples }) => [
    { type: 'session' as const, id, startMs, endMs, zoneOffsetMinutes: zone, origin },
    ...samples.map((sample) => ({
      type: 'minute' as const,
      ...{ session: id, zoneOffsetMinutes: zone, origin, sample },
    })),
  ]);
}

describe('what counts of several tellings of a time', function () {
  this.timeout(120_000);

  it('leaves what is as it is where nothing is imported, and makes nothing anew', () => {
    const sessions = [session(1, 'recorded', run(600, 5)), session(2, 'demo', run(600, 5))];
    assert.equal(whatCounts(sessions), sessions);
  });

  it('is what was recorded of a minute, though more of it was imported', () => {
    const recorded = session(2, 'recorded', run(660, 60, { state: 'inFlow', seconds: 50 }));
    const sessions = [imported(1, 660, 60), recorded];
    const summary = summarizeDay(sessions, whole);
    assert.equal(summary.seconds.inFlow, 3_000);
    assert.equal(secondsOf(sessions), 3_000);
    assert.equal(summary.longestSpellSeconds, 3_600);
    assert.deepEqual(summary.sessions, summarizeDay([recorded], whole).sessions);
  });

  it('is of several imported tellings the one with the most seconds, and never their sum', () => {
    assert.equal(secondsOf([imported(1, 600, 10, 20), imported(2, 600, 10, 30)]), 300);
    assert.equal(secondsOf([imported(1, 600, 10, 20), imported(2, 605, 10, 30)]), 100 + 300);
  });

  it('lets made-up history be, beside which imported time counts as a window does', () => {
    const demo = session(3, 'demo', run(600, 10, { seconds: 30 }));
    assert.equal(secondsOf([demo, imported(1, 600, 10, 30)]), 600);
    assert.equal(secondsOf([demo, sum(1, 600)]), 300 + 600);
    assert.equal(summarizeDay([demo, imported(1, 600, 10, 20)], whole).seconds.steady, 300);
  });

  it('is of a day the larger of its sum and its minutes, wherever in the day these are', () => {
    const hours = 3 * 3_600;
    for (const origin of ['importedSum', 'imported'] as const) {
      const total = sum(1, hours, origin);
      assert.equal(secondsOf([total]), hours);
      assert.equal(secondsOf([total, imported(2, 540, 180)]), hours, 'the same time');
      assert.equal(secondsOf([total, imported(2, 60, 60)]), hours, 'apart from it');
      assert.equal(secondsOf([total, imported(2, 0, 300)]), 300 * 60, 'more than it');
      assert.equal(secondsOf([total, session(2, 'recorded', run(630, 90))]), hours);
      assert.equal(secondsOf([total, imported(2, 630, 180, 5)]), hours, 'a little of each minute');
      assert.equal(secondsOf([total, sum(3, 3_630, origin), sum(4, hours)]), hours);
    }
  });

  it('leaves to a minute that was recorded what it was, though a sum fills it up', () => {
    const recorded = session(2, 'recorded', run(690, 60, { state: 'inFlow', seconds: 20 }));
    const sessions = [sum(1, 3_600), recorded];
    const summary = summarizeDay(sessions, whole);
    assert.equal(secondsOf(sessions), 3_600);
    assert.equal(summary.seconds.inFlow, 1_200);
    assert.equal(summary.longestSpellSeconds, 3_600);
    assert.deepEqual(summary.spans.length, 1);
    const query = { today: day + 1, dayStartHour: 4, endMs: whole.endMs };
    const { bestHours, spellLength, imported: isMarked } = summarizeInsights(sessions, query);
    const hours = bestHours.hours.filter(({ activeSeconds }) => activeSeconds > 0);
    assert.equal(
      hours.reduce((all, { activeSeconds }) => all + activeSeconds, 0),
      3_600,
    );
    assert.equal(spellLength.basis.have, 1);
    assert.ok(isMarked);
  });

  it('takes for a sum of an earlier version only what that placed', () => {
    const placed = sum(1, 7_230, 'imported');
    assert.equal(whatCounts([placed])[0]?.origin, 'importedSum');
    const beside = imported(2, 60, 10);
    const changed: readonly LivedSession[] = [
      { ...placed, startMs: placed.startMs + 1 },
      { ...placed, endMs: placed.endMs + 5 * minuteMs },
      { ...placed, samples: placed.samples.filter((_, index) => index !== 3) },
      { ...placed, samples: placed.samples.map((sample) => ({ ...sample, state: 'reading' })) },
      imported(1, 720, 60),
    ];
    const others = changed.map((other) => asImportedEarlier(1, other));
    // As the present version imports time that somebody lived around noon.
    others.push({ ...placed, id: importedId('wakatime', String(placed.startMs), 1, testId(7)) });
    assert.equal(secondsOf([placed, beside]), 7_230);
    for (const other of others) {
      assert.equal(secondsOf([other, beside]), secondsOf([other]) + 600);
    }
  });

  const anySession = fc
    .record({
      kind: fc.constantFrom(
        ...(['recorded', 'imported', 'importedSum', 'placed', 'demo'] as const),
      ),
      from: fc.integer({ min: -300, max: 1_300 }),
      zone: fc.constantFrom(60, 60, 60, -480, 600),
      seconds: fc.integer({ min: 1, max: 5 * 3_600 }),
      each: fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 90 }),
    })
    .map(({ kind, from, zone, seconds, each }) => (id: number): LivedSession => {
      if (kind === 'importedSum' || kind === 'placed') {
        return sum(id, seconds, kind === 'placed' ? 'imported' : kind);
      }
      const own = kind === 'imported' ? claimless : {};
      const samples = each.map((counted, index) =>
        sampleAt(midnight + from + index, { ...own, seconds: counted }),
      );
      return session(id, kind, samples, { zoneOffsetMinutes: zone });
    });
  const anySessions = fc
    .array(anySession, { maxLength: 8 })
    .map((makers) => makers.map((make, index) => make(index + 1)));

  it('depends on what is known, and not on the order, and counts no minute twice', () => {
    fc.assert(
      fc.property(anySessions, fc.func(fc.integer()), (sessions, rank) => {
        const shuffled = [...sessions].sort((one, other) => rank(one.id) - rank(other.id));
        assert.deepEqual(summarizeDay(shuffled, whole), summarizeDay(sessions, whole));
        const query = { today: day + 1, dayStartHour: 4, endMs: whole.endMs + dayMs };
        assert.deepEqual(summarizeInsights(shuffled, query), summarizeInsights(sessions, query));
        const real = sessions.filter(({ origin }) => origin !== 'demo');
        const recorded = real.filter(({ origin }) => origin === 'recorded');
        const without = summarizeDay(recorded, whole);
        const { seconds, longestSpellSeconds, interruptions } = summarizeDay(real, whole);
        assert.equal(seconds.steady, without.seconds.steady);
        assert.equal(longestSpellSeconds, without.longestSpellSeconds);
        assert.ok(interruptions <= without.interruptions);
      }),
      { numRuns: 300 },
    );
  });

  it('comes to the larger of sum and minutes, whatever they are', () => {
    const anySum = fc.integer({ min: 1, max: 12 * 3_600 });
    fc.assert(
      fc.property(anySessions, fc.array(anySum, { maxLength: 3 }), (sessions, sums) => {
        const times = sessions.filter(
          ({ origin }) => origin === 'recorded' || origin === 'imported',
        );
        const real = times.filter((one) => whatCounts([one])[0]?.origin !== 'importedSum');
        const all = [...real, ...sums.map((seconds, index) => sum(100 + index, seconds))];
        assert.equal(secondsOf(all), Math.max(secondsOf(real), ...sums));
      }),
      { numRuns: 300 },
    );
  });

  describe('in a vault', () => {
    let sqlite: SqlJsStatic;

    before(async () => {
      sqlite = await loadSqlite(wasmPath);
    });

    function daysOf(database: Database): readonly string[] {
      return database
        .rows(
          `SELECT day || ' ' || unknown_seconds || ' ' || steady_seconds || ' ' || longest_spell_seconds
             || ' ' || sessions FROM days ORDER BY day`,
        )
        .map((row) => row.text(0));
    }

    it('is the same in day and roll-ups, whichever part came first and was summed up before', () => {
      fc.assert(
        fc.property(anySessions, fc.integer({ min: 0, max: 8 }), (sessions, cut) => {
          const databases = [sessions, [...sessions].reverse()].map((order) => {
            const database = new Database(sqlite, undefined);
            database.execute(createSchema);
            for (const part of [order.slice(0, cut), order.slice(cut)]) {
              const dirtyDays = new Set<number>();
              ingest(database, recordsOf(part), { dayStartHour: 4, dirtyDays });
              rollUp(database, dirtyDays, 4);
            }
            return database;
          });
          const [one, other] = databases;
          try {
            assert.ok(one !== undefined && other !== undefined);
            assert.deepEqual(daysOf(one), daysOf(other));
            for (const hour of [0, 4]) {
              const query = {
                startMs: whole.startMs + hour * 3_600_000,
                endMs: whole.endMs + hour * 3_600_000,
              };
              assert.deepEqual(loadDay(one, query), loadDay(other, query));
              // Less than a day is asked for, and what counts of it is still told from the whole.
              const given = summarizeDay(sessions, query);
              const asked = loadDay(one, query);
              assert.deepEqual(asked.seconds, given.seconds);
              assert.deepEqual(asked.spans, given.spans);
              assert.equal(asked.longestSpellSeconds, given.longestSpellSeconds);
            }
          } finally {
            databases.forEach((database) => {
              database.close();
            });
          }
        }),
        { numRuns: 60 },
      );
    });

    it('is summed up again where an earlier version let imported time stand beside the recorded', () => {
      const ledger = newLedger({ folder: '', keyring: [], sqlite, log: new MemoryLog() });
      try {
        const recorded = session(2, 'recorded', run(660, 60, { state: 'inFlow', seconds: 50 }));
        ledger.take(recordsOf([imported(1, 660, 60), recorded]));
        ledger.rollUp(4);
        const right = daysOf(ledger.database);
        ledger.database.run("DELETE FROM meta WHERE key = 'counting_rules'");
        ledger.database.run('UPDATE days SET unknown_seconds = 3600, in_flow_seconds = 0');
        ledger.rollUp(4);
        assert.deepEqual(daysOf(ledger.database), right);
      } finally {
        ledger.dispose();
      }
    });

    it('changes no reading of what was recorded, under whatever rules', () => {
      const raw = { rhythm: 1, focus: 0.8, consistency: 0.7, error: 0.1, velocity: 3 };
      const recorded = [
        session(1, 'recorded', run(600, 40, { raw })),
        session(2, 'recorded', run(641, 40, { raw })),
      ];
      const read = (sessions: readonly LivedSession[]): readonly string[] => {
        const database = new Database(sqlite, undefined);
        try {
          database.execute(createSchema);
          ingest(database, recordsOf(sessions), { dayStartHour: 4, dirtyDays: new Set() });
          new HistoryPass(database, { ...historyRules, rules: 99 }, 4).advance(100);
          return database
            .rows(
              `SELECT hex(readings) FROM rescored JOIN sessions ON session = number
               WHERE origin = 0 ORDER BY start_ms`,
            )
            .map((row) => row.text(0));
        } finally {
          database.close();
        }
      };
      assert.deepEqual(read([...recorded, imported(3, 610, 90), sum(4, 7_200)]), read(recorded));
    });
  });
});
