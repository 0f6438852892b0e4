import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { writeFile } from 'node:fs/promises';
import { ActivityWatchReader } from '../../../src/transfer/import/readers/activityWatchReader.ts';
import { WakatimeReader } from '../../../src/transfer/import/readers/wakatimeReader.ts';
import { importedId } from '../../../src/vault/kinds/importedId.ts';
import { whatCounts } from '../../../src/vault/history/whatCounts.ts';
import { minutesOf, ReaderTrial, type Tried } from '../../support/readerTrial.ts';
import { Desk } from '../../support/transferDesk.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const date = '2026-11-20';
const dayMidnightMs = Date.parse(`${date}T00:00:00Z`);

describe('The sum of a day', () => {
  let trial: ReaderTrial;

  before(async () => {
    trial = await ReaderTrial.load();
  });

  /** @param sinceMidnightMs what time it is, as of the day's midnight in the zone */
  function read(seconds: number, sinceMidnightMs: number, zoneOffsetMinutes: number): Tried {
    return trial.read(
      (place) => new WakatimeReader(place),
      { days: [{ date, grand_total: { total_seconds: seconds } }] },
      {
        nowMs: dayMidnightMs - zoneOffsetMinutes * minuteMs + sinceMidnightMs,
        zoneOffsetMinutes: () => zoneOffsetMinutes,
      },
    );
  }

  const secondsIn = ({ sessions }: Tried): number =>
    sessions.flatMap(({ samples }) => samples).reduce((sum, { seconds }) => sum + seconds, 0);

  it('lies on its day and in the past, and is known for what it is, whenever it is imported', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 86_400, noNaN: true }),
        fc.integer({ min: minuteMs, max: 3 * dayMs }),
        fc.integer({ min: -48, max: 56 }).map((quarters) => quarters * 15),
        (seconds, sinceMidnightMs, zone) => {
          const tried = read(seconds, sinceMidnightMs, zone);
          const [session] = tried.sessions;
          assert.ok(session !== undefined && tried.sessions.length === 1);
          assert.equal(session.origin, 'importedSum');
          assert.equal(tried.report.daysWithoutTimes, 1);
          const midnightMs = dayMidnightMs - zone * minuteMs;
          assert.ok(session.startMs >= midnightMs);
          assert.ok(
            session.endMs <= Math.min(midnightMs + dayMs, midnightMs + sinceMidnightMs + 1),
          );
          const minutes = minutesOf(tried.sessions);
          assert.equal(new Set(minutes).size, minutes.length);
          const told = Math.min(seconds, sinceMidnightMs / 1_000);
          assert.ok(Math.abs(secondsIn(tried) - told) <= 0.5);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is told from other time as an earlier version placed it, as well', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 86_400, noNaN: true }), (seconds) => {
        // On a day that is over it lies where it lay then.
        const [session] = read(seconds, 2 * dayMs, 60).sessions;
        assert.ok(session !== undefined);
        const id = importedId('wakatime', String(session.startMs), 0);
        const [told] = whatCounts([{ ...session, id, origin: 'imported' }]);
        assert.equal(told?.origin, 'importedSum');
      }),
      { numRuns: 60 },
    );
  });

  it('is never time with its times, wherever in the day that lies', async () => {
    const desk = await Desk.create(dayMidnightMs + 3 * dayMs);
    try {
      const event = (hour: number, hours: number): object => ({
        timestamp: new Date(dayMidnightMs + hour * hourMs).toISOString(),
        duration: hours * 3_600,
        data: {},
      });
      const events = [event(9, 1), event(11, 2)];
      const file = { buckets: { a: { type: 'app.editor.activity', hostname: 'pc', events } } };
      await writeFile(desk.file('times.json'), JSON.stringify(file));
      await desk.import('times.json');
      const days = (await desk.contents()).filter((line) => line.startsWith('days '));
      assert.deepEqual(days, [
        `days ${String(dayMidnightMs / dayMs)} ${String(3 * 3_600)} 0 0 0 2 0`,
      ]);
    } finally {
      await desk.release();
    }
  });

  it('is left out of a day that has not come', () => {
    const { report, sessions } = read(3_600, -hourMs, 60);
    assert.deepEqual(report.leftOut, { badTime: 1 });
    assert.deepEqual(sessions, []);
  });

  it('ends now where the day is longer than that, as other time does', () => {
    assert.equal(secondsIn(read(9 * 3_600, 8 * hourMs, 60)), 8 * 3_600);
    const nowMs = dayMidnightMs + 10 * hourMs;
    const time = (atMs: number): object => ({ time: atMs / 1_000 });
    const beats = [nowMs - 5 * minuteMs, nowMs + 5 * minuteMs, nowMs + hourMs];
    const heartbeats = [...beats, nowMs + hourMs + minuteMs].map(time);
    const fromBeats = trial.read(
      (place) => new WakatimeReader(place),
      { user: { timezone: 'UTC' }, days: [{ date, heartbeats }] },
      { nowMs },
    );
    assert.equal(secondsIn(fromBeats), 300);
    assert.deepEqual(fromBeats.report.leftOut, { badTime: 1 });
    const events = [
      { timestamp: new Date(nowMs - 5 * minuteMs).toISOString(), duration: 3_600, data: {} },
    ];
    const fromEvents = trial.read(
      (place) => new ActivityWatchReader(place),
      { buckets: { a: { type: 'app.editor.activity', hostname: 'pc', events } } },
      { nowMs },
    );
    assert.equal(secondsIn(fromEvents), 300);
  });
});
