import assert from 'node:assert/strict';
import type { MinuteSample } from '../../../src/facts/minuteSample.ts';
import type { SessionMinutes } from '../../../src/vault/history/countedMinutes.ts';
import { summarizeDay } from '../../../src/vault/history/daySummary.ts';
import { sampleAt, testId } from '../../support/vaultRecords.ts';

const minuteMs = 60_000;
const first = 29_000_000;
const query = { startMs: first * minuteMs, endMs: (first + 1440) * minuteMs };

function session(
  id: number,
  samples: readonly MinuteSample[],
  bounds: Partial<Pick<SessionMinutes, 'startMs' | 'endMs' | 'origin'>> = {},
): SessionMinutes {
  const minutes = samples.map(({ minute }) => minute);
  return {
    id: testId(id),
    startMs: Math.min(...minutes) * minuteMs,
    endMs: (Math.max(...minutes) + 1) * minuteMs,
    origin: 'recorded',
    samples,
    ...bounds,
  };
}

function run(from: number, count: number, changes: Partial<MinuteSample> = {}): MinuteSample[] {
  return Array.from({ length: count }, (_, index) => sampleAt(first + from + index, changes));
}

describe('a day from its minutes', () => {
  it('is all zeros without minutes', () => {
    const day = summarizeDay([], query);
    assert.equal(day.focusedSeconds, 0);
    assert.deepEqual(day.spans, []);
    assert.deepEqual(day.sessions, []);
    assert.equal(Object.keys(day.seconds).length, 8);
  });

  it('counts seconds by state, and focused as steady and in flow', () => {
    const day = summarizeDay(
      [
        session(1, [
          ...run(0, 3),
          ...run(3, 2, { state: 'inFlow' }),
          ...run(5, 1, { state: 'reading', score: undefined }),
        ]),
      ],
      query,
    );
    assert.equal(day.seconds.steady, 180);
    assert.equal(day.seconds.inFlow, 120);
    assert.equal(day.seconds.reading, 60);
    assert.equal(day.focusedSeconds, 300);
  });

  it('gives two windows that share a minute what each counted', () => {
    const day = summarizeDay(
      [
        session(1, [sampleAt(first, { seconds: 20 })]),
        session(2, [sampleAt(first, { seconds: 40, state: 'reading', score: undefined })]),
      ],
      query,
    );
    assert.equal(day.seconds.steady, 20);
    assert.equal(day.seconds.reading, 40);
    assert.deepEqual(
      day.spans.map(({ state }) => state),
      ['reading'],
    );
  });

  it('never counts more than sixty seconds of a minute, whatever the order of the windows', () => {
    const one = session(1, [sampleAt(first, { seconds: 50, state: 'inFlow' })]);
    const two = session(2, [sampleAt(first, { seconds: 50 })]);
    const day = summarizeDay([one, two], query);
    assert.equal(day.seconds.inFlow, 50);
    assert.equal(day.seconds.steady, 10);
    assert.deepEqual(summarizeDay([two, one], query), day);
  });

  it('leaves out what lies before and after the day', () => {
    const day = summarizeDay([session(1, [...run(-2, 4), ...run(1439, 3)])], query);
    assert.equal(day.focusedSeconds, 3 * 60);
  });

  it('joins minutes of one state to spans with their mean score', () => {
    const day = summarizeDay(
      [session(1, [...run(0, 1, { score: 50 }), ...run(1, 1, { score: 70 }), ...run(3, 1)])],
      query,
    );
    assert.deepEqual(day.spans, [
      { startMs: query.startMs, endMs: query.startMs + 2 * minuteMs, state: 'steady', score: 60 },
      {
        startMs: query.startMs + 3 * minuteMs,
        endMs: query.startMs + 4 * minuteMs,
        state: 'steady',
        score: 60,
      },
    ]);
  });

  it('begins and ends a span where the session does', () => {
    const bounds = { startMs: query.startMs + 20_000, endMs: query.startMs + 100_000 };
    const day = summarizeDay([session(1, run(0, 2), bounds)], query);
    assert.deepEqual(day.spans, [{ ...bounds, state: 'steady', score: 60 }]);
    assert.deepEqual(day.sessions, [{ ...bounds, focusedSeconds: 120 }]);
  });

  it('lets a spell go on over a break of two minutes, and not of three', () => {
    const withBreak = (minutes: number): number =>
      summarizeDay([session(1, [...run(0, 5), ...run(5 + minutes, 5)])], query).longestSpellSeconds;
    assert.equal(withBreak(2), 12 * 60);
    assert.equal(withBreak(3), 5 * 60);
  });

  it('takes a break in which the person left for an interruption', () => {
    const count = (between: readonly MinuteSample[], minutes: number): number =>
      summarizeDay([session(1, [...run(0, 5), ...between, ...run(5 + minutes, 5)])], query)
        .interruptions;
    assert.equal(count([], 0), 0);
    assert.equal(count([], 1), 1);
    assert.equal(count([], 15), 1);
    assert.equal(count([], 16), 0);
    assert.equal(count(run(5, 4, { state: 'reading' }), 4), 0);
    assert.equal(count(run(5, 4, { state: 'reading', blurs: 1 }), 4), 1);
    assert.equal(count(run(5, 4, { state: 'away' }), 4), 1);
    assert.equal(count(run(5, 2, { state: 'reading' }), 4), 1);
  });

  it('says when each interruption began', () => {
    const day = summarizeDay([session(1, [...run(0, 5), ...run(9, 5)])], query);
    assert.deepEqual(day.interruptionsAtMs, [query.startMs + 5 * minuteMs]);
  });

  it('says when any of it is made up', () => {
    assert.equal(summarizeDay([session(1, run(0, 1))], query).demo, false);
    const demo = session(2, run(5, 1), { origin: 'demo' });
    assert.equal(summarizeDay([session(1, run(0, 1)), demo], query).demo, true);
  });

  it('lists the sessions with their focused seconds, by time', () => {
    const day = summarizeDay(
      [session(2, run(60, 3, { state: 'inFlow' })), session(1, run(0, 2, { state: 'reading' }))],
      query,
    );
    assert.deepEqual(
      day.sessions.map(({ focusedSeconds }) => focusedSeconds),
      [0, 180],
    );
  });

  it('lets a session that still runs last as long as its minutes', () => {
    const running = session(1, run(0, 5));
    const told = { ...running, endMs: running.startMs + minuteMs };
    assert.deepEqual(summarizeDay([told], query).sessions, [
      {
        startMs: running.startMs,
        endMs: running.startMs + 5 * minuteMs,
        focusedSeconds: 5 * 60,
      },
    ]);
  });
});

describe('the local time of a day', () => {
  const hourMs = 60 * minuteMs;
  /** Berlin in 2026: summer time from 29 March to 25 October, both changes at 01:00 UTC. */
  const berlin = (nowMs: number) => ({
    wallMs: () => nowMs,
    zoneOffsetMinutes: (atMs: number) =>
      atMs >= Date.UTC(2026, 2, 29, 1) && atMs < Date.UTC(2026, 9, 25, 1) ? 120 : 60,
  });
  const inWinter = berlin(Date.UTC(2026, 10, 21, 12));

  /** A session of whole minutes between two times, lived with an offset. */
  const lived = (id: number, startMs: number, endMs: number, zoneOffsetMinutes: number) => ({
    ...session(
      id,
      Array.from({ length: (endMs - startMs) / minuteMs }, (_, index) =>
        sampleAt(startMs / minuteMs + index),
      ),
    ),
    zoneOffsetMinutes,
  });
  const zonesOf = (sessions: readonly SessionMinutes[], startMs: number, endMs: number) =>
    summarizeDay(sessions, { startMs, endMs }, inWinter).zones;

  it('goes without saying where it is the present one', () => {
    const startMs = Date.UTC(2026, 10, 20, 3);
    const work = lived(1, startMs + 6 * hourMs, startMs + 7 * hourMs, 60);
    assert.equal(zonesOf([work], startMs, startMs + 24 * hourMs), undefined);
    assert.equal(zonesOf([], startMs, startMs + 24 * hourMs), undefined);
  });

  it('is told of a day in summer, looked at in winter', () => {
    const startMs = Date.UTC(2026, 6, 1, 2);
    const work = lived(1, startMs + 6 * hourMs, startMs + 7 * hourMs, 120);
    assert.deepEqual(zonesOf([work], startMs, startMs + 24 * hourMs), [
      { fromMs: startMs, zoneOffsetMinutes: 120 },
    ]);
  });

  it('changes with the clocks on a day of 25 hours, within a session and between two', () => {
    const startMs = Date.UTC(2026, 9, 24, 2);
    const endMs = Date.UTC(2026, 9, 25, 3);
    const changeMs = Date.UTC(2026, 9, 25, 1);
    assert.equal(endMs - startMs, 25 * hourMs);
    const expected = [
      { fromMs: startMs, zoneOffsetMinutes: 120 },
      { fromMs: changeMs, zoneOffsetMinutes: 60 },
    ];
    const through = lived(1, changeMs - hourMs, changeMs + hourMs, 120);
    assert.deepEqual(zonesOf([through], startMs, endMs), expected);
    const evening = lived(2, changeMs - 3 * hourMs, changeMs - 2 * hourMs, 120);
    const late = lived(3, changeMs + hourMs, changeMs + 2 * hourMs, 60);
    assert.deepEqual(zonesOf([late, evening], startMs, endMs), expected);
  });

  it('changes with the clocks on a day of 23 hours', () => {
    const startMs = Date.UTC(2026, 2, 28, 3);
    const endMs = Date.UTC(2026, 2, 29, 2);
    assert.equal(endMs - startMs, 23 * hourMs);
    const work = lived(1, startMs + 5 * hourMs, startMs + 6 * hourMs, 60);
    assert.deepEqual(zonesOf([work], startMs, endMs), [
      { fromMs: startMs, zoneOffsetMinutes: 60 },
      { fromMs: Date.UTC(2026, 2, 29, 1), zoneOffsetMinutes: 120 },
    ]);
  });

  it('follows the person into another zone, and has the clocks of home change without them', () => {
    const startMs = Date.UTC(2026, 9, 24, 2);
    const endMs = Date.UTC(2026, 9, 25, 3);
    const atHome = lived(1, startMs + 5 * hourMs, startMs + 6 * hourMs, 120);
    const away = lived(2, startMs + 20 * hourMs, startMs + 24 * hourMs, -240);
    assert.deepEqual(zonesOf([atHome, away], startMs, endMs), [
      { fromMs: startMs, zoneOffsetMinutes: 120 },
      { fromMs: away.startMs, zoneOffsetMinutes: -240 },
    ]);
  });
});
