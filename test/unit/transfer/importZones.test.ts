import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { writeFile } from 'node:fs/promises';
import { SessionTracker } from '../../../src/tracking/session.ts';
import { ActivityWatchReader } from '../../../src/transfer/import/readers/activityWatchReader.ts';
import { WakatimeReader } from '../../../src/transfer/import/readers/wakatimeReader.ts';
import { zoneOffsets } from '../../../src/transfer/import/readers/zoneOffsets.ts';
import { inZone } from '../../support/inZone.ts';
import { minutesOf, ReaderTrial, type Tried } from '../../support/readerTrial.ts';
import { Desk } from '../../support/transferDesk.ts';
import { testId } from '../../support/vaultRecords.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const nowMs = Date.UTC(2026, 10, 21, 12);

/** With clock changes either way, of 30 minutes, of two hours, of a whole day, at other hours, in the south, and none. */
const zones = [
  ...['Europe/Berlin', 'America/New_York', 'America/Sao_Paulo', 'Australia/Sydney', 'UTC'],
  ...['Australia/Lord_Howe', 'Antarctica/Troll', 'Pacific/Apia', 'Africa/Casablanca'],
  ...['Asia/Tehran', 'Asia/Kolkata', 'America/St_Johns'],
];
const offsetsOf = new Map(zones.map((zone) => [zone, zoneOffsets(zone, () => NaN)]));

const known = new Map<string, number>();

/** Asking is slow, and most quarters of an hour have one offset: not all, as St. John's changed at a minute past midnight. */
function offsetAt(zone: string, atMs: number): number {
  const quarterMs = 15 * minuteMs;
  const fromMs = Math.floor(atMs / quarterMs) * quarterMs;
  const offset = offsetOfQuarter(zone, fromMs);
  return offset === offsetOfQuarter(zone, fromMs + quarterMs)
    ? offset
    : (offsetsOf.get(zone)?.(atMs) ?? NaN);
}

function offsetOfQuarter(zone: string, atMs: number): number {
  const key = `${zone} ${String(atMs)}`;
  const offset = known.get(key) ?? offsetsOf.get(zone)?.(atMs) ?? NaN;
  known.set(key, offset);
  return offset;
}

/** The first minutes after each clock change of a year. */
function changesOf(zone: string, year: number): readonly number[] {
  const changes: number[] = [];
  for (let atMs = Date.UTC(year, 0, 1); atMs < Date.UTC(year + 1, 0, 1); atMs += dayMs) {
    let [before, after] = [atMs, atMs + dayMs];
    if (offsetAt(zone, before) === offsetAt(zone, after)) {
      continue;
    }
    while (after - before > minuteMs) {
      const middle = Math.floor((before + after) / 2 / minuteMs) * minuteMs;
      if (offsetAt(zone, middle) === offsetAt(zone, before)) {
        before = middle;
      } else {
        after = middle;
      }
    }
    changes.push(after);
  }
  return changes;
}

interface Work {
  readonly zone: string;
  readonly startMs: number;
  readonly minutes: number;
}

/** Work of up to two days, mostly over a clock change. */
const anyWork: fc.Arbitrary<Work> = fc
  .record({
    zone: fc.constantFrom(...zones),
    year: fc.integer({ min: 2009, max: 2025 }),
    which: fc.nat(1_000),
    before: fc.nat(20 * 60),
    minutes: fc.integer({ min: 1, max: 2 * 1_440 }),
  })
  .map(({ zone, year, which, before, minutes }) => {
    const changes = changesOf(zone, year);
    const aboutMs = changes[which % Math.max(1, changes.length)];
    const somewhenMs = Date.UTC(year, 0, 1) + which * 7 * hourMs;
    return { zone, startMs: (aboutMs ?? somewhenMs) - before * minuteMs, minutes };
  });

/** Where sessions begin, and their offsets, as they would be recorded. */
function recordedSessions({ zone, startMs, minutes }: Work): readonly (readonly number[])[] {
  const begun: (readonly number[])[] = [];
  const tracker = new SessionTracker({ idleMs: 5 * minuteMs, newId: () => testId(1) });
  for (let minute = 0; minute < minutes; minute++) {
    const atMs = startMs + minute * minuteMs;
    const offset = offsetAt(zone, atMs);
    if (tracker.isOver(atMs, offset)) {
      tracker.end();
    }
    if (tracker.edited(atMs, offset)) {
      begun.push([atMs, offset]);
    }
  }
  return begun;
}

function heartbeatsOf({ zone, startMs, minutes }: Work): object {
  const times = Array.from({ length: minutes + 1 }, (_each, index) => startMs + index * minuteMs);
  return {
    user: { timezone: zone },
    days: [{ date: '2020-01-01', heartbeats: times.map((atMs) => ({ time: atMs / 1_000 })) }],
  };
}

function eventsOf({ startMs, minutes }: Work): object {
  const events = Array.from({ length: Math.ceil(minutes / 600) }, (_each, index) => ({
    timestamp: new Date(startMs + index * 600 * minuteMs).toISOString(),
    duration: Math.min(600, minutes - index * 600) * 60,
    data: {},
  }));
  return { buckets: { editor: { type: 'app.editor.activity', hostname: 'pc', events } } };
}

describe('Imported sessions over a change of the clock', function () {
  this.timeout(180_000);

  let trial: ReaderTrial;

  before(async () => {
    trial = await ReaderTrial.load();
  });

  function check(work: Work, { sessions }: Tried): void {
    assert.deepEqual(
      sessions.map((session) => [session.startMs, session.zoneOffsetMinutes]),
      recordedSessions(work),
    );
    assert.equal(minutesOf(sessions).length, work.minutes);
    for (const { startMs, endMs, zoneOffsetMinutes, samples } of sessions) {
      assert.equal(endMs - startMs, samples.length * minuteMs);
      for (const { minute, seconds } of samples) {
        assert.equal(offsetAt(work.zone, minute * minuteMs), zoneOffsetMinutes);
        assert.equal(seconds, 60);
      }
    }
  }

  it("begin and end where the recorder's do, in the zone that a dump names", () => {
    fc.assert(
      fc.property(anyWork, (work) => {
        check(
          work,
          trial.read((place) => new WakatimeReader(place), heartbeatsOf(work), { nowMs }),
        );
      }),
      { numRuns: 100 },
    );
  });

  it("begin and end where the recorder's do, in the zone of the machine", () => {
    fc.assert(
      fc.property(anyWork, (work) => {
        const tried = inZone(work.zone, () =>
          trial.read((place) => new ActivityWatchReader(place), eventsOf(work), {
            nowMs,
            zoneOffsetMinutes: (atMs) => -new Date(atMs).getTimezoneOffset(),
          }),
        );
        check(work, tried);
      }),
      { numRuns: 100 },
    );
  });

  it('end after as long a break as they do when they are recorded', () => {
    const nineMs = Date.UTC(2020, 0, 1, 9);
    for (const [breakSeconds, sessionsThere] of [
      [299, 1],
      [300, 2],
      [301, 2],
    ] as const) {
      const events = [0, 60 + breakSeconds].map((second) => ({
        timestamp: new Date(nineMs + second * 1_000).toISOString(),
        duration: 60,
      }));
      const file = { buckets: { editor: { type: 'app.editor.activity', events } } };
      const { sessions } = trial.read((place) => new ActivityWatchReader(place), file, { nowMs });
      assert.equal(sessions.length, sessionsThere, String(breakSeconds));
    }
  });

  it('are no longer than an export may have them', () => {
    const work = { zone: 'UTC', startMs: Date.UTC(2020, 0, 1), minutes: 100 * 1_440 };
    const { sessions } = trial.read((place) => new ActivityWatchReader(place), eventsOf(work), {
      nowMs,
    });
    assert.equal(minutesOf(sessions).length, work.minutes);
    assert.ok(sessions.every(({ startMs, endMs }) => endMs - startMs <= 31 * dayMs));
  });

  it('count for the day that a person would say', async () => {
    const desk = await Desk.create(nowMs);
    try {
      // From half past two, when it still is summer, until four, when the day has just ended.
      const work = { zone: 'Europe/Berlin', startMs: Date.UTC(2026, 9, 25, 0, 30), minutes: 150 };
      await writeFile(desk.file('dump.json'), JSON.stringify(heartbeatsOf(work)));
      const report = await desk.import('dump.json');
      assert.deepEqual(report.days, { from: '2026-10-24', to: '2026-10-24' });
      assert.deepEqual(report.added, { sessions: 2, minutes: 150, others: 0 });
      const days = (await desk.contents()).filter((line) => line.startsWith('days '));
      assert.deepEqual(days, [
        `days ${String(Date.UTC(2026, 9, 24) / dayMs)} ${String(150 * 60)} 0 0 0 2 0`,
      ]);
    } finally {
      await desk.release();
    }
  });
});
