import assert from 'node:assert/strict';
import fc from 'fast-check';
import { EventKind } from '../../../src/tracking/eventKind.ts';
import { KeystrokeRing } from '../../../src/tracking/keystrokeRing.ts';

interface Pushed {
  readonly timeMs: number;
  readonly kind: EventKind;
  readonly inserted: number;
  readonly deleted: number;
}

const pushed: fc.Arbitrary<Pushed> = fc.record({
  timeMs: fc.integer({ min: 0, max: 10_000 }),
  kind: fc.constantFrom(...Object.values(EventKind)),
  inserted: fc.integer({ min: 0, max: 100_000 }),
  deleted: fc.integer({ min: 0, max: 100_000 }),
});

function contents(ring: KeystrokeRing): Pushed[] {
  return Array.from({ length: ring.count }, (_, index) => ({
    timeMs: ring.timeAt(index),
    kind: ring.kindAt(index),
    inserted: ring.insertedAt(index),
    deleted: ring.deletedAt(index),
  }));
}

describe('KeystrokeRing', () => {
  it('holds the latest events like a list that is cut at its front', () => {
    const capacity = 8;
    const step = fc.oneof(
      { weight: 5, arbitrary: pushed.map((event) => ({ event, forgetMs: undefined })) },
      pushed.map((revised) => ({ event: undefined, revised, forgetMs: undefined })),
      fc.integer({ min: 0, max: 12_000 }).map((forgetMs) => ({ event: undefined, forgetMs })),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const ring = new KeystrokeRing(capacity);
        let model: Pushed[] = [];
        let total = 0;
        for (const { event, forgetMs, ...step } of steps) {
          const revised = 'revised' in step ? step.revised : undefined;
          if (event !== undefined) {
            ring.push(event.timeMs, event.kind, event.inserted, event.deleted);
            const latest = model.at(-1)?.timeMs ?? event.timeMs;
            model.push({
              ...event,
              timeMs: Math.max(latest, event.timeMs),
              inserted: Math.min(event.inserted, 65_535),
              deleted: Math.min(event.deleted, 65_535),
            });
            model = model.slice(-capacity);
            total++;
          } else if (revised !== undefined) {
            const latest = model.at(-1);
            if (latest !== undefined) {
              ring.reviseLatest(revised.kind, revised.inserted, revised.deleted);
              model[model.length - 1] = {
                timeMs: latest.timeMs,
                kind: revised.kind,
                inserted: Math.min(revised.inserted, 65_535),
                deleted: Math.min(revised.deleted, 65_535),
              };
            }
          } else if (forgetMs !== undefined) {
            ring.forgetBefore(forgetMs);
            model = model.filter(({ timeMs }) => timeMs >= forgetMs);
          }
          assert.deepEqual(contents(ring), model);
          assert.equal(ring.sequence, total);
        }
      }),
    );
  });

  it('finds the first event at or after a time', () => {
    fc.assert(
      fc.property(fc.array(pushed, { maxLength: 30 }), fc.nat(12_000), (events, timeMs) => {
        const ring = new KeystrokeRing(16);
        for (const event of events) {
          ring.push(event.timeMs, event.kind, 0, 0);
        }
        const found = contents(ring).findIndex((event) => event.timeMs >= timeMs);
        assert.equal(ring.firstAtOrAfter(timeMs), found === -1 ? ring.count : found);
      }),
    );
  });

  it('refuses a capacity that is no power of two', () => {
    for (const capacity of [0, 1, 3, 12, -8, 2.5, NaN]) {
      assert.throws(() => new KeystrokeRing(capacity), RangeError);
    }
  });
});
