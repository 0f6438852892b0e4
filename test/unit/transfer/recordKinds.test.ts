import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { erasableKinds, storedKinds } from '../../../src/readings/storedReading.ts';
import { digestContent } from '../../../src/vault/database/contentDigest.ts';
import { erasureOf, selectRecords } from '../../../src/transfer/erase/eraseSelection.ts';
import { isStored } from '../../../src/transfer/records/recordKinds.ts';
import { formatDay } from '../../../src/facts/localDay.ts';
import { readDamagedSnapshot } from '../../../src/vault/database/damagedDatabase.ts';
import { ingest, ingestDatabase, ingestSessions } from '../../../src/vault/database/ingest.ts';
import { recordsOf } from '../../../src/vault/database/recordsOf.ts';
import { createSchema } from '../../../src/vault/database/schema.ts';
import { openSnapshot } from '../../../src/vault/database/snapshot.ts';
import { KeyFileProtector } from '../../../src/vault/protectors/keyFileProtector.ts';
import { sealAge } from '../../../src/vault/age/ageStream.ts';
import { loadStoredKinds, loadStoredPage } from '../../../src/vault/history/storedRecords.ts';
import { readRecord } from '../../../src/vault/kinds/loneRows.ts';
import {
  keysOf,
  type LoneRecord,
  type LoneTable,
  type LoneType,
  type RecordCodec,
  type RecordForm,
} from '../../../src/vault/kinds/recordKind.ts';
import { recordCodecs, recordForms, recordTables } from '../../../src/vault/kinds/registry.ts';
import type { TombstoneRecord, VaultRecord } from '../../../src/vault/record.ts';
import { decodeRecord, encodeRecord } from '../../../src/vault/segments/recordCodec.ts';
import { Database, loadSqlite, type Sqlite } from '../../../src/vault/sqlite/database.ts';
import { englishStrings } from '../../../src/webview/shared/englishStrings.ts';
import { wasmPath } from '../../support/keeperBundle.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { repositoryRoot } from '../../support/repositoryRoot.ts';
import { Desk } from '../../support/transferDesk.ts';
import { contentOf, TestFolders, transfer } from '../../support/transferPlace.ts';
import { TestVault } from '../../support/testVault.ts';
import { anyRecordOf, openKeyring } from '../../support/vaultTools.ts';
import { newLedger, trusting } from '../../support/trusting.ts';

const nowMs = Date.UTC(2026, 10, 21, 12);
const options = { dayStartHour: 4, dirtyDays: new Set<number>() };
const types = keysOf(recordCodecs);
const loneTypes = keysOf(recordForms);

/** What deletes a record; nothing deletes a tombstone. */
function deletionOf(record: VaultRecord): TombstoneRecord | undefined {
  const codec: RecordCodec<VaultRecord> = recordCodecs[record.type];
  const id = codec.deletedBy(record);
  return id === undefined ? undefined : { type: 'tombstone', id, deletedMs: 1 };
}

/** Some records of a kind, the same in every run. A session is no longer than an export takes, and ends after it began. */
function someOf(type: VaultRecord['type'], count: number): VaultRecord[] {
  const records: fc.Arbitrary<VaultRecord> = anyRecordOf[type];
  return fc
    .sample(records, { numRuns: count, seed: recordCodecs[type].number })
    .map((record) =>
      record.type === 'session' ? { ...record, endMs: record.startMs + 60_000 } : record,
    );
}

/** One record of each kind that has a table. */
function oneOfEach(): VaultRecord[] {
  return types.flatMap((type) => {
    const [record] = someOf(type, 1);
    assert.ok(record !== undefined);
    return record.type === 'minute' ? [] : [record];
  });
}

describe('every kind of record', function () {
  this.timeout(120_000);
  let sqlite: Sqlite;
  const folders = new TestFolders();
  const opened: Database[] = [];
  const vaults: TestVault[] = [];

  before(async () => {
    sqlite = await loadSqlite(wasmPath);
  });

  afterEach(async () => {
    for (const database of opened.splice(0)) {
      database.close();
    }
    for (const vault of vaults.splice(0)) {
      await vault.release();
    }
    await folders.remove();
  });

  function databaseOf(...batches: readonly (readonly VaultRecord[])[]): Database {
    const database = new Database(sqlite, undefined);
    opened.push(database);
    database.execute(createSchema);
    for (const batch of batches) {
      ingest(database, batch, options);
    }
    return database;
  }

  async function vaultOf(records: readonly VaultRecord[], like?: TestVault): Promise<TestVault> {
    const vault = await TestVault.create(nowMs, like?.identity);
    vaults.push(vault);
    const writer = vault.writer();
    await writer.append(...records);
    await writer.close();
    return vault;
  }

  it('has a number of its own', () => {
    const numbers = types.map((type) => recordCodecs[type].number);
    assert.equal(new Set(numbers).size, numbers.length);
  });

  for (const type of types) {
    describe(`: ${type}`, () => {
      it('comes out of its bytes as it went in', () => {
        const records: fc.Arbitrary<VaultRecord> = anyRecordOf[type];
        fc.assert(
          fc.property(records, (record) => {
            const bytes = encodeRecord(record);
            assert.equal(bytes[0], recordCodecs[type].number);
            assert.deepEqual(decodeRecord(bytes), record);
          }),
        );
      });

      it('gives the same rows in any order and any number of times, read at once or united', () => {
        const records: fc.Arbitrary<VaultRecord> = anyRecordOf[type];
        const two = fc.tuple(records, records, fc.boolean()).map(([one, other, isSame]) =>
          // Two tellings of one thing, where a kind is told more than once.
          isSame && isToldAgain(one) && 'id' in one
            ? [one, { ...other, id: one.id }]
            : [one, other],
        );
        fc.assert(
          fc.property(two, (list) => {
            const backwards = list.toReversed();
            const expected = digestContent(databaseOf(list));
            assert.deepEqual(digestContent(databaseOf(backwards, list)), expected);
            const united = databaseOf(backwards.slice(0, 1));
            ingestDatabase(united, databaseOf(backwards.slice(1)), options);
            assert.deepEqual(digestContent(united), expected);
          }),
          { numRuns: 8 },
        );
      });

      it('is gone for ever once it was deleted, whichever is told first', () => {
        for (const record of someOf(type, 2)) {
          const deletion = deletionOf(record);
          if (deletion === undefined) {
            assert.equal(type, 'tombstone');
            continue;
          }
          const expected = digestContent(databaseOf([deletion]));
          assert.notDeepEqual(digestContent(databaseOf([record])).counts, expected.counts);
          for (const order of [
            [record, deletion],
            [deletion, record],
            [record, deletion, record],
          ]) {
            const one = databaseOf(...order.map((each) => [each]));
            assert.deepEqual(digestContent(one), expected);
            assert.deepEqual(recordsOf(one, deletion.id), []);
            ingestDatabase(one, databaseOf([record]), options);
            assert.deepEqual(digestContent(one), expected);
          }
        }
      });
    });
  }

  for (const type of loneTypes) {
    describe(`: ${type}, a row each`, () => {
      const table: LoneTable<LoneRecord> = recordTables[type];
      const form: RecordForm<LoneRecord> = recordForms[type];

      it('comes out of its row as it went in', () => {
        for (const record of someOf(type, 8).filter(isLone)) {
          const told = readRecord(databaseOf([record]), table, record.id);
          assert.ok(told !== undefined);
          assert.deepEqual(readRecord(databaseOf([told]), table, record.id), told);
          if (table.uniting === undefined) {
            assert.deepEqual(told, record);
          }
          const expected = type === 'tombstone' ? [] : [told];
          assert.deepEqual(recordsOf(databaseOf([record]), record.id), expected);
        }
      });

      it('says when it was in one way everywhere', () => {
        const codec: RecordCodec<VaultRecord> = recordCodecs[type];
        for (const record of someOf(type, 8).filter(isLone)) {
          const database = databaseOf([record]);
          const told = readRecord(database, table, record.id);
          assert.ok(told !== undefined);
          const row = database.row(
            `SELECT ${table.startMs}, ${table.endMs}, ${table.zoneOffsetMinutes} FROM ${table.name}`,
          );
          const [startMs, zoneOffsetMinutes] = form.timeOf(told);
          assert.deepEqual(
            [row?.number(0), row?.number(1), row?.number(2)],
            [startMs, codec.timeOf(told), zoneOffsetMinutes ?? 0],
          );
        }
        assert.equal(table.monthColumn, type === 'tombstone' ? undefined : table.startMs);
        assert.equal(table.reach === undefined || table.boundKeys.includes(table.reach.key), true);
      });

      it('has a form in an export that gives the record back, and a column for each value', () => {
        const schema = form.schema();
        for (const record of someOf(type, 8).filter(isLone)) {
          const told = readRecord(databaseOf([record]), table, record.id);
          assert.ok(told !== undefined);
          const json = form.toJson(told, (wallMs) => new Date(wallMs).toISOString());
          const parsed = v.parse(schema, JSON.parse(JSON.stringify(json)));
          assert.deepEqual(parsed, told);
          for (const name of Object.keys(json)) {
            assert.ok(
              form.columns.some((column) => column === name || column.startsWith(`${name}.`)),
              name,
            );
          }
        }
      });
    });
  }

  it('is counted and shown, each of its fields with a word', () => {
    const texts: Readonly<Record<string, string>> = englishStrings;
    const records = oneOfEach();
    const database = databaseOf(records);
    for (const kind of storedKinds) {
      const entry = loadStoredKinds(database).find((each) => each.kind === kind);
      const page = loadStoredPage(database, { kind, beforeMs: null });
      const id = records.find((record) => record.type === kind && 'id' in record);
      assert.equal(entry?.records, 1, kind);
      assert.ok(entry.bytes > 0 && entry.firstMs !== null, kind);
      assert.deepEqual(
        page.records.map((record) => record.id),
        [id !== undefined && 'id' in id ? id.id : ''],
      );
      assert.ok(texts[`stored.kind.${kind}`] !== undefined);
      assert.ok(texts[`stored.about.${kind}`] !== undefined);
      for (const { name } of page.records.flatMap(({ fields }) => fields)) {
        assert.ok(texts[`stored.field.${name}`] !== undefined, `a word for ${name}`);
      }
    }
    const ledger = newLedger({ folder: '', keyring: [], sqlite, log: new MemoryLog() });
    ledger.take(records);
    assert.equal(ledger.countRecords(), records.length);
    ledger.dispose();
  });

  it('is erased with its day, its kind or everything', () => {
    for (const kind of erasableKinds) {
      const [record] = someOf(kind, 1);
      assert.ok(record !== undefined && 'id' in record);
      const database = databaseOf([record]);
      const [{ days: [first, last] } = { days: [0, 0] }] = selectRecords(
        database,
        { what: 'everything' },
        () => {},
      );
      const nearby = { from: formatDay(first), to: formatDay(last) };
      const before = { from: formatDay(first - 2), to: formatDay(first - 1) };
      const found = (selection: Parameters<typeof selectRecords>[1]) =>
        [...selectRecords(database, selection, () => {})].map(({ id }) => id);
      const isOfDay = recordTables[kind].isOfDay;
      assert.deepEqual(found({ what: 'days', ...nearby }), isOfDay ? [record.id] : [], kind);
      assert.deepEqual(found({ what: 'days', ...before }), [], kind);
      assert.deepEqual(found({ what: 'kind', kind }), [record.id]);
      const erasure = erasureOf(database, [record.id], { what: 'kind', kind }, nowMs);
      ingest(database, erasure, options);
      assert.equal(isStored(database, record.id), false, kind);
    }
  });

  it('is read out of a snapshot of which a part is damaged', async () => {
    const records = oneOfEach();
    const vault = await vaultOf(records);
    const ledger = await vault.ledger();
    const file = path.join(await folders.make(), 'snapshot.age');
    await writeFile(file, sealAge(vault.identity.recipient, ledger.prepareSnapshot(new Set())));
    const { sessions, others } = await readDamagedSnapshot(file, trusting(vault.keyring()), sqlite);
    const database = databaseOf(others);
    ingestSessions(database, sessions, options);
    assert.deepEqual(digestContent(database), digestContent(databaseOf(records)));
  });

  it('leaves in an export and comes back from it', async () => {
    const records = oneOfEach();
    const one = await Desk.create(nowMs);
    const other = await Desk.create(nowMs);
    try {
      const writer = one.vault.writer();
      await writer.append(...records);
      await writer.close();
      await one.export('json', 'all.json');
      await other.import(one.file('all.json'));
      const expected = digestContent(databaseOf(records));
      assert.deepEqual(await contentOf(other.vault.folder, other.vault.keyring()), expected);
      const { others } = await one.export('sqlite', 'all.db');
      assert.equal(others, records.filter(isLone).length);
    } finally {
      await one.release();
      await other.release();
    }
  });

  it('reaches another device', async () => {
    const records = oneOfEach();
    const [shared, here, there] = [
      await folders.make(),
      await folders.make(),
      await folders.make(),
    ];
    const one = await vaultOf(records);
    const other = await vaultOf([], one);
    await transfer(one, 'sync', { folder: shared, storage: here });
    await transfer(other, 'sync', { folder: shared, storage: there });
    const expected = await contentOf(one.folder, one.keyring());
    assert.deepEqual(await contentOf(other.folder, other.keyring()), expected);
    assert.ok(Object.values(expected.counts).every((count) => count === 1));
  });

  it('comes over from a vault that was left when it is newer than the moment, and only then', async () => {
    for (const type of keysOf(recordTables)) {
      const [record] = someOf(type, 1);
      assert.ok(record !== undefined);
      const left = await vaultOf([record]);
      const codec: RecordCodec<VaultRecord> = recordCodecs[type];
      const overMs = codec.timeOf(record);
      for (const [sinceMs, expected] of [
        [overMs + 60_001, 0],
        [overMs, 1],
      ] as const) {
        const present = await vaultOf([]);
        const keyring = [...present.keyring(), ...left.keyring()];
        const { added } = await transfer(
          present,
          'mergeSince',
          { from: left.folder, sinceMs },
          { keyring },
        );
        assert.equal(added[recordTables[type].name] ?? 0, expected, type);
      }
    }
  });

  it('has its table in a database of every earlier schema, brought up to date', async () => {
    const fixtures = path.join(repositoryRoot, 'test', 'fixtures');
    for (const name of (await readdir(fixtures)).filter((each) => each.startsWith('vault-'))) {
      const vault = path.join(fixtures, name, 'vault');
      const protector = new KeyFileProtector(path.join(fixtures, name, 'keys'));
      const keyring = await openKeyring(vault, [protector]);
      for (const file of await readdir(path.join(vault, 'snapshots'))) {
        const snapshot = openSnapshot(
          path.join(vault, 'snapshots', file),
          trusting(keyring),
          sqlite,
        );
        assert.deepEqual(schemaOf(snapshot.database), schemaOf(databaseOf()), name);
        snapshot.dispose();
      }
    }
  });
});

function isLone(record: VaultRecord): record is LoneRecord {
  return record.type !== 'session' && record.type !== 'minute';
}

function isToldAgain(record: VaultRecord): boolean {
  return isLone(record) && tableOf(record.type).uniting !== undefined;
}

function tableOf(type: LoneType): LoneTable<LoneRecord> {
  return recordTables[type];
}

/** What a database is made of, in no order. */
function schemaOf(database: Database): string[] {
  return database
    .rows("SELECT coalesce(sql, name) FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'")
    .map((row) => row.text(0).replaceAll(/\s+/g, ' '))
    .sort();
}
