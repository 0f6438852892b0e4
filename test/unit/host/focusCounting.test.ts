import assert from 'node:assert/strict';
import type { FlowState } from '../../../src/facts/flow.ts';
import {
  noCounts,
  sessionCountNames,
  type SessionCounts,
} from '../../../src/facts/focusSession.ts';
import { FocusCounting } from '../../../src/host/focus/session/focusCounting.ts';
import { NaturalBreaks } from '../../../src/host/focus/session/naturalBreaks.ts';

type Step = readonly [seconds: number, flow: FlowState, isFocused: boolean];

/** What is counted over steps that begin at 0, steady and in front. */
function countOf(...steps: readonly Step[]): SessionCounts {
  const sum: Record<string, number> = { ...noCounts };
  const counting = new FocusCounting(
    { monotonicMs: 0, flow: 'steady', isFocused: true },
    (seen) => {
      for (const name of sessionCountNames) {
        sum[name] = (sum[name] ?? 0) + (seen[name] ?? 0);
      }
    },
  );
  for (const [seconds, flow, isFocused] of steps) {
    counting.step({ monotonicMs: seconds * 1000, flow, isFocused });
  }
  return { ...noCounts, ...sum };
}

describe('FocusCounting', () => {
  it('counts each stretch as the state in which it began', () => {
    const counts = countOf([15, 'inFlow', true], [30, 'unknown', true], [45, 'reading', true]);
    assert.deepEqual(counts, {
      ...noCounts,
      seconds: 45,
      focusedSeconds: 30,
      inFlowSeconds: 15,
      unknownSeconds: 15,
    });
  });

  it('counts nothing while nobody is there, or in a window behind', () => {
    assert.deepEqual(
      countOf([0, 'away', true], [15, 'away', true], [30, 'paused', true]),
      noCounts,
    );
    const behind = countOf([0, 'steady', false], [15, 'steady', false], [30, 'steady', true]);
    assert.equal(behind.seconds, 0);
  });

  it('counts leaving the window once each time, and not of somebody who is away', () => {
    const left = countOf([5, 'away', false], [10, 'steady', true], [15, 'steady', false]);
    assert.equal(left.interruptions, 2);
    assert.equal(countOf([0, 'away', true], [5, 'away', false]).interruptions, 0);
  });

  it('gives a sleep to nobody', () => {
    assert.equal(countOf([3_600, 'steady', true], [3_615, 'steady', true]).seconds, 15);
  });
});

describe('NaturalBreaks', () => {
  const at = (flow: FlowState, isFocused: boolean, sinceLastEditMs?: number) => ({
    flow,
    isFocused,
    sinceLastEditMs,
  });

  it('finds the end of flow, a pause in typing, and leaving the window, each once', () => {
    const breaks = new NaturalBreaks(at('inFlow', true, 500));
    assert.equal(breaks.step(at('inFlow', true, 500)), undefined);
    assert.equal(breaks.step(at('inFlow', true, 12_000)), 'pause');
    assert.equal(breaks.step(at('inFlow', true, 27_000)), undefined);
    assert.equal(breaks.step(at('steady', true, 300)), 'leftFlow');
    assert.equal(breaks.step(at('steady', false, 300)), 'leftWindow');
    assert.equal(breaks.step(at('steady', false, 300)), undefined);
  });

  it('finds no pause where nobody has typed', () => {
    const breaks = new NaturalBreaks(at('reading', true));
    assert.equal(breaks.step(at('reading', true)), undefined);
  });
});
