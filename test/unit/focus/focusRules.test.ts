import assert from 'node:assert/strict';
import fc from 'fast-check';
import { flowStates, type FlowState } from '../../../src/facts/flow.ts';
import {
  adviseBreak,
  freshBreakMemory,
  quietBreaks,
  usualBreakRules,
  type BreakMemory,
} from '../../../src/focus/session/breakAdvisor.ts';
import {
  noProtection,
  protectFlow,
  settleMs,
  undoProtection,
} from '../../../src/focus/session/flowProtection.ts';
import { figuresOfDay, figuresOfWeek } from '../../../src/focus/session/sessionFigures.ts';
import {
  noCounts,
  type FocusSession,
  type SessionCounts,
} from '../../../src/facts/focusSession.ts';
import { endSession, noteCounts, startSession } from '../../../src/focus/session/sessionSteps.ts';
import { productivityRule, scoreSession } from '../../../src/focus/session/productivityScore.ts';

const minute = 60_000;
const hour = 60 * minute;
// Saturday 2026-11-21, 10:00 UTC.
const t0 = Date.UTC(2026, 10, 21, 10);

function done(
  counts: Partial<SessionCounts>,
  {
    minutes = 50,
    planned = 50,
    startMs = t0,
    by = 'time',
    kind = 'focus',
  }: {
    minutes?: number;
    planned?: number;
    startMs?: number;
    by?: 'time' | 'early';
    kind?: FocusSession['kind'];
  } = {},
): FocusSession {
  const id = (startMs % 1_000_003).toString(16).padStart(32, '0');
  const session = startSession({
    id,
    kind,
    plannedMs: planned * minute,
    wallMs: startMs,
    zoneOffsetMinutes: 0,
  });
  const seen = noteCounts(session, 'aaaaaaaa', { ...noCounts, seconds: minutes * 60, ...counts });
  return endSession(seen, startMs + minutes * minute, by);
}

describe('the productivity score', () => {
  it('is the sum of the parts of the rule that is shown', () => {
    const rulePoints = productivityRule.terms.reduce((sum, { points }) => sum + points, 0);
    assert.equal(rulePoints, 100);
    assert.equal(scoreSession(done({ focusedSeconds: 50 * 60 }))?.score, 100);
    const half = scoreSession(
      done({ focusedSeconds: 20 * 60, interruptions: 5 }, { planned: 100 }),
    );
    // Half of the plan: 15; 40 % of the 80 % that is full: 22.5; 6 an hour of 12: 7.5; no tries: 10.
    assert.deepEqual(
      half?.contributions.map(({ points }) => Math.round(points * 10) / 10),
      [15, 22.5, 7.5, 10],
    );
    assert.equal(half.score, 55);
  });

  it('stays within 0 and 100, and more of what is good never lowers it', () => {
    const count = fc.nat(4_000);
    fc.assert(
      fc.property(count, count, count, count, (focused, unknown, interruptions, blockedTries) => {
        const counts = {
          focusedSeconds: focused,
          unknownSeconds: unknown % 1_500,
          interruptions,
          blockedTries,
        };
        const score = scoreSession(done(counts))?.score;
        assert.ok(score !== undefined && score >= 0 && score <= 100);
        const better = scoreSession(done({ ...counts, focusedSeconds: focused + 60 }))?.score ?? 0;
        assert.ok(better >= score);
        const worse =
          scoreSession(done({ ...counts, interruptions: interruptions + 1 }))?.score ?? 0;
        assert.ok(worse <= score);
      }),
    );
  });

  it('makes no claim for breaks, a few minutes, and time that nobody can judge', () => {
    assert.equal(scoreSession(done({}, { kind: 'break' })), undefined);
    assert.equal(scoreSession(done({}, { minutes: 4 })), undefined);
    assert.equal(scoreSession(done({ unknownSeconds: 26 * 60 })), undefined);
    assert.equal(scoreSession({ ...done({}), end: undefined }), undefined);
  });
});

describe('daily and weekly figures', () => {
  it('put a session where it began, breaks apart, and begin the week where it is told', () => {
    const sessions = [
      done({ focusedSeconds: 3_000 }),
      done({}, { startMs: t0 + 3 * hour, minutes: 20 }),
      done({}, { startMs: t0 + 5 * hour, kind: 'break', minutes: 10 }),
      // 02:00 of the next date is still the same person's day.
      done({}, { startMs: t0 + 16 * hour }),
      done({}, { startMs: t0 - 6 * 24 * hour }),
      { ...done({}, { startMs: t0 + hour }), end: undefined },
    ];
    const day = Math.floor(t0 / (24 * hour));
    const figures = figuresOfDay(sessions, day, 4);
    assert.equal(figures.sessions, 3);
    assert.equal(figures.focusMs, 120 * minute);
    assert.equal(figures.longestMs, 50 * minute);
    assert.equal(figures.breakMs, 10 * minute);
    assert.ok(figures.meanScore !== undefined && figures.meanScore < 100);
    const week = figuresOfWeek(sessions, day, 4);
    assert.equal(week.firstDay, day - 5);
    assert.equal(week.sessions, 3);
    assert.equal(week.days.length, 7);
    assert.equal(figuresOfWeek(sessions, day, 4, 0).sessions, 4);
    assert.equal(figuresOfWeek(sessions, day - 6, 4).sessions, 1);
    assert.equal(figuresOfWeek([], day, 4).meanScore, undefined);
  });
});

describe('advice on breaks', () => {
  const tick = (
    memory: BreakMemory,
    wallMs: number,
    flow: FlowState = 'steady',
    naturalBreak?: 'save',
  ) => adviseBreak(memory, { wallMs, flow, naturalBreak, inSession: false });
  const work = (durationMs: number, from = t0, memory = freshBreakMemory): BreakMemory => {
    for (let at = from; at <= from + durationMs; at += 5_000) {
      ({ memory } = tick(memory, at));
    }
    return memory;
  };

  it('comes at a natural break after enough work, not before, not in flow, not in a session', () => {
    const early = work(40 * minute);
    assert.equal(tick(early, t0 + 40 * minute + 1, 'steady', 'save').suggest, 'no');
    const due = work(51 * minute);
    const at = t0 + 51 * minute + 1_000;
    assert.equal(tick(due, at).suggest, 'no');
    assert.equal(tick(due, at, 'inFlow', 'save').suggest, 'no');
    assert.equal(
      adviseBreak(due, { wallMs: at, flow: 'steady', naturalBreak: 'save', inSession: true })
        .suggest,
      'no',
    );
    const { memory, suggest } = tick(due, at, 'steady', 'save');
    assert.equal(suggest, 'break');
    assert.equal(tick(memory, at + 1_000, 'steady', 'save').suggest, 'no');
    assert.equal(tick(quietBreaks(due, at + hour), at, 'steady', 'save').suggest, 'no');
  });

  it('takes a rest for a break', () => {
    const due = work(51 * minute);
    const back = tick(due, t0 + 57 * minute, 'steady', 'save');
    assert.equal(back.suggest, 'no');
    assert.equal(back.memory.workSinceMs, t0 + 57 * minute);
  });

  it('reminds once after a sleep in which a break was due, and no more', () => {
    const due = work(51 * minute);
    let { memory, suggest } = tick(due, t0 + 54 * minute);
    assert.equal(suggest, 'overdue');
    for (let at = t0 + 54 * minute + 5_000; at < t0 + 3 * hour; at += 5_000) {
      ({ memory, suggest } = tick(memory, at, 'steady', 'save'));
      assert.equal(suggest, 'no');
    }
  });

  it('never suggests in flow, nor more than twice a stretch, whatever the clock does', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            stepMs: fc.constantFrom(1_000, 5_000, 60_000, 4 * minute, 20 * minute, -hour),
            flow: fc.constantFrom(...flowStates),
            naturalBreak: fc.constantFrom(undefined, 'save' as const),
          }),
          { maxLength: 300 },
        ),
        (moments) => {
          let memory = freshBreakMemory;
          let wallMs = t0;
          let stretch = 0;
          let suggested = 0;
          for (const { stepMs, flow, naturalBreak } of moments) {
            wallMs += stepMs;
            const advice = adviseBreak(memory, { wallMs, flow, naturalBreak, inSession: false });
            ({ memory } = advice);
            if (memory.workSinceMs !== stretch) {
              stretch = memory.workSinceMs;
              suggested = 0;
            }
            if (advice.suggest !== 'no') {
              assert.notEqual(flow, 'inFlow');
              suggested += 1;
            }
            assert.ok(suggested <= usualBreakRules.mostSuggestions);
          }
        },
      ),
    );
  });
});

describe('flow protection', () => {
  const moment = {
    nowMs: 0,
    flow: 'inFlow',
    windowFocused: true,
    optedIn: ['holdNotices', 'blockList'],
    inSession: false,
  } as const;

  it('begins with flow, in the window in front, only what was opted in for', () => {
    assert.deepEqual(protectFlow(noProtection, moment).begin, ['holdNotices', 'blockList']);
    assert.deepEqual(protectFlow(noProtection, { ...moment, windowFocused: false }).begin, []);
    assert.deepEqual(protectFlow(noProtection, { ...moment, optedIn: [] }).begin, []);
    assert.deepEqual(protectFlow(noProtection, { ...moment, inSession: true }).begin, [
      'holdNotices',
    ]);
  });

  it('ends when flow has been over for a minute, and not for a moment away', () => {
    let { memory } = protectFlow(noProtection, moment);
    ({ memory } = protectFlow(memory, { ...moment, nowMs: 1_000, flow: 'steady' }));
    const back = protectFlow(memory, { ...moment, nowMs: 30_000 });
    assert.deepEqual([back.begin, back.end], [[], []]);
    ({ memory } = protectFlow(back.memory, { ...moment, nowMs: 40_000, flow: 'steady' }));
    const over = protectFlow(memory, { ...moment, nowMs: 40_000 + settleMs, flow: 'steady' });
    assert.deepEqual(over.end, ['holdNotices', 'blockList']);
    assert.deepEqual(over.memory, noProtection);
  });

  it('leaves undone what was undone, for this flow', () => {
    const { memory } = protectFlow(noProtection, moment);
    const undone = undoProtection(memory, 'blockList');
    assert.deepEqual(protectFlow(undone, moment).begin, []);
    const off = protectFlow(undone, { ...moment, optedIn: [] });
    assert.deepEqual(off.end, ['holdNotices']);
  });
});
