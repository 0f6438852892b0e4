import assert from 'node:assert/strict';
import fc from 'fast-check';
import { likelyRange } from '../../../src/facts/likelyRange.ts';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

describe('likelyRange', () => {
  it('finds the range that a score was given with', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -4, max: 4, noNaN: true }),
        fc.double({ min: 0.01, max: 6, noNaN: true }),
        (logit, reach) => {
          const low = 100 * sigmoid(logit - reach);
          const high = 100 * sigmoid(logit + reach);
          const found = likelyRange(100 * sigmoid(logit), 1 - (high - low) / 100);
          assert.ok(Math.abs(found.low - low) < 1e-6, `${found.low} for ${low}`);
          assert.ok(Math.abs(found.high - high) < 1e-6, `${found.high} for ${high}`);
        },
      ),
    );
  });

  it('holds the score and stays on the scale, whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 100, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (score, confidence) => {
          const { low, high } = likelyRange(score, confidence);
          assert.ok(low >= 0 && high <= 100, `${low} to ${high}`);
          assert.ok(low <= score + 1e-6 && score <= high + 1e-6, `${score} in ${low} to ${high}`);
        },
      ),
    );
  });

  it('is everything when nothing is sure, and a point when all is', () => {
    assert.deepEqual(likelyRange(40, 0), { low: 0, high: 100 });
    assert.deepEqual(likelyRange(40, 1), { low: 40, high: 40 });
  });
});
