import assert from 'node:assert/strict';
import { Emitter } from '../../../src/base/emitter.ts';
import type { LoadedPart } from '../../../src/host/lazy/lazyPart.ts';
import { LazyPartHolder } from '../../../src/host/lazy/lazyPartHolder.ts';
import { lazyParts } from '../../../src/host/lazyParts.ts';
import type { DataReading } from '../../../src/readings/dataReading.ts';
import type { Settings } from '../../../src/host/settings/settingTable.ts';
import { switchVault } from '../../../src/vault/folder/vaultLocation.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { rethrow } from '../../support/rethrow.ts';
import { TestFolders } from '../../support/transferPlace.ts';
import { defaultSettings } from '../../support/knownSettings.ts';

class FakePart implements LoadedPart<DataReading> {
  readonly changes = new Emitter<void>(rethrow);
  readonly ran: string[] = [];
  isDisposed = false;
  readonly onDidChange = this.changes.event;
  start(): Promise<void> {
    return Promise.resolve();
  }
  dashboardState(): DataReading {
    return { backup: null, syncFolderName: null, asksForKitCheck: false };
  }
  run(command: string): Promise<void> {
    this.ran.push(command);
    return Promise.resolve();
  }
  settingsChanged(): void {
    this.ran.push('settings');
  }
  dispose(): void {
    this.isDisposed = true;
  }
}

describe('the lazy data part', () => {
  const folders = new TestFolders();
  let storageFolder: string;
  let settings: Settings;
  let parts: FakePart[];
  let fail: boolean;
  let holder: LazyPartHolder<DataReading>;

  beforeEach(async () => {
    storageFolder = await folders.make();
    settings = defaultSettings;
    parts = [];
    fail = false;
    holder = new LazyPartHolder({
      ...lazyParts.data,
      name: 'data',
      isNeeded: () => lazyParts.data.isNeeded({ storageFolder, settings }),
      load: () => {
        if (fail) {
          return Promise.reject(new Error('not now'));
        }
        const part = new FakePart();
        parts.push(part);
        return Promise.resolve(part);
      },
      clock: new ManualClock(1_700_000_000_000),
      log: new MemoryLog(),
    });
  });

  afterEach(async () => {
    holder.dispose();
    await folders.remove();
  });

  it('loads nothing for who uses none of it', async () => {
    await holder.look();
    settings = { ...settings, backupFolder: '/backups', backupSchedule: 'off' };
    await holder.look();
    assert.deepEqual([parts.length, holder.dashboardState(false)], [0, null]);
  });

  for (const [what, changed] of [
    ['a backup folder', { backupFolder: '/backups' }],
    ['a sync folder', { syncFolder: '/shared' }],
  ] as const) {
    it(`loads the part once for ${what}`, async () => {
      settings = { ...settings, ...changed };
      await holder.look();
      await holder.look();
      assert.equal(parts.length, 1);
    });
  }

  it('loads it where a vault was restored, and goes with its window', async () => {
    await switchVault(storageFolder, '/old', '/new', 1);
    await holder.look();
    assert.equal(parts.length, 1);
    holder.dispose();
    assert.equal(parts[0]?.isDisposed, true);
  });

  it('loads it for a command, and again after it could not be loaded', async () => {
    fail = true;
    await assert.rejects(holder.run('exportData'), /not now/);
    fail = false;
    await holder.run('exportData');
    await holder.run('importData');
    assert.deepEqual(parts[0]?.ran, ['exportData', 'importData']);
  });
});
