import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { generateIdentity, type Identity } from '../../../src/vault/age/identity.ts';
import { generateSigningKey } from '../../../src/vault/age/signing.ts';
import type { VaultRecord } from '../../../src/vault/record.ts';
import { encodeRecord } from '../../../src/vault/segments/recordCodec.ts';
import { sealKey } from '../../../src/vault/age/sealedKey.ts';
import {
  endMark,
  firstPreviousTag,
  sealFrame,
  segmentCipher,
  tagOf,
} from '../../../src/vault/segments/segmentFormat.ts';
import { formatHeader, longestHeaderBytes } from '../../../src/vault/segments/segmentHeader.ts';
import { readSegment } from '../../../src/vault/segments/segmentReader.ts';
import { SegmentTail } from '../../../src/vault/segments/segmentTail.ts';
import { VaultError } from '../../../src/vault/vaultError.ts';
import { minuteRecord } from '../../support/minuteRecord.ts';
import { anyRecord } from '../../support/vaultTools.ts';
import { trusting } from '../../support/trusting.ts';

const header = { writerId: '0123456789abcdef'.repeat(2), number: 3, createdMs: 1_790_000_000_000 };
const author = { vaultId: '0'.repeat(32), device: generateSigningKey() };
/** Both copies, as they are written now. */
const headerBytes = longestHeaderBytes;

interface Built {
  readonly identity: Identity;
  readonly header: Uint8Array;
  readonly frames: readonly Uint8Array[];
  readonly bytes: Uint8Array;
}

function build(records: readonly VaultRecord[], closed = false): Built {
  const identity = generateIdentity();
  const key = new Uint8Array(32).fill(7);
  const start = formatHeader(header, sealKey(key, identity.recipient), author);
  const frames: Uint8Array[] = [];
  let tag: Uint8Array = firstPreviousTag;
  const plains = [...records.map(encodeRecord), ...(closed ? [endMark] : [])];
  for (const [sequence, plain] of plains.entries()) {
    const frame = sealFrame(segmentCipher(key, start.hash), sequence, tag, plain);
    frames.push(frame);
    tag = tagOf(frame);
  }
  return {
    identity,
    header: start.bytes,
    frames,
    bytes: Buffer.concat([start.bytes, ...frames]),
  };
}

const minutes = (count: number): VaultRecord[] =>
  Array.from({ length: count }, (_, index) => minuteRecord(index));

/** Which of the minutes are in the reading; fails on any record that was never written. */
function indicesIn(built: Built, bytes: Uint8Array, written: readonly VaultRecord[]): number[] {
  const { records } = readSegment(bytes, trusting([built.identity]));
  const indices = records.map((record) =>
    written.findIndex((candidate) => JSON.stringify(candidate) === JSON.stringify(record)),
  );
  assert.ok(!indices.includes(-1), 'a record that was never written');
  assert.equal(new Set(indices).size, indices.length, 'a record came twice');
  return indices;
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);

describe('vault/segment', () => {
  it('gives back what was written, and says how it ended', () => {
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 20 }), fc.boolean(), (records, closed) => {
        const built = build(records, closed);
        const reading = readSegment(built.bytes, trusting([built.identity]));
        assert.deepEqual(reading.records, records);
        assert.deepEqual(reading.header, header);
        assert.equal(reading.end, closed ? 'closed' : 'open');
        assert.equal(reading.damage, undefined);
        assert.equal(reading.readBytes, built.bytes.length);
      }),
      { numRuns: 50 },
    );
  });

  it('takes a torn end for the end, at every length', () => {
    const written = minutes(4);
    const built = build(written);
    const ends = [headerBytes];
    for (const frame of built.frames) {
      ends.push((ends.at(-1) ?? 0) + frame.length);
    }
    for (let length = 0; length < built.bytes.length; length++) {
      const reading = readSegment(built.bytes.subarray(0, length), trusting([built.identity]));
      const whole = ends.filter((end) => end <= length).length - 1;
      assert.deepEqual(reading.records, written.slice(0, Math.max(0, whole)), `at ${length}`);
      assert.equal(reading.end, ends.includes(length) ? 'open' : 'torn', `at ${length}`);
      assert.equal(reading.damage, undefined, `at ${length}`);
    }
  });

  it('takes zeros behind the last record for a torn end', () => {
    const built = build(minutes(3));
    const reading = readSegment(
      Buffer.concat([built.bytes, Buffer.alloc(900)]),
      trusting([built.identity]),
    );
    assert.equal(reading.end, 'torn');
    assert.equal(reading.records.length, 3);
    assert.equal(reading.damage, undefined);
  });

  it('loses at most the record whose byte was changed, for every byte and never silently', () => {
    const written = minutes(5);
    const built = build(written, true);
    let at = headerBytes;
    const owners = built.frames.map((frame) => ({ start: at, end: (at += frame.length) }));
    for (let offset = 0; offset < built.bytes.length; offset++) {
      for (const mask of offset < headerBytes ? [0x01] : [0x01, 0x80]) {
        const changed = Uint8Array.from(built.bytes);
        changed[offset] = (changed[offset] ?? 0) ^ mask;
        const owner = owners.findIndex(({ start, end }) => offset >= start && offset < end);
        const read = indicesIn(built, changed, written);
        const expected = range(0, 5).filter((index) => index !== owner || read.includes(index));
        assert.deepEqual(read, expected, `byte ${offset}`);
        const { damage, end } = readSegment(changed, trusting([built.identity]));
        assert.ok(damage !== undefined || end !== 'closed', `byte ${offset} went unseen`);
        assert.equal(damage?.header ?? false, offset < headerBytes, `byte ${offset}`);
      }
    }
  });

  it('puts a damaged length or tag right where the next record vouches for it', () => {
    const written = minutes(5);
    const built = build(written, true);
    const second = headerBytes + (built.frames[0]?.length ?? 0);
    const third = second + (built.frames[1]?.length ?? 0);
    for (const offset of [second, second + 1, second + 2, second + 3, third - 16, third - 1]) {
      const changed = Uint8Array.from(built.bytes);
      changed[offset] = (changed[offset] ?? 0) ^ 0x55;
      const { records, damage } = readSegment(changed, trusting([built.identity]));
      assert.deepEqual(records, written, `byte ${offset}`);
      assert.equal(damage?.repairedRecords, 1, `byte ${offset}`);
      assert.deepEqual(damage.gaps, [], `byte ${offset}`);
    }
  });

  it('reads the rest when records are dropped, and says which minutes are gone', () => {
    const written = minutes(8);
    const built = build(written, true);
    for (let index = 0; index < 8; index++) {
      const kept = built.frames.filter((_, frame) => frame !== index);
      const bytes = Buffer.concat([built.header, ...kept]);
      // The record behind was sealed with the tag of one that is gone: nothing can vouch for it.
      const expected = range(0, 8).filter((other) => other !== index && other !== index + 1);
      assert.deepEqual(indicesIn(built, bytes, written), expected);
      const { damage } = readSegment(bytes, trusting([built.identity]));
      const [gap] = damage?.gaps ?? [];
      assert.equal(gap?.records, index === 7 ? 1 : 2, `record ${index}`);
      const minuteMs = (minute: number): number => (29_000_000 + minute) * 60_000;
      assert.equal(gap.afterMs, index === 0 ? undefined : minuteMs(index - 1));
      assert.equal(gap.beforeMs, index >= 6 ? undefined : minuteMs(index + 2));
    }
  });

  it('reads everything when records are swapped, doubled or moved', () => {
    const written = minutes(7);
    const built = build(written, true);
    const orders = fc.shuffledSubarray(range(0, 8), { minLength: 8, maxLength: 8 });
    const repeats = fc.array(fc.nat(7), { maxLength: 3 });
    fc.assert(
      fc.property(orders, repeats, (order, again) => {
        const frames = [...order, ...again].map((index) => built.frames[index] ?? endMark);
        const bytes = Buffer.concat([built.header, ...frames]);
        const read = indicesIn(built, bytes, written);
        assert.deepEqual(read, range(0, 7));
        const { damage } = readSegment(bytes, trusting([built.identity]));
        const isWhole = again.length === 0 && order.every((frame, place) => frame === place);
        assert.equal(damage === undefined, isWhole);
      }),
      { numRuns: 60 },
    );
  });

  it('survives a hole of zeros and garbage in the middle', () => {
    const written = minutes(300);
    const built = build(written, true);
    const garbage = Buffer.alloc(4096, 0xa5);
    for (const filling of [Buffer.alloc(4096), garbage]) {
      const changed = Buffer.from(built.bytes);
      filling.copy(changed, 4096);
      const read = indicesIn(built, changed, written);
      assert.ok(read.length >= 300 - Math.ceil(4096 / 59) - 2, `${read.length} read`);
      const { damage } = readSegment(changed, trusting([built.identity]));
      const lost = damage?.gaps.reduce((sum, gap) => sum + gap.records, 0);
      assert.equal(lost, 300 - read.length);
    }
  });

  it('accepts nothing from another segment of the same vault', () => {
    const built = build(minutes(3));
    const other = build(minutes(3));
    const bytes = Buffer.concat([built.header, ...other.frames]);
    assert.deepEqual(readSegment(bytes, trusting([built.identity])).records, []);
  });

  it('never accepts a wrong record, whatever happened to the file', () => {
    const written = minutes(6);
    const built = build(written, true);
    const edit = fc.record({
      at: fc.nat(built.bytes.length),
      remove: fc.nat(80),
      insert: fc.uint8Array({ maxLength: 40 }),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        let bytes = Buffer.from(built.bytes);
        for (const { at, remove, insert } of edits) {
          bytes = Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + remove)]);
        }
        try {
          indicesIn(built, bytes, written);
        } catch (error) {
          assert.ok(VaultError.is(error), String(error));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('tells a wrong identity, a later version and something else apart', () => {
    const built = build(minutes(1));
    const fails = (bytes: Uint8Array, identity: Identity, reason: string): void => {
      assert.throws(
        () => readSegment(bytes, trusting([identity])),
        (error) => VaultError.is(error) && error.reason === reason,
        reason,
      );
    };
    fails(built.bytes, generateIdentity(), 'wrongKey');
    const later = Uint8Array.from(built.bytes);
    later[6] = 3;
    later[headerBytes / 2 + 6] = 3;
    fails(later, built.identity, 'unknownVersion');
    fails(new Uint8Array(2000), built.identity, 'damaged');
    fails(Buffer.from('something else'), built.identity, 'damaged');
  });

  it('counts authentic records of a later Millrace', () => {
    const identity = generateIdentity();
    const key = new Uint8Array(32);
    const start = formatHeader(header, sealKey(key, identity.recipient), author);
    const frame = sealFrame(
      segmentCipher(key, start.hash),
      0,
      firstPreviousTag,
      Uint8Array.of(77, 1, 2, 3),
    );
    const reading = readSegment(Buffer.concat([start.bytes, frame]), trusting([identity]));
    assert.equal(reading.unknownRecords, 1);
    assert.equal(reading.damage, undefined);
  });
});

describe('vault/segmentTail', () => {
  it('reads a growing segment once, however it grows', () => {
    fc.assert(
      fc.property(
        fc.array(anyRecord, { maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 150 }), { minLength: 1 }),
        (records, steps) => {
          const built = build(records, true);
          const read: VaultRecord[] = [];
          let tail: SegmentTail | undefined;
          let closed = false;
          let length = 0;
          let step = 0;
          while (length < built.bytes.length) {
            length = Math.min(built.bytes.length, length + (steps[step++ % steps.length] ?? 1));
            const there = built.bytes.subarray(0, length);
            tail ??= SegmentTail.open(there, trusting([built.identity]));
            if (tail !== undefined) {
              const reading = tail.next(there.subarray(tail.offset));
              assert.equal(reading.broken, false);
              closed ||= reading.closed;
              read.push(...reading.records);
            }
          }
          assert.deepEqual(read, records);
          assert.ok(closed);
          tail?.dispose();
        },
      ),
      { numRuns: 50 },
    );
  });

  it('says that it is broken, and only then', () => {
    const built = build(minutes(3));
    const changed = Uint8Array.from(built.bytes);
    changed[changed.length - 70] = (changed[changed.length - 70] ?? 0) ^ 1;
    const tail = SegmentTail.open(changed, trusting([built.identity]));
    const reading = tail?.next(changed.subarray(tail.offset));
    assert.equal(reading?.broken, true);
    assert.equal(reading.records.length, 1);
  });

  it('hides nothing that reading the whole file finds, whichever bit is changed', () => {
    for (const isClosed of [true, false]) {
      const built = build(minutes(3), isClosed);
      for (let bit = headerBytes * 8; bit < built.bytes.length * 8; bit++) {
        const changed = Uint8Array.from(built.bytes);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const tail = SegmentTail.open(changed, trusting([built.identity]));
        const reading = tail?.next(changed.subarray(tail.offset));
        const whole = readSegment(changed, trusting([built.identity]));
        assert.ok(
          reading?.broken === true || reading?.records.length === whole.records.length,
          `bit ${String(bit)}`,
        );
        tail?.dispose();
      }
    }
  });
});
