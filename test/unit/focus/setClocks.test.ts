import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  emptyFocusState,
  parseFocusState,
  type FocusState,
} from '../../../src/focus/session/focusState.ts';
import type { FocusStateStore } from '../../../src/focus/session/focusStateFile.ts';
import { FocusSessions } from '../../../src/focus/session/focusSessions.ts';
import { lapseMs } from '../../../src/focus/session/sessionSteps.ts';
import { Deadlines } from '../../../src/focus/undo/warden.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { MemoryLog } from '../../support/memoryLog.ts';

const startMs = Date.UTC(2026, 9, 24, 23, 40);
const minute = 60_000;
const hour = 60 * minute;
const block = { sites: ['distraction.test'], apps: [], methods: ['hosts' as const] };

/** A file that all windows share. */
class SharedText implements FocusStateStore {
  #text = JSON.stringify(emptyFocusState);
  #writes = 0;

  version(): Promise<string> {
    return Promise.resolve(String(this.#writes));
  }

  read(): Promise<FocusState | undefined> {
    return Promise.resolve(parseFocusState(this.#text));
  }

  write(state: FocusState): Promise<void> {
    this.#text = JSON.stringify(state);
    this.#writes += 1;
    return Promise.resolve();
  }
}

/** Two windows of one machine; the first is in front. */
class Desk {
  readonly clock = new ManualClock(startMs);
  readonly windows: readonly FocusSessions[];
  suggestions = 0;

  constructor() {
    const store = new SharedText();
    this.windows = ['aaaaaaaa', 'bbbbbbbb'].map((windowId, index) => {
      const sessions = new FocusSessions({
        clock: this.clock,
        log: new MemoryLog(),
        store,
        windowId,
        surroundings: { flow: () => 'steady', isFocused: () => index === 0 },
      });
      sessions.onSuggestBreak(() => {
        this.suggestions += 1;
      });
      return sessions;
    });
  }

  get front(): FocusSessions {
    const [front] = this.windows;
    assert.ok(front);
    return front;
  }

  /** Both windows look once; one of them first. */
  async look(isOrderTurned = false): Promise<void> {
    for (const window of isOrderTurned ? this.windows.toReversed() : this.windows) {
      await window.tick();
    }
  }

  async pass(durationMs: number, check: () => void = () => undefined): Promise<void> {
    for (let passed = 0; passed < durationMs; passed += 1_000) {
      this.clock.advance(1_000);
      check();
      await this.look();
      check();
    }
  }

  start(minutes = 25): Promise<string> {
    return this.front.begin({ kind: 'focus', plannedMs: minutes * minute, block });
  }

  dispose(): void {
    for (const window of this.windows) {
      window.dispose();
    }
  }
}

describe('a focus session, while the clock is set', () => {
  let desk: Desk;

  beforeEach(() => {
    desk = new Desk();
  });

  afterEach(() => {
    desk.dispose();
  });

  for (const byMs of [-24 * hour, -2 * hour, -7 * minute, 7 * minute, hour, 2 * hour, 24 * hour]) {
    it(`by ${String(byMs / minute)} minutes goes on, blocks on, and ends when its time is over`, async () => {
      await desk.start();
      await desk.pass(5 * minute);
      desk.clock.setWall(desk.clock.wallMs() + byMs);
      const isHeld = (): void => {
        for (const { view, block: held } of desk.windows) {
          assert.equal(view?.phase, 'running');
          const leftMs = (held?.deadlineMs ?? 0) - desk.clock.wallMs() - view.remainingMs;
          assert.ok(leftMs >= 0 && leftMs <= 2 * minute, `${String(leftMs)} ms beyond its end`);
        }
      };
      // Also before anybody has looked at the clock.
      isHeld();
      await desk.pass(19 * minute, isHeld);
      await desk.pass(2 * minute);
      assert.equal(desk.front.view, undefined);
      const [ended] = desk.front.unstored;
      assert.equal(ended?.end?.by, 'time');
      assert.equal(desk.front.block, undefined);
    });
  }

  it('in a pause of the person is not forgotten, and is after an hour of it', async () => {
    await desk.start();
    await desk.front.pause();
    await desk.pass(minute);
    desk.clock.setWall(desk.clock.wallMs() + 3 * hour);
    await desk.pass(minute);
    assert.equal(desk.front.view?.phase, 'paused');
    await desk.pass(lapseMs);
    assert.equal(desk.front.unstored[0]?.end?.by, 'lapsed');
  });

  it('is replaced, ended and extended by the time that passed', async () => {
    await desk.start(60);
    await desk.pass(10 * minute);
    desk.clock.setWall(desk.clock.wallMs() + hour);
    await desk.front.end('done');
    assert.equal(desk.front.unstored[0]?.end?.by, 'early');
    await desk.start(60);
    await desk.pass(10 * minute);
    desk.clock.setWall(desk.clock.wallMs() + 2 * hour);
    await desk.front.extend(10 * minute);
    assert.ok(Math.abs((desk.front.view?.remainingMs ?? 0) - hour) <= 6_000);
  });

  it('holds what flow holds for as long as was said', async () => {
    await desk.front.blockForFlow(block, desk.clock.wallMs() + 2 * minute);
    await desk.pass(30_000);
    for (const byMs of [hour, -3 * hour]) {
      desk.clock.setWall(desk.clock.wallMs() + byMs);
      await desk.pass(30_000);
      assert.ok(desk.windows.every((window) => window.block !== undefined));
    }
    await desk.pass(31_000);
    assert.ok(desk.windows.every((window) => window.block === undefined));
  });

  it('runs for the time that somebody was awake, in all windows alike, whatever clocks do', async () => {
    const step = fc.oneof(
      {
        weight: 3,
        arbitrary: fc.integer({ min: 1, max: 90 }).map((s) => ['work', s * 1_000] as const),
      },
      fc
        .constantFrom(-1_440, -60, -5, -0.2, 0.2, 5, 59, 60, 180, 1_440)
        .map((by) => ['set', by * minute] as const),
      fc.integer({ min: 1, max: 58 }).map((by) => ['sleep', by * minute] as const),
      fc.constant(['sleepCounted', 30 * minute] as const),
      fc.integer({ min: -900, max: 900 }).map((by) => ['set', by] as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 10 }), fc.boolean(), async (steps, turned) => {
        const trial = new Desk();
        await trial.start(60);
        await trial.look();
        let workedMs = 0;
        for (const [kind, ms] of steps) {
          if (kind === 'work') {
            await trial.pass(ms);
            workedMs += ms;
          } else if (kind === 'set') {
            // Nobody sets a clock twice in no time.
            trial.clock.advance(700);
            workedMs += 700;
            trial.clock.setWall(trial.clock.wallMs() + ms);
          } else {
            trial.clock.sleep(ms, kind === 'sleepCounted');
          }
          await trial.look(turned);
        }
        for (const window of trial.windows) {
          assert.equal(window.view?.phase, 'running');
          const offMs = window.view.activeMs - workedMs;
          // A heartbeat's worth at each sleep, and small jumps are taken for time.
          assert.ok(Math.abs(offMs) <= 6_000 * (steps.length + 1), `${String(offMs)} ms off`);
        }
        const [one, other] = trial.windows.map(({ state }) => state.session);
        assert.deepEqual(one, other);
        trial.dispose();
      }),
      { numRuns: 60 },
    );
  });

  it('does not live through a night in which the machine slept', async () => {
    for (const monotonicGoesOn of [false, true]) {
      const trial = new Desk();
      await trial.start(60);
      await trial.pass(minute);
      trial.clock.sleep(9 * hour, monotonicGoesOn);
      trial.clock.setWall(trial.clock.wallMs() - hour);
      await trial.look();
      assert.equal(trial.front.view, undefined);
      assert.equal(trial.front.unstored[0]?.end?.by, 'lapsed');
      trial.dispose();
    }
  });

  it('takes no hour that was skipped for a rest, nor for sleep', async () => {
    const session = await desk.start();
    await desk.front.end();
    await desk.front.markStored(session);
    await desk.pass(45 * minute);
    desk.clock.setWall(desk.clock.wallMs() + hour);
    await desk.pass(6 * minute);
    assert.equal(desk.suggestions, 0);
    await desk.front.naturalBreak('save');
    assert.equal(desk.suggestions, 1);
  });
});

describe("the warden's deadlines", () => {
  it('are as long as they were, however the clock is set, and go on in sleep', () => {
    const step = fc.oneof(
      fc.integer({ min: 1, max: 60_000 }).map((ms) => ['awake', ms] as const),
      fc.integer({ min: 1, max: 600_000 }).map((ms) => ['sleep', ms] as const),
      fc.constantFrom(-24, -1, -0.1, 0.1, 1, 24).map((by) => ['set', by * hour] as const),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const clock = new ManualClock(startMs);
        const deadlines = new Deadlines(clock);
        deadlines.look();
        const deadlineMs = clock.wallMs() + 20 * minute;
        assert.equal(deadlines.isOver(deadlineMs), false);
        let passedMs = 0;
        for (const [kind, ms] of steps) {
          if (kind === 'awake') {
            clock.advance(ms);
          } else if (kind === 'sleep') {
            clock.sleep(ms);
          } else {
            clock.setWall(clock.wallMs() + ms);
          }
          passedMs += kind === 'set' ? 0 : ms;
          deadlines.look();
          // Sleeps of less than two seconds are not known as such.
          if (Math.abs(passedMs - 20 * minute) > 2_000 * steps.length) {
            assert.equal(deadlines.isOver(deadlineMs), passedMs >= 20 * minute);
          }
        }
      }),
    );
  });

  it('wait for windows to renew what they hold by a clock that was set forwards, and no longer', () => {
    const clock = new ManualClock(startMs);
    const deadlines = new Deadlines(clock);
    assert.equal(deadlines.look(), startMs);
    clock.setWall(startMs + hour);
    assert.equal(deadlines.look(), startMs);
    clock.advance(3_000);
    assert.equal(deadlines.look(), startMs + 3_000);
    const renewedMs = clock.wallMs() + 20 * minute;
    assert.equal(deadlines.isOver(renewedMs), false);
    clock.advance(15_000);
    assert.equal(deadlines.look(), startMs + hour + 18_000);
    clock.setWall(startMs);
    assert.equal(deadlines.look(), startMs);
  });
});
