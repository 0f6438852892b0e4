import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { MinuteSample } from '../../../src/facts/minuteSample.ts';
import {
  packedMinuteBytes,
  packMinute,
  unpackMinute,
} from '../../../src/vault/codecs/minuteCodec.ts';
import { decodeRecord, encodeRecord } from '../../../src/vault/segments/recordCodec.ts';
import { VaultError } from '../../../src/vault/vaultError.ts';
import { minuteRecord } from '../../support/minuteRecord.ts';
import { anyRecord, anySample } from '../../support/vaultTools.ts';

const pack = (sample: MinuteSample): Uint8Array => {
  const bytes = new Uint8Array(packedMinuteBytes);
  packMinute(sample, bytes, 0);
  return bytes;
};

describe('vault/minuteCodec', () => {
  it('gives back every sample within its ranges', () => {
    fc.assert(
      fc.property(anySample, (sample) => {
        assert.deepEqual(unpackMinute(pack(sample), 0, sample.minute), sample);
      }),
    );
  });

  it('packs the same whatever came of packing before', () => {
    const wild = fc.record({
      ...{ minute: fc.nat(), state: fc.constant('steady' as const), confidence: fc.double() },
      ...{ score: fc.option(fc.double(), { nil: undefined }), seconds: fc.double() },
      ...{ insertedChars: fc.double(), deletes: fc.double(), blockChars: fc.double() },
      ...{ undos: fc.double(), navigations: fc.double(), blurs: fc.double() },
      raw: fc.record({
        ...{ rhythm: fc.double(), focus: fc.double(), consistency: fc.double() },
        ...{ error: fc.double(), velocity: fc.double() },
      }),
    });
    fc.assert(
      fc.property(wild, (sample) => {
        const once = pack(sample);
        assert.deepEqual(pack(unpackMinute(once, 0, sample.minute)), once);
      }),
    );
  });

  it('reads a rhythm of 0, which earlier versions wrote where there was no interval, as none', () => {
    const { sample } = minuteRecord(0);
    const raw = { rhythm: 0.5, focus: 1, consistency: 1, error: 0, velocity: 5 };
    const bytes = pack({ ...sample, raw });
    bytes[9] = 0;
    assert.deepEqual(unpackMinute(bytes, 0, 0).raw, { ...raw, rhythm: undefined });
  });

  it('saturates instead of wrapping', () => {
    const { sample } = minuteRecord(0);
    const huge = { ...sample, insertedChars: 1e9, deletes: 1e9, blockChars: 1e9, undos: 99 };
    const back = unpackMinute(pack(huge), 0, 0);
    assert.deepEqual(
      [back.insertedChars, back.deletes, back.blockChars, back.undos],
      [0xffff, 255, 62_756, 15],
    );
  });

  it('stores block characters within 2.2 % and a half', () => {
    for (let chars = 0; chars < 62_000; chars = Math.ceil(chars * 1.01 + 1)) {
      const { sample } = minuteRecord(0);
      const back = unpackMinute(pack({ ...sample, blockChars: chars }), 0, 0).blockChars;
      assert.ok(Math.abs(back - chars) <= 0.5 + 0.022 * (chars + 1), `${chars} ${back}`);
    }
  });

  it('refuses values that no writer writes', () => {
    const bad: [number, number][] = [
      [0, 0xf0],
      [1, 101],
      [8, 61],
    ];
    for (const [offset, value] of bad) {
      const bytes = pack(minuteRecord(1).sample);
      bytes[offset] = value;
      assert.throws(
        () => unpackMinute(bytes, 0, 0),
        (error) => VaultError.is(error, 'damaged'),
      );
    }
  });
});

describe('vault/recordCodec', () => {
  it('gives back every record', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        assert.deepEqual(decodeRecord(encodeRecord(record)), record);
      }),
    );
  });

  it('never takes other bytes for a record and never throws anything but its own error', () => {
    const bytes = fc
      .tuple(fc.nat(7), fc.constantFrom(0, 1, 2), fc.uint8Array({ maxLength: 80 }))
      .map(([type, version, rest]) => Uint8Array.of(type, version, ...rest));
    fc.assert(
      fc.property(bytes, (source) => {
        try {
          const record = decodeRecord(source);
          if (record !== undefined) {
            assert.deepEqual(Uint8Array.from(encodeRecord(record)), source);
          }
        } catch (error) {
          assert.ok(VaultError.is(error, 'damaged'));
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('leaves a later type or schema version alone', () => {
    assert.equal(decodeRecord(Uint8Array.of(99, 1, 5, 5)), undefined);
    assert.equal(decodeRecord(Uint8Array.of(1, 2, 5, 5)), undefined);
  });

  it('refuses what it cannot store', () => {
    const minute = minuteRecord(0);
    assert.throws(() => encodeRecord({ ...minute, session: 'x' }), RangeError);
    assert.throws(() => encodeRecord({ ...minute, zoneOffsetMinutes: 1e6 }), RangeError);
    assert.throws(
      () => encodeRecord({ ...minute, sample: { ...minute.sample, minute: NaN } }),
      RangeError,
    );
  });
});
