import assert from 'node:assert/strict';
import { VaultReadings } from '../../../src/host/vault/vaultReadings.ts';
import type { DayReading } from '../../../src/readings/dayReading.ts';
import type { InsightsReading } from '../../../src/readings/insightsReading.ts';
import type { PastReading } from '../../../src/readings/pastReading.ts';
import { VaultError } from '../../../src/vault/vaultError.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { keeperAnswering } from '../../support/keeperAnswering.ts';
import { MemoryLog } from '../../support/memoryLog.ts';

describe('VaultReadings', () => {
  let isBroken: boolean;
  let readings: VaultReadings;

  beforeEach(() => {
    isBroken = false;
    const answer = <T>(value: T): Promise<T> =>
      isBroken ? Promise.reject(new VaultError('keeperFailed', 'gone')) : Promise.resolve(value);
    const clock = new ManualClock(Date.UTC(2026, 10, 18));
    const day: DayReading = {
      startMs: 0,
      endMs: Number.MAX_SAFE_INTEGER,
      seconds: {},
      focusedSeconds: 0,
      longestSpellSeconds: 0,
      interruptions: 0,
      spans: [],
      sessions: [],
      demo: false,
    };
    readings = new VaultReadings({
      keeper: keeperAnswering({
        loadDay: () => answer(day),
        // Nothing of what these hold is asked of them here.
        loadPast: () => answer({ history: { today: 0, previousDay: null } } as PastReading),
        loadInsights: () => answer({} as InsightsReading),
        neighbours: () => answer({ previousDay: null, nextDay: null }),
      }),
      clock,
      dayStartHour: () => 4,
      log: new MemoryLog(),
    });
  });

  afterEach(() => {
    readings.dispose();
  });

  it('waits, has read, and says where it failed', async () => {
    assert.equal(readings.state, 'pending');
    await readings.readAgain();
    assert.equal(readings.state, 'done');
    isBroken = true;
    await readings.today.refresh();
    assert.equal(readings.state, 'failed');
  });

  it('fails for who asks, with the reason, and recovers', async () => {
    isBroken = true;
    await assert.rejects(readings.readAgain(), (error) => VaultError.is(error, 'keeperFailed'));
    isBroken = false;
    await readings.readAgain();
    assert.equal(readings.state, 'done');
  });

  it('forgets a failure with the rest', async () => {
    isBroken = true;
    await readings.past.refresh();
    assert.equal(readings.state, 'failed');
    readings.clear();
    assert.equal(readings.state, 'pending');
  });

  it('drops what was being read when it was cleared, and reads again for who asks then', async () => {
    const early = readings.today.refresh();
    readings.clear();
    await early;
    assert.equal(readings.today.current, undefined);

    const before = readings.today.refresh();
    readings.clear();
    void readings.today.refresh();
    await before;
    assert.ok(readings.today.current);
  });
});
