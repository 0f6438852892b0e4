import assert from 'node:assert/strict';
import { Emitter } from '../../../src/base/emitter.ts';
import { DataGateway, type LoadedData } from '../../../src/host/data/dataGateway.ts';
import type { DataSettings } from '../../../src/host/settings/settingTable.ts';
import { switchVault } from '../../../src/transfer/copies/vaultLocation.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { rethrow } from '../../support/rethrow.ts';
import { TestFolders } from '../../support/transferPlace.ts';
import { defaultSettings } from '../../support/knownSettings.ts';

class FakePart implements LoadedData {
  readonly changes = new Emitter<void>(rethrow);
  readonly ran: string[] = [];
  isDisposed = false;
  readonly onDidChange = this.changes.event;
  readonly trouble = undefined;
  readonly dashboardState = { backup: null, syncFolderName: null, asksForKitCheck: false };
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

describe('DataGateway', () => {
  const folders = new TestFolders();
  let storageFolder: string;
  let settings: DataSettings;
  let parts: FakePart[];
  let fail: boolean;
  let gateway: DataGateway;

  beforeEach(async () => {
    storageFolder = await folders.make();
    settings = defaultSettings;
    parts = [];
    fail = false;
    gateway = new DataGateway({
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
      clock: new ManualClock(1_700_000_000_000),
      log: new MemoryLog(),
    });
  });

  afterEach(async () => {
    gateway.dispose();
    await folders.remove();
  });

  it('loads nothing for who uses none of it', async () => {
    await gateway.look();
    settings = { ...settings, backupFolder: '/backups', backupSchedule: 'off' };
    await gateway.look();
    assert.deepEqual([parts.length, gateway.dashboardState], [0, null]);
  });

  for (const [what, changed] of [
    ['a backup folder', { backupFolder: '/backups' }],
    ['a sync folder', { syncFolder: '/shared' }],
  ] as const) {
    it(`loads the part once for ${what}`, async () => {
      settings = { ...settings, ...changed };
      await gateway.look();
      await gateway.look();
      assert.equal(parts.length, 1);
    });
  }

  it('loads it where a vault was restored, and goes with its window', async () => {
    await switchVault(storageFolder, '/old', '/new', 1);
    await gateway.look();
    assert.equal(parts.length, 1);
    gateway.dispose();
    assert.equal(parts[0]?.isDisposed, true);
  });

  it('loads it for a command, and again after it could not be loaded', async () => {
    fail = true;
    await assert.rejects(gateway.run('exportData'), /not now/);
    fail = false;
    await gateway.run('exportData');
    await gateway.run('importData');
    assert.deepEqual(parts[0]?.ran, ['exportData', 'importData']);
  });
});
