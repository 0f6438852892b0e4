import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { TransferError } from '../../../src/transfer/transferError.ts';
import { storedKinds } from '../../../src/readings/storedReading.ts';
import { createSchema } from '../../../src/vault/database/schema.ts';
import { loadStoredKinds, loadStoredPage } from '../../../src/vault/history/storedRecords.ts';
import { newSnapshotName } from '../../../src/vault/folder/vaultListing.ts';
import { sealAsOwner } from '../../../src/vault/trust/ownerSeal.ts';
import { Database, loadSqlite, type Sqlite } from '../../../src/vault/sqlite/database.ts';
import { verifyVault } from '../../../src/vault/upkeep/verify.ts';
import { wasmPath } from '../../support/keeperBundle.ts';
import { fillWithEachKind, poisons } from '../../support/poisonRows.ts';
import { TestVault } from '../../support/testVault.ts';
import { contentOf, TestFolders, transfer } from '../../support/transferPlace.ts';
import { minuteRecord, sessionRecord, testId } from '../../support/vaultRecords.ts';
import { newLedger, trusting } from '../../support/trusting.ts';

const nowMs = Date.UTC(2026, 10, 21, 18, 30, 15);
const minute = Math.floor(nowMs / 60_000) - 60;
const present = { kind: 'present' } as const;

describe('rows that nothing writes', function () {
  this.timeout(120_000);
  const folders = new TestFolders();
  let sqlite: Sqlite;
  let vault: TestVault;

  before(async () => {
    sqlite = await loadSqlite(wasmPath);
  });
  beforeEach(async () => {
    vault = await TestVault.create(nowMs);
    await vault.record(sessionRecord(1, nowMs - 60_000, nowMs), minuteRecord(1, minute));
  });
  afterEach(async () => {
    await vault.release();
    await folders.remove();
  });

  async function poisoned(...statements: readonly string[]): Promise<Uint8Array> {
    const database = new Database(sqlite, undefined);
    try {
      database.execute(createSchema);
      await fillWithEachKind(database, minute);
      statements.forEach((sql) => {
        database.execute(sql);
      });
      return database.export();
    } finally {
      database.close();
    }
  }
  const content = async (): Promise<string> =>
    (await contentOf(vault.folder, vault.keyring())).sha256;

  /** Puts a file among those of another device. @returns the folder and where this device keeps its own */
  async function synced(
    bytes: Uint8Array,
  ): Promise<{ folder: string; storage: string; accepts: 'all' }> {
    const folder = await folders.make();
    const other = path.join(folder, 'millrace-00000000', testId(7));
    await mkdir(other, { recursive: true });
    await writeFile(path.join(other, '2026-11.age'), sealAsOwner(vault.keyring(), 'month', bytes));
    return { folder, storage: await folders.make(), accepts: 'all' };
  }

  it('are told from sound ones', async () => {
    const report = await transfer(vault, 'sync', await synced(await poisoned()));
    assert.deepEqual(report.unread, []);
    assert.equal(report.added['sessions'], 2);
  });

  for (const [what, sql] of Object.entries(poisons)) {
    it(`are refused with all that they come with: ${what}`, async () => {
      const before = await content();
      const bytes = await poisoned(sql);
      const report = await transfer(vault, 'sync', await synced(bytes));
      assert.deepEqual(
        report.unread.map(({ reason }) => reason),
        ['refused'],
      );
      assert.equal(report.merged, 0);
      const backup = path.join(await folders.make(), 'poisoned.age');
      await writeFile(backup, sealAsOwner(vault.keyring(), 'backup', bytes));
      await assert.rejects(
        transfer(vault, 'mergeBackup', { from: backup, key: present }),
        (error) => TransferError.is(error, 'damaged'),
      );
      assert.equal(await content(), before);
      // A new vault harms nothing that is there: it gets the rest, and the person is told that it is not all.
      const restored = await transfer(vault, 'restoreAsNew', {
        from: backup,
        key: present,
        storage: await folders.make(),
        protector: null,
        vault: testId(99),
      });
      assert.deepEqual(
        restored.missing.map(({ file }) => file),
        ['poisoned.age'],
      );
      await works(restored.folder);
    });
  }

  // A series that is none no version ever took in.
  const couldGetIn = Object.entries(poisons).filter(([what]) => !what.includes('whose minutes'));
  for (const [what, sql] of couldGetIn) {
    it(`spoil nothing where they are in the vault already: ${what}`, async () => {
      await mkdir(path.join(vault.folder, 'snapshots'), { recursive: true });
      const names = [newSnapshotName(nowMs - 2), newSnapshotName(nowMs - 1)];
      // One is what everything is read from, the other is united with it.
      for (const [index, statements] of [[sql], [sql, 'DELETE FROM templates']].entries()) {
        await writeFile(
          path.join(vault.folder, 'snapshots', names[index] ?? ''),
          sealAsOwner(vault.keyring(), 'snapshot', await poisoned(...statements)),
        );
      }
      await works(vault.folder);
    });
  }

  /** Everything that a person can do with a vault does what it says. */
  async function works(folder: string): Promise<void> {
    const place = { folder };
    const target = await folders.make();
    for (const format of ['json', 'csv', 'sqlite'] as const) {
      await transfer(
        vault,
        'export',
        { target: path.join(target, format), format, replaces: false, days: null },
        place,
      );
    }
    const ledger = newLedger({ folder, keyring: vault.keyring(), sqlite, log: vault.log });
    try {
      await ledger.refresh();
      loadStoredKinds(ledger.database);
      for (const kind of storedKinds) {
        loadStoredPage(ledger.database, { kind, beforeMs: null });
      }
    } finally {
      ledger.dispose();
    }
    const made = await transfer(vault, 'backUp', { folder: target }, place);
    assert.equal(made.leftOut, 0);
    const asNew = {
      from: path.join(target, made.file),
      ...{ key: present, protector: null, vault: testId(99), storage: await folders.make() },
    };
    const restored = await transfer(vault, 'restoreAsNew', asNew);
    const lost = made.counts['sessions'] === restored.counts['sessions'] ? 0 : 1;
    assert.ok(restored.missing.length >= lost, 'what is not in it is told');
    await transfer(vault, 'sync', { folder: await folders.make(), storage: target }, place);
    const all = {
      selection: { what: 'everything' as const },
      ...{ backupFolders: [target], sync: null, storage: null },
    };
    const { ids } = await transfer(vault, 'planErase', all, place);
    const erased = await transfer(vault, 'erase', { ...all, ids }, place);
    assert.ok(erased.isComplete, JSON.stringify(erased.unreached));
    const { counts } = await contentOf(folder, vault.keyring());
    for (const table of ['sessions', 'focus_sessions', 'feedback']) {
      assert.equal(counts[table], 0, table);
    }
    const report = await verifyVault(folder, trusting(vault.keyring()), sqlite);
    assert.ok(report.isWhole);
  }
});
