import assert from 'node:assert/strict';
import type { FlowState } from '../../../src/facts/flow.ts';
import { protections, type Protection } from '../../../src/focus/session/flowProtection.ts';
import type { BlockChoice } from '../../../src/focus/session/focusState.ts';
import { FlowProtecting } from '../../../src/host/focus/protection/flowProtecting.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { MemoryLog } from '../../support/memoryLog.ts';

const list: BlockChoice = { sites: ['example.com'], apps: [], methods: ['proxy'] };
const startMs = 1_700_000_000_000;

describe('FlowProtecting', () => {
  let clock: ManualClock;
  let flow: FlowState;
  let isFocused: boolean;
  let optedIn: readonly Protection[];
  let inSession: boolean;
  let areHeld: boolean;
  let shown: readonly Protection[];
  let blocks: { readonly block: BlockChoice | undefined; readonly untilMs: number }[];
  let protecting: FlowProtecting;

  beforeEach(() => {
    clock = new ManualClock(startMs);
    flow = 'steady';
    isFocused = true;
    optedIn = [];
    inSession = false;
    areHeld = false;
    shown = [];
    blocks = [];
    protecting = new FlowProtecting({
      clock,
      log: new MemoryLog(),
      flow: () => flow,
      isFocused: () => isFocused,
      optedIn: () => optedIn,
      inSession: () => inSession,
      blockChoice: () => list,
      sessions: {
        blockForFlow: (block, untilMs) => {
          blocks.push({ block, untilMs });
          return Promise.resolve();
        },
      },
      holdNotices: (held) => {
        areHeld = held;
      },
      show: (active) => {
        shown = active;
      },
    });
  });

  afterEach(() => {
    protecting.dispose();
  });

  const enterFlow = (...chosen: readonly Protection[]): void => {
    optedIn = chosen;
    flow = 'inFlow';
    protecting.step();
  };

  it('does nothing that nobody opted into', () => {
    enterFlow();
    assert.deepEqual([areHeld, shown, blocks], [false, [], []]);
  });

  it('does exactly what was opted into, and shows each', () => {
    enterFlow(...protections);
    assert.equal(areHeld, true);
    assert.deepEqual(shown, protections);
    assert.deepEqual(blocks[0]?.block, list);
  });

  it('does nothing in a window behind', () => {
    isFocused = false;
    enterFlow(...protections);
    assert.deepEqual([areHeld, shown, blocks], [false, [], []]);
  });

  it('leaves the list to a session that runs', () => {
    inSession = true;
    enterFlow('blockList');
    assert.deepEqual(blocks, []);
  });

  it('renews the block each minute, always ahead of its end', () => {
    enterFlow('blockList');
    for (let minute = 1; minute <= 5; minute += 1) {
      const before = blocks.at(-1)?.untilMs ?? 0;
      clock.advance(60_000);
      assert.ok(clock.wallMs() < before);
      assert.ok((blocks.at(-1)?.untilMs ?? 0) > before);
    }
  });

  it('undoes everything once flow has been over for a while', () => {
    enterFlow(...protections);
    flow = 'steady';
    protecting.step();
    assert.equal(areHeld, true);
    clock.advance(61_000);
    protecting.step();
    assert.deepEqual([areHeld, shown], [false, []]);
    assert.equal(blocks.at(-1)?.block, undefined);
  });

  it('undoes one at a click, and leaves it undone in this flow', () => {
    enterFlow('holdNotices', 'blockList');
    protecting.undo('blockList');
    assert.deepEqual(shown, ['holdNotices']);
    assert.equal(blocks.at(-1)?.block, undefined);
    const count = blocks.length;
    protecting.step();
    clock.advance(120_000);
    assert.equal(blocks.length, count);
    assert.equal(areHeld, true);
  });

  it('ends what was switched off in the settings at once', () => {
    enterFlow('holdNotices');
    optedIn = [];
    protecting.step();
    assert.deepEqual([areHeld, shown], [false, []]);
  });

  it('undoes everything with the window', () => {
    enterFlow(...protections);
    protecting.dispose();
    assert.deepEqual([areHeld, shown], [false, []]);
    assert.equal(blocks.at(-1)?.block, undefined);
  });
});
