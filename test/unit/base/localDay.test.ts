import assert from 'node:assert/strict';
import fc from 'fast-check';
import { dayAt, dayBounds, formatDay } from '../../../src/facts/localDay.ts';
import { inZone } from '../../support/inZone.ts';

const hourMs = 3_600_000;

describe('localDay', () => {
  it('places every moment within the bounds of its own day', () => {
    const moment = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2060, 0, 1) });
    fc.assert(
      fc.property(moment, fc.integer({ min: 0, max: 23 }), (wallMs, startHour) => {
        const offset = -new Date(wallMs).getTimezoneOffset();
        const { startMs, endMs } = dayBounds(dayAt(wallMs, offset, startHour), startHour);
        assert.ok(startMs <= wallMs && wallMs < endMs);
      }),
    );
  });

  it('gives work after midnight to the day before, until the day starts', () => {
    const night = Date.UTC(2026, 4, 2, 3, 59);
    assert.equal(formatDay(dayAt(night, 0, 4)), '2026-05-01');
    assert.equal(formatDay(dayAt(night + 60_000, 0, 4)), '2026-05-02');
    assert.equal(formatDay(dayAt(night, 0, 0)), '2026-05-02');
  });

  const lengthsByZone: [string, number[]][] = [
    ['UTC', [24]],
    ['Europe/Berlin', [23, 24, 25]],
    ['America/New_York', [23, 24, 25]],
    ['Australia/Lord_Howe', [23.5, 24, 24.5]],
  ];
  for (const [zone, lengths] of lengthsByZone) {
    it(`tiles a year without gap or overlap in ${zone}, with its short and long days`, () => {
      const days = inZone(zone, () => {
        const first = dayAt(Date.UTC(2026, 0, 1, 12), 0, 4);
        return Array.from({ length: 365 }, (_, index) => dayBounds(first + index, 4));
      });
      const seen = new Set<number>();
      for (const [index, { startMs, endMs }] of days.entries()) {
        seen.add((endMs - startMs) / hourMs);
        const next = days[index + 1];
        assert.ok(next === undefined || next.startMs === endMs);
      }
      assert.deepEqual([...seen].sort(), lengths);
    });
  }
});
