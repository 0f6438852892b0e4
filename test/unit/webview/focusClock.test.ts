import assert from 'node:assert/strict';
import fc from 'fast-check';
import { productivityRule } from '../../../src/focus/session/productivityScore.ts';
import type { RunningSession } from '../../../src/readings/focusReading.ts';
import { englishStrings } from '../../../src/webview/shared/englishStrings.ts';
import {
  focusMoment,
  formatCountdown,
  formatStopwatch,
  untilNextSecondMs,
} from '../../../src/webview/focus/focusClock.ts';

const session: RunningSession = {
  kind: 'focus',
  phase: 'running',
  startMs: 0,
  plannedMs: 3_000_000,
  activeMs: 1_896_000,
  remainingMs: 1_104_000,
  blockedSites: 0,
  blockedApps: 0,
};

describe('the clock of a focus session', () => {
  it('counts what has passed since the snapshot, and ends at nothing', () => {
    assert.equal(focusMoment(session, 4000).leftMs, 1_100_000);
    assert.equal(focusMoment(session, 9_000_000).leftMs, 0);
    assert.equal(focusMoment(session, -5).leftMs, session.remainingMs);
  });

  it('stands still while paused', () => {
    assert.equal(focusMoment({ ...session, phase: 'paused' }, 60_000).leftMs, session.remainingMs);
  });

  it('counts what is over in overtime', () => {
    const over = { ...session, phase: 'overtime', activeMs: 3_010_000, remainingMs: 0 } as const;
    assert.equal(focusMoment(over, 5000).overMs, 15_000);
    assert.equal(focusMoment(session, 5000).overMs, 0);
  });

  it('shows begun seconds of what is left, and whole ones of what is over', () => {
    assert.equal(formatCountdown(1_104_000), '18:24');
    assert.equal(formatCountdown(1_103_001), '18:24');
    assert.equal(formatCountdown(3_725_000), '1:02:05');
    assert.equal(formatStopwatch(130_999), '2:10');
  });

  it('waits exactly until the words change', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_104_000 }), (sinceMs) => {
        const before = focusMoment(session, sinceMs);
        const waitMs = untilNextSecondMs(before);
        assert.ok(waitMs >= 1 && waitMs <= 1000);
        const shown = formatCountdown(before.leftMs);
        if (before.leftMs > 0) {
          assert.equal(formatCountdown(focusMoment(session, sinceMs + waitMs - 1).leftMs), shown);
          assert.notEqual(formatCountdown(focusMoment(session, sinceMs + waitMs).leftMs), shown);
        }
      }),
    );
  });
});

describe('the words of the score of a focus session', () => {
  it('are those of the rule', () => {
    const { terms, leastActiveMs } = productivityRule;
    for (const { input, none, full } of terms) {
      const words = englishStrings[`focus.term.${input}.more`];
      if (input === 'engagement') {
        assert.ok(words.includes(`${full * 100} %`), words);
      } else if (input !== 'completion') {
        assert.ok(words.includes(`from ${none} `), words);
      }
    }
    assert.ok(englishStrings['focus.rule'].includes(`under ${leastActiveMs / 60_000} min`));
  });
});
