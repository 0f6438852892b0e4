import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Emitter } from '../../../src/base/emitter.ts';
import { FocusGateway, type LoadedFocus } from '../../../src/host/focus/focusGateway.ts';
import type { FocusSettings } from '../../../src/host/settings/settingTable.ts';
import { composeFocusState } from '../../../src/host/focus/focusDashboard.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { rethrow } from '../../support/rethrow.ts';
import { waitFor } from '../../support/waitFor.ts';
import { defaultSettings } from '../../support/knownSettings.ts';

class FakePart implements LoadedFocus {
  readonly changes = new Emitter<void>(rethrow);
  readonly stores = new Emitter<void>(rethrow);
  readonly ran: string[] = [];
  isDisposed = false;
  readonly view = undefined;
  readonly onDidChange = this.changes.event;
  readonly onDidStore = this.stores.event;
  readonly dashboardState = composeFocusState({
    view: undefined,
    settings: defaultSettings,
    blockedSites: 0,
    blockedApps: 0,
    ways: [],
    isBlocking: false,
    week: undefined,
  });
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

describe('FocusGateway', () => {
  let storageFolder: string;
  let settings: FocusSettings;
  let clock: ManualClock;
  let parts: FakePart[];
  let fail: boolean;
  let gateway: FocusGateway;

  beforeEach(async () => {
    storageFolder = await mkdtemp(path.join(tmpdir(), 'millrace-gateway-'));
    settings = defaultSettings;
    clock = new ManualClock(1_700_000_000_000);
    parts = [];
    fail = false;
    gateway = new FocusGateway({
      storageFolder,
      settings: () => settings,
      load: () => {
        if (fail) {
          return Promise.reject(new Error('not now'));
        }
        const part = new FakePart();
        parts.push(part);
        return Promise.resolve(part);
      },
      clock,
      log: new MemoryLog(),
    });
  });

  afterEach(async () => {
    gateway.dispose();
    await rm(storageFolder, { recursive: true });
  });

  it('loads nothing where nobody has used focus sessions', async () => {
    await gateway.look();
    await mkdir(path.join(storageFolder, 'restore'));
    await gateway.look();
    assert.equal(parts.length, 0);
    assert.equal(gateway.dashboardState, null);
    assert.equal(gateway.view, undefined);
  });

  it('loads for a session that any window has had, and for what has to be undone', async () => {
    await writeFile(path.join(storageFolder, 'focus.json'), '{}');
    await gateway.look();
    assert.equal(parts.length, 1);
    assert.ok(gateway.isLoaded);

    await rm(path.join(storageFolder, 'focus.json'));
    await mkdir(path.join(storageFolder, 'restore'));
    await writeFile(path.join(storageFolder, 'restore/hosts.json'), '{}');
    const other = new FocusGateway({
      storageFolder,
      settings: () => settings,
      load: () => Promise.resolve(new FakePart()),
      clock,
      log: new MemoryLog(),
    });
    await other.look();
    assert.ok(other.isLoaded);
    other.dispose();
  });

  for (const isOn of [
    { companionIsOn: true },
    { proxyIsOn: true },
    { flowProtections: ['holdNotices'] },
  ] satisfies Partial<FocusSettings>[]) {
    it(`loads once ${Object.keys(isOn).join()} is on`, async () => {
      await gateway.look();
      assert.equal(parts.length, 0);
      settings = { ...defaultSettings, ...isOn };
      gateway.settingsChanged();
      await waitFor('the part', () => gateway.isLoaded);
      assert.equal(parts.length, 1);
    });
  }

  it('sees the first session of another window within seconds', async () => {
    gateway.start();
    await writeFile(path.join(storageFolder, 'focus.json'), '{}');
    clock.advance(5_000);
    await waitFor('the part', () => gateway.isLoaded);
  });

  it('loads for a command, a wish and a look at the dashboard, and once only', async () => {
    await gateway.run('startFocus');
    await gateway.wish({ wish: 'pause' });
    gateway.refresh();
    await waitFor('the look', () => parts[0]?.ran.includes('refresh'));
    assert.deepEqual(parts[0]?.ran, ['startFocus', 'wish pause', 'refresh']);
    assert.equal(parts.length, 1);
    assert.equal(gateway.dashboardState, parts[0].dashboardState);
  });

  it('hands on what the part tells', async () => {
    let changes = 0;
    let stores = 0;
    gateway.onDidChange(() => (changes += 1));
    gateway.onDidStore(() => (stores += 1));
    await gateway.run('takeBreak');
    const before = changes;
    parts[0]?.changes.fire();
    parts[0]?.stores.fire();
    assert.deepEqual([changes - before, stores], [1, 1]);
  });

  it('tries again after a failure', async () => {
    fail = true;
    await assert.rejects(gateway.run('startFocus'), /not now/);
    fail = false;
    await gateway.run('startFocus');
    assert.equal(parts.length, 1);
  });

  it('ends the part with the window', async () => {
    await gateway.run('startFocus');
    gateway.dispose();
    assert.ok(parts[0]?.isDisposed);
  });
});
