import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { DayReading } from '../../../src/readings/dayReading.ts';
import { dayScale } from '../../../src/webview/day/dayScale.ts';

const hourMs = 3_600_000;
const startMs = Date.UTC(2026, 2, 29, 3);

function dayWith(spans: readonly (readonly [number, number])[], hours = 24): DayReading {
  return {
    startMs,
    endMs: startMs + hours * hourMs,
    seconds: {},
    focusedSeconds: 0,
    longestSpellSeconds: 0,
    interruptions: 0,
    spans: spans.map(([from, to]) => ({
      startMs: startMs + from * hourMs,
      endMs: startMs + to * hourMs,
      state: 'steady',
      score: 50,
    })),
    sessions: [],
    demo: false,
  };
}

describe('dayScale', () => {
  it('shows ten hours from the first full hour of a morning', () => {
    const scale = dayScale(dayWith([[4.7, 5.1]]), startMs + 5.1 * hourMs, 60);
    assert.equal(scale.startMs, startMs + 4 * hourMs);
    assert.equal(scale.endMs, startMs + 14 * hourMs);
  });

  it('stays within days of 23, 24 and 25 hours and holds all that was recorded', () => {
    const hours = fc.constantFrom(23, 24, 25);
    const offset = fc.constantFrom(-570, -300, 0, 60, 330, 345, 840);
    const bounds = fc.tuple(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    );
    fc.assert(
      fc.property(hours, offset, bounds, (length, zoneOffsetMinutes, [a, b]) => {
        const from = Math.min(a, b) * length;
        const to = Math.max(a, b) * length;
        const day = dayWith([[from, to]], length);
        const scale = dayScale(day, startMs + to * hourMs, zoneOffsetMinutes);
        assert.ok(scale.startMs >= day.startMs && scale.endMs <= day.endMs);
        assert.ok(scale.startMs <= startMs + from * hourMs && scale.endMs >= startMs + to * hourMs);
        assert.ok(scale.endMs - scale.startMs >= 10 * hourMs - 1);
        for (const { atMs } of scale.hours) {
          assert.equal((((atMs + zoneOffsetMinutes * 60_000) % hourMs) + hourMs) % hourMs, 0);
          assert.ok(atMs >= scale.startMs && atMs <= scale.endMs);
        }
        const labels = scale.hours.filter(({ label }) => label !== 'none').length;
        assert.ok(labels >= 2 && labels <= 7, `${labels} labels`);
      }),
    );
  });

  it('shows an ordinary working day before there is anything', () => {
    const scale = dayScale(dayWith([]), startMs + 20 * hourMs, 60);
    // 04:00 local is 03:00 UTC here, so 8:00 is four hours in.
    assert.equal(scale.startMs, startMs + 4 * hourMs);
    assert.equal(scale.endMs, startMs + 14 * hourMs);
  });

  it('cuts what lies outside to the ends of the axis', () => {
    const scale = dayScale(dayWith([[5, 6]]), startMs + 6 * hourMs, 60);
    assert.equal(scale.percent(startMs - hourMs), 0);
    assert.equal(scale.percent(scale.endMs + hourMs), 100);
    assert.equal(scale.percent((scale.startMs + scale.endMs) / 2), 50);
  });
});
