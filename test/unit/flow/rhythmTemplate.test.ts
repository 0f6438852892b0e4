import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  RhythmTemplate,
  decodeRhythmTemplate,
  encodeRhythmTemplate,
  leastLimit,
} from '../../../src/flow/rhythm/rhythmTemplate.ts';
import { rhythmBins } from '../../../src/flow/rhythm/rhythmWindow.ts';

const histogram = fc.array(fc.nat({ max: 120 }), { minLength: rhythmBins, maxLength: rhythmBins });
const template = fc
  .array(fc.tuple(histogram, fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: 130 })
  .map((windows) => {
    const learned = new RhythmTemplate();
    for (const [counts, distance] of windows) {
      learned.learn(counts);
      learned.learnDistance(distance);
    }
    return learned;
  });

describe('rhythm template', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(template, histogram, (learned, window) => {
        const copy = decodeRhythmTemplate(encodeRhythmTemplate(learned));
        assert.ok(copy);
        assert.equal(copy.windows, learned.windows);
        assert.deepEqual(copy.counts, learned.counts);
        assert.deepEqual(copy.distances, learned.distances);
        assert.equal(copy.limit, learned.limit);
        assert.equal(copy.distanceTo(window), learned.distanceTo(window));
      }),
      { numRuns: 50 },
    );
  });

  it('refuses what was cut off, goes on, or was changed by one', () => {
    fc.assert(
      fc.property(template, fc.nat(), (learned, place) => {
        const bytes = encodeRhythmTemplate(learned);
        assert.equal(decodeRhythmTemplate(bytes.subarray(0, place % bytes.length)), undefined);
        assert.equal(decodeRhythmTemplate(Uint8Array.of(...bytes, 0)), undefined);
        // Past the version and the number of windows, everything is summed up.
        const at = 2 + (place % (bytes.length - 2));
        const changed = bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));
        assert.equal(decodeRhythmTemplate(changed), undefined);
      }),
      { numRuns: 50 },
    );
  });

  it('refuses noise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        assert.equal(decodeRhythmTemplate(Uint8Array.of(1, 40, 100, ...bytes)), undefined);
      }),
    );
  });

  it('refuses another version', () => {
    const bytes = encodeRhythmTemplate(new RhythmTemplate());
    assert.ok(decodeRhythmTemplate(bytes));
    bytes[0] = 2;
    assert.equal(decodeRhythmTemplate(bytes), undefined);
  });

  it('has a distance from 0 to 1 that is symmetric and does not mind how long a window is', () => {
    fc.assert(
      fc.property(histogram, histogram, (one, other) => {
        const from = (counts: readonly number[]): RhythmTemplate => {
          const learned = new RhythmTemplate();
          learned.learn(counts);
          return learned;
        };
        const distance = from(one).distanceTo(other);
        assert.ok(distance >= 0 && distance <= 1);
        assert.ok(Math.abs(distance - from(other).distanceTo(one)) < 1e-9);
        const double = other.map((count) => 2 * count);
        assert.ok(Math.abs(distance - from(one).distanceTo(double)) < 1e-9);
        fc.pre(one.some((count) => count > 0));
        assert.ok(from(one).distanceTo(one) < 1e-9);
      }),
    );
  });

  it("rises with how much somebody varies, and stays above everybody's least", () => {
    const learned = new RhythmTemplate();
    assert.equal(new RhythmTemplate().limit, leastLimit);
    for (let window = 0; window < 40; window++) {
      learned.learnDistance(window < 36 ? 0.01 : 0.2);
    }
    const { limit } = learned;
    assert.ok(limit > 0.2 && limit < 0.21);
  });
});
