import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  activeMs,
  noCounts,
  totalCounts,
  type FocusSession,
} from '../../../src/facts/focusSession.ts';
import { mergeSessions } from '../../../src/facts/focusSessionMerge.ts';
import {
  endSession,
  extendSession,
  lapseIfForgotten,
  lapseMs,
  longestSessionMs,
  markAsked,
  noteCounts,
  noteGap,
  noteShift,
  pauseSession,
  phaseOf,
  remainingMs,
  resumeSession,
  startSession,
  steadyMs,
  totalPlannedMs,
} from '../../../src/focus/session/sessionSteps.ts';
import { answerWaitMs, stepTowardsEnd } from '../../../src/focus/session/sessionEnding.ts';

const t0 = 1_763_700_000_000;
const minute = 60_000;
const fresh = (plannedMs = 25 * minute): FocusSession =>
  startSession({
    id: 'ab'.repeat(16),
    kind: 'focus',
    plannedMs,
    wallMs: t0,
    zoneOffsetMinutes: 60,
  });

const atMs = fc.integer({ min: t0, max: t0 + 4 * 3_600_000 });
const change = fc.oneof(
  atMs.map((at) => (session: FocusSession) => pauseSession(session, at)),
  atMs.map((at) => (session: FocusSession) => resumeSession(session, at)),
  fc.tuple(atMs, fc.integer({ min: 1, max: 30 * minute })).map(
    ([at, by]) =>
      (session: FocusSession) =>
        extendSession(session, at, by),
  ),
  fc.tuple(atMs, atMs).map(
    ([from, to]) =>
      (session: FocusSession) =>
        noteGap(session, from, to),
  ),
  fc.tuple(atMs, fc.integer({ min: -3_600_000, max: -1 })).map(
    ([at, by]) =>
      (session: FocusSession) =>
        noteShift(session, at, by),
  ),
  fc.tuple(atMs, fc.constantFrom('time', 'early', 'lapsed', 'replaced')).map(
    ([at, by]) =>
      (session: FocusSession) =>
        endSession(session, at, by, 'tired'),
  ),
  atMs.map((at) => (session: FocusSession) => markAsked(session, at)),
  fc.tuple(fc.constantFrom('aaaaaaaa', 'bbbbbbbb'), fc.nat(1000)).map(
    ([window, seconds]) =>
      (session: FocusSession) =>
        noteCounts(session, window, { ...noCounts, seconds }),
  ),
);
const session = fc
  .array(change, { maxLength: 12 })
  .map((changes) => changes.reduce((now, apply) => apply(now), fresh()));

describe('a focus session', () => {
  it('merges in any order, any grouping, any number of times', () => {
    fc.assert(
      fc.property(session, session, session, (one, two, three) => {
        const merged = mergeSessions(mergeSessions(one, two), three);
        assert.deepEqual(mergeSessions(one, mergeSessions(two, three)), merged);
        assert.deepEqual(mergeSessions(mergeSessions(two, one), three), merged);
        assert.deepEqual(mergeSessions(three, mergeSessions(two, one)), merged);
        assert.deepEqual(mergeSessions(merged, two), merged);
        assert.deepEqual(mergeSessions(merged, merged), merged);
      }),
    );
  });

  it('refuses to merge two different sessions', () => {
    assert.throws(() => mergeSessions(fresh(), { ...fresh(), id: 'cd'.repeat(16) }), RangeError);
  });

  it('counts time that never shrinks, never passes the clock, and stands still in pauses', () => {
    fc.assert(
      fc.property(session, atMs, atMs, (one, a, b) => {
        const [first, second] = a < b ? [a, b] : [b, a];
        const grown = activeMs(one, second) - activeMs(one, first);
        assert.ok(grown >= 0 && grown <= second - first);
        assert.ok(activeMs(one, first) >= 0);
        assert.ok(remainingMs(one, second) <= totalPlannedMs(one));
        if (phaseOf(one, second) === 'paused' && one.pauses.at(-1)?.endMs === undefined) {
          const since = one.pauses.at(-1)?.startMs ?? 0;
          assert.equal(activeMs(one, since + 10 * minute), activeMs(one, since));
        }
      }),
    );
  });

  it('stays ended, whatever comes later', () => {
    fc.assert(
      fc.property(session, fc.array(change), atMs, (one, changes, at) => {
        const ended = endSession(one, at, 'early');
        const after = changes.reduce((now, apply) => apply(now), ended);
        assert.deepEqual(after.end, ended.end);
        assert.equal(phaseOf(after, at), 'ended');
        assert.equal(activeMs(after, t0 + 10 * 3_600_000), activeMs(ended, t0 + 10 * 3_600_000));
      }),
    );
  });

  it('runs, is paused, resumed, extended and over', () => {
    let one = fresh();
    assert.equal(phaseOf(one, t0), 'running');
    one = pauseSession(one, t0 + 5 * minute);
    assert.equal(phaseOf(one, t0 + 6 * minute), 'paused');
    one = resumeSession(one, t0 + 15 * minute);
    assert.equal(remainingMs(one, t0 + 15 * minute), 20 * minute);
    one = extendSession(one, t0 + 16 * minute, 5 * minute);
    assert.equal(remainingMs(one, t0 + 15 * minute), 25 * minute);
    assert.equal(phaseOf(one, t0 + 40 * minute), 'overtime');
    one = extendSession(one, t0 + 41 * minute, minute);
    assert.equal(phaseOf(one, t0 + 40 * minute + 1), 'running');
    one = extendSession(one, t0 + 42 * minute, 100 * longestSessionMs);
    assert.equal(totalPlannedMs(one), longestSessionMs);
  });

  it('takes nonsense lengths for the nearest that makes sense', () => {
    assert.equal(fresh(Number.NaN).plannedMs, minute);
    assert.equal(fresh(-5).plannedMs, minute);
    assert.equal(fresh(Infinity).plannedMs, minute);
    assert.equal(fresh(1e12).plannedMs, longestSessionMs);
  });

  it('pauses silently in a sleep, and lapses in a long one or a pause that was forgotten', () => {
    const slept = noteGap(fresh(), t0 + 5 * minute, t0 + 20 * minute);
    assert.equal(activeMs(slept, t0 + 21 * minute), 6 * minute);
    assert.equal(phaseOf(slept, t0 + 21 * minute), 'running');
    const long = noteGap(fresh(), t0 + 5 * minute, t0 + 5 * minute + lapseMs);
    assert.deepEqual(long.end, { atMs: t0 + 5 * minute, by: 'lapsed', reason: undefined });
    const paused = pauseSession(fresh(), t0 + minute);
    assert.equal(lapseIfForgotten(paused, t0 + lapseMs).end, undefined);
    assert.equal(lapseIfForgotten(paused, t0 + minute + lapseMs).end?.by, 'lapsed');
  });

  it('counts a sleep within a pause once', () => {
    const paused = pauseSession(fresh(), t0 + 5 * minute);
    const slept = noteGap(paused, t0 + 6 * minute, t0 + 16 * minute);
    const resumed = resumeSession(slept, t0 + 20 * minute);
    assert.equal(activeMs(resumed, t0 + 21 * minute), 6 * minute);
  });

  it('goes on evenly when the clock is set back', () => {
    const shifted = noteShift(fresh(), t0 + 10 * minute, -60 * minute);
    assert.equal(steadyMs(shifted, t0 - 50 * minute), t0 + 10 * minute);
    assert.equal(activeMs(shifted, steadyMs(shifted, t0 - 49 * minute)), 11 * minute);
    assert.equal(noteShift(shifted, t0 + 10 * minute, -60 * minute), shifted);
  });

  it('adds windows up, and never counts one twice', () => {
    let one = noteCounts(fresh(), 'aaaaaaaa', { ...noCounts, seconds: 10 });
    one = noteCounts(one, 'bbbbbbbb', { ...noCounts, seconds: 5 });
    one = mergeSessions(one, noteCounts(one, 'aaaaaaaa', { ...noCounts, seconds: 12 }));
    assert.equal(totalCounts(one).seconds, 17);
  });
});

describe('the end of a session', () => {
  const over = t0 + 26 * minute;

  it('waits for the end of flow, and asks once at most', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            flow: fc.constantFrom('inFlow', 'steady', 'reading', 'unknown'),
            naturalBreak: fc.constantFrom(undefined, 'save', 'testEnd', 'leftFlow'),
          }),
          { maxLength: 200 },
        ),
        (moments) => {
          let one = fresh();
          let asked = 0;
          for (const [index, { flow, naturalBreak }] of moments.entries()) {
            const at = t0 + 20 * minute + index * 15_000;
            const step = stepTowardsEnd(one, { atMs: at, flow, naturalBreak });
            if (flow === 'inFlow') {
              assert.equal(step, 'hold');
            }
            if (step === 'ask') {
              assert.equal(naturalBreak, 'leftFlow');
              asked += 1;
              one = markAsked(one, at);
            }
            if (step === 'end') {
              assert.equal(phaseOf(one, at), 'overtime');
              one = endSession(one, at, 'time');
            }
          }
          assert.ok(asked <= 1);
        },
      ),
    );
  });

  it('comes at once without flow, and after an unanswered question with it', () => {
    const calm = { atMs: over, flow: 'reading', naturalBreak: undefined } as const;
    assert.equal(stepTowardsEnd(fresh(), { ...calm, atMs: t0 + 24 * minute }), 'hold');
    assert.equal(stepTowardsEnd(fresh(), calm), 'end');
    const asked = markAsked(fresh(), over);
    assert.equal(stepTowardsEnd(asked, calm), 'hold');
    assert.equal(stepTowardsEnd(asked, { ...calm, atMs: over + answerWaitMs }), 'end');
    assert.equal(stepTowardsEnd(pauseSession(fresh(), over), { ...calm, atMs: over + 1 }), 'hold');
  });
});
