import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Emitter } from '../../../src/base/emitter.ts';
import type { LoadedPart } from '../../../src/host/lazy/lazyPart.ts';
import { LazyPartHolder } from '../../../src/host/lazy/lazyPartHolder.ts';
import { lazyParts } from '../../../src/host/lazyParts.ts';
import type { Settings } from '../../../src/host/settings/settingTable.ts';
import type { FocusReading } from '../../../src/readings/focusReading.ts';
import { composeFocusReading } from '../../../src/host/focus/focusDashboard.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { rethrow } from '../../support/rethrow.ts';
import { waitFor } from '../../support/waitFor.ts';
import { defaultSettings } from '../../support/knownSettings.ts';

class FakePart implements LoadedPart<FocusReading> {
  readonly changes = new Emitter<void>(rethrow);
  readonly stores = new Emitter<void>(rethrow);
  readonly ran: string[] = [];
  isDisposed = false;
  readonly status = undefined;
  readonly onDidChange = this.changes.event;
  readonly onDidStore = this.stores.event;
  readonly state = composeFocusReading({
    view: undefined,
    settings: defaultSettings,
    blockedSites: 0,
    blockedApps: 0,
    ways: [],
    isBlocking: false,
    week: undefined,
  });
  start(): Promise<void> {
    return Promise.resolve();
  }
  dashboardState(): FocusReading {
    return this.state;
  }
  run(command: string): Promise<void> {
    this.ran.push(command);
    return Promise.resolve();
  }
  wish({ wish }: { readonly wish: string }): Promise<void> {
    return this.run(`wish ${wish}`);
  }
  settingsChanged(): void {
    this.ran.push('settings');
  }
  refresh(): void {
    this.ran.push('refresh');
  }
  dispose(): void {
    this.isDisposed = true;
  }
}

describe('the lazy focus part', () => {
  let storageFolder: string;
  let settings: Settings;
  let clock: ManualClock;
  let parts: FakePart[];
  let fail: boolean;
  let holder: LazyPartHolder<FocusReading>;

  const hold = (load: () => Promise<FakePart>): LazyPartHolder<FocusReading> =>
    new LazyPartHolder({
      ...lazyParts.focus,
      name: 'focus',
      isNeeded: () => lazyParts.focus.isNeeded({ storageFolder, settings }),
      load,
      clock,
      log: new MemoryLog(),
    });

  beforeEach(async () => {
    storageFolder = await mkdtemp(path.join(tmpdir(), 'millrace-holder-'));
    settings = defaultSettings;
    clock = new ManualClock(1_700_000_000_000);
    parts = [];
    fail = false;
    holder = hold(() => {
      if (fail) {
        return Promise.reject(new Error('not now'));
      }
      const part = new FakePart();
      parts.push(part);
      return Promise.resolve(part);
    });
  });

  afterEach(async () => {
    holder.dispose();
    await rm(storageFolder, { recursive: true });
  });

  it('loads nothing where nobody has used focus sessions', async () => {
    await holder.look();
    await mkdir(path.join(storageFolder, 'restore'));
    await holder.look();
    assert.equal(parts.length, 0);
    assert.equal(holder.dashboardState(false), null);
    assert.equal(holder.status, undefined);
  });

  it('loads for a session that any window has had, and for what has to be undone', async () => {
    await writeFile(path.join(storageFolder, 'focus.json'), '{}');
    await holder.look();
    assert.equal(parts.length, 1);
    assert.ok(holder.isLoaded);

    await rm(path.join(storageFolder, 'focus.json'));
    await mkdir(path.join(storageFolder, 'restore'));
    await writeFile(path.join(storageFolder, 'restore/hosts.json'), '{}');
    const other = hold(() => Promise.resolve(new FakePart()));
    await other.look();
    assert.ok(other.isLoaded);
    other.dispose();
  });

  for (const isOn of [
    { companionIsOn: true },
    { proxyIsOn: true },
    { flowProtections: ['holdNotices'] },
  ] satisfies Partial<Settings>[]) {
    it(`loads once ${Object.keys(isOn).join()} is on`, async () => {
      await holder.look();
      assert.equal(parts.length, 0);
      settings = { ...defaultSettings, ...isOn };
      holder.settingsChanged();
      await waitFor('the part', () => holder.isLoaded);
      assert.equal(parts.length, 1);
    });
  }

  it('sees the first session of another window within seconds', async () => {
    holder.start();
    await writeFile(path.join(storageFolder, 'focus.json'), '{}');
    clock.advance(5_000);
    await waitFor('the part', () => holder.isLoaded);
  });

  it('loads for a command, a wish and a look at the dashboard, and once only', async () => {
    await holder.run('startFocus');
    await holder.wish({ wish: 'pause' });
    holder.refresh();
    await waitFor('the look', () => parts[0]?.ran.includes('refresh'));
    assert.deepEqual(parts[0]?.ran, ['startFocus', 'wish pause', 'refresh']);
    assert.equal(parts.length, 1);
    assert.equal(holder.dashboardState(false), parts[0].state);
  });

  it('hands on what the part tells', async () => {
    let changes = 0;
    let stores = 0;
    holder.onDidChange(() => (changes += 1));
    holder.onDidStore(() => (stores += 1));
    await holder.run('takeBreak');
    const before = changes;
    parts[0]?.changes.fire();
    parts[0]?.stores.fire();
    assert.deepEqual([changes - before, stores], [1, 1]);
  });

  it('tries again after a failure', async () => {
    fail = true;
    await assert.rejects(holder.run('startFocus'), /not now/);
    fail = false;
    await holder.run('startFocus');
    assert.equal(parts.length, 1);
  });

  it('ends the part with the window', async () => {
    await holder.run('startFocus');
    holder.dispose();
    assert.ok(parts[0]?.isDisposed);
  });
});
