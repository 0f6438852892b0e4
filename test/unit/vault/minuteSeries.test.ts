import assert from 'node:assert/strict';
import fc from 'fast-check';
import { flowStates } from '../../../src/facts/flow.ts';
import type { MinuteSample } from '../../../src/facts/minuteSample.ts';
import { MinuteSeries, readSamples } from '../../../src/vault/codecs/minuteSeries.ts';
import { VaultError } from '../../../src/vault/vaultError.ts';
import { sampleAt } from '../../support/vaultRecords.ts';

/** Samples whose every value survives packing, so that they can be compared as they are. */
const samples = fc.array(
  fc.record(
    {
      minute: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 0xffffffff })),
      state: fc.constantFrom(...flowStates),
      score: fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined }),
      confidence: fc.constantFrom(0, 1),
      seconds: fc.integer({ min: 0, max: 60 }),
      insertedChars: fc.integer({ min: 0, max: 0xffff }),
      deletes: fc.integer({ min: 0, max: 255 }),
      blockChars: fc.integer({ min: 0, max: 20 }),
      undos: fc.integer({ min: 0, max: 15 }),
      navigations: fc.integer({ min: 0, max: 255 }),
      blurs: fc.integer({ min: 0, max: 15 }),
      raw: fc.constant(undefined),
    },
    { noNullPrototype: true },
  ),
  { maxLength: 60 },
);

function seriesOf(list: readonly MinuteSample[]): MinuteSeries {
  const series = new MinuteSeries();
  for (const sample of list) {
    series.add(sample);
  }
  return series;
}

describe('a series of minutes', function () {
  this.timeout(60_000);

  it('gives back what was put in, ascending', () => {
    fc.assert(
      fc.property(samples, (list) => {
        const unique = [...new Map(list.map((sample) => [sample.minute, sample])).values()];
        const read = readSamples(seriesOf(unique).write());
        assert.deepEqual(
          read,
          unique.sort((one, other) => one.minute - other.minute),
        );
      }),
    );
  });

  it('does not depend on the order, nor on how often a minute is told', () => {
    fc.assert(
      fc.property(samples, fc.array(fc.nat()), (list, picks) => {
        const again = picks.flatMap((pick) => list[pick % Math.max(1, list.length)] ?? []);
        const shuffled = [...again, ...list].reverse();
        assert.deepEqual(seriesOf(shuffled).write(), seriesOf(list).write());
      }),
    );
  });

  it('can be read, added to and written again', () => {
    fc.assert(
      fc.property(samples, samples, (one, other) => {
        const merged = MinuteSeries.read(seriesOf(one).write());
        merged.addAll(MinuteSeries.read(seriesOf(other).write()));
        assert.deepEqual(merged.write(), seriesOf([...other, ...one]).write());
      }),
    );
  });

  it('keeps the sample with more seconds', () => {
    const series = seriesOf([
      sampleAt(7, { seconds: 20, insertedChars: 900 }),
      sampleAt(7, { seconds: 40, insertedChars: 1 }),
    ]);
    assert.equal(readSamples(series.write())[0]?.insertedChars, 1);
  });

  it('takes at most 15 bytes a minute from ten minutes on', () => {
    const blob = seriesOf(Array.from({ length: 10 }, (_, minute) => sampleAt(minute))).write();
    assert.ok(blob.length <= 150, `${blob.length} bytes`);
  });

  it('gives a part of the minutes', () => {
    const blob = seriesOf([1, 2, 3, 4, 9].map((minute) => sampleAt(minute))).write();
    assert.deepEqual(
      readSamples(blob, 2, 4).map(({ minute }) => minute),
      [2, 3],
    );
  });

  it('takes a cut blob for damage, and another version for another version', () => {
    const blob = seriesOf([1, 2, 5].map((minute) => sampleAt(minute))).write();
    const whole = [5, blob.length - 14 - 4, blob.length];
    for (let length = 0; length < blob.length; length++) {
      const cut = blob.subarray(0, length);
      if (whole.includes(length)) {
        continue;
      }
      assert.throws(
        () => readSamples(cut),
        (error) => VaultError.is(error, 'damaged'),
        `${length} bytes`,
      );
    }
    const later = blob.slice();
    later[0] = 2;
    assert.throws(
      () => readSamples(later),
      (error) => VaultError.is(error, 'unknownVersion'),
    );
  });
});
