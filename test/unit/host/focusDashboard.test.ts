import assert from 'node:assert/strict';
import type { FocusSession } from '../../../src/facts/focusSession.ts';
import { dayAt } from '../../../src/facts/localDay.ts';
import { endSession, startSession } from '../../../src/focus/session/sessionSteps.ts';
import { viewOf } from '../../../src/focus/session/focusView.ts';
import {
  composeFocusReading,
  weekSpan,
  type FocusMoment,
} from '../../../src/host/focus/focusDashboard.ts';
import { focusReading } from '../../../src/readings/focusReading.ts';
import { guard } from '../../../src/facts/guards.ts';
import { inZone } from '../../support/inZone.ts';
import { defaultSettings } from '../../support/knownSettings.ts';

const isFocusState = guard(focusReading);
// Wednesday, 2023-11-15, 10:00 UTC.
const nowMs = Date.UTC(2023, 10, 15, 10);
const day = dayAt(nowMs, 0, 4);
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

const moment: FocusMoment = {
  view: undefined,
  settings: defaultSettings,
  blockedSites: 0,
  blockedApps: 0,
  ways: [],
  isBlocking: false,
  week: undefined,
};

function session(
  digit: string,
  atMs: number,
  kind: 'focus' | 'break' = 'focus',
  minutes = 50,
): FocusSession {
  const started = startSession({
    id: digit.repeat(32),
    kind,
    plannedMs: minutes * minuteMs,
    wallMs: atMs,
    zoneOffsetMinutes: 0,
  });
  const counted = {
    ...started,
    counts: {
      abcdef01: {
        seconds: minutes * 60,
        focusedSeconds: minutes * 60,
        inFlowSeconds: 600,
        unknownSeconds: 0,
        interruptions: 0,
        blockedTries: 0,
      },
    },
  };
  return endSession(counted, atMs + minutes * minuteMs, 'time');
}

describe('composeFocusReading', () => {
  it('is what the dashboard understands, with nothing known', () => {
    const state = composeFocusReading(moment);
    assert.ok(isFocusState(state));
    assert.deepEqual([state.session, state.today, state.week], [null, null, null]);
    assert.deepEqual([state.lengthMinutes, state.breakMinutes], [50, 10]);
  });

  it('shows the session that runs and what it holds off', () => {
    const running = startSession({
      id: '1'.repeat(32),
      kind: 'custom',
      plannedMs: 30 * minuteMs,
      wallMs: nowMs,
      zoneOffsetMinutes: 0,
    });
    const state = composeFocusReading({
      ...moment,
      view: viewOf(running, nowMs + 12 * minuteMs),
      blockedSites: 3,
      blockedApps: 1,
      isBlocking: true,
    });
    assert.ok(isFocusState(state));
    assert.deepEqual(state.session, {
      kind: 'custom',
      phase: 'running',
      startMs: nowMs,
      plannedMs: 30 * minuteMs,
      activeMs: 12 * minuteMs,
      remainingMs: 18 * minuteMs,
      blockedSites: 3,
      blockedApps: 1,
    });
    assert.equal(state.isBlocking, true);
  });

  it('shows the lists with their switches, and which apps are closed', () => {
    const { sites, apps } = composeFocusReading({
      ...moment,
      settings: {
        ...defaultSettings,
        blockedSites: { 'example.com': true, 'example.org': false, ['x'.repeat(254)]: true },
        blockedApps: { Game: true, chat: false },
        closedApps: ['game'],
      },
    });
    assert.deepEqual(sites, [
      { name: 'example.com', isOn: true },
      { name: 'example.org', isOn: false },
    ]);
    assert.deepEqual(apps, [
      { name: 'Game', isOn: true, closes: true },
      { name: 'chat', isOn: false, closes: false },
    ]);
  });

  it('sums up today and the week, breaks apart, with each score and its parts', () => {
    const state = composeFocusReading({
      ...moment,
      week: {
        day,
        dayStartHour: 4,
        sessions: [
          session('2', nowMs - 60 * minuteMs),
          session('1', nowMs - 3 * 60 * minuteMs),
          session('3', nowMs - 8 * minuteMs, 'break', 5),
          session('4', nowMs - dayMs),
          // Before Monday.
          session('5', nowMs - 4 * dayMs),
        ],
      },
    });
    assert.ok(isFocusState(state));
    const { today, week } = state;
    assert.deepEqual(
      [today?.sessions, today?.completed, today?.focusMs, today?.breaks, today?.breakMs],
      [2, 2, 100 * minuteMs, 1, 5 * minuteMs],
    );
    assert.deepEqual([week?.sessions, week?.focusMs], [3, 150 * minuteMs]);
    assert.deepEqual(
      today?.ended.map(({ kind, startMs }) => [kind, (nowMs - startMs) / minuteMs]),
      [
        ['focus', 180],
        ['focus', 60],
        ['break', 8],
      ],
    );
    assert.equal(today.ended[0]?.score?.score, 100);
    assert.equal(today.ended[0].score.contributions.length, 4);
    assert.equal(today.ended[2]?.score, null);
    assert.equal(today.meanScore, 100);
  });

  for (const zone of ['Etc/GMT+12', 'UTC', 'Pacific/Chatham', 'Pacific/Kiritimati']) {
    it(`asks the vault for the whole week, whatever the zone, in ${zone}`, () => {
      const { startMs, endMs } = inZone(zone, () => weekSpan(day, 4));
      const monday = Date.UTC(2023, 10, 13);
      assert.ok(startMs <= monday - 14 * 60 * minuteMs);
      assert.ok(endMs >= monday + 7 * dayMs + 16 * 60 * minuteMs);
    });
  }
});
