import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FlowEngine } from '../../../src/flow/detection/flowEngine.ts';
import { DailyChores } from '../../../src/host/vault/dailyChores.ts';
import { KeystrokeRing } from '../../../src/tracking/keystrokeRing.ts';
import { KeyFileProtector } from '../../../src/vault/protectors/keyFileProtector.ts';
import { Vault } from '../../../src/vault/vault.ts';
import { CleanUp } from '../../support/cleanUp.ts';
import { keeperBundle } from '../../support/keeperBundle.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { minuteRecord } from '../../support/vaultRecords.ts';
import { pause, waitFor } from '../../support/waitFor.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const raw = { rhythm: 0.6, focus: 0.9, consistency: 0.8, error: 0.1, velocity: 5 };

describe('DailyChores', function () {
  this.timeout(60_000);

  let folder: string;
  let clock: ManualClock;
  const cleanUp = new CleanUp();

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'millrace-chores-'));
    clock = new ManualClock(Date.UTC(2026, 3, 15, 12));
  });

  afterEach(async () => {
    await cleanUp.run();
    await rm(folder, { recursive: true, force: true });
  });

  /** One window: its vault, its engine, and its chores. */
  async function openWindow() {
    const log = new MemoryLog();
    const vault = new Vault({
      folder: path.join(folder, 'vault'),
      keysFolder: path.join(folder, 'keys'),
      protectors: [new KeyFileProtector(path.join(folder, 'keys'))],
      keeperPath: await keeperBundle(),
      clock,
      log,
    });
    cleanUp.add(() => vault.close());
    await vault.start();
    const engine = new FlowEngine(new KeystrokeRing(16));
    let rescored = 0;
    let isWorkedIn = true;
    const chores = new DailyChores({
      ...{ engine, vault, clock, log },
      dayStartHour: () => 4,
      isWorkedIn: () => isWorkedIn,
      isLookedAt: () => false,
      rescore: () => {
        rescored++;
        return Promise.resolve();
      },
    });
    cleanUp.add(() => {
      chores.dispose();
    });
    const work = (works: boolean): void => {
      isWorkedIn = works;
    };
    return { vault, engine, chores, log, rescored: () => rescored, work };
  }

  /** Learning is in force before all of it is kept; a window that closes in between is not what these tests are about. */
  const isDone = (log: MemoryLog): boolean =>
    log.lines.some(({ message }) => message === "The day's chores are done");

  const templates = async (vault: Vault): Promise<number> =>
    (await vault.templates.list()).filter(({ name }) => name === 'flow-baseline').length;

  /** Three hours of scored typing, yesterday. */
  async function workYesterday(vault: Vault): Promise<void> {
    const first = Math.floor((clock.wallMs() - dayMs) / minuteMs);
    await vault.append(
      Array.from({ length: 180 }, (_, index) => minuteRecord(1, first + index, { raw })),
    );
  }

  it('learns what is usual from the record, once a day over all windows', async () => {
    const first = await openWindow();
    await workYesterday(first.vault);
    await first.chores.tend();
    assert.ok(first.engine.baseline.minutes > 100);
    assert.equal(await templates(first.vault), 1);
    assert.equal(first.rescored(), 0);

    const second = await openWindow();
    await second.chores.tend();
    assert.ok(Math.abs(second.engine.baseline.minutes - first.engine.baseline.minutes) < 1);
    assert.equal(await templates(second.vault), 1);
  });

  it('learns again the next day, and not before', async () => {
    const { chores, vault } = await openWindow();
    await chores.tend();
    await workYesterday(vault);
    await chores.tend();
    assert.equal(await templates(vault), 1);
    clock.sleep(dayMs);
    await chores.tend();
    assert.equal(await templates(vault), 2);
  });

  it('leaves a locked vault alone, and does its work once it is unlocked', async () => {
    const { chores, vault, engine } = await openWindow();
    await workYesterday(vault);
    vault.access.lock();
    await chores.tend();
    assert.ok(engine.baseline.minutes < 1);
    await vault.access.unlock();
    await chores.tend();
    assert.ok(engine.baseline.minutes > 100);
  });

  it('waits until somebody works in the window', async () => {
    const { chores, vault, engine, log, work } = await openWindow();
    await workYesterday(vault);
    work(false);
    chores.start();
    clock.advance(60 * minuteMs);
    await pause(300);
    assert.ok(engine.baseline.minutes < 1);
    work(true);
    clock.advance(minuteMs);
    await waitFor('the chores', () => isDone(log));
    assert.ok(engine.baseline.minutes > 100);
    chores.dispose();
  });

  it('tries again what failed, but not at every look', async () => {
    const { chores, vault, engine, log } = await openWindow();
    await workYesterday(vault);
    const { keeper } = vault;
    const ask = keeper.ask.bind(keeper);
    let tries = 0;
    keeper.ask = (name, params) => {
      if (name !== 'learnModel') {
        return ask(name, params);
      }
      tries++;
      return Promise.reject(new Error('the keeper is not well'));
    };
    chores.start();
    clock.advance(minuteMs);
    await waitFor('the warning', () => log.lines.some(({ level }) => level === 'warn'));
    clock.advance(5 * minuteMs);
    await pause(300);
    assert.equal(tries, 1);
    keeper.ask = ask;
    clock.advance(10 * minuteMs);
    await waitFor('the chores', () => isDone(log));
    assert.ok(engine.baseline.minutes > 100);
    chores.dispose();
  });
});
