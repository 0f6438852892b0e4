import assert from 'node:assert/strict';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { TransferError } from '../../../src/transfer/transferError.ts';
import { createSchema } from '../../../src/vault/database/schema.ts';
import { hashOfSchema, openForeign } from '../../../src/vault/database/foreignDatabase.ts';
import { ingest } from '../../../src/vault/database/ingest.ts';
import { schemaHashes, schemaVersion } from '../../../src/vault/database/migrations.ts';
import { newSnapshotName } from '../../../src/vault/folder/vaultListing.ts';
import { sealAsOwner } from '../../../src/vault/trust/ownerSeal.ts';
import { Database, loadSqlite, type Sqlite } from '../../../src/vault/sqlite/database.ts';
import { readDatabaseFile } from '../../../src/vault/sqlite/databaseFile.ts';
import { verifyVault } from '../../../src/vault/upkeep/verify.ts';
import { VaultError } from '../../../src/vault/vaultError.ts';
import { alterations } from '../../support/foreignDatabases.ts';
import { wasmPath } from '../../support/keeperBundle.ts';
import { TestVault } from '../../support/testVault.ts';
import { contentOf, TestFolders, transfer } from '../../support/transferPlace.ts';
import { minuteRecord, sessionRecord, testId } from '../../support/vaultRecords.ts';
import { trusting } from '../../support/trusting.ts';

const nowMs = Date.UTC(2026, 10, 21, 18, 30, 15);
const minute = Math.floor(nowMs / 60_000) - 60;
const present = { kind: 'present' } as const;

describe('the door for databases', function () {
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

  /** Sessions that are not in the vault, in a database of ours. */
  function database(): Database {
    const made = new Database(sqlite, undefined);
    made.execute(createSchema);
    const records = Array.from({ length: 43 }, (_, index) => minuteRecord(100 + index, minute));
    ingest(made, records, { dayStartHour: 4, dirtyDays: new Set() });
    return made;
  }

  const viewOf = (made: Database): string =>
    made.row("SELECT sql FROM sqlite_schema WHERE type = 'view'")?.text(0) ?? '';

  const altered = (alter: (typeof alterations)[string]): Uint8Array => {
    const made = database();
    try {
      return alter(made, sqlite);
    } finally {
      made.close();
    }
  };
  const content = async (): Promise<string> =>
    (await contentOf(vault.folder, vault.keyring())).sha256;
  const isRefused = (error: unknown): boolean => TransferError.is(error, 'damaged');

  it('knows the schema of the present version by its hash', () => {
    const made = database();
    for (const pageSizeBytes of [8192, 1024]) {
      made.execute(`PRAGMA page_size = ${pageSizeBytes}; VACUUM`);
      const bytes = made.export();
      const hash = hashOfSchema(readDatabaseFile(bytes).schema);
      assert.ok(schemaHashes.at(-1)?.includes(hash), `its hash is ${hash} now`);
      openForeign(sqlite, bytes).close();
    }
    assert.equal(schemaHashes.length, schemaVersion);
    made.close();
  });

  it('knows it where another engine worked out the powers of two in the view of minutes', () => {
    const made = database();
    const sql = viewOf(made);
    const others = sql
      .replace('1.542210825407941 ', '1.5422108254079407 ')
      .replace('1.6817928305074292 ', '1.681792830507429 ');
    assert.notEqual(others, sql);
    made.execute('DROP VIEW minutes');
    made.execute(others);
    openForeign(sqlite, made.export()).close();
    // Another number is another schema.
    made.execute('DROP VIEW minutes');
    made.execute(sql.replace('1.542210825407941 ', '1.542210835407941 '));
    assert.throws(() => openForeign(sqlite, made.export()), /what is in no vault/);
    made.close();
  });

  for (const [what, alter] of Object.entries(alterations)) {
    it(`lets nothing in that has ${what}, signed or not`, async () => {
      const before = await content();
      const bytes = altered(alter);
      assert.throws(
        () => openForeign(sqlite, bytes),
        (error) => VaultError.is(error, 'damaged'),
      );
      // As a backup, and as one more snapshot that is merged or restored from.
      const backups = await folders.make();
      const storage = await folders.make();
      const backup = path.join(backups, 'altered.age');
      await writeFile(backup, sealAsOwner(vault.keyring(), 'backup', bytes));
      await assert.rejects(
        transfer(vault, 'restoreAsNew', {
          from: backup,
          key: present,
          storage,
          protector: null,
          vault: testId(99),
        }),
        isRefused,
      );
      assert.deepEqual(await readdir(path.join(storage, 'vaults')), []);
      await assert.rejects(
        transfer(vault, 'mergeBackup', { from: backup, key: present }),
        isRefused,
      );
      // Among the files of another device.
      const shared = await folders.make();
      const other = path.join(shared, 'millrace-00000000', testId(7));
      await mkdir(other, { recursive: true });
      const month = path.join(other, '2026-11.age');
      await writeFile(month, sealAsOwner(vault.keyring(), 'month', bytes));
      const synced = await transfer(vault, 'sync', { folder: shared, storage });
      assert.deepEqual(
        synced.unread.map(({ file, reason }) => [file, reason]),
        [[`${testId(7)}/2026-11.age`, 'refused']],
      );
      // As what it is, and as a file to import.
      for (const plain of [bytes, sealAsOwner(vault.keyring(), 'backup', bytes)]) {
        const file = path.join(backups, 'import');
        await writeFile(file, plain);
        await assert.rejects(
          transfer(vault, 'import', { file }),
          (error) => TransferError.is(error, 'notOurs') || isRefused(error),
        );
      }
      assert.equal(await content(), before);
      // In the vault itself, where it would become the base of everything as the largest snapshot.
      const name = newSnapshotName(nowMs + 1);
      const snapshot = path.join(vault.folder, 'snapshots', name);
      await mkdir(path.dirname(snapshot), { recursive: true });
      await writeFile(snapshot, sealAsOwner(vault.keyring(), 'snapshot', bytes));
      const ledger = await vault.ledger();
      assert.equal(ledger.unreadableFiles, 1);
      assert.equal(await content(), before);
      const report = await verifyVault(vault.folder, trusting(vault.keyring()), sqlite);
      assert.deepEqual(
        report.files.filter(({ state }) => state !== 'whole').map(({ file }) => file),
        [name],
      );
      await rm(snapshot);
    });
  }

  it('reads no row of pages that lead to themselves, which would never end', async () => {
    const made = database();
    const root = made.row("SELECT rootpage FROM sqlite_schema WHERE name = 'sessions'")?.number(0);
    assert.ok(root !== undefined);
    const bytes = Buffer.from(made.export());
    made.close();
    const start = (root - 1) * 8192;
    bytes.writeUInt8(5, start);
    bytes.writeUInt16BE(500, start + 3);
    bytes.writeUInt32BE(root, start + 8);
    for (let cell = 0; cell < 500; cell++) {
      const offset = 8187 - 5 * cell;
      bytes.writeUInt16BE(offset, start + 12 + 2 * cell);
      bytes.writeUInt32BE(root, start + offset);
      bytes.writeUInt8(1, start + offset + 4);
    }
    const before = await content();
    const backup = path.join(await folders.make(), 'endless.age');
    await writeFile(backup, sealAsOwner(vault.keyring(), 'backup', bytes));
    const storage = await folders.make();
    const asNew = { from: backup, key: present, storage, protector: null, vault: testId(99) };
    await assert.rejects(transfer(vault, 'restoreAsNew', asNew), isRefused);
    await assert.rejects(transfer(vault, 'mergeBackup', { from: backup, key: present }), isRefused);
    const shared = await folders.make();
    const other = path.join(shared, 'millrace-00000000', testId(7));
    await mkdir(other, { recursive: true });
    await writeFile(path.join(other, '2026-11.age'), sealAsOwner(vault.keyring(), 'month', bytes));
    for (const round of ['the first', 'the next, which does not open it again']) {
      const synced = await transfer(vault, 'sync', { folder: shared, storage });
      assert.deepEqual(
        synced.unread.map(({ reason }) => reason),
        ['refused'],
        round,
      );
    }
    assert.equal(await content(), before);
  });
});
