import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openSynced } from '../../../src/transfer/sync/syncedFiles.ts';
import type { HomeEntry } from '../../../src/transfer/sync/syncHomes.ts';
import { digestMonths, MonthMaker } from '../../../src/transfer/sync/syncMonths.ts';
import { SyncNews } from '../../../src/transfer/sync/syncNews.ts';
import { sealAge } from '../../../src/vault/age/ageStream.ts';
import { generateIdentity, type Identity } from '../../../src/vault/age/identity.ts';
import { authorKeyOf } from '../../../src/vault/age/signing.ts';
import { digestContent } from '../../../src/vault/database/contentDigest.ts';
import type { VaultRecord } from '../../../src/vault/record.ts';
import { Database, loadSqlite, type Sqlite } from '../../../src/vault/sqlite/database.ts';
import { VaultError } from '../../../src/vault/vaultError.ts';
import { isLongForm, titleOfForms } from '../../support/killPoints.ts';
import { wasmPath } from '../../support/keeperBundle.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { openedBytes, resealed, SyncDevice } from '../../support/syncDevice.ts';
import { TestVault } from '../../support/testVault.ts';
import { contentOfRecords, TestFolders, transfer } from '../../support/transferPlace.ts';
import { newLedger } from '../../support/trusting.ts';
import { focusRecord, minuteRecord, sessionRecord, testId } from '../../support/vaultRecords.ts';

const nowMs = Date.UTC(2026, 10, 21, 18, 30, 15);
const nowMinute = Math.floor(nowMs / 60_000);
const device = '0123456789abcdef'.repeat(2);
const month = '2026-11';
const numRuns = isLongForm ? 100_000 : 300;
/** Each syncs, exports, verifies and erases on a real disk. */
const folderRuns = isLongForm ? 1_000 : 8;

const records: readonly VaultRecord[] = [
  sessionRecord(1, nowMs, nowMs + 60_000),
  minuteRecord(1, nowMinute),
  minuteRecord(2, nowMinute + 3),
  focusRecord(3, nowMs),
  {
    type: 'template',
    id: testId(6),
    name: 'a.b',
    version: 1,
    createdMs: nowMs,
    sha256: new Uint8Array(32),
    deflated: Uint8Array.of(1, 2, 3),
  },
];

const pages = fc.record({
  kind: fc.constant('bytes' as const),
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 12 }),
});
const cut = fc.record({
  kind: fc.constant('cut' as const),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
});
const columns = [
  ...['sessions.start_ms', 'sessions.end_ms', 'sessions.zone_offset_minutes', 'sessions.origin'],
  ...[
    'sessions.series',
    'sessions.id',
    'sessions.told',
    'focus_sessions.start_ms',
    'focus_sessions.id',
  ],
  ...['templates.version', 'templates.created_ms', 'templates.deflated', 'templates.name'],
  ...['meta.value', 'meta.key'],
];
const value = fc.oneof(
  fc.constantFrom<(number | string | Uint8Array | null)[]>(
    ...[
      9e15,
      -1,
      0,
      2 ** 53,
      1.5,
      253_402_300_800_000,
      4_294_967_295,
      null,
      '',
      'recorded',
      'x/y/z',
    ],
  ),
  fc.integer(),
  fc.double(),
  fc.string(),
  fc.uint8Array({ maxLength: 40 }),
);
const row = fc.record({
  kind: fc.constant('row' as const),
  column: fc.constantFrom(...columns),
  value,
});
const label = fc.record({
  kind: fc.constant('label' as const),
  place: fc.oneof(
    fc.constantFrom(
      `${device}/2026-10`,
      `${'f'.repeat(32)}/${month}`,
      '',
      '/',
      `${device}/${month}/x`,
    ),
    fc.string(),
  ),
  number: value,
});
/** What is done to the plaintext before somebody seals it, and to the file afterwards. */
const inner = fc.array(fc.oneof(pages, cut, row, row, label), { maxLength: 3 });
const outer = fc.array(fc.oneof(pages, cut), { maxLength: 2 });
const author = fc.constantFrom('owner', 'owner', 'owner', 'stranger', 'nobody', 'retired');
const name = fc.oneof(
  fc.constantFrom(`${month}.age`, 'tombstones.age', '2026-10.age', 'copy.age', `${month} (1).age`),
  fc.string({ minLength: 1, maxLength: 20 }),
);

describe('whatever somebody makes of a file in a sync folder', function () {
  this.timeout(isLongForm ? 4 * 3_600_000 : 120_000);
  const folders = new TestFolders();
  const vaults: TestVault[] = [];
  const owner = generateIdentity();
  const retired = generateIdentity();
  const stranger = generateIdentity();
  let sqlite: Sqlite;
  let plain: Uint8Array;

  before(async () => {
    sqlite = await loadSqlite(wasmPath);
    const ledger = newLedger({ folder: '', keyring: [], sqlite, log: new MemoryLog() });
    ledger.take(records);
    plain = new MonthMaker(ledger.database, sqlite).make({ device, month, number: nowMs });
    ledger.dispose();
  });

  afterEach(async () => {
    for (const vault of vaults.splice(0)) {
      await vault.release();
    }
    await folders.remove();
  });

  type Change = (typeof inner extends fc.Arbitrary<infer C> ? C : never)[number];

  function changed(bytes: Uint8Array, changes: readonly Change[]): Uint8Array {
    let now: Uint8Array = Uint8Array.from(bytes);
    for (const change of changes) {
      if (change.kind === 'bytes') {
        const at = Math.floor(change.at * now.length);
        now.set(change.bytes.subarray(0, now.length - at), at);
      } else if (change.kind === 'cut') {
        now = now.slice(0, Math.floor(change.at * now.length));
      } else {
        now = inRows(now, change);
      }
    }
    return now;
  }

  /** A change of what is in the rows, where it is one that SQLite lets somebody make. */
  function inRows(
    bytes: Uint8Array,
    change: Extract<Change, { kind: 'row' | 'label' }>,
  ): Uint8Array {
    let database: Database | undefined;
    try {
      database = new Database(sqlite, bytes);
      if (change.kind === 'row') {
        const [table = '', column = ''] = change.column.split('.');
        database.run(`UPDATE ${table} SET ${column} = ?`, [change.value]);
      } else {
        const sql = 'INSERT OR REPLACE INTO meta VALUES (?, ?)';
        database.run(sql, ['sync_month', change.place]);
        database.run(sql, ['sync_number', change.number]);
      }
      return database.export();
    } catch {
      return bytes;
    } finally {
      database?.close();
    }
  }

  const seal = (bytes: Uint8Array, by: string): Uint8Array => {
    const identities: Readonly<Record<string, Identity>> = { owner, stranger, retired };
    const signer = identities[by];
    return signer === undefined
      ? sealAge(owner.recipient, bytes)
      : sealAge(owner.recipient, bytes, { what: 'month', key: authorKeyOf(signer) });
  };

  it(titleOfForms('is taken whole, or leaves the vault as it was'), () => {
    fc.assert(
      fc.property(inner, outer, author, name, (within, without, by, called) => {
        const bytes = changed(seal(changed(plain, within), by), without);
        const ledger = newLedger({ folder: '', keyring: [], sqlite, log: new MemoryLog() });
        try {
          ledger.take([minuteRecord(9, nowMinute)]);
          const before = digestContent(ledger.database);
          const outcome = takeIn(ledger, bytes, called);
          const after = digestContent(ledger.database);
          if (outcome !== 'taken') {
            assert.deepEqual(after, before);
          } else {
            // Nothing but the owner's word lets anything in, and what came in goes on to others.
            assert.equal(by, 'owner');
            const maker = new MonthMaker(ledger.database, sqlite);
            for (const each of digestMonths(ledger.database).keys()) {
              maker.make({ device, month: each, number: nowMs });
            }
          }
        } finally {
          ledger.dispose();
        }
      }),
      { numRuns },
    );
  });

  function takeIn(ledger: ReturnType<typeof newLedger>, bytes: Uint8Array, called: string): string {
    const file: HomeEntry = {
      ...{ name: `${device}/${called}`, path: '', kind: 'file', isLinked: false, device },
      home: { path: '', prefix: '', isCopy: false },
      ...{ ownName: called, isInPlace: true },
    };
    try {
      const keyring = [owner, retired];
      const opened = openSynced(file, bytes, { keyring, sqlite, takesDoubtful: false });
      if (typeof opened === 'string') {
        return opened;
      }
      try {
        new SyncNews(ledger).take(opened.database, () => {});
        return 'taken';
      } finally {
        opened.database.close();
      }
    } catch (error) {
      assert.ok(VaultError.is(error), String(error));
      return error.reason;
    }
  }

  const place = fc.constantFrom('own', 'others', 'home', 'deep', 'copy');
  const anyName = fc.oneof(
    name,
    fc
      .tuple(
        fc.constantFrom('2026-11', '2026-13', 'tombstones', '9999-12'),
        fc.string({ maxLength: 12 }),
      )
      .map(([stem, more]) => `${stem}${more}.age`),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
    fc.constantFrom(
      'millrace-00000000-keys.json',
      `2026-11.age.${'a'.repeat(16)}.tmp`,
      '.2026-10.age.icloud',
    ),
  );
  const content = fc.constantFrom(
    'signed',
    'unsigned',
    'torn',
    'garbage',
    'refused',
    'strange',
    'empty',
  );

  it(
    titleOfForms('stops no sync, and afterwards all is exported, verified and erased'),
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(place, anyName, content), { minLength: 1, maxLength: 8 }),
          async (put) => {
            const shared = await folders.make();
            const one = await makeDevice(shared, [minuteRecord(1, nowMinute)]);
            const two = await makeDevice(shared, [minuteRecord(2, nowMinute + 1)]);
            await one.sync();
            await two.sync();
            const whole = await readFile(path.join(await one.own(), '2026-11.age'));
            for (const [where, called, what] of put) {
              await putFile(one, two, where, called, await made(whole, what, one.vault.identity));
            }
            await one.record(minuteRecord(3, nowMinute + 2));
            await one.sync();
            await two.sync();
            await one.sync();
            const expected = await contentOfRecords(
              [1, 2, 3].map((id) => minuteRecord(id, nowMinute + id - 1)),
            );
            assert.deepEqual(await one.content(), expected);
            const target = path.join(await folders.make(), 'export.json');
            const wanted = { target, format: 'json', replaces: false, days: null } as const;
            await transfer(one.vault, 'export', wanted);
            const ledger = await one.vault.ledger();
            assert.equal(ledger.unreadableFiles, 0);
            const places = {
              backupFolders: [],
              sync: { folder: shared, device: await one.id() },
              storage: one.storage,
            };
            const selection = { what: 'everything' } as const;
            const { ids } = await transfer(one.vault, 'planErase', { selection, ...places });
            await transfer(one.vault, 'erase', { selection, ids, ...places });
            assert.equal((await one.content()).counts['sessions'], 0);
            await one.sync();
            await transfer(one.vault, 'leaveSync', { folder: shared, storage: one.storage });
            for (const vault of vaults.splice(0)) {
              await vault.release();
            }
          },
        ),
        { numRuns: folderRuns },
      );
    },
  );

  async function makeDevice(shared: string, own: readonly VaultRecord[]): Promise<SyncDevice> {
    const vault = await TestVault.create(nowMs, vaults[0]?.identity);
    vaults.push(vault);
    const each = new SyncDevice(vault, await folders.make(), shared);
    await each.record(...own);
    return each;
  }

  async function made(whole: Buffer, what: string, identity: Identity): Promise<Uint8Array> {
    switch (what) {
      case 'signed':
        return whole;
      case 'unsigned':
        return resealed(whole, identity);
      case 'strange':
        return resealed(whole, identity, { author: stranger });
      case 'torn':
        return whole.subarray(0, whole.length - 40);
      case 'refused':
        return sealAge(identity.recipient, openedBytes(whole, identity).subarray(0, 5000), {
          what: 'month',
          key: authorKeyOf(identity),
        });
      case 'garbage':
        return Uint8Array.from(whole.toReversed());
      default:
        return new Uint8Array(0);
    }
  }

  async function putFile(
    one: SyncDevice,
    two: SyncDevice,
    where: string,
    called: string,
    bytes: Uint8Array,
  ): Promise<void> {
    const folder = {
      own: await one.own(),
      others: await two.own(),
      home: one.home,
      deep: path.join(await one.own(), 'deep', 'er'),
      copy: path.join(one.shared, 'millrace-00000000 (1)', await one.id()),
    }[where];
    assert.ok(folder);
    const file = path.join(folder, called.replace(/[/\0]/g, '_'));
    if (['.', '..'].includes(path.basename(file)) || path.dirname(file) !== folder) {
      return;
    }
    await mkdir(folder, { recursive: true });
    await rm(file, { recursive: true, force: true });
    await writeFile(file, bytes);
  }
});
