import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Baseline } from '../../../src/flow/baseline/baseline.ts';
import {
  BaselineTemplateError,
  decodeBaseline,
  encodeBaseline,
} from '../../../src/flow/baseline/baselineTemplate.ts';

const raw = fc.record({
  rhythm: fc.double({ min: 0, max: 2, noNaN: true }),
  focus: fc.double({ min: 0, max: 1, noNaN: true }),
  consistency: fc.double({ min: 0, max: 1, noNaN: true }),
  error: fc.double({ min: 0, max: 1, noNaN: true }),
  velocity: fc.double({ min: 0, max: 9, noNaN: true }),
});
const history = fc
  .array(
    fc.tuple(fc.integer({ min: 0, max: 30 }), raw, fc.nat({ max: 100 }), fc.nat({ max: 400 })),
    {
      maxLength: 60,
    },
  )
  .map((entries) => {
    const baseline = new Baseline();
    for (const [day, features, score, steps] of entries) {
      baseline.rollTo(20_000 + day);
      baseline.add(features, score, steps);
      baseline.addActive(steps);
    }
    return baseline;
  });

describe('baseline template', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(history, (baseline) => {
        const copy = decodeBaseline(encodeBaseline(baseline));
        assert.deepEqual(copy.days, baseline.days);
        assert.deepEqual({ ...copy.usual }, { ...baseline.usual });
      }),
    );
  });

  it('refuses what was cut off or goes on', () => {
    fc.assert(
      fc.property(history, fc.nat(), (baseline, cut) => {
        const bytes = encodeBaseline(baseline);
        const isDamaged = (thrown: unknown): boolean => BaselineTemplateError.is(thrown);
        assert.throws(() => decodeBaseline(bytes.subarray(0, cut % bytes.length)), isDamaged);
        assert.throws(() => decodeBaseline(Uint8Array.of(...bytes, 0)), isDamaged);
      }),
    );
  });

  it('reads anything, or says that it is damaged', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          decodeBaseline(Uint8Array.of(1, ...bytes));
        } catch (error) {
          assert.ok(BaselineTemplateError.is(error, 'damaged'));
        }
      }),
    );
  });

  it('refuses another version', () => {
    assert.throws(
      () => decodeBaseline(Uint8Array.of(2, 0)),
      (thrown) => BaselineTemplateError.is(thrown, 'unknownVersion'),
    );
  });

  it('reads the frozen first version', () => {
    const baseline = new Baseline();
    baseline.rollTo(19_730);
    baseline.add({ rhythm: 0.5, focus: 0.8, consistency: 0.7, error: 0.1, velocity: 5 }, 60, 300);
    baseline.addActive(7);
    const frozen = Uint8Array.from(
      Buffer.from('0101929a01071401ac025e01ac023801ac021d01ac025801ac024201ac021900', 'hex'),
    );
    assert.deepEqual(decodeBaseline(frozen).days, baseline.days);
  });
});
