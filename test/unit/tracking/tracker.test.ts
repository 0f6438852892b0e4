import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { FlowState } from '../../../src/facts/flow.ts';
import type { Presence } from '../../../src/facts/presence.ts';
import type { Classification } from '../../../src/tracking/edits/editClassifier.ts';
import { EventKind } from '../../../src/tracking/eventKind.ts';
import { KeystrokeRing } from '../../../src/tracking/keystrokeRing.ts';
import type { ScoredStep } from '../../../src/tracking/minuteRecorder.ts';
import type { Session } from '../../../src/tracking/session.ts';
import { isOtherKey } from '../../../src/tracking/edits/otherKey.ts';
import { Tracker, type RecordedMinute } from '../../../src/tracking/tracker.ts';
import { CleanUp } from '../../support/cleanUp.ts';
import { ManualClock } from '../../support/manualClock.ts';

const minuteMs = 60_000;
const startMs = Date.UTC(2026, 2, 10, 9, 0, 0);
const typed = { kind: EventKind.insert, insertedChars: 1, deletedChars: 0 };

const cleanUp = new CleanUp();

/** A tracker whose scorer says what the test wants, on a clock that the test moves. */
class Bench {
  readonly clock = new ManualClock(startMs, 60);
  readonly ring = new KeystrokeRing();
  readonly minutes: RecordedMinute[] = [];
  readonly sessions: Session[] = [];
  readonly presences: Presence[] = [];
  state: FlowState = 'steady';
  gaps = 0;
  readonly tracker: Tracker<ScoredStep>;
  #sessionCount = 0;

  constructor(focused = true) {
    this.tracker = new Tracker<ScoredStep>({
      clock: this.clock,
      ring: this.ring,
      scorer: {
        step: (_nowMs, presence) => {
          this.presences.push(presence);
          return { state: this.state, score: 60, confidence: 0.5, raw: undefined };
        },
        noteGap: () => {
          this.gaps++;
        },
      },
      newSessionId: () => `session-${String(this.#sessionCount++)}`,
      idleMs: 5 * minuteMs,
      focused,
      active: true,
      onListenerError: (error) => {
        throw error;
      },
    });
    cleanUp.add(() => {
      this.tracker.dispose();
    });
    this.tracker.onDidRecord((minute) => this.minutes.push(minute));
    this.tracker.onDidEndSession((session) => this.sessions.push(session));
  }

  /** Types a key every so often for a while. */
  type(durationMs: number, everyMs = 1_000): void {
    for (let passedMs = 0; passedMs < durationMs; passedMs += everyMs) {
      this.tracker.edit(this.clock.monotonicMs(), typed);
      this.clock.advance(everyMs);
    }
  }

  get recordedSeconds(): number {
    return this.minutes.reduce((sum, { sample }) => sum + sample.seconds, 0);
  }
}

describe('Tracker', () => {
  afterEach(() => cleanUp.run());

  it('records nothing before the first edit', () => {
    const bench = new Bench();
    bench.clock.advance(10 * minuteMs);
    bench.tracker.navigate(bench.clock.monotonicMs());
    bench.clock.advance(minuteMs);
    bench.tracker.finish();
    assert.deepEqual(bench.minutes, []);
    assert.deepEqual(bench.sessions, []);
  });

  it('records each minute once, with its counts, when it is over', () => {
    const bench = new Bench();
    bench.clock.advance(20_000);
    bench.type(2 * minuteMs);
    assert.deepEqual(
      bench.minutes.map(({ sample }) => [sample.minute, sample.seconds, sample.insertedChars]),
      [
        [startMs / minuteMs, 40, 40],
        [startMs / minuteMs + 1, 60, 60],
      ],
    );
    bench.tracker.finish();
    assert.equal(bench.recordedSeconds, 120);
    assert.equal(bench.minutes[0]?.sample.state, 'steady');
    assert.equal(bench.minutes[0].sample.score, 60);
    assert.deepEqual(
      bench.sessions.map(({ id, startMs: start, endMs }) => [id, start, endMs]),
      [['session-0', startMs + 20_000, startMs + 140_000]],
    );
  });

  it('counts what came in the last moments of a minute, whenever in it a session begins', () => {
    for (const beforeEndMs of [1, 40, 120, 350, 499, 500, 700, 4_000]) {
      const bench = new Bench();
      const wallMs = bench.clock.wallMs();
      bench.clock.advance(60_000 - (wallMs % 60_000) + 60_000 - beforeEndMs);
      for (let key = 0; key < 40; key++) {
        bench.tracker.edit(bench.clock.monotonicMs(), typed);
        bench.clock.advance(90 + ((key * 97) % 420));
      }
      bench.tracker.finish();
      const counted = bench.minutes.reduce((sum, { sample }) => sum + sample.insertedChars, 0);
      assert.equal(counted, 40, `from ${String(beforeEndMs)} ms before a minute's end`);
    }
  });

  it('counts every key of a connection that hands one on at each beat, and one of a key that is held', () => {
    for (const [text, wanted] of [
      ['the quick brown fox jumps over the lazy dog', 43],
      ['nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn', 1],
    ] as const) {
      const bench = new Bench();
      for (let at = 0; at < text.length; at++) {
        const letter = text.charAt(at);
        const edit: Classification = {
          kind: EventKind.insert,
          insertedChars: 1,
          deletedChars: 0,
          isOtherKey: isOtherKey({ text: letter, rangeLength: 0 }, text.slice(0, at), at),
        };
        bench.tracker.edit(bench.clock.monotonicMs(), edit);
        // Words are thought of between, as nobody types evenly for long.
        bench.clock.advance(letter === ' ' ? 700 : 200);
      }
      bench.tracker.finish();
      const typed = bench.minutes.reduce((sum, { sample }) => sum + sample.insertedChars, 0);
      assert.equal(typed, wanted);
    }
  });

  it('takes an edit that revises the latest key for that key, and what a conversion takes back from the typed', () => {
    const bench = new Bench();
    const tell = (kind: EventKind, came: number, went: number, revisesLatest = false): void => {
      bench.tracker.edit(bench.clock.monotonicMs(), {
        kind,
        insertedChars: came,
        deletedChars: went,
        revisesLatest,
      });
    };
    // A composition of nine letters becomes two characters, and a new one begins with the same key.
    for (let letter = 0; letter < 9; letter += 1) {
      tell(EventKind.insert, 1, 0);
      // As uneven as a hand: what is even is a key that is held.
      bench.clock.advance(letter % 2 === 0 ? 110 : 190);
    }
    tell(EventKind.insert, 0, 7);
    bench.clock.advance(1);
    tell(EventKind.insert, 0, 6, true);
    assert.equal(bench.ring.count, 10);
    assert.deepEqual([bench.ring.insertedAt(9), bench.ring.deletedAt(9)], [0, 6]);
    // A text that is handed over one by one turns out to be a block.
    bench.clock.advance(500);
    tell(EventKind.insert, 1, 0);
    for (let chars = 2; chars <= 8; chars += 1) {
      bench.clock.advance(2);
      tell(chars < 8 ? EventKind.unknown : EventKind.block, chars, 0, true);
    }
    assert.equal(bench.ring.count, 11);
    assert.equal(bench.ring.kindAt(10), EventKind.block);
    // What came long ago, and what is no text, is not revised.
    bench.clock.advance(500);
    tell(EventKind.insert, 1, 0, true);
    bench.clock.advance(500);
    bench.tracker.navigate(bench.clock.monotonicMs());
    tell(EventKind.insert, 1, 0, true);
    bench.clock.advance(minuteMs);
    assert.equal(bench.ring.count, 14);
    bench.tracker.finish();
    const [first] = bench.minutes;
    assert.deepEqual([first?.sample.insertedChars, first?.sample.blockChars], [5, 8]);
  });

  it('never records fewer than no characters, when a conversion takes back those of the minute before', () => {
    const bench = new Bench();
    bench.clock.advance(59_000);
    for (let letter = 0; letter < 9; letter += 1) {
      bench.tracker.edit(bench.clock.monotonicMs(), typed);
    }
    bench.clock.advance(2_000);
    bench.tracker.tick();
    bench.tracker.edit(bench.clock.monotonicMs(), { ...typed, insertedChars: 0, deletedChars: 7 });
    bench.clock.advance(minuteMs);
    bench.tracker.finish();
    assert.deepEqual(
      bench.minutes.map(({ sample }) => sample.insertedChars),
      [9, 0, 0].slice(0, bench.minutes.length),
    );
  });

  it('takes a held key for one and a macro for none, and keeps a batch, in ring and record alike', () => {
    const bench = new Bench();
    const press = (keys: number, apartMs: number): void => {
      for (let key = 0; key < keys; key++) {
        bench.tracker.edit(bench.clock.monotonicMs(), typed);
        bench.clock.advance(apartMs);
      }
    };
    const typedInRing = (): number => {
      let chars = 0;
      for (let at = 0; at < bench.ring.count; at++) {
        const kind = bench.ring.kindAt(at);
        const isTyped = kind === EventKind.insert || kind === EventKind.late;
        chars += isTyped ? bench.ring.insertedAt(at) : 0;
      }
      return chars;
    };
    // A press, the system's delay, and the repeats.
    press(1, 500);
    press(60, 33);
    bench.clock.advance(6_000);
    assert.equal(typedInRing(), 1);
    // A macro of three hundred keys, of which somebody pressed one.
    press(300, 3);
    bench.clock.advance(6_000);
    assert.equal(typedInRing(), 2);
    // What was typed while the editor was busy for a second.
    press(12, 2);
    bench.clock.advance(6_000);
    assert.equal(typedInRing(), 14);
    bench.clock.advance(minuteMs);
    bench.tracker.finish();
    const counted = bench.minutes.reduce((sum, { sample }) => sum + sample.insertedChars, 0);
    assert.equal(counted, 14);
  });

  it('ends a session after the idle time, at the moment somebody was last seen', () => {
    const bench = new Bench();
    bench.type(minuteMs);
    bench.tracker.activeChanged(false, bench.clock.monotonicMs());
    bench.clock.advance(20 * minuteMs);
    assert.equal(bench.sessions.length, 1);
    const last = (bench.sessions[0]?.endMs ?? 0) - startMs;
    assert.ok(last >= minuteMs && last <= 2 * minuteMs + 5_000, `ended after ${String(last)} ms`);
    bench.type(10_000);
    assert.equal(bench.ring.count, 0, 'nobody is there to type');
    bench.tracker.activeChanged(true, bench.clock.monotonicMs());
    bench.type(10_000);
    assert.equal(bench.tracker.session?.id, 'session-1');
  });

  it('counts only while the window is in front', () => {
    const bench = new Bench();
    bench.type(30_000);
    bench.tracker.focusChanged(false, bench.clock.monotonicMs());
    bench.type(3 * minuteMs);
    bench.tracker.focusChanged(true, bench.clock.monotonicMs());
    bench.type(30_000);
    bench.tracker.finish();
    assert.equal(bench.recordedSeconds, 60);
    assert.equal(
      bench.minutes.reduce((sum, { sample }) => sum + sample.insertedChars, 0),
      60,
    );
    assert.equal(
      bench.minutes.reduce((sum, { sample }) => sum + sample.blurs, 0),
      1,
    );
  });

  it('never counts a minute twice over two windows that take turns', () => {
    const one = new Bench(true);
    const other = new Bench(false);
    for (let turn = 0; turn < 12; turn++) {
      const [front, back] = turn % 2 === 0 ? [one, other] : [other, one];
      back.tracker.focusChanged(false, back.clock.monotonicMs());
      front.tracker.focusChanged(true, front.clock.monotonicMs());
      front.type(25_000);
      back.clock.advance(25_000);
    }
    one.tracker.finish();
    other.tracker.finish();
    const perMinute = new Map<number, number>();
    for (const { sample } of [...one.minutes, ...other.minutes]) {
      perMinute.set(sample.minute, (perMinute.get(sample.minute) ?? 0) + sample.seconds);
    }
    for (const [minute, seconds] of perMinute) {
      assert.ok(seconds <= 60, `minute ${String(minute)} holds ${String(seconds)} s`);
    }
    assert.equal(one.recordedSeconds + other.recordedSeconds, 300);
  });

  it('takes a gap of the wall clock for sleep, and counts none of it', () => {
    const bench = new Bench();
    bench.type(minuteMs);
    bench.clock.sleep(8 * 60 * minuteMs);
    bench.clock.advance(minuteMs);
    bench.tracker.finish();
    assert.ok(bench.recordedSeconds <= 60);
    assert.equal(bench.gaps, 1);
    assert.equal(bench.sessions.length, 1);
    assert.ok((bench.sessions[0]?.endMs ?? Infinity) <= startMs + minuteMs);
    assert.equal(bench.ring.count, 0);
  });

  it('begins another session when the clock is set back, so that no minute stands twice in one', () => {
    const bench = new Bench();
    bench.type(3 * minuteMs);
    bench.clock.setWall(startMs);
    bench.type(3 * minuteMs);
    bench.tracker.finish();
    const seen = new Set<string>();
    for (const { session, sample } of bench.minutes) {
      const key = `${session.id} ${String(sample.minute)}`;
      assert.ok(!seen.has(key), `${key} stands twice`);
      seen.add(key);
    }
    assert.equal(bench.sessions.length, 2);
  });

  it('goes on when the clock is set forwards, in a session of its own, and counts none of what it skipped', () => {
    for (const byMs of [30_000, 10 * minuteMs, 60 * minuteMs, 24 * 60 * minuteMs]) {
      const bench = new Bench();
      bench.type(3 * minuteMs);
      bench.clock.setWall(bench.clock.wallMs() + byMs);
      bench.type(3 * minuteMs);
      bench.tracker.finish();
      assert.equal(bench.gaps, 0, 'nothing of the rhythm is forgotten');
      assert.equal(bench.ring.count, 360);
      assert.equal(bench.recordedSeconds, 360);
      assert.equal(bench.sessions.length, 2);
      const lengthMs = bench.sessions.reduce(
        (sum, { startMs: from, endMs }) => sum + endMs - from,
        0,
      );
      assert.ok(Math.abs(lengthMs - 6 * minuteMs) <= 10_000, `${String(lengthMs)} ms of sessions`);
    }
  });

  it('notices sleep whether or not the monotonic clock goes on in it', () => {
    for (const monotonicGoesOn of [false, true]) {
      const bench = new Bench();
      bench.type(minuteMs);
      bench.clock.sleep(8 * 60 * minuteMs, monotonicGoesOn);
      bench.clock.advance(minuteMs);
      bench.tracker.finish();
      assert.ok(bench.recordedSeconds <= 60);
      assert.equal(bench.gaps, 1);
      assert.equal(bench.sessions.length, 1);
    }
  });

  it('counts awake time alone, once, whatever clocks do', () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.constant({ kind: 'type' as const, ms: 0 }) },
      fc.record({
        kind: fc.constantFrom('sleep' as const, 'sleepCounted' as const),
        ms: fc.constantFrom(20_000, 3 * minuteMs, 8 * 60 * minuteMs),
      }),
      fc.record({
        kind: fc.constant('set' as const),
        ms: fc.constantFrom(-1_440, -61, -3, -0.5, 0.5, 4, 60, 1_440).map((by) => by * minuteMs),
      }),
      fc.record({
        kind: fc.constant('slew' as const),
        ms: fc.integer({ min: -900, max: 900 }),
      }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const bench = new Bench();
        let typedMs = 0;
        let sleeps = 0;
        for (const { kind, ms } of steps) {
          if (kind === 'type') {
            bench.type(40_000);
            typedMs += 40_000;
          } else if (kind === 'set' || kind === 'slew') {
            bench.clock.setWall(bench.clock.wallMs() + ms);
          } else {
            // A tick comes at once after waking.
            bench.clock.sleep(ms, kind === 'sleepCounted');
            bench.tracker.tick();
            bench.tracker.navigate(bench.clock.monotonicMs());
            sleeps += 1;
          }
        }
        bench.tracker.finish();
        assert.equal(bench.gaps, sleeps, 'a sleep is a gap, a clock that was set is none');
        const lost = typedMs / 1_000 - bench.recordedSeconds;
        // Of each minute that is torn up to a second is rounded, and a tick's time before a sleep is not known.
        assert.ok(lost >= -steps.length - 1 && lost <= 7 * steps.length, `${String(lost)} s lost`);
        const seen = new Set<string>();
        for (const { session, sample } of bench.minutes) {
          const key = `${session.id} ${String(sample.minute)}`;
          assert.ok(!seen.has(key), `${key} stands twice`);
          seen.add(key);
        }
        for (const { startMs: from, endMs } of bench.sessions) {
          assert.ok(endMs >= from && endMs - from <= typedMs + 10_000 * steps.length);
        }
      }),
    );
  });

  it('begins another session when the zone changes, so that each has one offset', () => {
    const bench = new Bench();
    bench.type(minuteMs);
    bench.clock.setZone(120);
    bench.type(minuteMs);
    bench.tracker.finish();
    assert.deepEqual(
      bench.sessions.map(({ zoneOffsetMinutes }) => zoneOffsetMinutes),
      [60, 120],
    );
  });

  it('forgets what it holds when it is paused, and records nothing until it is resumed', () => {
    const bench = new Bench();
    bench.type(90_000);
    bench.tracker.pause();
    assert.equal(bench.ring.count, 0);
    const before = bench.recordedSeconds;
    bench.type(10 * minuteMs);
    assert.equal(bench.recordedSeconds, before);
    assert.equal(bench.presences.at(-1)?.paused, true);
    bench.tracker.resume();
    bench.type(minuteMs);
    bench.tracker.finish();
    assert.equal(bench.recordedSeconds, 150);
  });

  it('asks who keeps edits back for what is due at each tick, and for all of it at a pause, at its end and at the end', () => {
    const bench = new Bench();
    const { tracker, clock } = bench;
    let kept = 0;
    const asked: string[] = [];
    const tell = (): void => {
      for (; kept > 0; kept--) {
        tracker.edit(clock.monotonicMs(), typed);
      }
    };
    const registration = tracker.takeFrom({
      settle: () => asked.push('settle'),
      flush: () => {
        asked.push('flush');
        tell();
      },
    });
    bench.type(10_000);
    assert.deepEqual(asked, ['settle', 'settle']);
    kept = 3;
    tracker.pause();
    kept = 5;
    tracker.resume();
    bench.type(1_000);
    kept += 2;
    tracker.finish();
    assert.deepEqual(
      bench.minutes.map(({ sample }) => sample.insertedChars),
      [13, 3],
    );
    asked.length = 0;
    registration.dispose();
    tracker.tick();
    tracker.finish();
    assert.deepEqual(asked, []);
  });

  it('does not count time away, and notices at once when somebody comes back', () => {
    const bench = new Bench();
    bench.type(minuteMs);
    bench.state = 'away';
    bench.clock.advance(minuteMs);
    const steps = bench.presences.length;
    const before = bench.recordedSeconds;
    bench.clock.advance(2 * minuteMs);
    assert.equal(bench.recordedSeconds, before);
    bench.state = 'building';
    bench.tracker.edit(bench.clock.monotonicMs(), typed);
    bench.clock.advance(5_000);
    assert.ok(bench.presences.length > steps);
    assert.equal(bench.tracker.latest.state, 'building');
  });

  it('keeps the last fifteen minutes at most in memory', () => {
    const bench = new Bench();
    bench.type(40 * minuteMs, 5_000);
    assert.ok(bench.ring.timeAt(0) >= bench.clock.monotonicMs() - 15 * minuteMs - 5_000);
  });
});
