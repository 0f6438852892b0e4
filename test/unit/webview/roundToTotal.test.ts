import assert from 'node:assert/strict';
import fc from 'fast-check';
import { roundToTotal } from '../../../src/webview/now/roundToTotal.ts';

describe('roundToTotal', () => {
  it('gives whole parts that add up to the rounded sum, none further than a point away', () => {
    const part = fc.double({ min: -100, max: 100, noNaN: true });
    fc.assert(
      fc.property(fc.array(part, { minLength: 5, maxLength: 5 }), (parts) => {
        // Plus zero, as a rounded -0.2 is -0.
        const total = Math.round(parts.reduce((sum, value) => sum + value, 0)) + 0;
        const rounded = roundToTotal(parts, total);
        assert.equal(
          rounded.reduce((sum, value) => sum + value, 0),
          total,
        );
        for (const [index, value] of rounded.entries()) {
          assert.ok(Number.isInteger(value));
          assert.ok(Math.abs(value - (parts[index] ?? Number.NaN)) <= 1);
        }
      }),
    );
  });

  it('rounds each part by itself where the total is not theirs', () => {
    assert.deepEqual(roundToTotal([1.4, 2.6], 60), [1, 3]);
    assert.deepEqual(roundToTotal([-0.4], 60), [0]);
  });
});
