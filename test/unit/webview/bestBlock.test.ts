import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { BestHoursReading } from '../../../src/readings/bestHoursReading.ts';
import {
  enoughActiveSeconds,
  findBestBlock,
  shareOf,
} from '../../../src/webview/week/bestBlock.ts';

type Hours = BestHoursReading['hours'];

function hoursOf(share: (weekday: number, hour: number) => number, activeSeconds = 20_000): Hours {
  return Array.from({ length: 7 * 12 }, (_, index) => {
    const weekday = Math.floor(index / 12);
    const hour = 8 + (index % 12);
    return { weekday, hour, activeSeconds, inFlowSeconds: share(weekday, hour) * activeSeconds };
  });
}

describe('findBestBlock', () => {
  it('finds the block that stands out', () => {
    const hours = hoursOf((weekday, hour) =>
      weekday >= 1 && weekday <= 3 && hour >= 10 && hour <= 11 ? 0.4 : 0.1,
    );
    assert.deepEqual(findBestBlock(hours), {
      firstWeekday: 1,
      lastWeekday: 3,
      firstHour: 10,
      lastHour: 11,
    });
  });

  it('names none where nothing stands out', () => {
    assert.equal(findBestBlock(hoursOf(() => 0.2)), undefined);
    assert.equal(findBestBlock(hoursOf(() => 0)), undefined);
    assert.equal(findBestBlock([]), undefined);
  });

  it('claims nothing from thin data', () => {
    const thin = hoursOf((weekday) => (weekday === 2 ? 0.9 : 0.1), enoughActiveSeconds - 1);
    assert.equal(findBestBlock(thin), undefined);
    assert.equal(shareOf(thin[0]), undefined);
    assert.equal(shareOf(undefined), undefined);
  });

  it('never includes an hour with too little data, and is above the average', () => {
    const hour = fc.record({
      activeSeconds: fc.integer({ min: 0, max: 40_000 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    let found = 0;
    fc.assert(
      fc.property(fc.array(hour, { minLength: 84, maxLength: 84 }), (drawn) => {
        const hours = hoursOf(() => 0).map((cell, index) => {
          const { activeSeconds = 0, share = 0 } = drawn[index] ?? {};
          return { ...cell, activeSeconds, inFlowSeconds: share * activeSeconds };
        });
        const block = findBestBlock(hours);
        if (block === undefined) {
          return;
        }
        found++;
        const inside = hours.filter(
          ({ weekday, hour: at }) =>
            weekday >= block.firstWeekday &&
            weekday <= block.lastWeekday &&
            at >= block.firstHour &&
            at <= block.lastHour,
        );
        const known = hours.filter((cell) => shareOf(cell) !== undefined);
        const mean = (cells: Hours): number =>
          cells.reduce((sum, { inFlowSeconds }) => sum + inFlowSeconds, 0) /
          cells.reduce((sum, { activeSeconds }) => sum + activeSeconds, 0);
        assert.ok(inside.length >= 2);
        assert.ok(inside.every((cell) => shareOf(cell) !== undefined));
        assert.ok(mean(inside) > mean(known));
      }),
      { numRuns: 30 },
    );
    assert.ok(found > 0);
  });
});
