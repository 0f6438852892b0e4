import assert from 'node:assert/strict';
import type { DayReading, SpanReading } from '../../src/readings/dayReading.ts';
import { WebviewBench, mount, violations, visibleText, type OpenPage } from './browser.ts';
import { brokenNumbers, drawnRibbon, tableRows, type DrawnRibbon } from './drawn.ts';
import { emptyDay, ordinaryWeek } from './snapshots.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** Days since 1970 of a date. */
const dayNumber = (year: number, month: number, day: number): number =>
  Date.UTC(year, month - 1, day) / (24 * hourMs);

/** Where somebody was from a moment on. */
interface Place {
  readonly fromMs: number;
  readonly zone: string;
}

/** A day as somebody lived it; offsets come from the platform's own time zones. */
interface Lived {
  readonly startMs: number;
  readonly hours: number;
  readonly places: readonly Place[];
  /** Hours after the start: from, to. */
  readonly spans: readonly (readonly [number, number])[];
}

const zoneAt = ({ places }: Lived, atMs: number): string =>
  (places.findLast(({ fromMs }) => fromMs <= atMs) ?? places[0])?.zone ?? 'UTC';

function offsetAt(zone: string, atMs: number): number {
  const parts = new Intl.DateTimeFormat('en', {
    ...{ timeZone: zone, hourCycle: 'h23' },
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' },
  }).formatToParts(atMs);
  const part = (wanted: string): number =>
    Number(parts.find(({ type }) => type === wanted)?.value ?? Number.NaN);
  const localMs = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
  );
  return Math.round((localMs - atMs) / minuteMs);
}

/** A time of day as people there read it off their clocks. */
function clockTime(lived: Lived, atMs: number): string {
  return new Intl.DateTimeFormat('en', {
    ...{ timeZone: zoneAt(lived, atMs), hour: 'numeric', minute: '2-digit' },
  })
    .format(atMs)
    .replaceAll(/\s+/g, ' ');
}

function dayOf(lived: Lived): DayReading {
  const { startMs, hours } = lived;
  const zones: { fromMs: number; zoneOffsetMinutes: number }[] = [];
  const endMs = startMs + hours * hourMs;
  for (let atMs = startMs; atMs < endMs; atMs += 15 * minuteMs) {
    const zoneOffsetMinutes = offsetAt(zoneAt(lived, atMs), atMs);
    if (zones.at(-1)?.zoneOffsetMinutes !== zoneOffsetMinutes) {
      zones.push({ fromMs: atMs, zoneOffsetMinutes });
    }
  }
  const spans = lived.spans.map(([from, to], index): SpanReading => ({
    startMs: startMs + from * hourMs,
    endMs: startMs + to * hourMs,
    state: index % 2 === 0 ? 'steady' : 'inFlow',
    score: 60,
  }));
  return {
    ...emptyDay,
    ...{ startMs, endMs, zones, spans },
    seconds: { steady: 3600 },
    focusedSeconds: 3600,
    sessions: spans.map((span) => ({
      startMs: span.startMs,
      endMs: span.endMs,
      focusedSeconds: 600,
    })),
  };
}

const berlin = 'Europe/Berlin';
const allDay = (hours: number): Lived['spans'] =>
  Array.from({ length: hours }, (_, index) => [index, index + 1] as const);
const home = (startMs: number): readonly Place[] => [{ fromMs: startMs, zone: berlin }];
const days: Readonly<Record<string, Lived>> = {
  'over midnight, with a day that starts at 4': {
    startMs: Date.UTC(2026, 10, 18, 3),
    hours: 24,
    places: home(0),
    spans: [
      [15.5, 17],
      [19.5, 21.25],
      [21.25, 23.9],
    ],
  },
  'that starts at midnight': {
    startMs: Date.UTC(2026, 10, 17, 23),
    hours: 24,
    places: home(0),
    spans: [
      [0, 0.6],
      [22.5, 24],
    ],
  },
  'that starts at noon': {
    startMs: Date.UTC(2026, 10, 18, 11),
    hours: 24,
    places: home(0),
    spans: [
      [9, 11.5],
      [11.5, 14],
    ],
  },
  'of 23 hours': {
    startMs: Date.UTC(2026, 2, 28, 23),
    hours: 23,
    places: home(0),
    spans: allDay(23),
  },
  'of 25 hours': {
    startMs: Date.UTC(2026, 9, 24, 22),
    hours: 25,
    places: home(0),
    spans: allDay(25),
  },
  'of 23 hours, worked through the change only': {
    startMs: Date.UTC(2026, 2, 28, 23),
    hours: 23,
    places: home(0),
    spans: [
      [0.5, 1.5],
      [1.5, 3],
    ],
  },
  'of 25 hours, worked through the change only': {
    startMs: Date.UTC(2026, 9, 24, 22),
    hours: 25,
    places: home(0),
    spans: [
      [1.5, 2.5],
      [2.5, 4.5],
    ],
  },
  'begun in Berlin and ended in Kolkata, half an hour beside': {
    startMs: Date.UTC(2026, 10, 18, 3),
    hours: 24,
    places: [
      { fromMs: 0, zone: berlin },
      { fromMs: Date.UTC(2026, 10, 18, 10, 20), zone: 'Asia/Kolkata' },
    ],
    spans: [
      [4, 6.5],
      [7.5, 9],
      [10, 13],
    ],
  },
  'begun in Berlin and ended in New York': {
    startMs: Date.UTC(2026, 10, 18, 3),
    hours: 24,
    places: [
      { fromMs: 0, zone: berlin },
      { fromMs: Date.UTC(2026, 10, 18, 13), zone: 'America/New_York' },
    ],
    spans: [
      [4, 6],
      [12, 20],
    ],
  },
};

/** The moment that stands at a place of the ribbon, from where the first and the last stretch were drawn. */
function momentAt({ spans }: DrawnRibbon, day: DayReading, percent: number): number {
  const [first, last] = [day.spans[0], day.spans.at(-1)];
  const [from, to] = [spans[0]?.from, spans.at(-1)?.to];
  assert.ok(first !== undefined && last !== undefined && from !== undefined && to !== undefined);
  const share = (percent - from) / (to - from);
  return first.startMs + share * (last.endMs - first.startMs);
}

describe('Days as clocks tell them', function () {
  this.timeout(120_000);
  let bench: WebviewBench;
  let stage: OpenPage;

  before(async () => {
    bench = await WebviewBench.start();
    // The page's own zone is neither of those in which the days were lived, and has other changes.
    stage = await bench.openStage('', { timezoneId: 'America/Los_Angeles' });
  });

  after(async () => {
    await bench.stop();
  });

  const show = async (
    lived: Lived,
    properties: Readonly<Record<string, unknown>> = {},
    widthPx = 360,
  ): Promise<DayReading> => {
    const day = dayOf(lived);
    const atMs = day.spans.at(-1)?.endMs ?? day.endMs;
    const all = {
      ...{ day, atMs, zoneOffsetMinutes: offsetAt(zoneAt(lived, atMs), atMs) },
      ...{ condition: 'ready', ...properties },
    };
    await mount(stage.page, { name: 'today', tag: 'millrace-today', properties: all }, widthPx);
    return day;
  };

  const assertAxis = (ribbon: DrawnRibbon): void => {
    assert.ok(ribbon.labels.length >= 2, JSON.stringify(ribbon.labels));
    for (const [index, { from, to, words }] of ribbon.labels.entries()) {
      const before = ribbon.labels[index - 1];
      assert.ok(before === undefined || from > before.to, `${before?.words} touches ${words}`);
      assert.ok(from > -1 && to < 101, `${words} spans ${from}-${to}`);
    }
    for (const [index, x] of ribbon.ticks.entries()) {
      assert.ok(x >= 0 && x <= 100 && x > (ribbon.ticks[index - 1] ?? -1), `a tick at ${x}`);
    }
  };

  for (const [name, lived] of Object.entries(days)) {
    describe(`a day ${name}`, () => {
      it('stands within the axis, each stretch in its place', async () => {
        const day = await show(lived);
        const ribbon = await drawnRibbon(stage.page);
        assert.equal(ribbon.spans.length, day.spans.length);
        const first = ribbon.spans[0]?.from ?? Number.NaN;
        const scale =
          ((ribbon.spans.at(-1)?.to ?? Number.NaN) - first) /
          ((day.spans.at(-1)?.endMs ?? Number.NaN) - (day.spans[0]?.startMs ?? Number.NaN));
        for (const [index, { from, to }] of ribbon.spans.entries()) {
          const span = day.spans[index];
          const before = ribbon.spans[index - 1];
          assert.ok(from > -0.5 && to < 100.5 && to > from, `${from}-${to}`);
          assert.ok(before === undefined || from > before.to - 0.5, 'no stretch covers another');
          const width = ((span?.endMs ?? 0) - (span?.startMs ?? 0)) * scale;
          assert.ok(Math.abs(to - from - width) < 0.5, `${to - from} instead of ${width} wide`);
        }
      });

      for (const widthPx of [240, 360, 900]) {
        it(`has hours at ${widthPx} px that are those of the clock, and touch nowhere`, async () => {
          const day = await show(lived, {}, widthPx);
          const ribbon = await drawnRibbon(stage.page);
          assertAxis(ribbon);
          for (const { at, words } of ribbon.labels) {
            const nearMs = Math.round(momentAt(ribbon, day, at) / (15 * minuteMs)) * 15 * minuteMs;
            const there = clockTime(lived, nearMs);
            const [hour = ''] = words.split(' ');
            assert.ok(there.startsWith(`${hour}:00 `), `${words} stands where it was ${there}`);
            assert.ok(there.endsWith(words.split(' ')[1] ?? ''), `${words} for ${there}`);
          }
          const sticksOut = await stage.page.evaluate(() => window.stage.overflow());
          assert.deepEqual(sticksOut, []);
          assert.deepEqual(stage.complaints.splice(0), []);
        });
      }

      it('has a table, sessions and a reader that tell the times of the clock', async () => {
        const day = await show(lived, { asTable: true });
        const rows = await tableRows(stage.page, 'The day, spell by spell');
        assert.equal(rows.length, day.spans.length);
        for (const [index, span] of day.spans.entries()) {
          const row = rows[index]?.replaceAll(/\s+/g, ' ') ?? '';
          const time = clockTime(lived, span.startMs);
          assert.ok(row.startsWith(`${time} |`), `${row} began at ${time}`);
        }
        const sessions = await tableRows(stage.page, 'Sessions');
        const last = day.sessions.at(-1);
        const ends = [last?.startMs ?? 0, last?.endMs ?? 0].map((at) => clockTime(lived, at));
        assert.ok(
          sessions.at(-1)?.replaceAll(/\s+/g, ' ').startsWith(ends.join(' | ')),
          `${sessions.at(-1)} was from ${ends.join(' to ')}`,
        );
        await show(lived);
        const cursor = stage.page.getByRole('slider');
        await cursor.focus();
        await stage.page.keyboard.press('Home');
        const read = (await cursor.getAttribute('aria-valuetext'))?.replaceAll(/\s+/g, ' ') ?? '';
        const [first] = day.spans;
        const whole = [first?.startMs ?? 0, first?.endMs ?? 0].map((at) => clockTime(lived, at));
        assert.ok(read.startsWith(whole.join(' to ')), `${read} was ${whole.join(' to ')}`);
        assert.deepEqual(await brokenNumbers(stage.page), []);
        assert.deepEqual(await violations(stage.page), []);
      });
    });
  }

  it('shows an ordinary working day, or ten hours, whenever an empty day starts', async () => {
    for (let startHour = 0; startHour < 24; startHour++) {
      const startMs = Date.UTC(2026, 10, 17, 23) + startHour * hourMs;
      await show({ startMs, hours: 24, places: home(0), spans: [] });
      const { labels, ticks } = await drawnRibbon(stage.page);
      assertAxis({ labels, ticks, spans: [] });
      assert.equal(ticks.length, 11, `with a day that starts at ${startHour}`);
      if (startHour <= 8 || startHour >= 18) {
        assert.equal(labels[0]?.words, '8 AM', `with a day that starts at ${startHour}`);
      }
    }
  });

  it('shows the working hours of the clock on an empty day when the clocks change', async () => {
    for (const [startMs, hours] of [
      [Date.UTC(2026, 2, 28, 23), 23],
      [Date.UTC(2026, 9, 24, 22), 25],
    ] as const) {
      await show({ startMs, hours, places: home(0), spans: [] });
      const { labels, ticks } = await drawnRibbon(stage.page);
      assert.equal(labels[0]?.words, '8 AM');
      assert.equal(ticks.length, 11);
    }
  });

  it('tells the times of focus sessions as today’s ribbon does', async () => {
    const lived = days['begun in Berlin and ended in New York'];
    assert.ok(lived !== undefined);
    const day = dayOf(lived);
    const session = { startMs: lived.startMs + 4 * hourMs, endMs: lived.startMs + 5 * hourMs };
    const ended = [
      {
        ...{ kind: 'focus', plannedMs: hourMs, activeMs: hourMs, endedBy: 'time', score: null },
        ...session,
      },
    ];
    await mount(
      stage.page,
      {
        name: 'ended',
        tag: 'millrace-focus-ended',
        properties: { ended, zones: day.zones, zoneOffsetMinutes: -300 },
      },
      360,
    );
    const seen = (await visibleText(stage.page)).replaceAll(/\s+/g, ' ');
    for (const at of [session.startMs, session.endMs]) {
      assert.ok(seen.includes(clockTime(lived, at)), `${clockTime(lived, at)} in ${seen}`);
    }
  });

  for (const [name, today] of [
    ['the change to summer time', dayNumber(2026, 3, 31)],
    ['the change to winter time', dayNumber(2026, 10, 27)],
    ['the change in the page’s own zone', dayNumber(2026, 3, 10)],
  ] as const) {
    it(`names seven days once each in a week with ${name}`, async () => {
      const week = {
        ...ordinaryWeek,
        days: ordinaryWeek.days.map((day, index) => ({ ...day, day: today - 6 + index })),
      };
      const properties = { week, bestHours: null, open: true, asTable: true };
      await mount(stage.page, { name: 'week', tag: 'millrace-week', properties }, 360);
      const rows = await tableRows(stage.page, /Focused time/);
      const names = rows.map((row) => row.split(' | ')[0]);
      assert.deepEqual(names, ['Wed', 'Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Today']);
      await mount(
        stage.page,
        { name: 'week', tag: 'millrace-week', properties: { ...properties, asTable: false } },
        360,
      );
      const drawn = stage.page.locator('millrace-week-bars svg.bars text:not(.value)');
      assert.deepEqual(
        (await drawn.allTextContents()).map((words) => words.toLowerCase()),
        names.map((words) => words.toLowerCase()),
      );
      const boxes = await drawn.evaluateAll((all) =>
        all.map((one) => {
          const { left, right } = one.getBoundingClientRect();
          return { left, right };
        }),
      );
      for (const [index, { left }] of boxes.entries()) {
        const before = boxes[index - 1];
        assert.ok(before === undefined || left > before.right, 'no name touches the next');
      }
    });
  }
});
