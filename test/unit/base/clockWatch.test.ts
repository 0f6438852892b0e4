import assert from 'node:assert/strict';
import fc from 'fast-check';
import { clockWithUptime } from '../../../src/base/clock.ts';
import { ClockWatch } from '../../../src/base/clockWatch.ts';
import { ManualClock } from '../../support/manualClock.ts';

const startMs = Date.UTC(2026, 2, 29, 0, 30);
const minute = 60_000;
const hour = 60 * minute;

/** What may happen to the clocks of a machine between two looks. */
type Step =
  | { readonly kind: 'awake'; readonly ms: number }
  | { readonly kind: 'asleep'; readonly ms: number; readonly monotonicGoesOn: boolean }
  /** Kept right by small steps, as a time service does. */
  | { readonly kind: 'slewed'; readonly ms: number }
  | { readonly kind: 'set'; readonly byMs: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 5_000 }).map((ms) => awake(ms)) },
  fc
    .tuple(fc.integer({ min: 20_000, max: 9 * hour }), fc.boolean())
    .map(([ms, monotonicGoesOn]): Step => ({ kind: 'asleep', ms, monotonicGoesOn })),
  fc.integer({ min: -400, max: 400 }).map((ms): Step => ({ kind: 'slewed', ms })),
  fc
    .constantFrom(minute, 7 * minute, hour, 24 * hour, 400 * 24 * hour)
    .chain((size) => fc.constantFrom(size, -size))
    .map((byMs): Step => ({ kind: 'set', byMs })),
);

function awake(ms: number): Step {
  return { kind: 'awake', ms };
}

function apply(clock: ManualClock, one: Step): void {
  switch (one.kind) {
    case 'awake':
      clock.advance(one.ms);
      break;
    case 'asleep':
      clock.sleep(one.ms, one.monotonicGoesOn);
      break;
    case 'slewed':
      clock.setWall(clock.wallMs() + one.ms);
      break;
    case 'set':
      clock.setWall(clock.wallMs() + one.byMs);
      break;
  }
}

describe('ClockWatch', () => {
  it('tells what passed, asleep or awake, from how far the clock was set', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const clock = new ManualClock(startMs);
        const watch = new ClockWatch(clock);
        let passedMs = 0;
        for (const one of steps) {
          apply(clock, one);
          const { elapsedMs, jumpMs } = watch.look();
          const expectedMs = one.kind === 'awake' || one.kind === 'asleep' ? one.ms : 0;
          passedMs += expectedMs;
          assert.equal(elapsedMs, expectedMs);
          // What slewing came to is a part of the next jump, and none by itself.
          assert.ok(Math.abs(jumpMs - (one.kind === 'set' ? one.byMs : 0)) <= 2_000, one.kind);
          assert.equal(watch.nowMs, passedMs);
        }
      }),
    );
  });

  it('knows how long ago the clock showed a time, however far forwards it was set since', () => {
    const forwards = step.filter((one) => one.kind !== 'set' || one.byMs > 0);
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 20 }),
        fc.array(forwards, { maxLength: 20 }),
        (before, after) => {
          const clock = new ManualClock(startMs);
          const watch = new ClockWatch(clock);
          for (const one of before) {
            apply(clock, one);
            watch.look();
          }
          const markMs = clock.wallMs();
          let sinceMs = 0;
          for (const one of after) {
            apply(clock, one);
            watch.look();
            sinceMs += one.kind === 'awake' || one.kind === 'asleep' ? one.ms : 0;
          }
          assert.ok(Math.abs(watch.ageMs(markMs) - sinceMs) <= 20_000);
          const setMs = clock.wallMs() - markMs - sinceMs;
          assert.ok(Math.abs(watch.jumpSince(markMs) - setMs) <= 20_000);
        },
      ),
    );
  });

  it('takes the later of two moments at which a clock that was set back showed a time', () => {
    const clock = new ManualClock(startMs);
    const watch = new ClockWatch(clock);
    const look = (ms: number): void => {
      for (let passed = 0; passed < ms; passed += 1_000) {
        clock.advance(1_000);
        watch.look();
      }
    };
    look(30 * minute);
    const beforeMs = clock.wallMs();
    clock.setWall(clock.wallMs() - 10 * minute);
    look(minute);
    assert.equal(watch.ageMs(beforeMs), minute);
    assert.equal(watch.jumpSince(beforeMs), -10 * minute);
    assert.equal(watch.ageMs(clock.wallMs() - 30_000), 30_000);
    look(20 * minute);
    assert.equal(watch.ageMs(beforeMs), 11 * minute);
    assert.equal(watch.jumpSince(beforeMs), 0);
  });

  it('takes no uptime that can not be had for a sleep, nor one that comes back', () => {
    let isDenied = false;
    let asked = 0;
    const clock = clockWithUptime(() => {
      asked += 1;
      if (isDenied) {
        throw new Error('Denied');
      }
      return 9_000_000;
    });
    const watch = new ClockWatch(clock);
    isDenied = true;
    for (let look = 0; look < 3; look++) {
      const { elapsedMs, jumpMs } = watch.look();
      assert.ok(elapsedMs < 2_000 && jumpMs === 0);
      isDenied = false;
    }
    assert.equal(asked, 2);
  });

  it('takes the clock by its word for what was before it, and for what is to come', () => {
    const clock = new ManualClock(startMs);
    const watch = new ClockWatch(clock);
    clock.advance(5_000);
    assert.equal(watch.ageMs(startMs - hour), hour + 5_000);
    assert.equal(watch.jumpSince(startMs - hour), 0);
    assert.equal(watch.ageMs(startMs + hour), 5_000 - hour);
    assert.equal(watch.jumpSince(startMs + hour), 0);
  });
});
