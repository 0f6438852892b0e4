import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { FlowState } from '../../../src/facts/flow.ts';
import { dayAt } from '../../../src/facts/localDay.ts';
import type { MinuteSample } from '../../../src/facts/minuteSample.ts';
import type { InsightsReading } from '../../../src/readings/insightsReading.ts';
import { summarizeDay } from '../../../src/vault/history/daySummary.ts';
import type { LivedSession } from '../../../src/vault/history/insightMinutes.ts';
import { summarizeInsights } from '../../../src/vault/history/insights.ts';
import { makeDemoHistory } from '../../../src/vault/history/demoHistory.ts';
import { sampleAt, testId } from '../../support/vaultRecords.ts';

const minuteMs = 60_000;
const dayStartHour = 4;
/** A Wednesday at noon, an hour ahead of UTC. */
const endMs = Date.UTC(2026, 3, 15, 11);
const today = dayAt(endMs, 60, dayStartHour);
const query = { today, dayStartHour, endMs };

type Stretch = readonly [count: number, changes?: Partial<MinuteSample> | 'gone'];

let ids = 0;

/** A session from an hour of a day on, of stretches of minutes; `gone` leaves some out. */
function session(
  day: number,
  hour: number,
  stretches: readonly Stretch[],
  changes: Partial<LivedSession> = {},
): LivedSession {
  const zoneOffsetMinutes = changes.zoneOffsetMinutes ?? 60;
  const first = day * 1440 + hour * 60 - zoneOffsetMinutes;
  const samples: MinuteSample[] = [];
  let minute = first;
  for (const [count, own = {}] of stretches) {
    for (let left = count; left > 0; left--, minute++) {
      if (own !== 'gone') {
        samples.push(sampleAt(minute, own));
      }
    }
  }
  return {
    id: testId(++ids),
    startMs: first * minuteMs,
    endMs: ((samples.at(-1)?.minute ?? first) + 1) * minuteMs,
    zoneOffsetMinutes,
    origin: 'recorded',
    samples,
    ...changes,
  };
}

function daysBack(count: number): number[] {
  return Array.from({ length: count }, (_, index) => today - 1 - index);
}

const inFlow = { state: 'inFlow' } as const;
const reading = { state: 'reading', score: undefined } as const;
const building = { state: 'building' } as const;

describe('insights', function () {
  this.timeout(60_000);

  it('say nothing, and how much is missing, without a record', () => {
    const state = summarizeInsights([], query);
    assert.equal(state.recordedDays, 0);
    assert.deepEqual(state.bestHours.basis, { have: 0, need: 15 });
    assert.deepEqual(state.spellLength.basis, { have: 0, need: 20 });
    assert.deepEqual(state.beforeBreaks.basis, { have: 0, need: 20 });
    assert.deepEqual(state.recovery.basis, { have: 0, need: 20 });
    assert.deepEqual(state.focusedTime.basis, { have: 0, need: 4 });
    assert.ok(allFound(state).every((found) => found === null));
  });

  it('look back twelve weeks and no farther: a year of nothing is nothing', () => {
    const old = Array.from({ length: 40 }, (_, index) => session(today - 365 - index, 9, [[30]]));
    assert.deepEqual(summarizeInsights(old, query), summarizeInsights([], query));
    const atTheEdge = [session(today - 84, 5, [[10]]), session(today - 85, 5, [[10]])];
    assert.equal(summarizeInsights(atTheEdge, query).recordedDays, 1);
  });

  it('claim nothing from one day', () => {
    const state = summarizeInsights([session(today - 1, 9, [[60], [5, 'gone'], [60]])], query);
    assert.equal(state.recordedDays, 1);
    assert.ok(allFound(state).every((found) => found === null));
    assert.equal(state.spellLength.basis.have, 2);
  });

  it('mark what is made up or comes from elsewhere', () => {
    const of = (origin: LivedSession['origin']): readonly boolean[] => {
      const state = summarizeInsights([session(today - 1, 9, [[5]], { origin })], query);
      return [state.demo, state.imported];
    };
    assert.deepEqual(
      [of('recorded'), of('demo'), of('imported')],
      [
        [false, false],
        [true, false],
        [false, true],
      ],
    );
  });

  describe('of spells', () => {
    it('give the quartiles of those that have ended', () => {
      // 21 spells of 10, 11, ... 30 minutes; one more still goes on.
      const sessions = daysBack(21).map((day, index) => session(day, 9, [[10 + index]]));
      const running = session(today, 11, [[60]]);
      const { spellLength } = summarizeInsights([...sessions, running], query);
      assert.deepEqual(spellLength.basis, { have: 21, need: 20 });
      assert.deepEqual(spellLength.found, {
        lowSeconds: 15 * 60,
        midSeconds: 20 * 60,
        highSeconds: 25 * 60,
      });
      assert.deepEqual(
        spellLength.lengths.map(({ times }) => times),
        [0, 0, 10, 10, 1, 0, 0, 0],
      );
    });

    it('count a break of less than three minutes into the spell', () => {
      const day = today - 1;
      const of = (gap: number): number =>
        summarizeInsights([session(day, 9, [[10], [gap, 'gone'], [10]])], query).spellLength.basis
          .have;
      assert.deepEqual([of(2), of(3)], [1, 2]);
    });
  });

  describe('of what came before breaks', () => {
    const ends = (last: readonly Stretch[]): InsightsReading['beforeBreaks'] =>
      summarizeInsights(
        daysBack(20).map((day) => session(day, 9, [[20], ...last])),
        query,
      ).beforeBreaks;
    const counts = (state: InsightsReading['beforeBreaks']): readonly number[] =>
      state.found?.map(({ breaks }) => breaks) ?? [];

    it('count what is recorded in the last two minutes', () => {
      assert.deepEqual(counts(ends([[1, { blurs: 2 }]])), [20, 0, 0, 0]);
      assert.deepEqual(counts(ends([[1, { blurs: 1 }], [2]])), [0, 0, 20, 0]);
      assert.deepEqual(counts(ends([[1, { blockChars: 40 }], [1], [5, reading]])), [0, 20, 0, 0]);
      assert.deepEqual(counts(ends([[1, { blockChars: 40, blurs: 1 }]])), [20, 20, 0, 0]);
    });

    it('tell a record that stops from one that goes on, and see nothing where there is nothing', () => {
      assert.deepEqual(counts(ends([])), [0, 0, 20, 0]);
      assert.deepEqual(counts(ends([[5, reading]])), [0, 0, 0, 20]);
    });

    it('stand beside how often the same is seen in the midst of spells', () => {
      // Of a spell of 22 minutes, 19 stretches of two minutes share none with the last two; two of them hold the block.
      const state = ends([[1, { blurs: 1 }], [1]]);
      assert.equal(state.found?.[0]?.usualShare, 0);
      const sessions = daysBack(20).map((day) =>
        session(day, 9, [[9], [1, { blockChars: 30 }], [10], [2], [4, reading]]),
      );
      const { found } = summarizeInsights(sessions, query).beforeBreaks;
      const block = found?.find(({ sign }) => sign === 'block');
      assert.deepEqual(block, { sign: 'block', breaks: 0, usualShare: 2 / 19 });
    });

    it('show the last of them, newest first, where they were lived', () => {
      const { latest } = ends([[1, { blurs: 1 }]]);
      assert.equal(latest.length, 8);
      assert.deepEqual(latest[0], {
        atMs: ((today - 1) * 1440 + 8 * 60 + 21) * minuteMs,
        zoneOffsetMinutes: 60,
        spellSeconds: 21 * 60,
        signs: ['blur'],
      });
    });
  });

  describe('of the way back', () => {
    const after = (stretches: readonly Stretch[]): InsightsReading['recovery'] =>
      summarizeInsights(
        daysBack(20).map((day) => session(day, 9, [[10], ...stretches])),
        query,
      ).recovery;

    it('measure from the return to the first focused minute', () => {
      const { found, basis, latest } = after([[6, 'gone'], [7, building], [10]]);
      assert.equal(basis.have, 20);
      assert.deepEqual(found, { midSeconds: 420, highSeconds: 420 });
      assert.equal(latest[0]?.atMs, ((today - 1) * 1440 + 8 * 60 + 16) * minuteMs);
      assert.deepEqual(after([[15, 'gone'], [10]]).found, { midSeconds: 0, highSeconds: 0 });
    });

    it('count no absence that is long, or that came in the midst of something else', () => {
      assert.equal(after([[16, 'gone'], [10]]).basis.have, 0);
      assert.equal(after([[2, 'gone'], [10]]).basis.have, 0);
      assert.equal(after([[3, reading], [5, 'gone'], [10]]).basis.have, 0);
      assert.equal(after([[2, reading], [5, 'gone'], [10]]).basis.have, 20);
      assert.equal(after([[5, reading], [10]]).basis.have, 0);
    });

    it('say "longer" of what takes longer than half an hour, so that slow returns are not left out', () => {
      const { found, lengths, longestSeconds } = after([[5, 'gone'], [45, building], [5]]);
      assert.deepEqual(found, { midSeconds: longestSeconds, highSeconds: longestSeconds });
      assert.equal(lengths.at(-1)?.times, 20);
    });

    it('keep apart those who left again before work was steady', () => {
      const { basis, leftAgain } = after([
        [5, 'gone'],
        [4, building],
      ]);
      assert.deepEqual([basis.have, leftAgain], [0, 20]);
      const later = after([[5, 'gone'], [4, building], [60, 'gone'], [10]]);
      assert.deepEqual([later.basis.have, later.leftAgain], [0, 20]);
      // A second short absence on the way is a part of the way.
      const twice = after([[5, 'gone'], [4, building], [5, 'gone'], [1, building], [5]]);
      assert.deepEqual(twice.found, { midSeconds: 600, highSeconds: 600 });
    });
  });

  describe('of focused time', () => {
    it('set seven whole days beside the weeks before, without today', () => {
      // An hour on each of the last seven days, then half an hour a day for five weeks.
      const sessions = [
        ...daysBack(7).map((day) => session(day, 9, [[60]])),
        ...daysBack(42)
          .slice(7)
          .map((day) => session(day, 9, [[30]])),
        session(today, 9, [[60]]),
      ];
      const { focusedTime } = summarizeInsights(sessions, query);
      assert.deepEqual(focusedTime.basis, { have: 5, need: 4 });
      const week = 7 * 30 * 60;
      assert.deepEqual(focusedTime.found, {
        seconds: 2 * week,
        lowSeconds: week,
        highSeconds: week,
      });
      assert.deepEqual(
        focusedTime.weeks.map(({ seconds }) => seconds),
        [null, null, null, null, null, null, week, week, week, week, week, 2 * week],
      );
    });

    it('leave out the week in which the record begins, and weeks without any', () => {
      const days = daysBack(40).filter((day) => day < today - 14 || day >= today - 7);
      const { weeks } = summarizeInsights(
        days.map((day) => session(day, 9, [[30]])),
        query,
      ).focusedTime;
      assert.deepEqual(
        weeks.slice(-7).map(({ seconds }) => seconds !== null),
        [false, false, true, true, true, false, true],
      );
    });
  });

  describe('of the best hours', () => {
    const at = (hour: number, state: FlowState, day: number): LivedSession =>
      session(day, hour, [[60, { state }]]);

    it('name those with more flow than the rest of the same days', () => {
      const sessions = daysBack(30).flatMap((day) => [
        at(9, 'steady', day),
        at(10, 'inFlow', day),
        at(11, 'inFlow', day),
        at(14, 'steady', day),
        at(15, 'steady', day),
      ]);
      const { found, hours } = summarizeInsights(sessions, query).bestHours;
      assert.deepEqual(found, {
        fromHour: 10,
        toHour: 12,
        days: 30,
        daysAbove: 30,
        share: 1,
        restShare: 0,
      });
      assert.deepEqual(
        hours.map(({ hour }) => hour),
        [9, 10, 11, 14, 15],
      );
    });

    it('stay with the local hour through a change of the clocks and in another zone', () => {
      // Central Europe went from UTC+1 to UTC+2 on 2026-03-29; one week was spent in New York.
      const change = dayAt(Date.UTC(2026, 2, 29, 12), 60, dayStartHour);
      const sessions = daysBack(40).flatMap((day) => {
        const zoneOffsetMinutes = day > today - 8 ? -240 : day >= change ? 120 : 60;
        return [
          session(day, 9, [[60]], { zoneOffsetMinutes }),
          session(day, 10, [[120, inFlow]], { zoneOffsetMinutes }),
          session(day, 14, [[60]], { zoneOffsetMinutes }),
        ];
      });
      const state = summarizeInsights(sessions, { ...query, today: today + 1 });
      assert.equal(state.bestHours.found?.fromHour, 10);
      assert.equal(state.bestHours.found.toHour, 12);
      assert.deepEqual(
        state.bestHours.hours.map(({ hour }) => hour),
        [9, 10, 11, 14],
      );
    });

    it('pass over midnight, and put the hours after it last', () => {
      const sessions = daysBack(30).flatMap((day) => [
        at(20, 'steady', day),
        session(day, 23, [[120, inFlow]]),
      ]);
      const { found, hours } = summarizeInsights(sessions, query).bestHours;
      assert.deepEqual([found?.fromHour, found?.toHour], [23, 1]);
      assert.deepEqual(
        hours.map(({ hour }) => hour),
        [20, 23, 0],
      );
    });

    it('are seldom named where only chance is at work', () => {
      const random = mulberry(5);
      let named = 0;
      const people = 60;
      for (let person = 0; person < people; person++) {
        const sessions = daysBack(50).flatMap((day) =>
          [9, 10, 11, 13, 14, 15, 16].map((hour) => {
            const flowing = Math.floor(random() * 45);
            return session(day, hour, [[45 - flowing], [flowing, inFlow]]);
          }),
        );
        named += summarizeInsights(sessions, query).bestHours.found === null ? 0 : 1;
      }
      assert.ok(named <= people * 0.05, `${named} of ${people}`);
    });
  });

  describe('of any history', () => {
    const states: readonly FlowState[] = [
      'steady',
      'inFlow',
      'building',
      'reading',
      'assisted',
      'unknown',
      'away',
    ];
    const history = fc.array(
      fc.record({
        day: fc.integer({ min: today - 90, max: today }),
        hour: fc.integer({ min: 0, max: 23 }),
        zone: fc.constantFrom(-480, 0, 60, 330),
        stretches: fc.array(
          fc.record({
            count: fc.integer({ min: 1, max: 40 }),
            state: fc.constantFrom(...states, 'gone' as const),
            seconds: fc.integer({ min: 1, max: 60 }),
            blurs: fc.integer({ min: 0, max: 1 }),
            blockChars: fc.constantFrom(0, 0, 30),
          }),
          { minLength: 1, maxLength: 8 },
        ),
      }),
      { maxLength: 40 },
    );
    type Drawn = typeof history extends fc.Arbitrary<infer Value> ? Value : never;
    const sessionsOf = (drawn: Drawn): LivedSession[] =>
      drawn.map(({ day, hour, zone, stretches }) =>
        session(
          day,
          hour,
          stretches.map(({ count, state, ...own }): Stretch => {
            return [count, state === 'gone' ? 'gone' : { state, ...own }];
          }),
          { zoneOffsetMinutes: zone },
        ),
      );

    it('do not depend on the order in which it became known', () => {
      fc.assert(
        fc.property(history, (drawn) => {
          const sessions = sessionsOf(drawn);
          assert.deepEqual(
            summarizeInsights([...sessions].reverse(), query),
            summarizeInsights(sessions, query),
          );
        }),
        { numRuns: 50 },
      );
    });

    it('hold together: classes add up to their basis, quartiles lie in range, shares within 0 and 1', () => {
      fc.assert(
        fc.property(history, (drawn) => {
          const state = summarizeInsights(sessionsOf(drawn), query);
          const { spellLength, recovery, beforeBreaks, bestHours } = state;
          const total = (of: readonly { readonly times: number }[]): number =>
            of.reduce((sum, { times }) => sum + times, 0);
          assert.equal(total(spellLength.lengths), spellLength.basis.have);
          assert.equal(total(recovery.lengths), recovery.basis.have);
          const { lowSeconds = 0, midSeconds = 0, highSeconds = 0 } = spellLength.found ?? {};
          assert.ok(lowSeconds <= midSeconds && midSeconds <= highSeconds);
          for (const { breaks, usualShare } of beforeBreaks.found ?? []) {
            assert.ok(breaks <= beforeBreaks.basis.have);
            assert.ok(usualShare === null || (usualShare >= 0 && usualShare <= 1));
          }
          for (const hour of bestHours.hours) {
            assert.ok(hour.inFlowSeconds <= hour.activeSeconds);
          }
        }),
        { numRuns: 100 },
      );
    });

    it('agree with the day view on the longest spell', () => {
      fc.assert(
        fc.property(history, (drawn) => {
          const sessions = sessionsOf(drawn);
          const whole = { startMs: (today - 86) * 1440 * minuteMs, endMs };
          const firstMinute = (today - 80) * 1440;
          const within = sessions.filter(({ samples }) => (samples[0]?.minute ?? 0) >= firstMinute);
          const ended = { ...query, today: today + 2, endMs: endMs + 2 * 1440 * minuteMs };
          const state = summarizeInsights(within, ended);
          const day = summarizeDay(within, { ...whole, endMs: ended.endMs });
          const longest = Math.max(0, ...state.beforeBreaks.latest.map((end) => end.spellSeconds));
          assert.ok(longest <= day.longestSpellSeconds);
          const last = state.spellLength.lengths.findLast(({ times }) => times > 0);
          if (last !== undefined) {
            assert.ok(day.longestSpellSeconds >= last.fromSeconds);
            assert.ok(day.longestSpellSeconds < (last.toSeconds ?? Infinity));
          } else {
            assert.equal(day.longestSpellSeconds, 0);
          }
        }),
        { numRuns: 100 },
      );
    });
  });

  it('are there, believable and marked, in made-up history', () => {
    const state = summarizeInsights(demoSessions(), query);
    assert.ok(state.demo);
    assert.ok(allFound(state).every((found) => found !== null));
    const { midSeconds = 0 } = state.spellLength.found ?? {};
    assert.ok(midSeconds > 5 * 60 && midSeconds < 60 * 60, `${midSeconds} s`);
    for (const { sign, breaks } of state.beforeBreaks.found ?? []) {
      assert.ok(breaks > 0, sign);
    }
  });
});

function allFound(state: InsightsReading): readonly unknown[] {
  const { bestHours, spellLength, beforeBreaks, recovery, focusedTime } = state;
  return [bestHours, spellLength, beforeBreaks, recovery, focusedTime].map(({ found }) => found);
}

function demoSessions(): LivedSession[] {
  const options = { days: 90, seed: 7, endMs, zoneOffsetMinutes: () => 60 };
  const sessions = new Map<string, LivedSession & { readonly samples: MinuteSample[] }>();
  for (const record of makeDemoHistory(options)) {
    if (record.type === 'session') {
      sessions.set(record.id, { ...record, samples: [] });
    } else {
      sessions.get(record.session)?.samples.push(record.sample);
    }
  }
  return [...sessions.values()];
}

function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
