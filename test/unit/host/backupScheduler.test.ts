import assert from 'node:assert/strict';
import { mkdir, readFile, utimes } from 'node:fs/promises';
import path from 'node:path';
import { BackupScheduler } from '../../../src/host/data/backup/backupScheduler.ts';
import type { DataSettings } from '../../../src/host/settings/settingTable.ts';
import { dataStateOf } from '../../../src/host/data/dataStates.ts';
import type { MadeBackup } from '../../../src/transfer/messages/backupMessages.ts';
import { leastGapMs, quietMs, retryPausesMs } from '../../../src/transfer/backup/backupSchedule.ts';
import { TransferError, type TransferFailure } from '../../../src/transfer/transferError.ts';
import { listSegments } from '../../../src/vault/folder/vaultListing.ts';
import { TestVault } from '../../support/testVault.ts';
import { TestFolders, transfer } from '../../support/transferPlace.ts';
import { minuteRecord } from '../../support/vaultRecords.ts';

const nowMs = Date.UTC(2026, 10, 21, 18);

describe('BackupKeeping', function () {
  this.timeout(60_000);
  const folders = new TestFolders();
  let vault: TestVault;
  let storage: string;
  let settings: DataSettings;
  let isReady: boolean;
  let failure: TransferFailure | undefined;
  let made: number;
  let pruned: number;
  let told: string[];
  let room: Pick<MadeBackup, 'madeRoom'>;

  beforeEach(async () => {
    vault = await TestVault.create(nowMs);
    storage = await folders.make();
    settings = { backupFolder: await folders.make(), backupSchedule: 'daily', syncFolder: '' };
    isReady = true;
    failure = undefined;
    made = 0;
    pruned = 0;
    told = [];
    room = {};
    await record(1);
  });

  afterEach(async () => {
    await vault.release();
    await folders.remove();
  });

  /** Somebody types for a minute, as any window may. */
  async function record(session: number): Promise<void> {
    const writer = vault.writer();
    await writer.append(minuteRecord(session, vault.clock.wallMs() / 60_000));
    await writer.close();
    // The file's own time is the real clock's, and its name begins with the writer's random id.
    const written = (await listSegments(vault.folder)).filter(
      ({ writerId }) => writerId === writer.writerId,
    );
    assert.equal(written.length, 1);
    const atSeconds = vault.clock.wallMs() / 1_000;
    for (const { file } of written) {
      await utimes(path.join(vault.segmentsFolder, file), atSeconds, atSeconds);
    }
  }

  const window = (): BackupScheduler =>
    new BackupScheduler({
      ...{ storage, vaultFolder: vault.folder, clock: vault.clock, log: vault.log },
      settings: () => settings,
      isReady: () => isReady,
      lastTypedMs: () => undefined,
      backUp: async (folder): Promise<MadeBackup> => {
        if (failure !== undefined) {
          throw new TransferError(failure, 'Not now');
        }
        made += 1;
        return { ...(await transfer(vault, 'backUp', { folder })), ...room };
      },
      prune: () => {
        pruned += 1;
        return Promise.resolve();
      },
      tell: (reason) => told.push(reason),
      clear: () => told.push('clear'),
    });

  it('backs up when millrace.backup.folder is set, once for all windows, and prunes', async () => {
    const one = window();
    const two = window();
    await Promise.all([one.tend(), two.tend()]);
    assert.equal(made, 1);
    assert.equal(pruned, 1);
    await two.read();
    assert.equal(two.state?.lastGoodMs, nowMs);
    assert.ok((two.state.lastVerifiedMs ?? 0) >= nowMs);
    assert.deepEqual(told, ['clear']);
  });

  it('leaves it to the person when backup.schedule is off, and does nothing without a folder', async () => {
    settings = { ...settings, backupSchedule: 'off' };
    const keeping = window();
    await keeping.tend();
    assert.equal(made, 0);
    await keeping.backUpNow(settings.backupFolder);
    assert.equal(made, 1);
    assert.equal(keeping.state?.lastGoodMs, nowMs);
    settings = { ...settings, backupFolder: '', backupSchedule: 'daily' };
    await keeping.tend();
    assert.equal(made, 1);
    assert.equal(keeping.state, undefined);
  });

  it('says of a backup for which others had to go that they went', async () => {
    room = { madeRoom: { removed: ['a.age', 'b.age'], kept: 7, ahead: [], isHeld: false } };
    await window().tend();
    assert.ok(
      vault.log.lines.some(
        ({ message, fields }) => message.includes('removed first') && fields?.['removed'] === 2,
      ),
    );
  });

  it('waits until the work is over', async () => {
    const keeping = window();
    await keeping.tend();
    vault.clock.advance(leastGapMs + 60_000);
    await record(2);
    await keeping.tend();
    assert.equal(made, 1);
    vault.clock.advance(quietMs);
    await keeping.tend();
    assert.equal(made, 2);
  });

  it('waits for a vault that is locked, which is no failure', async () => {
    isReady = false;
    const keeping = window();
    await keeping.tend();
    assert.deepEqual([made, told, keeping.state?.failures], [0, [], 0]);
  });

  it('tells once of a failing state, tries again quietly, and remembers since when', async () => {
    failure = 'full';
    const keeping = window();
    await keeping.tend();
    assert.deepEqual(told, ['full']);
    await keeping.tend();
    assert.equal(keeping.state?.failures, 1);
    for (const pauseMs of retryPausesMs) {
      vault.clock.advance(pauseMs);
      // Another window, or this one after it was loaded again.
      await window().tend();
    }
    assert.deepEqual(told, ['full']);
    await keeping.read();
    assert.equal(keeping.state.failures, 1 + retryPausesMs.length);
    assert.equal(keeping.state.failingSinceMs, nowMs);
    failure = undefined;
    vault.clock.advance(2 * 24 * 3_600_000);
    await keeping.tend();
    assert.deepEqual([made, told], [1, ['full', 'clear']]);
    assert.equal(keeping.state.failingSinceMs, null);
  });

  it('forgets what was wrong with another folder', async () => {
    failure = 'denied';
    const keeping = window();
    await keeping.tend();
    settings = { ...settings, backupFolder: await folders.make() };
    failure = undefined;
    await keeping.read();
    assert.deepEqual([keeping.state?.failures, keeping.state?.failure], [0, null]);
    vault.clock.advance(quietMs);
    await keeping.tend();
    assert.equal(made, 1);
    const kept = await readFile(path.join(storage, 'backup-state.json'), 'utf8');
    assert.ok(kept.includes(settings.backupFolder));
  });

  it('shows the dashboard the name of the folder, never its path', async () => {
    const folder = path.join(await folders.make(), 'deep', 'My backups');
    await mkdir(folder, { recursive: true });
    settings = { ...settings, backupFolder: folder, syncFolder: path.join(folder, 'Shared') };
    const keeping = window();
    await keeping.tend();
    const shown = dataStateOf({
      ...{ settings, backup: keeping.state, why: undefined, asksForKitCheck: false },
    });
    assert.equal(shown.backup?.folderName, 'My backups');
    assert.equal(shown.backup.lastMs, nowMs);
    assert.equal(shown.syncFolderName, 'Shared');
    assert.ok(!JSON.stringify(shown).includes('deep'));
  });
});
