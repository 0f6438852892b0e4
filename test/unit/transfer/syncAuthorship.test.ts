import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { idsAtOthers } from '../../../src/transfer/sync/othersRecords.ts';
import { makeJobPlace } from '../../../src/transfer/transferJob.ts';
import { AgeReader, memorySource } from '../../../src/vault/age/ageStream.ts';
import { generateIdentity, type Identity } from '../../../src/vault/age/identity.ts';
import { authorKeyOf } from '../../../src/vault/age/signing.ts';
import { sealAsOwner } from '../../../src/vault/trust/ownerSeal.ts';
import { loadSqlite } from '../../../src/vault/sqlite/database.ts';
import type { VaultRecord } from '../../../src/vault/record.ts';
import { wasmPath } from '../../support/keeperBundle.ts';
import { asFirst, openedBytes, resealed, SyncDevice } from '../../support/syncDevice.ts';
import { TestVault } from '../../support/testVault.ts';
import { contentOf, contentOfRecords, TestFolders, transfer } from '../../support/transferPlace.ts';
import { minuteRecord, sessionRecord, testId } from '../../support/vaultRecords.ts';

const nowMs = Date.UTC(2026, 10, 21, 18, 30, 15);
const dayMs = 24 * 3_600_000;
const nowMinute = Math.floor(nowMs / 60_000);
const present = { kind: 'present' } as const;
const everything = { what: 'everything' } as const;

const october: readonly VaultRecord[] = [
  sessionRecord(1, nowMs - 40 * dayMs, nowMs - 40 * dayMs + 60_000),
  minuteRecord(1, nowMinute - 40 * 1440),
];
const november: readonly VaultRecord[] = [minuteRecord(2, nowMinute)];
const deletion: VaultRecord = { type: 'tombstone', id: testId(5), deletedMs: nowMs };

describe('who wrote what is in a sync folder', function () {
  this.timeout(120_000);
  const folders = new TestFolders();
  const vaults: TestVault[] = [];
  let shared: string;
  let one: SyncDevice;
  let two: SyncDevice;

  beforeEach(async () => {
    shared = await folders.make();
    one = await device();
    two = await device();
  });

  afterEach(async () => {
    for (const vault of vaults.splice(0)) {
      await vault.release();
    }
    await folders.remove();
  });

  async function device(): Promise<SyncDevice> {
    const vault = await TestVault.create(nowMs, vaults[0]?.identity);
    vaults.push(vault);
    return new SyncDevice(vault, await folders.make(), shared);
  }

  const identity = (): Identity => one.vault.identity;

  const isSignedByOwner = (bytes: Uint8Array): boolean => {
    const reader = new AgeReader(memorySource(bytes), [identity()]);
    try {
      return reader.isSignedBy('month', authorKeyOf(identity()).publicKey);
    } finally {
      reader.dispose();
    }
  };

  async function change(
    file: string,
    made: (bytes: Buffer) => Promise<Uint8Array>,
  ): Promise<string> {
    const bytes = await made(await readFile(file));
    await writeFile(file, bytes);
    return createHash('sha256').update(bytes).digest('hex');
  }

  const changedByOwner = (bytes: Uint8Array, sql: string): Promise<Uint8Array> =>
    resealed(bytes, identity(), {
      author: identity(),
      change: (database) => {
        database.execute(sql);
      },
    });

  /** What somebody else may put in the place of a month, and why it is left out. */
  const forgeries: readonly {
    readonly name: string;
    readonly reason: string;
    readonly make: (bytes: Buffer) => Promise<Uint8Array>;
  }[] = [
    {
      name: 'sealed for the public recipient alone',
      reason: 'unsigned',
      make: (bytes) => resealed(bytes, identity()),
    },
    {
      name: 'signed by a stranger',
      reason: 'unsigned',
      make: (bytes) => resealed(bytes, identity(), { author: generateIdentity() }),
    },
    {
      name: 'signed as something else by the owner',
      reason: 'unsigned',
      make: (bytes) =>
        Promise.resolve(sealAsOwner([identity()], 'snapshot', openedBytes(bytes, identity()))),
    },
    {
      name: 'signed by the owner as another month',
      reason: 'misplaced',
      make: (bytes) =>
        changedByOwner(
          bytes,
          "UPDATE meta SET value = substr(value, 1, 33) || '2020-01' WHERE key = 'sync_month'",
        ),
    },
    {
      name: 'signed by the owner as another device’s',
      reason: 'misplaced',
      make: (bytes) =>
        changedByOwner(
          bytes,
          "UPDATE meta SET value = iif(value LIKE 'f%', 'e', 'f') || substr(value, 2) WHERE key = 'sync_month'",
        ),
    },
    {
      name: 'signed by the owner without a word of what it is',
      reason: 'misplaced',
      make: (bytes) => changedByOwner(bytes, "DELETE FROM meta WHERE key = 'sync_number'"),
    },
  ];

  for (const { name, reason, make } of forgeries) {
    for (const month of ['2026-10', 'tombstones']) {
      it(`leaves out a file ${name} (${month}), tells of it, goes on, and takes it once on the person’s word`, async () => {
        const records = [...october, ...november, deletion];
        await one.record(...records);
        await one.sync();
        await two.record(minuteRecord(5, nowMinute));
        const file = path.join(await one.own(), `${month}.age`);
        const sha256 = await change(file, make);
        const told = [{ file: `${await one.id()}/${month}.age`, reason, sha256 }];
        const expected = await contentOfRecords([
          ...november,
          ...(month === 'tombstones' ? october : [deletion]),
          ...(month === 'tombstones' ? [minuteRecord(5, nowMinute)] : []),
        ]);
        const first = await two.sync();
        assert.deepEqual([first.unread, first.merged, first.waiting], [told, 2, 0]);
        assert.deepEqual(await two.content(), expected);
        const again = await two.sync();
        assert.deepEqual([again.unread, again.known, again.written], [told, 2, 0]);
        // Other bytes than those that the person saw are nothing that they accepted.
        assert.deepEqual((await two.sync(['0'.repeat(64)])).unread, told);
        const accepted = await two.sync([sha256]);
        assert.deepEqual([accepted.unread, accepted.merged], [[], 1]);
        assert.deepEqual(await two.content(), await contentOfRecords(records));
        const settled = await two.sync();
        assert.deepEqual([settled.unread, settled.merged, settled.known], [[], 0, 3]);
        // What was accepted is these bytes, and no others in their place.
        await change(file, (bytes) => resealed(bytes, identity()));
        assert.equal((await two.sync()).unread.length, 1);
      });
    }
  }

  it('takes no deletion from whoever has no key', async () => {
    const records = [...october, ...november];
    await one.record(...records);
    await two.record(deletion);
    for (const each of [two, one]) {
      await each.sync();
    }
    const file = path.join(await two.own(), 'tombstones.age');
    await change(file, (bytes) =>
      resealed(bytes, identity(), {
        change: (database) => {
          database.run('INSERT INTO tombstones (id, deleted_ms) VALUES (?, ?)', [
            Uint8Array.from(Buffer.from(testId(1), 'hex')),
            nowMs,
          ]);
        },
      }),
    );
    assert.equal((await one.sync()).unread[0]?.reason, 'unsigned');
    assert.deepEqual(await one.content(), await contentOfRecords([...records, deletion]));
  });

  it('lets nobody say for another device that it holds a record', async () => {
    await one.record(...october);
    await one.sync();
    await two.sync();
    const ids = [testId(1)];
    const place = async () =>
      makeJobPlace({
        folder: two.vault.folder,
        keyring: two.vault.keyring(),
        keysFolder: two.vault.keysFolder,
        sqlite: await loadSqlite(wasmPath),
        clock: two.vault.clock,
        log: two.vault.log,
      });
    assert.deepEqual([...(await idsAtOthers(ids, two.storage, await place()))], ids);
    await change(path.join(await one.own(), '2026-10.age'), (bytes) => resealed(bytes, identity()));
    assert.deepEqual([...(await idsAtOthers(ids, two.storage, await place()))], []);
  });

  it('cuts off what was signed with a key that was replaced, though it still opens', async () => {
    await one.record(...november);
    await one.sync();
    const identityBefore = generateIdentity();
    await change(path.join(await one.own(), '2026-11.age'), (bytes) =>
      resealed(bytes, identity(), { author: identityBefore }),
    );
    const keyring = [...two.vault.keyring(), identityBefore];
    const { unread, devices } = await two.sync(undefined, { keyring });
    assert.deepEqual(
      unread.map(({ reason }) => reason),
      ['retired'],
    );
    assert.deepEqual(devices, [{ device: await one.id(), files: 1, earlierKey: 0, otherKey: 0 }]);
  });

  describe('as devices come to it from before it was signed', () => {
    /** Makes of a device what an earlier version would have left: nothing is signed, and it remembers less. */
    async function makeFirst(each: SyncDevice): Promise<void> {
      const own = await each.own();
      const hashes = new Map<string, string>();
      for (const name of (await readdir(own)).filter((file) => file.endsWith('.age'))) {
        const bytes = await readFile(path.join(own, name));
        const first = await asFirst(bytes, identity());
        hashes.set(sha(bytes), sha(first));
        await writeFile(path.join(own, name), first);
      }
      await each.makeStateFirst();
      // Whoever merged them, merged them so.
      for (const other of [one, two]) {
        const state = await readFile(other.stateFile, 'utf8').catch(() => undefined);
        if (state !== undefined) {
          await writeFile(
            other.stateFile,
            state.replace(/[0-9a-f]{64}/g, (hash) => hashes.get(hash) ?? hash),
          );
        }
      }
    }

    const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

    it('signs what it wrote itself, tells of nothing that was merged before, and loses nothing', async () => {
      await one.record(...october);
      await two.record(...november, deletion);
      for (const each of [one, two, one]) {
        await each.sync();
      }
      await makeFirst(one);
      await makeFirst(two);
      const expected = await contentOfRecords([...october, ...november, deletion]);
      // The first is updated, the second not yet: what it merged before is the same.
      const updated = await one.sync();
      assert.deepEqual([updated.unread, updated.merged, updated.written], [[], 0, 3]);
      const own = await one.own();
      assert.deepEqual((await readdir(own)).sort(), [
        '2026-10.age',
        '2026-11.age',
        'tombstones.age',
      ]);
      for (const name of await readdir(own)) {
        assert.ok(isSignedByOwner(await readFile(path.join(own, name))), name);
      }
      assert.deepEqual(await one.content(), expected);
      // The second writes on as it did: that is left out, and told, until it is updated too.
      const others = await two.own();
      const kept = await readFile(path.join(others, '2026-10.age'));
      const deletions = await readFile(path.join(others, 'tombstones.age'));
      await two.record(minuteRecord(3, nowMinute + 1));
      await two.sync();
      await makeFirst(two);
      await writeFile(path.join(others, '2026-10.age'), kept);
      await writeFile(path.join(others, 'tombstones.age'), deletions);
      const told = await one.sync();
      assert.deepEqual(
        told.unread.map(({ file, reason }) => [path.basename(file), reason]),
        [['2026-11.age', 'unsigned']],
      );
      assert.deepEqual(await one.content(), expected);
      await two.sync();
      assert.deepEqual((await two.sync()).unread, []);
      assert.deepEqual((await one.sync()).unread, []);
      assert.deepEqual(await one.content(), await two.content());
    });

    it('overwrites no month of its own that it does not know, before the person has said whose it is', async () => {
      const earlier = path.join(await folders.make(), 'vault');
      await cp(one.vault.folder, earlier, { recursive: true });
      await one.record(...october, ...november);
      await one.sync();
      await makeFirst(one);
      // Vault and storage were put back to an earlier state: the folder knows more.
      await rm(one.stateFile);
      await rm(one.vault.folder, { recursive: true });
      await cp(earlier, one.vault.folder, { recursive: true });
      await one.record(minuteRecord(7, nowMinute));
      const told = await one.sync();
      assert.deepEqual(
        told.unread.map(({ reason }) => reason),
        ['unsigned', 'unsigned'],
      );
      const names = await readdir(await one.own());
      assert.deepEqual(names.map((name) => name.replace(/-[0-9a-f]{16}/, '')).sort(), [
        '2026-10.age',
        '2026-11.age',
        '2026-11.unsigned.age',
      ]);
      const hashes = (await one.sync()).unread.flatMap(({ sha256 = [] }) => sha256);
      assert.equal(hashes.length, 2);
      assert.deepEqual((await one.sync(hashes)).unread, []);
      assert.deepEqual(
        await one.content(),
        await contentOfRecords([...october, ...november, minuteRecord(7, nowMinute)]),
      );
      assert.deepEqual((await readdir(await one.own())).sort(), ['2026-10.age', '2026-11.age']);
      assert.equal((await one.sync()).written, 0);
    });

    it('joins a folder that nobody signed, and of one that somebody signed only what is', async () => {
      await one.record(...october);
      await two.record(...november);
      for (const each of [two, one]) {
        await each.sync();
      }
      await makeFirst(one);
      const file = path.join(await two.own(), '2026-11.age');
      const signed = await readFile(file);
      const join = async (): Promise<{ content: unknown; missing: readonly string[] }> => {
        const storage = await folders.make();
        const { folder, missing } = await transfer(one.vault, 'restoreAsNew', {
          from: shared,
          key: present,
          storage,
          protector: { kind: 'keyFile', key: new Uint8Array(32).fill(7) },
          vault: testId(99),
        });
        return {
          content: await contentOf(folder, one.vault.keyring()),
          missing: missing.map(({ reason }) => reason),
        };
      };
      const mixed = await join();
      assert.deepEqual(mixed.missing, ['unsigned', 'unsigned']);
      assert.deepEqual(mixed.content, await contentOfRecords(november));
      await writeFile(file, await asFirst(signed, identity()));
      const first = await join();
      assert.deepEqual(first.missing, []);
      assert.deepEqual(first.content, await contentOfRecords([...october, ...november]));
    });
  });

  describe('an earlier state that was put back', () => {
    it('of a month is told, takes nothing, and is over when its device syncs', async () => {
      await one.record(...november);
      await one.sync();
      await two.sync();
      const file = path.join(await one.own(), '2026-11.age');
      const earlier = await readFile(file);
      await one.record(minuteRecord(3, nowMinute + 1));
      await one.sync();
      assert.equal((await two.sync()).earlier, undefined);
      const expected = await two.content();
      await writeFile(file, earlier);
      const name = `${await one.id()}/2026-11.age`;
      for (let round = 0; round < 3; round++) {
        const told = await two.sync();
        assert.deepEqual([told.earlier, told.unread], [[name], []]);
      }
      assert.deepEqual(await two.content(), expected);
      const own = await one.sync();
      assert.deepEqual([own.earlier, own.written], [[name], 1]);
      assert.equal((await two.sync()).earlier, undefined);
    });

    it('of the whole folder is told by whoever knew the later one, and not by who joins', async () => {
      for (const each of [one, two]) {
        await each.record(...november);
        await each.sync();
      }
      const earlier = path.join(await folders.make(), 'shared');
      await cp(shared, earlier, { recursive: true });
      await one.record(...october, minuteRecord(3, nowMinute + 1));
      await two.record(minuteRecord(4, nowMinute + 2), deletion);
      for (const each of [one, two, one, two]) {
        await each.sync();
      }
      const expected = await one.content();
      assert.deepEqual(await two.content(), expected);
      await rm(shared, { recursive: true });
      await cp(earlier, shared, { recursive: true });
      const three = await device();
      const joined = await three.sync();
      assert.equal(joined.earlier, undefined);
      const told = await one.sync();
      assert.deepEqual(
        told.earlier?.toSorted(),
        [`${await one.id()}/2026-11.age`, `${await two.id()}/2026-11.age`].sort(),
      );
      for (const each of [two, one, three, two]) {
        await each.sync();
      }
      for (const each of [one, two, three]) {
        assert.deepEqual(await each.content(), expected);
        assert.equal((await each.sync()).earlier, undefined);
      }
    });

    it('is told with the clock set back, too, and never of what was written later', async () => {
      await one.record(...november);
      await one.sync();
      await two.sync();
      one.vault.clock.setWall(nowMs - 900 * dayMs);
      const file = path.join(await one.own(), '2026-11.age');
      const earlier = await readFile(file);
      await one.record(minuteRecord(3, nowMinute + 1));
      await rm(one.stateFile);
      await one.sync();
      assert.equal((await two.sync()).earlier, undefined);
      await writeFile(file, earlier);
      assert.equal((await two.sync()).earlier?.length, 1);
    });
  });

  describe('a file that is signed and no month', () => {
    it('is refused by its bytes, told, and not opened again', async () => {
      await one.record(...october, ...november);
      await one.sync();
      const before = await two.content();
      const bad = path.join(await one.own(), '2026-10.age');
      await writeFile(bad, sealAsOwner([identity()], 'month', new Uint8Array(4096).fill(7)));
      const first = await two.sync();
      const told = [{ file: `${await one.id()}/2026-10.age`, reason: 'refused' }];
      assert.deepEqual([first.unread, first.merged, first.waiting], [told, 1, 0]);
      assert.notDeepEqual(await two.content(), before);
      const state = JSON.parse(await readFile(two.stateFile, 'utf8')) as { refused: string[] };
      assert.deepEqual(state.refused, [
        createHash('sha256')
          .update(await readFile(bad))
          .digest('hex'),
      ]);
      assert.deepEqual((await two.sync()).unread, told);
      // It is forgotten with the file.
      await one.sync();
      assert.deepEqual((await two.sync()).unread, []);
      assert.deepEqual(await two.content(), await one.content());
    });
  });

  it('gives up on a file that takes too long, tells of it, and goes on without it until it changes', async () => {
    await one.record(...october, ...november);
    await one.sync();
    const before = await two.content();
    let isSlow = true;
    const syncSlowly = () =>
      two.sync(undefined, {
        progress: (done, total) => {
          // Between the rows of a file; the files themselves are counted.
          if (isSlow && total === 1 && done === 0) {
            two.vault.clock.advance(20 * 60_000);
          }
        },
      });
    const first = await syncSlowly();
    assert.deepEqual(
      first.unread.map(({ reason }) => reason),
      ['refused', 'refused'],
    );
    assert.deepEqual(await two.content(), before);
    isSlow = false;
    const again = await two.sync();
    assert.deepEqual([again.unread, again.merged], [first.unread, 0]);
    await one.record(minuteRecord(3, nowMinute + 1));
    await one.sync();
    const changed = await two.sync();
    assert.deepEqual([changed.unread.length, changed.merged], [1, 1]);
    // A whole reading forgives.
    two.vault.clock.setWall(nowMs + 31 * dayMs);
    assert.deepEqual((await two.sync()).unread, []);
    assert.deepEqual(await two.content(), await one.content());
  });

  describe('erasing', () => {
    it('signs nothing that nobody signed, and what was known of a file is known of the one in its place', async () => {
      await one.record(...october, ...november);
      await one.sync();
      const own = await one.own();
      const copies = path.join(own, '2026-10 (unsigned).age');
      await writeFile(
        copies,
        await asFirst(await readFile(path.join(own, '2026-10.age')), identity()),
      );
      const deep = path.join(own, 'copy');
      await mkdir(deep);
      await cp(path.join(own, '2026-10.age'), path.join(deep, '2026-10.age'));
      const places = {
        backupFolders: [],
        sync: { folder: shared, device: await one.id() },
        storage: one.storage,
      };
      const selection = { what: 'days', from: '2026-10-01', to: '2026-10-31' } as const;
      const { ids } = await transfer(one.vault, 'planErase', { selection, ...places });
      const report = await transfer(one.vault, 'erase', { selection, ids, ...places });
      assert.equal(report.syncFiles, 3);
      assert.ok(!isSignedByOwner(await readFile(copies)));
      for (const file of [path.join(own, '2026-10.age'), path.join(deep, '2026-10.age')]) {
        assert.ok(isSignedByOwner(await readFile(file)));
      }
      const told = await one.sync();
      assert.deepEqual(
        told.unread.map(({ reason }) => reason),
        ['unsigned'],
      );
      assert.equal(told.earlier, undefined);
      assert.deepEqual((await one.sync('all')).unread, []);
      assert.deepEqual((await readdir(own)).sort(), ['2026-11.age', 'tombstones.age']);
      await transfer(one.vault, 'planErase', { selection: everything, ...places });
    });
  });
});
