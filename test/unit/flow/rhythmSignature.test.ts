import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  RhythmSignature,
  signatureIntervals,
  unusualInARow,
} from '../../../src/flow/rhythm/rhythmSignature.ts';
import {
  decodeRhythmTemplate,
  encodeRhythmTemplate,
  windowsToLearn,
  type RhythmTemplate,
} from '../../../src/flow/rhythm/rhythmTemplate.ts';
import { EventKind } from '../../../src/tracking/eventKind.ts';
import { KeystrokeRing } from '../../../src/tracking/keystrokeRing.ts';
import { Random } from '../../support/generator/random.ts';
import { allocatedPerCall } from '../../support/percentile.ts';

/** A hand with a tempo of its own: ln(interval) is normal. */
interface Hand {
  readonly mu: number;
  readonly sigma: number;
}
const own: Hand = { mu: Math.log(150), sigma: 0.4 };
const strange: Hand = { mu: Math.log(300), sigma: 0.6 };
const learning = (windowsToLearn + 2) * signatureIntervals;

/** Types into a ring and lets a signature look every so often. */
class Typist {
  readonly ring = new KeystrokeRing();
  readonly #random: Random;
  signature: RhythmSignature;
  timeMs: number;

  constructor(seed: number, startMs = 0, template?: RhythmTemplate) {
    this.#random = new Random(seed);
    this.timeMs = startMs;
    this.signature = new RhythmSignature(this.ring, template);
  }

  type(keys: number, { mu, sigma }: Hand, lookEvery = 50): this {
    for (let key = 1; key <= keys; key++) {
      // Whole milliseconds are exact at any time of the clock.
      this.timeMs += Math.max(8, Math.round(this.#random.logNormal(mu, sigma)));
      this.ring.push(this.timeMs, EventKind.insert, 1, 0);
      if (key % lookEvery === 0) {
        this.signature.step();
      }
    }
    this.signature.step();
    return this;
  }
}

const bytesOf = ({ signature }: Typist): Uint8Array => encodeRhythmTemplate(signature.template);

describe('RhythmSignature', () => {
  it('hints at another hand, and not at the same one', () => {
    for (let seed = 1; seed <= 5; seed++) {
      const typist = new Typist(seed).type(learning, own);
      assert.ok(!typist.type(10 * signatureIntervals, own).signature.isUnusual);
      typist.type((unusualInARow + 1) * signatureIntervals, strange);
      assert.ok(typist.signature.isUnusual);
      assert.ok(!typist.type(2 * signatureIntervals, own).signature.isUnusual);
    }
  });

  it('never hints before enough was learned, whoever types', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: windowsToLearn - 1 }), (windows) => {
        const typist = new Typist(7);
        for (const isOwn of windows) {
          typist.type(signatureIntervals, isOwn ? own : strange);
          assert.ok(!typist.signature.isUnusual);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('never hints at less than three windows of 500', () => {
    const learned = bytesOf(new Typist(3).type(learning, own));
    fc.assert(
      fc.property(
        fc.nat({ max: unusualInARow * signatureIntervals }),
        fc.integer({ min: 20, max: 1_500 }),
        fc.integer({ min: 0, max: 150 }),
        (keys, tempoMs, sigma) => {
          const typist = new Typist(keys, 0, decodeRhythmTemplate(learned));
          // As many keys have one interval less.
          typist.type(keys, { mu: Math.log(tempoMs), sigma: sigma / 100 });
          assert.ok(!typist.signature.isUnusual);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('sees the same whatever the clock shows and however often it looks', () => {
    const usual = new Typist(11).type(learning, own, 50).type(1_600, strange, 50);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 40 }),
        fc.integer({ min: 1, max: 5_000 }),
        (startMs, lookEvery) => {
          const other = new Typist(11, startMs);
          other.type(learning, own, lookEvery).type(1_600, strange, lookEvery);
          assert.deepEqual(bytesOf(other), bytesOf(usual));
          assert.equal(other.signature.isUnusual, usual.signature.isUnusual);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('goes on from its template at the end of any window as if it had never stopped', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: windowsToLearn + 5 }), (windows) => {
        const whole = new Typist(5).type(windows * signatureIntervals + 1, own);
        const parted = new Typist(5).type(windows * signatureIntervals + 1, own);
        const template = decodeRhythmTemplate(bytesOf(parted));
        assert.ok(template);
        // The key that ended the window is where the next interval begins.
        parted.signature = new RhythmSignature(parted.ring, template, parted.ring.sequence - 1);
        for (const typist of [whole, parted]) {
          typist.type(3 * signatureIntervals, own).type(1_500, strange);
        }
        assert.deepEqual(bytesOf(parted), bytesOf(whole));
        assert.equal(parted.signature.isUnusual, whole.signature.isUnusual);
      }),
      { numRuns: 15 },
    );
  });

  it('learns nothing of what does not look like the person, until they say that it was them', () => {
    const typist = new Typist(2).type(learning, own);
    typist.type(signatureIntervals, strange);
    const { learned } = typist.signature;
    typist.type(5 * signatureIntervals, strange);
    assert.equal(typist.signature.learned, learned);
    assert.ok(typist.signature.isUnusual);
    typist.signature.acknowledge();
    assert.ok(!typist.signature.isUnusual);
    typist.type(6 * signatureIntervals, strange);
    assert.ok(!typist.signature.isUnusual);
    assert.ok(typist.signature.learned > learned);
  });

  it('counts no corrections, blocks, batches, pauses, or edits of a window that is not in front', () => {
    const ring = new KeystrokeRing();
    const signature = new RhythmSignature(ring);
    let timeMs = 0;
    const push = (afterMs: number, kind: EventKind, chars = 1): void => {
      timeMs += afterMs;
      ring.push(timeMs, kind, chars, 0);
      signature.step();
    };
    for (let round = 0; round < signatureIntervals; round++) {
      push(3_000, EventKind.insert);
      push(100, EventKind.delete);
      push(100, EventKind.insert);
      push(100, EventKind.block, 40);
      push(100, EventKind.insert);
      // Two keys that arrive at once take back the interval before them.
      push(100, EventKind.insert);
      push(1, EventKind.insert);
      push(100, EventKind.blur);
      push(100, EventKind.insert);
      push(100, EventKind.insert);
      push(100, EventKind.focus);
    }
    assert.equal(signature.learned, 0);
  });

  it('survives a constant tempo, keys without time between them, and a ring that forgets', () => {
    for (const intervalMs of [0, 8, 100, 1_999.9, 2_000]) {
      const ring = new KeystrokeRing(64);
      const signature = new RhythmSignature(ring);
      for (let key = 0; key < 20_000; key++) {
        ring.push(key * intervalMs, EventKind.insert, 1, 0);
        if (key % 100 === 0) {
          signature.step();
        }
      }
      assert.ok(!signature.isUnusual);
      assert.ok(signature.template.limit > 0 && signature.template.limit < 1);
    }
  });

  it('allocates nothing for a key', () => {
    const typist = new Typist(1).type(learning, own);
    const { ring, signature } = typist;
    let { timeMs } = typist;
    const bytes = allocatedPerCall(20_000, () => {
      timeMs += 150;
      ring.push(timeMs, EventKind.insert, 1, 0);
      signature.step();
    });
    // Less than a single number on the heap.
    assert.ok(bytes < 12, `${bytes} bytes a key`);
  });
});
