import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  link,
  lstat,
  lutimes,
  mkdir,
  readdir,
  readFile,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { TransferError } from '../../../src/transfer/transferError.ts';
import type { VaultRecord } from '../../../src/vault/record.ts';
import { SyncDevice } from '../../support/syncDevice.ts';
import { TestVault } from '../../support/testVault.ts';
import { contentOf, contentOfRecords, TestFolders, transfer } from '../../support/transferPlace.ts';
import { minuteRecord, sessionRecord, testId } from '../../support/vaultRecords.ts';

const nowMs = Date.UTC(2026, 10, 21, 18, 30, 15);
const dayMs = 24 * 3_600_000;
const nowMinute = Math.floor(nowMs / 60_000);
const run = promisify(execFile);

const october: readonly VaultRecord[] = [
  sessionRecord(1, nowMs - 40 * dayMs, nowMs - 40 * dayMs + 60_000),
  minuteRecord(1, nowMinute - 40 * 1440),
];
const november: readonly VaultRecord[] = [minuteRecord(2, nowMinute)];
const deletion: VaultRecord = { type: 'tombstone', id: testId(7), deletedMs: nowMs };
const content = 'somebody’s own words, which nobody may write over\n';
/** More than would be read, or written over, in the time of a test. */
const giantBytes = 40 * 2 ** 30;

type Kind = 'linkOut' | 'linkWithin' | 'linkNowhere' | 'otherName' | 'pipe' | 'folder' | 'giant';
const kinds: readonly Kind[] = [
  'linkOut',
  'linkWithin',
  'linkNowhere',
  'otherName',
  'pipe',
  'folder',
  'giant',
];

describe('a sync folder that is hostile', function () {
  this.timeout(120_000);
  const folders = new TestFolders();
  const vaults: TestVault[] = [];

  before(function () {
    if (process.platform === 'win32') {
      // Links and pipes need rights, or are none, there.
      this.skip();
    }
  });

  afterEach(async () => {
    for (const vault of vaults.splice(0)) {
      await vault.release();
    }
    await folders.remove();
  });

  async function device(shared: string, records: readonly VaultRecord[]): Promise<SyncDevice> {
    const vault = await TestVault.create(nowMs, vaults[0]?.identity);
    vaults.push(vault);
    const made = new SyncDevice(vault, await folders.make(), shared);
    await made.record(...records);
    return made;
  }

  interface Scene {
    readonly one: SyncDevice;
    readonly two: SyncDevice;
    readonly own: string;
    /** What nobody of ours may touch. */
    readonly victims: readonly string[];
  }

  /** A folder of two devices in which one kind of thing lies under each name that sync reads, overwrites or removes. */
  async function scene(kind: Kind, records: readonly VaultRecord[]): Promise<Scene> {
    const shared = await folders.make();
    const outside = await folders.make();
    const one = await device(shared, [...records, deletion]);
    const two = await device(shared, november);
    for (const each of [two, one]) {
      await each.sync();
    }
    const own = await one.own();
    const others = await two.own();
    const inner = path.join(shared, 'notes.txt');
    const victims = [inner];
    await writeFile(inner, content);
    const places = [
      path.join(own, `2026-01.age.${'0'.repeat(15)}1.tmp`),
      path.join(own, `tombstones.age.${'0'.repeat(15)}2.tmp`),
      path.join(own, `millrace-00000000-keys.json.${'0'.repeat(15)}3.tmp`),
      path.join(own, '2026-11.age'),
      path.join(own, 'tombstones.age'),
      path.join(own, '2026-10 (1).age'),
      path.join(own, '2026-05.age'),
      path.join(own, 'millrace-00000000-keys.json'),
      path.join(own, '.2026-04.age.icloud'),
      path.join(others, '2026-09.age'),
      path.join(others, `2026-01.age.${'0'.repeat(15)}4.tmp`),
      path.join(others, 'millrace-00000000-keys.json'),
      path.join(one.home, 'loose.age'),
      path.join(shared, 'millrace-00000000 (1).age'),
    ];
    for (const [index, place] of places.entries()) {
      const victim = path.join(outside, `${index}.txt`);
      await writeFile(victim, content);
      victims.push(victim);
      await rm(place, { force: true });
      switch (kind) {
        case 'linkOut':
          await symlink(victim, place);
          break;
        case 'linkWithin':
          await symlink(inner, place);
          break;
        case 'linkNowhere':
          await symlink(path.join(outside, 'nothing'), place);
          break;
        case 'otherName':
          await link(victim, place);
          break;
        case 'pipe':
          await run('mkfifo', [place]);
          break;
        case 'folder':
          await mkdir(place);
          await writeFile(path.join(place, 'inner.txt'), content);
          victims.push(path.join(place, 'inner.txt'));
          break;
        case 'giant':
          await writeFile(place, '');
          await truncate(place, giantBytes);
      }
      // Old enough to be a dead process's.
      const longAgo = new Date(nowMs - 2 * 3_600_000);
      await lutimes(place, longAgo, longAgo);
    }
    return { one, two, own, victims };
  }

  async function demandUntouched({ victims }: Scene): Promise<void> {
    for (const victim of victims) {
      assert.equal(await readFile(victim, 'utf8'), content, victim);
    }
  }

  const isPlain = async (file: string): Promise<boolean> => {
    const found = await lstat(file);
    return found.isFile() && found.nlink === 1 && found.size < 1e6;
  };

  for (const kind of kinds) {
    describe(`with what is no file of ours in each place: ${kind}`, () => {
      it('is synced with as far as it goes, and nothing else is touched', async () => {
        const made = await scene(kind, [...october, ...november]);
        const { one, two, own } = made;
        await one.record(minuteRecord(3, nowMinute + 1));
        const synced = await one.sync();
        await demandUntouched(made);
        const blocked = ['2026-11.age', 'millrace-00000000-keys.json', 'tombstones.age'];
        if (kind === 'folder') {
          const told = synced.unread.filter(({ reason }) => reason === 'notAFile');
          assert.deepEqual(told.map(({ file }) => path.basename(file)).sort(), blocked);
          for (const name of blocked) {
            await rm(path.join(own, name), { recursive: true });
          }
          // Once they are gone it goes on.
          assert.equal((await one.sync()).written, 2);
        }
        for (const name of ['2026-10.age', '2026-11.age', 'tombstones.age']) {
          assert.ok(await isPlain(path.join(own, name)), name);
        }
        const left = (await readdir(own)).filter((name) => /\.0{15}\d\.tmp$/.test(name));
        assert.deepEqual(left, kind === 'folder' ? left : []);
        const expected = await contentOfRecords([
          ...october,
          ...november,
          minuteRecord(3, nowMinute + 1),
          deletion,
        ]);
        assert.deepEqual(await one.content(), expected);
        await two.sync();
        assert.deepEqual(await two.content(), expected);
        assert.equal((await one.sync()).written, 0);
      });

      it('is shredded in after a deletion, and nothing else is', async () => {
        const made = await scene(kind, [...october, ...november]);
        const { one } = made;
        await one.record({ type: 'tombstone', id: testId(1), deletedMs: nowMs + 1 });
        await one.sync();
        await demandUntouched(made);
        assert.equal((await one.content()).counts['tombstones'], 2);
      });

      it('is left, and nothing else is removed', async () => {
        const made = await scene(kind, [...october, ...november]);
        const { one, two, own } = made;
        const others = await readdir(await two.own());
        await transfer(one.vault, 'leaveSync', { folder: one.shared, storage: one.storage });
        await demandUntouched(made);
        assert.deepEqual(await readdir(await two.own()), others);
        const left = await readdir(own).catch((): string[] => []);
        assert.ok(!left.includes('2026-10.age'));
      });

      it('is erased in, and nothing else is', async () => {
        const made = await scene(kind, [...october, ...november]);
        const { one } = made;
        const places = {
          backupFolders: [one.shared],
          sync: { folder: one.shared, device: await one.id() },
          storage: one.storage,
        };
        const selection = { what: 'days', from: '2026-10-01', to: '2026-10-31' } as const;
        const { ids } = await transfer(one.vault, 'planErase', { selection, ...places });
        await transfer(one.vault, 'erase', { selection, ids, ...places });
        await demandUntouched(made);
        assert.equal((await one.content()).counts['sessions'], 1);
      });

      it('is restored from as far as it goes', async () => {
        const made = await scene(kind, [...october, ...november]);
        const { one } = made;
        const restored = await transfer(one.vault, 'restoreAsNew', {
          from: one.shared,
          key: { kind: 'present' },
          storage: await folders.make(),
          protector: { kind: 'keyFile', key: new Uint8Array(32).fill(7) },
          vault: testId(99),
        }).catch((error: unknown) => {
          assert.ok(TransferError.is(error), String(error));
          return undefined;
        });
        await demandUntouched(made);
        assert.ok(restored);
        const { counts } = await contentOf(restored.folder, one.vault.keyring());
        assert.equal(counts['sessions'], 2);
      });
    });
  }
});
