import assert from 'node:assert/strict';
import fc from 'fast-check';
import { IntervalHistogram } from '../../../src/flow/features/intervalHistogram.ts';

function exactSpread(intervals: readonly number[]): number {
  const middle = (values: number[]): number => {
    const sorted = values.sort((a, b) => a - b);
    const half = sorted.length / 2;
    return ((sorted[Math.floor(half - 0.5)] ?? 0) + (sorted[Math.floor(half)] ?? 0)) / 2;
  };
  const logs = intervals.map((interval) => Math.log(interval));
  const centre = middle([...logs]);
  return 1.4826 * middle(logs.map((value) => Math.abs(value - centre)));
}

/** A made-up hand: log-normal intervals from a fixed seed. */
function logNormal(count: number, mu: number, sigma: number, seed: number): number[] {
  let state = seed;
  const uniform = (): number => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return (state + 0.5) / 4_294_967_296;
  };
  return Array.from({ length: count }, () => {
    const normal = Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
    return Math.min(1_999, Math.max(8, Math.exp(mu + sigma * normal)));
  });
}

function filled(intervals: readonly number[]): IntervalHistogram {
  const histogram = new IntervalHistogram();
  intervals.forEach((interval, index) => {
    histogram.add(interval);
    if (index % 50 === 49) {
      histogram.advance();
    }
  });
  return histogram;
}

describe('IntervalHistogram', () => {
  it('measures the spread of real-looking intervals to within its resolution', () => {
    for (const [mu, sigma] of [
      [5.1, 0.7],
      [4.6, 0.4],
      [5.8, 0.9],
    ] as const) {
      const intervals = logNormal(500, mu, sigma, 42);
      assert.ok(Math.abs(filled(intervals).spread() - exactSpread(intervals)) < 0.03);
    }
  });

  it('calls a constant tempo even', () => {
    assert.ok(filled(new Array<number>(300).fill(180)).spread() < 0.02);
  });

  it('has no spread without intervals', () => {
    assert.equal(new IntervalHistogram().spread(), 0);
  });

  it('forgets a step once twelve more have ended', () => {
    const histogram = new IntervalHistogram();
    histogram.add(100);
    for (let step = 0; step < 12; step++) {
      histogram.advance();
      assert.equal(histogram.count, 1);
    }
    histogram.advance();
    assert.equal(histogram.count, 0);
  });

  it('stays the same through save and restore, and is never negative or NaN', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: 8, max: 1_999 }), fc.constant(undefined)), {
          maxLength: 400,
        }),
        (actions) => {
          const histogram = new IntervalHistogram();
          for (const action of actions) {
            if (action === undefined) {
              histogram.advance();
            } else {
              histogram.add(action);
            }
          }
          const copy = new IntervalHistogram();
          copy.restore(histogram.save());
          assert.equal(copy.count, histogram.count);
          assert.equal(copy.spread(), histogram.spread());
          assert.ok(histogram.spread() >= 0);
        },
      ),
    );
  });

  it('takes back the latest interval only', () => {
    const histogram = new IntervalHistogram();
    histogram.add(100);
    histogram.add(900);
    histogram.retract();
    assert.equal(histogram.count, 1);
    histogram.retract();
    histogram.retract();
    assert.equal(histogram.count, 0);
  });
});
