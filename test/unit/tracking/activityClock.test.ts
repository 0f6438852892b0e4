import assert from 'node:assert/strict';
import { ActivityClock } from '../../../src/tracking/activityClock.ts';

const minuteMs = 60_000;

describe('ActivityClock', () => {
  it('does not take edits for a person while nobody touches keyboard or mouse', () => {
    const clock = new ActivityClock(true, false);
    for (let timeMs = 0; timeMs < 48 * 60 * minuteMs; timeMs += minuteMs) {
      clock.edited(timeMs);
      assert.equal(clock.presenceAt(timeMs).active, false);
    }
  });

  it('lets a touch speak for a minute', () => {
    const clock = new ActivityClock(true, false);
    clock.navigated(1_000);
    assert.equal(clock.presenceAt(1_000 + minuteMs - 1).active, true);
    assert.equal(clock.presenceAt(1_000 + minuteMs).active, false);
  });

  it('lets scrolling keep a reader for five minutes, and no log file for a day', () => {
    const clock = new ActivityClock(true, false);
    clock.navigated(0);
    let activeUntilMs = 0;
    for (let timeMs = 0; timeMs < 24 * 60 * minuteMs; timeMs += 1_000) {
      clock.scrolled(timeMs);
      activeUntilMs = clock.presenceAt(timeMs).active ? timeMs : activeUntilMs;
    }
    assert.ok(activeUntilMs > 5 * minuteMs - 2_000 && activeUntilMs <= 6 * minuteMs);
  });

  it('counts nobody in a window that is not in front', () => {
    const clock = new ActivityClock(true, true);
    clock.focusChanged(false, 0);
    assert.deepEqual(clock.presenceAt(1), { focused: false, active: false, paused: false });
  });

  it('takes edits for a person where the editor tells nothing (replay)', () => {
    const clock = new ActivityClock(true, undefined);
    assert.equal(clock.presenceAt(0).active, false);
    clock.edited(0);
    assert.equal(clock.presenceAt(1).active, true);
  });
});
