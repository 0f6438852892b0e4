import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FlowEngine } from '../../../src/flow/detection/flowEngine.ts';
import { reasonsOf } from '../../../src/flow/detection/reasons.ts';
import type { FlowReading } from '../../../src/flow/flowReading.ts';
import { EventKind } from '../../../src/tracking/eventKind.ts';
import { KeystrokeRing } from '../../../src/tracking/keystrokeRing.ts';
import type { Session } from '../../../src/tracking/session.ts';
import { Tracker, type RecordedMinute } from '../../../src/tracking/tracker.ts';
import { CleanUp } from '../../support/cleanUp.ts';
import { ManualClock } from '../../support/manualClock.ts';

const minuteMs = 60_000;
const startMs = Date.UTC(2026, 4, 5, 10, 0, 0);
const typed = { kind: EventKind.insert, insertedChars: 1, deletedChars: 0 };
const kinds = [
  typed,
  { kind: EventKind.delete, insertedChars: 0, deletedChars: 1 },
  { kind: EventKind.block, insertedChars: 40, deletedChars: 0 },
  { kind: EventKind.replace, insertedChars: 1, deletedChars: 4 },
  { kind: EventKind.undo, insertedChars: 5, deletedChars: 0 },
  { kind: EventKind.unknown, insertedChars: 4, deletedChars: 0 },
];

const cleanUp = new CleanUp();

/** A window with the real engine, as VS Code tells of it. */
class Window {
  readonly clock = new ManualClock(startMs, 60);
  readonly ring = new KeystrokeRing();
  readonly engine = new FlowEngine(this.ring);
  readonly minutes: RecordedMinute[] = [];
  readonly sessions: Session[] = [];
  readonly states = new Set<string>();
  readonly tracker: Tracker<FlowReading>;
  /** When VS Code's own word for keyboard and mouse falls. */
  #fallsMs: number;
  #sessionCount = 0;

  constructor(focused: boolean, active: boolean | undefined, isFrontUntold = () => false) {
    this.#fallsMs = active === true ? this.clock.monotonicMs() + minuteMs : -Infinity;
    this.tracker = new Tracker<FlowReading>({
      clock: this.clock,
      ring: this.ring,
      scorer: this.engine,
      newSessionId: () => `session-${String(this.#sessionCount++)}`,
      idleMs: 5 * minuteMs,
      focused,
      active,
      isFrontUntold,
      onListenerError: (error) => {
        throw error;
      },
    });
    cleanUp.add(() => {
      this.tracker.dispose();
    });
    this.tracker.onDidRecord((minute) => this.minutes.push(minute));
    this.tracker.onDidEndSession((session) => this.sessions.push(session));
    this.tracker.onDidStep(({ state }) => this.states.add(state));
  }

  get nowMs(): number {
    return this.clock.monotonicMs();
  }

  /** Somebody presses a key or a button: the signal comes first, and is told once. */
  touch(): void {
    if (this.#fallsMs === -Infinity) {
      this.tracker.activeChanged(true, this.nowMs);
    }
    this.#fallsMs = this.nowMs + minuteMs;
  }

  key(): void {
    this.touch();
    this.tracker.edit(this.nowMs, typed);
  }

  pass(ms: number): void {
    for (let leftMs = ms; leftMs > 0; leftMs -= 1_000) {
      this.clock.advance(Math.min(1_000, leftMs));
      if (this.#fallsMs <= this.nowMs && this.#fallsMs !== -Infinity) {
        this.#fallsMs = -Infinity;
        this.tracker.activeChanged(false, this.nowMs);
      }
    }
  }

  /** An agent edits, evenly, as a person would. */
  agent(ms: number, everyMs = 250): void {
    for (let passedMs = 0; passedMs < ms; passedMs += everyMs) {
      this.tracker.edit(this.nowMs, typed);
      this.pass(everyMs);
    }
  }

  /** When the running session began. */
  get beganMs(): number | undefined {
    return this.tracker.session?.startMs;
  }

  get typedChars(): number {
    return this.minutes.reduce((sum, { sample }) => sum + sample.insertedChars, 0);
  }
}

describe('While nobody is there', () => {
  afterEach(() => cleanUp.run());

  it('an agent types into nothing: not into ring, session, minute, flow, or what is usual', () => {
    const window = new Window(true, false);
    window.agent(12 * minuteMs);
    assert.equal(window.ring.count, 0);
    assert.equal(window.tracker.session, undefined);
    assert.equal(window.engine.baseline.minutes, 0);
    const cameMs = window.clock.wallMs();
    // A touch of the mouse, and three keys.
    window.touch();
    window.pass(1_000);
    assert.equal(window.tracker.latest.score, undefined);
    for (let key = 0; key < 3; key++) {
      window.key();
      window.pass(500);
    }
    window.pass(5 * minuteMs);
    window.tracker.finish();
    assert.equal(window.typedChars, 3);
    assert.deepEqual(
      window.sessions.map(({ startMs: beganMs }) => beganMs),
      [cameMs + 1_000],
    );
    assert.ok(!window.states.has('inFlow') && !window.states.has('building'));
  });

  it('leaves flow as it was, when an agent goes on where somebody stopped', () => {
    const window = new Window(true, true);
    for (let key = 0; key < 90; key++) {
      window.key();
      window.pass(1_000);
    }
    window.pass(2 * minuteMs);
    window.states.clear();
    window.agent(30 * minuteMs);
    assert.deepEqual([...window.states].sort(), ['away', 'reading']);
    assert.equal(window.tracker.session, undefined);
    window.tracker.finish();
    assert.equal(window.typedChars, 90);
  });

  it('takes the first key of whoever comes back, and begins the session with it', () => {
    for (const edit of kinds) {
      const window = new Window(true, false);
      window.pass(20 * minuteMs);
      window.touch();
      const cameMs = window.clock.wallMs();
      window.tracker.edit(window.nowMs, edit);
      assert.equal(window.ring.count, 1);
      assert.equal(window.beganMs, cameMs);
    }
  });

  it('takes a caret that a key moved for a person, where the signal is stuck or is not told', () => {
    const window = new Window(true, false);
    for (let word = 0; word < 20; word++) {
      window.tracker.navigate(window.nowMs);
      for (let key = 0; key < 5; key++) {
        window.tracker.edit(window.nowMs, typed);
        window.pass(200);
      }
      window.pass(20_000);
    }
    window.tracker.finish();
    assert.equal(window.typedChars, 100);
  });

  it('takes the sign of a key for a person, where what is typed comes without a key (dictation, emoji)', () => {
    const window = new Window(true, false);
    window.agent(5 * minuteMs);
    for (let word = 0; word < 40; word++) {
      // Its sign comes after the edit, which is told when it is there.
      const editedMs = window.nowMs;
      window.pass(2);
      window.tracker.touch(window.nowMs);
      window.tracker.edit(editedMs, typed);
      window.pass(5_000);
    }
    window.pass(2 * minuteMs);
    window.agent(5 * minuteMs);
    window.tracker.finish();
    assert.equal(window.typedChars, 40);
    assert.equal(window.sessions.length, 1);
  });

  it('takes every edit for a person where there is no signal at all', () => {
    const window = new Window(true, undefined);
    for (let key = 0; key < 60; key++) {
      window.tracker.edit(window.nowMs, typed);
      window.clock.advance(1_000);
    }
    window.tracker.finish();
    assert.equal(window.typedChars, 60);
    assert.equal(
      window.minutes.reduce((sum, { sample }) => sum + sample.seconds, 0),
      60,
    );
  });

  it('goes by nothing that was said before a sleep', () => {
    for (const monotonicGoesOn of [false, true]) {
      const window = new Window(true, true);
      window.key();
      window.pass(5_000);
      window.clock.sleep(8 * 60 * minuteMs, monotonicGoesOn);
      // The machine wakes by itself; the signal still says what it said.
      window.tracker.tick();
      window.agent(30_000);
      assert.equal(window.beganMs, undefined);
      assert.equal(window.ring.count, 0);
      window.tracker.navigate(window.nowMs);
      window.key();
      assert.equal(window.beganMs, window.clock.wallMs());
      window.pass(30_000);
      window.tracker.finish();
      assert.equal(window.typedChars, 2);
    }
  });

  it('is not said of whoever works where their edits are not told, and neither that they read', () => {
    let isUntold = true;
    const window = new Window(true, true, () => isUntold);
    for (let key = 0; key < 3; key++) {
      window.key();
      window.pass(500);
    }
    for (let passed = 0; passed < 6; passed++) {
      window.touch();
      window.pass(minuteMs / 2);
    }
    assert.equal(window.tracker.latest.state, 'unknown');
    assert.equal(window.tracker.latest.evidence.isUntold, true);
    assert.match(reasonsOf(window.tracker.latest)[0]?.text ?? '', /can not be told/);
    isUntold = false;
    for (let passed = 0; passed < 4; passed++) {
      window.touch();
      window.pass(minuteMs / 2);
    }
    assert.equal(window.tracker.latest.state, 'reading');
    assert.equal(window.tracker.latest.evidence.isUntold, false);
    window.tracker.finish();
    assert.deepEqual(
      window.minutes.map(({ sample }) => sample.state),
      ['unknown', 'unknown', 'unknown', 'reading', 'reading', 'reading'].slice(
        0,
        window.minutes.length,
      ),
    );
    assert.ok(window.minutes.length >= 5);
  });

  it('tells nothing untold of what is only just being opened', () => {
    let looks = 0;
    const window = new Window(true, true, () => looks++ % 2 === 0);
    for (let passed = 0; passed < 10; passed++) {
      window.touch();
      window.pass(minuteMs / 2);
      assert.equal(window.tracker.latest.evidence.isUntold, false);
    }
  });

  it('counts what a person types, and no agent, however signals, windows and sleep come about', () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ what: fc.constant('keys' as const), n: fc.nat(40) }) },
      { weight: 2, arbitrary: fc.record({ what: fc.constant('agent' as const), n: fc.nat(200) }) },
      fc.record({ what: fc.constant('rest' as const), n: fc.integer({ min: 61, max: 600 }) }),
      fc.record({ what: fc.constantFrom('lock' as const, 'pause' as const), n: fc.nat(300) }),
      fc.record({ what: fc.constant('sleep' as const), n: fc.integer({ min: 20, max: 40_000 }) }),
      fc.record({ what: fc.constantFrom('mouse' as const, 'flap' as const), n: fc.nat(5) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), fc.boolean(), (steps, activeAtStart) => {
        const window = new Window(true, activeAtStart);
        let keys = 0;
        let besideSomebody = 0;
        /** Until when somebody is there: a minute from their last touch and, as the signal may fall late, a little more. */
        let thereUntilMs = activeAtStart ? window.nowMs + 2 * minuteMs : -Infinity;
        const touched = (): void => {
          thereUntilMs = window.nowMs + 2 * minuteMs;
        };
        for (const { what, n } of steps) {
          switch (what) {
            case 'keys':
              for (let key = 0; key < n; key++) {
                window.tracker.touch(window.nowMs);
                window.key();
                touched();
                // As unevenly as a hand.
                window.pass(110 + ((key * 97) % 420));
              }
              keys += n;
              break;
            case 'agent':
              for (let edit = 0; edit < n; edit++) {
                besideSomebody += window.nowMs < thereUntilMs ? 1 : 0;
                window.tracker.edit(window.nowMs, typed);
                window.pass(500);
              }
              break;
            case 'rest':
              window.pass(n * 1_000);
              break;
            case 'lock':
              window.tracker.focusChanged(false, window.nowMs);
              window.agent(n * 1_000, 1_000);
              window.tracker.focusChanged(true, window.nowMs);
              touched();
              break;
            case 'pause':
              window.tracker.pause();
              window.agent(n * 1_000, 1_000);
              window.tracker.resume();
              break;
            case 'sleep':
              window.clock.sleep(n * 1_000, n % 2 === 0);
              window.tracker.tick();
              thereUntilMs = -Infinity;
              break;
            case 'mouse':
              window.touch();
              window.tracker.navigate(window.nowMs);
              touched();
              break;
            case 'flap':
              for (let flap = 0; flap < n; flap++) {
                window.touch();
                touched();
                window.pass(70_000);
              }
              break;
          }
        }
        window.pass(1_000);
        window.tracker.finish();
        const counted = window.typedChars;
        // A session that is torn by a pause or a sleep within its first moments holds no minute to keep.
        assert.ok(counted <= keys + besideSomebody, `${String(counted)} of ${String(keys)}`);
        if (steps.every(({ what }) => what === 'keys' || what === 'rest')) {
          assert.ok(counted >= keys, `only ${String(counted)} of ${String(keys)}`);
        }
      }),
      { numRuns: 200 },
    );
  });
});
