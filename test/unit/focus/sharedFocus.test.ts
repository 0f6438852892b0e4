import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { FlowState } from '../../../src/facts/flow.ts';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { totalCounts } from '../../../src/facts/focusSession.ts';
import { lapseMs } from '../../../src/focus/session/sessionSteps.ts';
import { FocusSessions } from '../../../src/focus/session/focusSessions.ts';
import {
  blockAt,
  emptyFocusState,
  mergeFocusStates,
  parseFocusState,
  type FocusState,
} from '../../../src/focus/session/focusState.ts';
import { FocusStateFile, type FocusStateStore } from '../../../src/focus/session/focusStateFile.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { MemoryLog } from '../../support/memoryLog.ts';

const t0 = 1_763_700_000_000;
const minute = 60_000;

/** One place that several windows write to, like a file: last write wins, and each read is a copy. */
class MemoryStore implements FocusStateStore {
  text: string | undefined;
  writes = 0;

  version(): Promise<string | undefined> {
    return Promise.resolve(this.text === undefined ? undefined : String(this.writes));
  }

  read(): Promise<FocusState | undefined> {
    return Promise.resolve(this.text === undefined ? undefined : parseFocusState(this.text));
  }

  write(state: FocusState): Promise<void> {
    this.text = JSON.stringify(state);
    this.writes += 1;
    assert.ok(parseFocusState(this.text) !== undefined, 'what is written can be read');
    return Promise.resolve();
  }
}

class Window {
  flow: FlowState = 'steady';
  focused: boolean;
  readonly sessions: FocusSessions;
  readonly asks: string[] = [];

  constructor(store: FocusStateStore, clock: ManualClock, id: string, focused: boolean) {
    this.focused = focused;
    this.sessions = new FocusSessions({
      clock,
      log: new MemoryLog(),
      store,
      windowId: id.repeat(8),
      surroundings: { flow: () => this.flow, isFocused: () => this.focused },
    });
    this.sessions.onShouldAsk((view) => this.asks.push(view.id));
  }
}

const block = { sites: ['distraction.test'], apps: [], methods: ['hosts' as const] };
const start = (window: Window, minutes = 25): Promise<string> =>
  window.sessions.begin({ kind: 'focus', plannedMs: minutes * minute, block });

describe('focus sessions in several windows', () => {
  let clock: ManualClock;
  let store: MemoryStore;
  let one: Window;
  let two: Window;

  beforeEach(() => {
    clock = new ManualClock(t0);
    store = new MemoryStore();
    one = new Window(store, clock, 'a', true);
    two = new Window(store, clock, 'b', false);
  });

  afterEach(() => {
    one.sessions.dispose();
    two.sessions.dispose();
  });

  const pass = async (durationMs: number, stepMs = 1_000, windows = [one, two]): Promise<void> => {
    for (let passed = 0; passed < durationMs; passed += stepMs) {
      clock.advance(stepMs);
      for (const window of windows) {
        await window.sessions.tick();
      }
    }
  };

  it('are one session, seen and changed in all of them', async () => {
    const id = await start(one);
    await pass(minute);
    assert.equal(two.sessions.view?.id, id);
    assert.equal(two.sessions.view.remainingMs, 24 * minute);
    await two.sessions.pause();
    await pass(5 * minute);
    assert.equal(one.sessions.view?.phase, 'paused');
    assert.equal(blockAt(one.sessions.state, clock.wallMs()), undefined);
    await one.sessions.resume();
    await two.sessions.tick();
    assert.equal(two.sessions.view.remainingMs, 24 * minute);
    assert.deepEqual(blockAt(two.sessions.state, clock.wallMs())?.sites, ['distraction.test']);
    await two.sessions.end('tired');
    await one.sessions.tick();
    assert.equal(one.sessions.view, undefined);
    assert.deepEqual(
      one.sessions.unstored.map(({ end }) => end?.reason),
      ['tired'],
    );
    await one.sessions.markStored(id);
    await pass(5_000);
    assert.deepEqual(two.sessions.unstored, []);
  });

  it('end by time, and rest: no write without news', async () => {
    await start(one, 1);
    await pass(2 * minute);
    assert.deepEqual(
      one.sessions.unstored.map(({ end }) => end?.by),
      ['time'],
    );
    two.focused = false;
    one.focused = false;
    const { writes } = store;
    await pass(minute);
    assert.equal(store.writes, writes);
  });

  it('are asked about once, in one window, when flow is over', async () => {
    one.flow = 'inFlow';
    two.flow = 'inFlow';
    await start(one, 1);
    await pass(3 * minute);
    assert.equal(one.sessions.view?.phase, 'overtime');
    await one.sessions.naturalBreak('save');
    await two.sessions.naturalBreak('save');
    await one.sessions.naturalBreak('testEnd');
    assert.equal(one.asks.length + two.asks.length, 0);
    one.flow = 'steady';
    two.flow = 'steady';
    await one.sessions.naturalBreak('leftFlow');
    await two.sessions.naturalBreak('leftFlow');
    await pass(minute / 2);
    assert.equal(one.asks.length + two.asks.length, 1);
    await one.sessions.extend(5 * minute);
    assert.equal(one.sessions.view.phase, 'running');
  });

  it('survive a reload, and the crash of the window that drove', async () => {
    const id = await start(one);
    await pass(5 * minute);
    one.sessions.dispose();
    one = new Window(store, clock, 'c', true);
    await one.sessions.tick();
    assert.equal(one.sessions.view?.id, id);
    assert.equal(one.sessions.view.remainingMs, 20 * minute);
    // Nobody in front: the other takes over when the heartbeat is old, and the time goes on.
    one.sessions.dispose();
    await pass(25 * minute, 1_000, [two]);
    assert.equal(two.sessions.unstored[0]?.end?.by, 'time');
  });

  it('pause in a sleep, once for all windows, and lapse in a long one', async () => {
    await start(one);
    await pass(5 * minute);
    clock.sleep(30 * minute);
    await Promise.all([one.sessions.tick(), two.sessions.tick()]);
    await pass(minute);
    assert.ok(Math.abs((one.sessions.view?.activeMs ?? 0) - 6 * minute) <= 6_000);
    assert.equal(one.sessions.view?.phase, 'running');
    assert.equal(one.sessions.state.session?.pauses.length, 1);
    clock.sleep(lapseMs + minute);
    await pass(2_000);
    assert.equal(one.sessions.view, undefined);
    assert.equal(one.sessions.unstored[0]?.end?.by, 'lapsed');
  });

  it('go on evenly when the clock is set back', async () => {
    await start(one);
    await pass(5 * minute);
    clock.setWall(clock.wallMs() - 180 * minute);
    await Promise.all([one.sessions.tick(), two.sessions.tick()]);
    await pass(5 * minute);
    assert.ok(Math.abs((one.sessions.view?.activeMs ?? 0) - 10 * minute) <= 6_000);
    assert.equal(one.sessions.state.session?.shifts.length, 1);
  });

  it('count what each window saw', async () => {
    await start(one);
    one.sessions.count({ seconds: 60, focusedSeconds: 40 });
    await two.sessions.tick();
    two.sessions.count({ seconds: 5 });
    await two.sessions.tick();
    two.sessions.count({ seconds: 5, interruptions: 1 });
    await pass(20_000);
    const { session } = one.sessions.state;
    assert.ok(session !== null);
    assert.equal(totalCounts(session).seconds, 70);
    assert.equal(totalCounts(session).interruptions, 1);
  });

  it('replace the one before, which is kept as such', async () => {
    await start(one);
    await pass(minute);
    const second = await start(two, 5);
    await pass(2_000);
    assert.equal(one.sessions.view?.id, second);
    assert.deepEqual(
      one.sessions.unstored.map(({ end }) => end?.by),
      ['replaced'],
    );
  });

  it('lift every block and let the timer go on', async () => {
    await start(one);
    await one.sessions.liftBlocks();
    await pass(5_000);
    assert.equal(blockAt(two.sessions.state, clock.wallMs()), undefined);
    assert.equal(two.sessions.view?.phase, 'running');
  });

  it('block for flow no longer than was given', async () => {
    await one.sessions.blockForFlow(block, clock.wallMs() + 2 * minute);
    assert.equal(blockAt(one.sessions.state, clock.wallMs())?.sites.length, 1);
    assert.equal(blockAt(one.sessions.state, clock.wallMs() + 2 * minute), undefined);
    await one.sessions.blockForFlow(undefined, 0);
    assert.equal(blockAt(one.sessions.state, clock.wallMs()), undefined);
  });

  it('are never two, never lost, and agree in the end, whatever windows do and clocks jump', async () => {
    const step = fc.record({
      window: fc.nat(2),
      what: fc.constantFrom(
        'start',
        'pause',
        'resume',
        'extend',
        'end',
        'break',
        'tick',
        'focus',
        'flow',
        'reload',
      ),
      clock: fc.constantFrom(0, 0, 1_000, 5_000, 40 * minute, -40 * minute, 120 * minute),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const time = new ManualClock(t0);
        const shared = new MemoryStore();
        const windows = ['1', '2', '3'].map(
          (id, index) => new Window(shared, time, id, index === 0),
        );
        const begun = new Set<string>();
        for (const { window: index, what, clock: jumpMs } of steps) {
          const window = windows[index];
          assert.ok(window !== undefined);
          const { sessions } = window;
          const actions: Record<typeof what, () => Promise<unknown>> = {
            start: async () => begun.add(await start(window, 10)),
            pause: () => sessions.pause(),
            resume: () => sessions.resume(),
            extend: () => sessions.extend(5 * minute),
            end: () => sessions.end(),
            break: () => sessions.naturalBreak('save'),
            tick: () => sessions.tick(),
            focus: () => {
              windows.forEach((one) => (one.focused = one === window));
              return Promise.resolve();
            },
            flow: () => {
              window.flow = window.flow === 'inFlow' ? 'reading' : 'inFlow';
              return Promise.resolve();
            },
            reload: () => {
              sessions.dispose();
              windows[index] = new Window(shared, time, String(index + 1), window.focused);
              return Promise.resolve();
            },
          };
          // All at once, so that they write over each other.
          await Promise.all([actions[what](), ...windows.map((other) => other.sessions.tick())]);
          if (Math.abs(jumpMs) > 10_000) {
            time.setWall(time.wallMs() + jumpMs);
          } else {
            time.advance(jumpMs);
          }
        }
        for (let round = 0; round < 4; round += 1) {
          for (const window of windows) {
            await window.sessions.tick();
            await window.sessions.naturalBreak('pause');
          }
        }
        const states = windows.map(({ sessions }) => sessions.state);
        const known = states.map(({ session, outbox }) =>
          [session?.id, ...outbox.map(({ id }) => id)].filter((id) => id !== undefined).sort(),
        );
        assert.deepEqual(known[0], [...begun].sort());
        assert.deepEqual(known[1], known[0]);
        assert.deepEqual(known[2], known[0]);
        assert.deepEqual(states[1]?.session, states[0]?.session);
        assert.ok(states.every(({ outbox }) => outbox.every(({ end }) => end !== undefined)));
        windows.forEach(({ sessions }) => {
          sessions.dispose();
        });
      }),
      { numRuns: 150 },
    );
  });

  it('join their states in any order', () => {
    assert.deepEqual(mergeFocusStates(emptyFocusState, emptyFocusState), emptyFocusState);
  });
});

describe('the file of the shared state', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'millrace-focus-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('comes back as it was written, and sets aside what it cannot read', async () => {
    const clock = new ManualClock(t0);
    const window = new Window(new FocusStateFile(folder), clock, 'a', true);
    const id = await start(window);
    await window.sessions.pause();
    const again = new Window(new FocusStateFile(folder), clock, 'b', false);
    await again.sessions.tick();
    assert.equal(again.sessions.view?.id, id);
    assert.equal(again.sessions.view.phase, 'paused');
    const file = path.join(folder, 'focus.json');
    writeFileSync(file, '{"format":"millrace-focus","version":2}');
    assert.equal(await new FocusStateFile(folder).read(), undefined);
    assert.deepEqual(readdirSync(folder), ['focus.json.unreadable']);
    assert.equal(readFileSync(`${file}.unreadable`, 'utf8').length, 39);
    // The window still knows, and writes it again.
    await window.sessions.resume();
    assert.equal((await new FocusStateFile(folder).read())?.session?.id, id);
    window.sessions.dispose();
    again.sessions.dispose();
  });
});
