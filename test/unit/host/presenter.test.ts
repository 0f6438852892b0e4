import assert from 'node:assert/strict';
import { toDisposable, type Disposable } from '../../../src/base/disposable.ts';
import { Emitter } from '../../../src/base/emitter.ts';
import { FlowEngine } from '../../../src/flow/detection/flowEngine.ts';
import { Presenter } from '../../../src/host/dashboard/presenter.ts';
import type { StatusBarContent } from '../../../src/host/statusBar/statusBar.ts';
import { VaultReadings } from '../../../src/host/vault/vaultReadings.ts';
import type { DashboardState } from '../../../src/protocol/dashboard.ts';
import type { DayReading } from '../../../src/readings/dayReading.ts';
import type { VaultCondition } from '../../../src/readings/vaultReading.ts';
import type { InsightsReading } from '../../../src/readings/insightsReading.ts';
import { KeystrokeRing } from '../../../src/tracking/keystrokeRing.ts';
import type { PastReading } from '../../../src/readings/pastReading.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { keeperAnswering } from '../../support/keeperAnswering.ts';
import { MemoryLog } from '../../support/memoryLog.ts';

describe('Presenter', () => {
  it('shows nothing of what was read in any state in which the vault is locked', async () => {
    const clock = new ManualClock(Date.UTC(2026, 10, 18, 12));
    const rethrow = (error: unknown): never => {
      throw error;
    };
    const changed = new Emitter<void>(rethrow);
    const never = (): Disposable => toDisposable(() => undefined);
    let condition: VaultCondition = 'ready';
    const day = { startMs: 0, endMs: Number.MAX_SAFE_INTEGER } as DayReading;
    const past = { history: { today: 20_775 }, week: {}, bestHours: {} } as PastReading;
    const answers: (() => void)[] = [];
    let answersLate = false;
    const answer = <T>(value: T): Promise<T> =>
      answersLate
        ? new Promise((resolve) => {
            answers.push(() => {
              resolve(value);
            });
          })
        : Promise.resolve(value);
    const readings = new VaultReadings({
      keeper: keeperAnswering({
        loadDay: () => answer(day),
        loadPast: () => answer(past),
        loadInsights: () => answer({ today: 20_775 } as InsightsReading),
        neighbours: () => answer({ previousDay: null, nextDay: null }),
      }),
      clock,
      dayStartHour: () => 4,
      log: new MemoryLog(),
    });
    const reading = new FlowEngine(new KeystrokeRing(16)).step(0, {
      focused: true,
      active: true,
      paused: false,
    });
    const shown: StatusBarContent[] = [];
    const presenter = new Presenter({
      tracker: { latest: reading, isFocused: true, onDidStep: never },
      vault: {
        get condition() {
          return condition;
        },
        unsavedMinutes: 0,
        lastSnapshotMs: undefined,
        onDidChange: changed.event,
        access: { isWithheld: false },
      },
      readings,
      feedback: { askedMs: undefined, onDidChange: never },
      lazyParts: {
        statuses: [],
        dashboardStates: () => ({ focus: null, data: null }),
        onDidChange: never,
        onDidStore: never,
        refresh: () => undefined,
      },
      statusBar: { show: (content) => shown.push(content) },
      clock,
    });
    const states: DashboardState[] = [];
    presenter.attach({
      isVisible: true,
      refresh: () => {
        states.push(presenter.dashboardState());
      },
    });
    await readings.readAgain();
    assert.ok(states.at(-1)?.week);

    answersLate = true;
    const late = readings.readAgain();
    condition = 'locked';
    changed.fire();
    for (const give of answers) {
      give();
    }
    await late;
    presenter.draw();
    const locked = states.filter(({ vault }) => vault.condition === 'locked');
    assert.ok(locked.length >= 2);
    for (const { today, history, week, bestHours, insights } of locked) {
      assert.deepEqual([today, history, week, bestHours, insights], [null, null, null, null, null]);
    }
    const bars = shown.filter(({ vault }) => vault === 'locked');
    assert.ok(bars.every(({ today }) => today === undefined));

    // What came late is not shown when the vault is open again either; it is read anew.
    condition = 'ready';
    presenter.draw();
    assert.equal(states.at(-1)?.week, null);
    presenter.dispose();
    readings.dispose();
  });
});
