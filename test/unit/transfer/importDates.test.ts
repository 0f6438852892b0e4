import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { WakatimeReader } from '../../../src/transfer/import/readers/wakatimeReader.ts';
import { importOutcome } from '../../../src/transfer/messages/importOutcome.ts';
import { ReaderTrial, type Tried } from '../../support/readerTrial.ts';

const dayMs = 86_400_000;
const nowMs = Date.UTC(2026, 10, 21, 12);

interface Total {
  readonly date: string;
  readonly seconds: number;
}

/** A day of the calendar in some form. */
type Form = (day: number) => string;

const iso: Form = (day) => new Date(day * dayMs).toISOString().slice(0, 10);
const partsOf = (day: number): readonly [string, string, string] => {
  const [year = '', month = '', date = ''] = iso(day).split('-');
  return [year, month, date];
};
const bare = (digits: string): string => String(Number(digits));
const monthFirst =
  (separator: string, short = false): Form =>
  (day) => {
    const [year, month, date] = partsOf(day);
    return (short ? [bare(month), bare(date), year] : [month, date, year]).join(separator);
  };
const dayFirst: Form = (day) => {
  const [year, month, date] = partsOf(day);
  return [date, month, year].join('-');
};
const oldForms: readonly Form[] = [
  monthFirst('-'),
  monthFirst('/'),
  monthFirst('-', true),
  monthFirst('/', true),
];

describe('Dates of WakaTime dumps', function () {
  this.timeout(120_000);

  let trial: ReaderTrial;

  before(async () => {
    trial = await ReaderTrial.load();
  });

  function read(totals: readonly Total[], range?: { start: unknown; end: unknown }): Tried {
    const days = totals.map(({ date, seconds }) => ({
      date,
      grand_total: { digital: '1:00', total_seconds: seconds },
    }));
    const contents = { user: { timezone: 'UTC' }, ...(range && { range }), days };
    return trial.read((place) => new WakatimeReader(place), contents, { nowMs });
  }

  const anyDay = fc.integer({
    min: Date.UTC(2013, 0, 1) / dayMs,
    max: Date.UTC(2026, 10, 19) / dayMs,
  });
  const anyTotals = fc.uniqueArray(fc.tuple(anyDay, fc.integer({ min: 60, max: 20_000 })), {
    selector: ([day]) => day,
    minLength: 1,
    maxLength: 20,
  });

  function totalsIn(form: Form, days: readonly (readonly [number, number])[]): readonly Total[] {
    return days.map(([day, seconds]) => ({ date: form(day), seconds }));
  }

  it('are read in each form that they have had', () => {
    fc.assert(
      fc.property(anyTotals, fc.constantFrom(...oldForms), (days, form) => {
        const before = read(totalsIn(iso, days));
        assert.equal(before.report.daysWithoutTimes, days.length);
        assert.deepEqual(read(totalsIn(form, days)), before);
      }),
    );
  });

  it('with the day first are read so where one of them can be nothing else', () => {
    fc.assert(
      fc.property(anyTotals, (days) => {
        fc.pre(days.some(([day]) => Number(partsOf(day)[2]) > 12));
        assert.deepEqual(read(totalsIn(dayFirst, days)), read(totalsIn(iso, days)));
      }),
    );
  });

  it('are those of the range that the dump names, where they could be others', () => {
    const day = (text: string): number => Date.parse(text) / dayMs;
    const days = [3, 4, 5, 9].map((date) => [day(`2015-03-0${String(date)}`), 3_600] as const);
    const range = {
      start: Date.UTC(2015, 2, 2, 8) / 1_000,
      end: Date.UTC(2015, 2, 10, 8) / 1_000,
    };
    const expected = read(totalsIn(iso, days), range);
    assert.deepEqual(read(totalsIn(dayFirst, days), range), expected);
    assert.deepEqual(read(totalsIn(monthFirst('-'), days), range), expected);
    // WakaTime's own form, where nothing decides.
    const own = read([{ date: '04-03-2015', seconds: 60 }]);
    assert.deepEqual(own.report.days, { from: '2015-04-03', to: '2015-04-03' });
    for (const nonsense of [
      { start: null, end: 'soon' },
      { start: 1e300, end: -1 },
    ]) {
      const { report } = read([{ date: '04-03-2015', seconds: 60 }], nonsense);
      assert.deepEqual(report.days, own.report.days);
    }
    // Next week, or last month.
    const early = read([{ date: '12-01-2026', seconds: 60 }]);
    assert.deepEqual(early.report.days, { from: '2026-01-12', to: '2026-01-12' });
  });

  it('that contradict each other are read as WakaTime writes them, and the others are counted', () => {
    const { report } = read([
      { date: '01-25-2015', seconds: 60 },
      { date: '26-01-2015', seconds: 60 },
      { date: '02-03-2015', seconds: 60 },
    ]);
    assert.deepEqual(report.days, { from: '2015-01-25', to: '2015-02-03' });
    assert.deepEqual(report.leftOut, { badTime: 1 });
  });

  it('that are none bring nothing, and say so', () => {
    const none = [
      ...[
        '',
        'today',
        '2015-02-30',
        '02-30-2015',
        '13-13-2015',
        '00-01-2015',
        '2015-1',
        '0099-01-01',
      ],
      ...['01-02-15', '1-2/2015', '01-02-2015x', '2015-01-02x', '9999-01-01', '1970-01-01'],
    ];
    for (const date of none) {
      const { report } = read([{ date, seconds: 60 }]);
      assert.deepEqual(report.leftOut, { badTime: 1 }, date);
      assert.deepEqual([report.added.minutes, importOutcome(report)], [0, 'leftOut']);
    }
  });

  it('of days that say neither when nor how long are counted as left out', () => {
    const readDays = (days: readonly object[]): Tried =>
      trial.read((place) => new WakatimeReader(place), { days }, { nowMs });
    const strange = readDays([
      { date: '2015-01-02', total: 60 },
      { date: '2015-01-03', heartbeats: null },
    ]);
    assert.deepEqual(strange.report.leftOut, { badDuration: 2 });
    const lone = [{ time: Date.UTC(2015, 0, 2) / 1_000 }, { time: Date.UTC(2015, 0, 3) / 1_000 }];
    assert.deepEqual(readDays([{ date: '2015-01-02', heartbeats: lone }]).report.leftOut, {
      tooShort: 2,
    });
    const idle = readDays([
      { date: '2015-01-02', heartbeats: [] },
      { date: '2015-01-03', grand_total: { total_seconds: 0 } },
    ]);
    assert.equal(importOutcome(idle.report), 'empty');
  });
});
