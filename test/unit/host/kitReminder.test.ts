import assert from 'node:assert/strict';
import { KitReminder } from '../../../src/host/data/backup/kitReminder.ts';
import { ManualClock } from '../../support/manualClock.ts';

const dayMs = 24 * 3_600_000;

describe('KitReminder', () => {
  let clock: ManualClock;
  let asked: number | undefined;
  let sinceMs: number | undefined;
  let reminder: KitReminder;

  beforeEach(() => {
    clock = new ManualClock(1_700_000_000_000);
    asked = undefined;
    sinceMs = clock.wallMs();
    reminder = new KitReminder({
      memory: {
        get: (_key, otherwise) => asked ?? otherwise,
        update: (_key, value) => {
          asked = value;
          return Promise.resolve();
        },
      },
      clock,
      sinceMs: () => sinceMs,
    });
  });

  it('asks nobody who has just begun, and then once in a quarter', async () => {
    assert.equal(reminder.isDue, false);
    clock.advance(91 * dayMs);
    assert.equal(reminder.isDue, true);
    await reminder.settle();
    assert.equal(reminder.isDue, false);
    clock.advance(90 * dayMs);
    assert.equal(reminder.isDue, false);
    clock.advance(dayMs);
    assert.equal(reminder.isDue, true);
  });

  it('asks for nothing without a vault, and is not silenced by a clock that was set back', () => {
    clock.advance(91 * dayMs);
    asked = clock.wallMs() + 1_000 * dayMs;
    assert.equal(reminder.isDue, true);
    sinceMs = undefined;
    assert.equal(reminder.isDue, false);
  });
});
