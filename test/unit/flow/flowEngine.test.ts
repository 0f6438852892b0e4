import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Baseline } from '../../../src/flow/baseline/baseline.ts';
import { FlowEngine } from '../../../src/flow/detection/flowEngine.ts';
import type { FlowReading } from '../../../src/flow/flowReading.ts';
import { stepMs } from '../../../src/flow/flowRules.ts';
import { EventKind } from '../../../src/tracking/eventKind.ts';
import { KeystrokeRing } from '../../../src/tracking/keystrokeRing.ts';
import {
  atWindow,
  blockAt,
  copyReading,
  elsewhere,
  insertAt,
  paused,
  play,
  pushAll,
  typeEvenly,
  type StreamEvent,
} from '../../support/typing.ts';

function newEngine(capacity = 4_096): { engine: FlowEngine; ring: KeystrokeRing } {
  const ring = new KeystrokeRing(capacity);
  return { engine: new FlowEngine(ring), ring };
}

function played(events: readonly StreamEvent[], endMs: number): FlowReading[] {
  const { engine, ring } = newEngine();
  return play(engine, ring, events, 0, endMs);
}

const scored = ['building', 'steady', 'inFlow'];

function assertSound(reading: FlowReading): void {
  const { score, low, high } = reading;
  assert.equal(score !== undefined, scored.includes(reading.state));
  assert.ok(reading.confidence >= 0 && reading.confidence <= 1);
  if (score === undefined || low === undefined || high === undefined) {
    assert.equal(reading.confidence, 0);
    assert.deepEqual(reading.contributions, []);
    return;
  }
  assert.ok(0 <= low && low <= score && score <= high && high <= 100);
  assert.ok(reading.evidence.edits >= reading.evidence.editsNeeded);
  for (const value of reading.features ?? []) {
    assert.ok(value >= -3 && value <= 3);
  }
  const sum = reading.contributions.reduce((total, { points }) => total + points, 0);
  assert.ok(Math.abs(sum - (score - reading.usual.score)) < 1e-6);
}

/** Made-up streams with everything that may come: pauses, batches, blocks, corrections, lost focus. */
const anyStream = fc
  .array(
    fc.record({
      gapMs: fc.oneof(
        { weight: 20, arbitrary: fc.integer({ min: 0, max: 600 }) },
        { weight: 3, arbitrary: fc.integer({ min: 0, max: 20_000 }) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 900_000 }) },
      ),
      kind: fc.constantFrom(
        ...new Array<EventKind>(8).fill(EventKind.insert),
        ...Object.values(EventKind),
      ),
      chars: fc.integer({ min: 0, max: 300 }),
    }),
    { maxLength: 400 },
  )
  .map((parts) => {
    let timeMs = 0;
    return parts.map(({ gapMs, kind, chars }): StreamEvent => {
      timeMs += gapMs;
      return {
        timeMs,
        kind,
        inserted: kind === EventKind.insert ? 1 : chars,
        deleted: kind === EventKind.delete ? 1 : 0,
      };
    });
  });

const endOf = (events: readonly StreamEvent[]): number =>
  (Math.floor((events.at(-1)?.timeMs ?? 0) / stepMs) + 2) * stepMs;

describe('FlowEngine', () => {
  it('finds flow in ten minutes of even typing, and says why', () => {
    const readings = played(typeEvenly(0, 600_000, 160), 600_000);
    const last = readings.at(-1);
    assert.equal(last?.state, 'inFlow');
    assert.ok((last.score ?? 0) > 55);
    assert.equal(last.evidence.edits, 1_125);
    const states = readings.map(({ state }) => state);
    assert.deepEqual([...new Set(states)], ['unknown', 'building', 'steady', 'inFlow']);
    readings.forEach(assertSound);
  });

  it('scores nothing before the fifteenth edit', () => {
    const readings = played(typeEvenly(0, 2_800), 15_000);
    assert.equal(readings.at(-1)?.evidence.edits, 14);
    assert.equal(readings.at(-1)?.state, 'unknown');
    assert.equal(played(typeEvenly(0, 3_000), 15_000).at(-1)?.state, 'building');
  });

  it('keeps every reading sound, whatever is typed', () => {
    fc.assert(
      fc.property(anyStream, (events) => {
        played(events, Math.min(endOf(events), 4_000_000)).forEach(assertSound);
      }),
      { numRuns: 60 },
    );
  });

  it('reads the same at any time of the clock', () => {
    fc.assert(
      fc.property(anyStream, fc.integer({ min: 0, max: 2 ** 40 }), (events, shiftMs) => {
        const endMs = Math.min(endOf(events), 2_000_000);
        const { engine, ring } = newEngine();
        const shifted = events.map((event) => ({ ...event, timeMs: event.timeMs + shiftMs }));
        assert.deepEqual(
          play(engine, ring, shifted, shiftMs, endMs + shiftMs),
          played(events, endMs),
        );
      }),
      { numRuns: 40 },
    );
  });

  it('goes on from a saved state as if nothing had been', () => {
    fc.assert(
      fc.property(anyStream, fc.nat({ max: 400 }), (events, cut) => {
        const endMs = Math.min(endOf(events), 2_000_000);
        const whole = played(events, endMs);
        const first = events.slice(0, cut);
        const cutMs = Math.min(endMs, Math.floor((first.at(-1)?.timeMs ?? 0) / stepMs) * stepMs);
        const before = newEngine();
        play(before.engine, before.ring, first, 0, cutMs);
        pushAll(
          before.ring,
          first.filter(({ timeMs }) => timeMs >= cutMs),
        );
        // Through text, as a store would.
        const saved = JSON.parse(JSON.stringify(before.engine.save())) as ReturnType<
          FlowEngine['save']
        >;
        const ring = new KeystrokeRing(4_096);
        const after = new FlowEngine(ring, { baseline: new Baseline(before.engine.baseline.days) });
        after.restore(saved, cutMs);
        const rest = play(after, ring, events.slice(cut), cutMs + stepMs, endMs);
        assert.deepEqual(rest, whole.slice(whole.length - rest.length));
      }),
      { numRuns: 60 },
    );
  });

  it('makes no difference of how often it is asked', () => {
    const events = typeEvenly(3, 400_000, 230);
    const { engine, ring } = newEngine();
    let next = 0;
    let last: FlowReading | undefined;
    engine.step(0, atWindow);
    for (let timeMs = 0; timeMs <= 405_000; timeMs += 1_000) {
      for (let event = events[next]; event !== undefined && event.timeMs < timeMs;) {
        pushAll(ring, [event]);
        event = events[++next];
      }
      last = engine.step(timeMs, atWindow);
    }
    const seldom = newEngine();
    seldom.engine.step(0, atWindow);
    pushAll(seldom.ring, events);
    assert.ok(last !== undefined);
    const often = copyReading(last);
    assert.equal(often.score, seldom.engine.step(405_000, atWindow).score);
  });

  it('survives a constant tempo, zero intervals, and a million events in a second', () => {
    const { engine, ring } = newEngine();
    play(engine, ring, typeEvenly(0, 300_000, 100), 0, 300_000).forEach(assertSound);
    for (let event = 0; event < 1_000_000; event++) {
      ring.push(300_000 + event / 1_000, EventKind.insert, 1, 0);
    }
    assertSound(engine.step(315_000, atWindow));
    const same = newEngine();
    pushAll(same.ring, new Array<StreamEvent>(5_000).fill(insertAt(1_000)));
    for (let timeMs = 15_000; timeMs < 400_000; timeMs += stepMs) {
      assertSound(same.engine.step(timeMs, atWindow));
    }
  });

  it('survives a clock that jumps back, and scores on', () => {
    const { engine, ring } = newEngine();
    play(engine, ring, typeEvenly(10_000_000, 10_300_000), 10_000_000, 10_300_000);
    const after = play(engine, ring, [], 5_000_000, 5_000_000);
    after.forEach(assertSound);
    ring.forgetBefore(Infinity);
    const later = play(engine, ring, typeEvenly(5_015_000, 5_400_000), 5_015_000, 5_400_000);
    later.forEach(assertSound);
    assert.ok(later.some(({ score }) => score !== undefined));
  });

  it('makes no claim from what was pasted, and comes back from it', () => {
    const events = [
      ...typeEvenly(0, 600_000),
      blockAt(600_000, 5_000),
      ...typeEvenly(600_200, 700_000),
      blockAt(700_000, 5_000),
      ...typeEvenly(700_200, 1_000_000),
    ];
    const states = played(events, 1_000_000).map(({ state }) => state);
    assert.equal(states[39], 'inFlow');
    // One paste does not end it, two are more than was typed.
    assert.equal(states[42], 'inFlow');
    assert.equal(states[51], 'assisted');
    assert.notEqual(states.at(-1), 'assisted');
  });

  it('does not count edits of a window that is not in front', () => {
    const { engine, ring } = newEngine();
    engine.step(0, elsewhere);
    pushAll(ring, typeEvenly(0, 15_000));
    assert.equal(engine.step(15_000, elsewhere).evidence.edits, 0);
    ring.push(15_100, EventKind.focus, 0, 0);
    pushAll(ring, typeEvenly(15_200, 20_000));
    assert.equal(engine.step(30_000, atWindow).evidence.edits, 24);
  });

  it('forgets the window at a gap and while paused', () => {
    const { engine, ring } = newEngine();
    play(engine, ring, typeEvenly(0, 600_000), 0, 600_000);
    engine.noteGap();
    const afterGap = engine.step(600_100, atWindow);
    assert.equal(afterGap.evidence.edits, 0);
    assert.equal(afterGap.spellMs, 0);
    play(engine, ring, typeEvenly(600_100, 900_000), 600_100, 900_000);
    assert.equal(engine.step(900_100, paused).state, 'paused');
    assert.equal(engine.step(900_200, atWindow).evidence.edits, 0);
  });

  it("learns what is usual only from a person's own typing", () => {
    const { engine, ring } = newEngine();
    play(engine, ring, typeEvenly(0, 600_000), 0, 600_000);
    const typedMinutes = engine.baseline.minutes;
    assert.ok(typedMinutes > 9);
    const inserted = Array.from({ length: 300 }, (_, index) =>
      blockAt(900_000 + index * 1_000, 80),
    );
    play(engine, ring, inserted, 915_000, 1_200_000);
    assert.ok(engine.baseline.minutes - typedMinutes < 3.5);
  });

  it('keeps features out of what was said before', () => {
    const { engine, ring } = newEngine();
    pushAll(ring, typeEvenly(0, 15_000));
    const first = engine.step(15_000, atWindow).raw;
    const kept = { ...first };
    pushAll(ring, typeEvenly(15_000, 30_000, 600));
    engine.step(30_000, atWindow);
    assert.deepEqual(first, kept);
  });
});
