import assert from 'node:assert/strict';
import path from 'node:path';
import { VaultWatcher, type CaughtUp } from '../../../src/host/vault/vaultWatcher.ts';
import { findVaultFolder } from '../../../src/host/vault/vaultPlace.ts';
import { readVaultLocation } from '../../../src/vault/folder/vaultLocation.ts';
import { writeFile } from 'node:fs/promises';
import { TestVault } from '../../support/testVault.ts';
import { contentOf, TestFolders, transfer } from '../../support/transferPlace.ts';
import { minuteRecord, testId } from '../../support/vaultRecords.ts';

const nowMs = Date.now();
const minute = Math.floor(nowMs / 60_000);

describe('VaultFollowing', function () {
  this.timeout(120_000);
  const folders = new TestFolders();
  let old: TestVault;
  let storage: string;
  let memory: Map<string, CaughtUp>;
  let left: number;

  beforeEach(async () => {
    old = await TestVault.create(nowMs);
    storage = await folders.make();
    memory = new Map();
    left = 0;
  });

  afterEach(async () => {
    await old.release();
    await folders.remove();
  });

  const windowIn = (vaultFolder: string, configured = () => old.folder): VaultWatcher =>
    new VaultWatcher({
      ...{ storage, vaultFolder, clock: old.clock, log: old.log },
      configuredFolder: configured,
      isReady: () => true,
      merge: async (from, sinceMs) => {
        const changes = { folder: vaultFolder, keyring: old.keyring() };
        await transfer(old, 'mergeSince', { from, sinceMs }, changes);
      },
      memory: {
        get: (key, otherwise) => memory.get(key) ?? otherwise,
        update: (key, value) => {
          memory.set(key, value);
          return Promise.resolve();
        },
      },
      onLeft: () => {
        left += 1;
      },
    });

  const record = async (session: number, atMinute: number): Promise<void> => {
    const writer = old.writer();
    await writer.append(minuteRecord(session, atMinute));
    await writer.close();
  };

  const sessionsIn = async (folder: string): Promise<number | undefined> =>
    (await contentOf(folder, old.keyring())).counts['sessions'];

  /** Restores a backup of the vault as it is now beside it. */
  async function restore(): Promise<string> {
    const backups = await folders.make();
    const { file } = await transfer(old, 'backUp', { folder: backups });
    const { folder } = await transfer(old, 'restoreAsNew', {
      ...{ from: path.join(backups, file), key: { kind: 'present' }, storage, protector: null },
      vault: testId(99),
    });
    return folder;
  }

  it('lets a window that has the earlier vault know, and loses nothing that it still records', async () => {
    await record(1, minute - 5_000);
    const behind = windowIn(old.folder);
    await behind.look();
    assert.equal(left, 0);
    const restored = await restore();
    await behind.look();
    assert.equal(left, 1);
    await record(2, minute + 1);
    const ahead = windowIn(restored);
    await ahead.look();
    assert.equal(left, 1);
    assert.equal(ahead.earlier[0]?.folder, old.folder);
    assert.equal(await sessionsIn(restored), 2);
    // Not only at the start: what comes later is brought over later.
    await record(3, minute + 2);
    old.clock.advance(2 * 3_600_000);
    await ahead.look();
    assert.equal(await sessionsIn(restored), 3);
  });

  it('brings over nothing that was left out on purpose', async () => {
    await record(1, minute - 5_000);
    const restored = await restore();
    // As if it had been there before the switch and not been in the backup.
    await record(2, minute - 4_000);
    await windowIn(restored).look();
    assert.equal(await sessionsIn(restored), 1);
  });

  it('keeps vaults apart whose folders the setting named one after the other', async () => {
    await record(1, minute - 5_000);
    const restored = await restore();
    const other = await TestVault.create(nowMs);
    try {
      const backups = await folders.make();
      const { file } = await transfer(other, 'backUp', { folder: backups });
      const second = await transfer(other, 'restoreAsNew', {
        ...{ from: path.join(backups, file), key: { kind: 'present' }, storage, protector: null },
        vault: testId(99),
      });
      assert.deepEqual(findVaultFolder(storage, old.folder), { folder: restored });
      assert.deepEqual(findVaultFolder(storage, other.folder), { folder: second.folder });
      const window = windowIn(restored);
      await window.look();
      assert.equal(left, 0, 'another vault was restored, and not this one');
      assert.deepEqual(
        window.earlier.map(({ folder }) => folder),
        [old.folder],
      );
      // The setting names the other one now: that is another vault, whichever is restored last.
      const changed = windowIn(restored, () => other.folder);
      await changed.look();
      assert.equal(left, 1);
      const third = await restore();
      await window.look();
      assert.equal(left, 2);
      assert.equal(findVaultFolder(storage, old.folder).folder, third);
      assert.equal(findVaultFolder(storage, other.folder).folder, second.folder);
    } finally {
      await other.release();
    }
  });

  it('opens the vault that was restored, and makes none where nobody can tell which it is', async () => {
    const inStorage = path.join(storage, 'vault');
    assert.deepEqual(findVaultFolder(storage, ''), { folder: inStorage });
    await record(1, minute - 5_000);
    const restored = await restore();
    assert.deepEqual(findVaultFolder(storage, old.folder), { folder: restored });
    // The setting names another folder than the one that was left.
    const other = await folders.make();
    assert.deepEqual(findVaultFolder(storage, other), { folder: other });
    assert.ok(await readVaultLocation(storage));
    await writeFile(path.join(storage, 'vault-location.json'), '{"torn');
    assert.equal(findVaultFolder(storage, old.folder).refusal?.reason, 'unusable');
  });
});
