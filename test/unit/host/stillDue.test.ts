import assert from 'node:assert/strict';
import { extendSession, startSession } from '../../../src/focus/session/sessionSteps.ts';
import { emptyFocusState, type FocusState } from '../../../src/focus/session/focusState.ts';
import { viewOf } from '../../../src/focus/session/focusView.ts';
import {
  whileAppIsListed,
  whileBreakIsDue,
  whileEndIsOpen,
  whileOverIsNews,
} from '../../../src/host/focus/session/stillDue.ts';
import { ManualClock } from '../../support/manualClock.ts';

const minuteMs = 60_000;
const startMs = 1_763_700_000_000;

const sessionOf = (id: string): NonNullable<FocusState['session']> =>
  startSession({
    id: id.repeat(16),
    kind: 'focus',
    plannedMs: 25 * minuteMs,
    wallMs: startMs,
    zoneOffsetMinutes: 60,
  });

describe('What is still worth saying of focus sessions', () => {
  let clock: ManualClock;
  let state: FocusState;
  const sessions = {
    get state() {
      return state;
    },
    get view() {
      return state.session === null ? undefined : viewOf(state.session, clock.wallMs());
    },
  };

  beforeEach(() => {
    clock = new ManualClock(startMs);
    state = emptyFocusState;
  });

  it('asks whether to end only while that session would wait for the answer', () => {
    state = { ...state, session: sessionOf('ab') };
    clock.advance(26 * minuteMs);
    const isDue = whileEndIsOpen(sessions, clock);
    assert.equal(isDue(), true);
    clock.advance(20_000);
    assert.equal(isDue(), true);
    clock.advance(20_000);
    assert.equal(isDue(), false, 'it ends before somebody has read the question');
  });

  it('does not ask of a session that has ended, was extended or gave way to another', () => {
    const first = sessionOf('ab');
    state = { ...state, session: first };
    clock.advance(26 * minuteMs);
    const isDue = whileEndIsOpen(sessions, clock);
    state = { ...state, session: extendSession(first, clock.wallMs(), 10 * minuteMs) };
    assert.equal(isDue(), false);
    state = { ...state, session: sessionOf('cd') };
    assert.equal(isDue(), false);
    state = { ...state, session: null };
    assert.equal(isDue(), false);
    state = { ...state, session: first };
    assert.equal(isDue(), true);
  });

  it('suggests a break only while the same work goes on and breaks are wanted', () => {
    let wantsBreaks = true;
    const breaks = { ...state.breaks, workSinceMs: startMs };
    state = { ...state, breaks };
    const isDue = whileBreakIsDue(sessions, () => wantsBreaks, clock);
    clock.advance(3_600_000);
    assert.equal(isDue(), true);
    state = { ...state, breaks: { ...breaks, workSinceMs: 0 } };
    assert.equal(isDue(), false, 'a break was taken');
    state = { ...state, breaks: { ...breaks, quietUntilMs: clock.wallMs() + minuteMs } };
    assert.equal(isDue(), false, 'no suggestions were wished for');
    state = { ...state, breaks, session: sessionOf('ab') };
    assert.equal(isDue(), false, 'a session runs');
    state = { ...state, session: null };
    wantsBreaks = false;
    assert.equal(isDue(), false, 'the setting was switched off');
    wantsBreaks = true;
    assert.equal(isDue(), true);
  });

  it('says that a session is over while that is news', () => {
    const isDue = whileOverIsNews(sessions, clock);
    assert.equal(isDue(), true);
    state = { ...state, session: sessionOf('ab') };
    assert.equal(isDue(), false);
    state = { ...state, session: null };
    clock.advance(11 * minuteMs);
    assert.equal(isDue(), false);
  });

  it('names an app while it is on the list of what is blocked', () => {
    const order = {
      ...{ setMs: startMs, by: 'flow', untilMs: startMs + minuteMs },
      ...{ sites: [], methods: [], apps: [{ name: 'Slack', action: 'warn' as const }] },
    };
    state = { ...state, order };
    const isDue = whileAppIsListed(sessions, 'slack');
    assert.equal(isDue(), true);
    state = { ...state, order: { ...order, apps: [] } };
    assert.equal(isDue(), false);
    state = { ...state, order: null };
    assert.equal(isDue(), false);
  });
});
