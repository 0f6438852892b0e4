import assert from 'node:assert/strict';
import { cp, mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ContentDigest } from '../../../src/vault/database/contentDigest.ts';
import { deviceId } from '../../../src/transfer/sync/deviceId.ts';
import type { Synced } from '../../../src/transfer/messages/syncMessages.ts';
import { TransferError } from '../../../src/transfer/transferError.ts';
import type { JobPlaceOptions } from '../../../src/transfer/transferJob.ts';
import { sealAge } from '../../../src/vault/age/ageStream.ts';
import {
  formatIdentity,
  generateIdentity,
  type Identity,
} from '../../../src/vault/age/identity.ts';
import { listTrusted } from '../../../src/vault/owner/acceptedFiles.ts';
import { ReadTrust } from '../../../src/vault/trust/readTrust.ts';
import { withAccepted } from '../../../src/vault/keys/vaultOwnership.ts';
import { readVaultFile } from '../../../src/vault/keys/vaultStore.ts';
import { withNewIdentity } from '../../../src/vault/keys/vaultProtection.ts';
import { formatRecoveryKit } from '../../../src/vault/keys/recoveryKit.ts';
import type { VaultRecord } from '../../../src/vault/record.ts';
import { TestVault } from '../../support/testVault.ts';
import {
  contentOf,
  contentOfRecords,
  emptyContent,
  TestFolders,
  transfer,
} from '../../support/transferPlace.ts';
import {
  auditRecord,
  focusRecord,
  minuteRecord,
  sessionRecord,
  testId,
} from '../../support/vaultRecords.ts';

const nowMs = Date.UTC(2026, 10, 21, 18, 30, 15);
const minuteMs = 60_000;
const dayMs = 24 * 3_600_000;
const nowMinute = nowMs / minuteMs - 0.25;

/** A vault with a storage folder of its own. */
class Device {
  readonly vault: TestVault;
  readonly storage: string;
  readonly shared: string;

  constructor(vault: TestVault, storage: string, shared: string) {
    this.vault = vault;
    this.storage = storage;
    this.shared = shared;
  }

  async record(...records: readonly VaultRecord[]): Promise<void> {
    const writer = this.vault.writer();
    await writer.append(...records);
    await writer.close();
  }

  sync(changes: Partial<JobPlaceOptions> = {}): Promise<Synced> {
    return transfer(this.vault, 'sync', { folder: this.shared, storage: this.storage }, changes);
  }

  content(keyring: readonly Identity[] = this.vault.keyring()): Promise<ContentDigest> {
    return contentOf(this.vault.folder, keyring);
  }

  id(): Promise<string> {
    return deviceId(this.storage);
  }

  get home(): string {
    return path.join(this.shared, 'millrace-00000000');
  }

  async own(): Promise<string> {
    return path.join(this.home, await this.id());
  }
}

const failsWith = (reason: string) => (error: unknown) =>
  TransferError.is(error) && error.reason === reason;

async function filesBelow(folder: string): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  for (const name of await readdir(folder, { recursive: true })) {
    const file = path.join(folder, name);
    if ((await stat(file)).isFile()) {
      found.set(name, await readFile(file));
    }
  }
  return found;
}

describe('folder sync', function () {
  this.timeout(120_000);
  const folders = new TestFolders();
  const vaults: TestVault[] = [];
  let shared: string;
  let one: Device;
  let two: Device;
  let three: Device;

  beforeEach(async () => {
    shared = await folders.make();
    one = await device();
    two = await device();
    three = await device();
  });

  afterEach(async () => {
    for (const vault of vaults.splice(0)) {
      await vault.release();
    }
    await folders.remove();
  });

  /** A device with the identity of the first one. */
  async function device(): Promise<Device> {
    const vault = await TestVault.create(nowMs, vaults[0]?.identity);
    vaults.push(vault);
    return new Device(vault, await folders.make(), shared);
  }

  const everyKind: readonly VaultRecord[] = [
    sessionRecord(1, nowMs - 40 * dayMs, nowMs - 40 * dayMs + 60_000),
    minuteRecord(1, nowMinute - 40 * 1440),
    minuteRecord(2, nowMinute),
    focusRecord(3, nowMs - dayMs),
    auditRecord(4, { atMs: nowMs }),
    {
      type: 'feedback',
      id: testId(5),
      atMs: nowMs - 60 * dayMs,
      zoneOffsetMinutes: 60,
      rating: 5,
      activity: 'writing',
      interrupted: false,
      features: undefined,
      origin: 'recorded',
    },
    {
      type: 'template',
      id: testId(6),
      name: 'a.b',
      version: 1,
      createdMs: nowMs,
      sha256: new Uint8Array(32),
      deflated: Uint8Array.of(1, 2, 3),
    },
    { type: 'tombstone', id: testId(7), deletedMs: nowMs },
  ];

  it('gives every device what all of them have, of every kind', async () => {
    await one.record(...everyKind);
    const other = [sessionRecord(8, nowMs, nowMs + 1), minuteRecord(8, nowMinute)];
    await two.record(...other);
    for (const each of [one, two, three, one, two]) {
      await each.sync();
    }
    const expected = await contentOfRecords([...everyKind, ...other]);
    for (const each of [one, two, three]) {
      assert.deepEqual(await each.content(), expected);
    }
    assert.deepEqual((await readdir(await one.own())).sort(), [
      '2026-09.age',
      '2026-10.age',
      '2026-11.age',
      'tombstones.age',
    ]);
  });

  it('writes again what has changed, and nothing else', async () => {
    await one.record(...everyKind);
    const first = await one.sync();
    assert.equal(first.written, 4);
    const before = await filesBelow(shared);
    assert.equal((await one.sync()).written, 0);
    assert.deepEqual(await filesBelow(shared), before);
    await one.record(minuteRecord(2, nowMinute + 1));
    assert.equal((await one.sync()).written, 1);
    const after = await filesBelow(shared);
    const changed = [...after].filter(([name, bytes]) => before.get(name)?.equals(bytes) !== true);
    assert.deepEqual(
      changed.map(([name]) => path.basename(name)),
      ['2026-11.age'],
    );
  });

  it('reads nothing twice, and writes nothing into a vault that has it all', async () => {
    await one.record(...everyKind);
    await one.sync();
    const first = await two.sync();
    assert.deepEqual([first.merged, first.known, first.waiting], [4, 0, 0]);
    assert.deepEqual(first.added, {
      audit_log: 1,
      feedback: 1,
      focus_sessions: 1,
      sessions: 2,
      templates: 1,
      tombstones: 1,
    });
    const snapshots = await readdir(path.join(two.vault.folder, 'snapshots'));
    assert.equal(snapshots.length, 1);
    const again = await two.sync();
    assert.deepEqual([again.merged, again.known, again.written], [0, 4, 0]);
    assert.deepEqual(await readdir(path.join(two.vault.folder, 'snapshots')), snapshots);
  });

  it('does without its state: nothing is doubled, and nothing right is written again', async () => {
    await one.record(...everyKind);
    await one.sync();
    await two.sync();
    const before = await filesBelow(shared);
    const expected = await two.content();
    await rm(path.join(two.storage, 'sync-state.json'));
    const again = await two.sync();
    assert.deepEqual([again.written, again.removed, again.added], [0, 0, {}]);
    assert.deepEqual(await filesBelow(shared), before);
    assert.deepEqual(await two.content(), expected);
  });

  it('merges again into a vault that was put back to an earlier state', async () => {
    const earlier = path.join(await folders.make(), 'vault');
    await two.record(minuteRecord(9, nowMinute));
    await two.sync();
    await cp(two.vault.folder, earlier, { recursive: true });
    await one.record(...everyKind);
    await one.sync();
    await two.sync();
    const expected = await two.content();
    await rm(two.vault.folder, { recursive: true });
    await cp(earlier, two.vault.folder, { recursive: true });
    assert.notDeepEqual(await two.content(), expected);
    await two.sync();
    assert.deepEqual(await two.content(), expected);
  });

  it('keeps what is deleted deleted, whoever still has it', async () => {
    await one.record(sessionRecord(1, nowMs, nowMs + 1), minuteRecord(1, nowMinute));
    await one.sync();
    await two.sync();
    await two.record({ type: 'tombstone', id: testId(1), deletedMs: nowMs + 1 });
    await two.sync();
    assert.deepEqual(await readdir(await two.own()), ['tombstones.age']);
    // The third sees the record of the first and the deletion of the second.
    await three.sync();
    await one.sync();
    await three.sync();
    for (const each of [one, two, three]) {
      const { counts } = await each.content();
      assert.deepEqual([counts['sessions'], counts['tombstones']], [0, 1]);
      assert.deepEqual(await readdir(await each.own()), ['tombstones.age']);
    }
  });

  it('takes a file for what is in it, whatever its name, and tries a torn one again', async () => {
    await one.record(...everyKind);
    await one.sync();
    const own = await one.own();
    const whole = await readFile(path.join(own, '2026-11.age'));
    await rm(own, { recursive: true });
    await mkdir(own);
    const torn = path.join(own, '2026-11 (conflicted copy).age');
    await writeFile(torn, whole.subarray(0, whole.length - 100));
    await writeFile(path.join(own, '.hidden.age'), 'no');
    await writeFile(path.join(own, 'notes.txt'), 'no');
    const first = await two.sync();
    assert.deepEqual(first.unread, [
      { file: `${await one.id()}/2026-11 (conflicted copy).age`, reason: 'torn' },
    ]);
    assert.deepEqual([first.merged, first.waiting], [0, 1]);
    await writeFile(torn, whole);
    await mkdir(path.join(own, 'deep'));
    await writeFile(path.join(own, 'deep', '2026-11(1).AGE'), whole);
    const second = await two.sync();
    assert.deepEqual([second.merged, second.waiting], [2, 0]);
    assert.equal((await two.content()).counts['templates'], 1);
  });

  it('says which files are not for it, or of a later version', async () => {
    await mkdir(path.join(one.home, 'f'.repeat(32)), { recursive: true });
    const plain = new TextEncoder().encode('no database');
    const put = (name: string, bytes: Uint8Array): Promise<void> =>
      writeFile(path.join(one.home, 'f'.repeat(32), name), bytes);
    await put('a.age', sealAge(generateIdentity().recipient, plain));
    await put('b.age', sealAge(one.vault.identity.recipient, plain));
    await put('c.age', new Uint8Array(0));
    const { unread, waiting, devices } = await one.sync();
    assert.deepEqual(
      unread.map(({ reason }) => reason),
      ['sealedForAnother', 'unsigned', 'torn'],
    );
    assert.equal(waiting, 1);
    assert.deepEqual(devices, [{ device: 'f'.repeat(32), files: 3, earlierKey: 0, otherKey: 1 }]);
  });

  it('takes in a copy of its own file that a sync tool made, and clears it away', async () => {
    await one.record(minuteRecord(1, nowMinute));
    await one.sync();
    const own = await one.own();
    // What a sync tool took for a conflict: another state of this device's own file.
    await rm(path.join(one.storage, 'sync-state.json'));
    const copy = await readFile(path.join(own, '2026-11.age'));
    await rm(path.join(one.vault.folder, 'segments'), { recursive: true });
    await one.record(minuteRecord(2, nowMinute));
    await rm(path.join(own, '2026-11.age'));
    await writeFile(path.join(own, '2026-11 (1).age'), copy);
    const { removed } = await one.sync();
    assert.equal(removed, 1);
    assert.equal((await one.content()).counts['sessions'], 2);
    assert.deepEqual(await readdir(own), ['2026-11.age']);
  });

  it('changes and removes no file of another device', async () => {
    await one.record(...everyKind);
    await one.sync();
    const before = await filesBelow(await one.own());
    await two.record(minuteRecord(2, nowMinute + 3), {
      type: 'tombstone',
      id: testId(3),
      deletedMs: nowMs,
    });
    await two.sync();
    await transfer(two.vault, 'leaveSync', { folder: shared, storage: two.storage });
    assert.deepEqual(await filesBelow(await one.own()), before);
  });

  it('writes again what somebody took out of its folder or put back to an earlier state', async () => {
    await one.record(minuteRecord(1, nowMinute));
    await one.sync();
    const own = path.join(await one.own(), '2026-11.age');
    const earlier = await readFile(own);
    await one.record(minuteRecord(2, nowMinute));
    await one.sync();
    await writeFile(own, earlier);
    assert.equal((await one.sync()).written, 1);
    await rm(own);
    assert.equal((await one.sync()).written, 1);
    await two.sync();
    assert.deepEqual(await two.content(), await one.content());
  });

  it('is a report of what is there even with clocks years apart', async () => {
    await one.record(minuteRecord(1, nowMinute));
    two.vault.clock.setWall(nowMs - 700 * dayMs);
    await two.record(minuteRecord(2, nowMinute - 700 * 1440));
    for (const each of [one, two, one]) {
      await each.sync();
    }
    assert.deepEqual(await one.content(), await two.content());
    two.vault.clock.setWall(nowMs + 700 * dayMs);
    await two.record(minuteRecord(3, nowMinute + 700 * 1440));
    await two.sync();
    await one.sync();
    assert.deepEqual(await one.content(), await two.content());
    assert.equal((await one.content()).counts['sessions'], 3);
  });

  it('goes nowhere without its folder, and makes none', async () => {
    await one.record(minuteRecord(1, nowMinute));
    await rm(shared, { recursive: true });
    await assert.rejects(one.sync(), failsWith('unreachable'));
    await assert.rejects(stat(shared));
    await mkdir(shared);
    let written = 0;
    const takesAway = one.sync({
      step: (step) => {
        if (step.includes('temporary made') && step.startsWith('2026') && written++ === 0) {
          throw Object.assign(new Error('gone'), { code: 'ENOENT' });
        }
      },
    });
    await assert.rejects(takesAway, failsWith('unreachable'));
    await one.sync();
    await two.sync();
    assert.deepEqual(await two.content(), await one.content());
  });

  it('has nothing to do with another vault in the same folder', async () => {
    await one.record(minuteRecord(1, nowMinute));
    await one.sync();
    const stranger = await TestVault.create(nowMs);
    vaults.push(stranger);
    const file = await readVaultFile(stranger.folder);
    assert.ok(file);
    await stranger.sign({ ...file, vault: 'e'.repeat(32) });
    const report = await transfer(stranger, 'sync', {
      folder: shared,
      storage: await folders.make(),
    });
    assert.deepEqual([report.merged, report.unread.length], [0, 0]);
    assert.deepEqual(await contentOf(stranger.folder, stranger.keyring()), await emptyContent());
  });

  it('leaves nothing of a device that leaves, and takes it back', async () => {
    await one.record(...everyKind);
    await one.sync();
    await two.sync();
    const params = { folder: shared, storage: one.storage };
    const left = await transfer(one.vault, 'leaveSync', params);
    assert.deepEqual(left, { removed: 4, othersRemain: true });
    await assert.rejects(stat(await one.own()));
    assert.deepEqual(await transfer(two.vault, 'leaveSync', { ...params, storage: two.storage }), {
      removed: 4,
      othersRemain: false,
    });
    assert.deepEqual(await readdir(shared), []);
    assert.equal((await one.sync()).written, 4);
  });

  it('clears away what a process that was killed left behind, once it is old', async () => {
    await one.record(minuteRecord(1, nowMinute));
    await one.sync();
    const left = path.join(await one.own(), `2026-11.age.${'0'.repeat(16)}.tmp`);
    await writeFile(left, 'a part');
    await utimes(left, new Date(nowMs - 2 * 3_600_000), new Date(nowMs - 2 * 3_600_000));
    await one.record(minuteRecord(2, nowMinute));
    await one.sync();
    assert.deepEqual(await readdir(await one.own()), ['2026-11.age']);
  });

  it('cuts a device off by rotating, and says what remains for the others', async () => {
    await one.record(...everyKind);
    await one.sync();
    await two.sync();
    await one.sync();
    const identity = generateIdentity();
    await rotate(one, identity);
    const keyring = (): Identity[] => [
      { ...identity, secret: Uint8Array.from(identity.secret) },
      ...one.vault.keyring(),
    ];
    const rotated = await one.sync({ keyring: keyring() });
    assert.equal(rotated.written, 4);
    assert.deepEqual(rotated.devices, [
      { device: await two.id(), files: 4, earlierKey: 4, otherKey: 0 },
    ]);
    // Who has only the earlier key reads nothing of what the first device has.
    const cutOff = await two.sync();
    assert.deepEqual(cutOff.devices, [
      { device: await one.id(), files: 4, earlierKey: 0, otherKey: 4 },
    ]);
    assert.equal(cutOff.waiting, 0);
    // It joins with the new recovery kit, though it has the vault under the earlier key.
    const file = await readVaultFile(one.vault.folder);
    assert.ok(file);
    const joined = await transfer(two.vault, 'restoreAsNew', {
      from: shared,
      key: { kind: 'recoveryKey', text: formatRecoveryKit(file, [identity]) },
      storage: two.storage,
      protector: { kind: 'keyFile', key: new Uint8Array(32).fill(7) },
      vault: file.vault,
    });
    assert.equal((await readVaultFile(joined.folder))?.recipient, identity.recipient);
    // Or the second takes the new key where it is, and all is as it was.
    await rotate(two, identity);
    const back = await two.sync({ keyring: keyring() });
    assert.deepEqual([back.merged, back.written], [4, 4]);
    const last = await one.sync({ keyring: keyring() });
    assert.deepEqual(last.devices, [
      { device: await two.id(), files: 4, earlierKey: 0, otherKey: 0 },
    ]);
    assert.equal((await one.sync({ keyring: keyring() })).written, 0);
  });

  it('is a backup too: a new device joins with the recovery kit alone', async () => {
    await one.record(...everyKind);
    await two.record(minuteRecord(9, nowMinute));
    for (const each of [one, two]) {
      await each.sync();
    }
    await writeFile(path.join(await two.own(), 'torn.age'), 'age-encryption.org/v1');
    const file = await readVaultFile(one.vault.folder);
    assert.ok(file);
    const kit = formatRecoveryKit(file, one.vault.keyring());
    const storage = await folders.make();
    const nowhere = path.join(storage, 'vault');
    const key = { kind: 'recoveryKey', text: kit } as const;
    const restored = await transfer(
      one.vault,
      'restoreAsNew',
      {
        from: shared,
        key,
        storage,
        protector: { kind: 'keyFile', key: new Uint8Array(32).fill(7) },
        vault: file.vault,
      },
      { folder: nowhere, keyring: [] },
    );
    const expected = await contentOfRecords([...everyKind, minuteRecord(9, nowMinute)]);
    assert.deepEqual(await contentOf(restored.folder, one.vault.keyring()), expected);
    const report = await transfer(
      one.vault,
      'sync',
      { folder: shared, storage },
      { folder: restored.folder },
    );
    assert.deepEqual([report.added, report.written, report.waiting], [{}, 4, 1]);
    const foreign = formatIdentity(generateIdentity());
    await assert.rejects(
      transfer(one.vault, 'mergeBackup', {
        from: shared,
        key: { kind: 'recoveryKey', text: foreign },
      }),
      failsWith('wrongKey'),
    );
  });

  /** As a rotation does, with an identity of the test's. */
  async function rotate({ vault }: Device, identity: Identity): Promise<void> {
    const file = await readVaultFile(vault.folder);
    assert.ok(file);
    const entry = { id: testId(1), kind: 'keyFile', createdMs: nowMs } as const;
    const key = { entry, key: new Uint8Array(32) };
    const known = { ...file, protectors: [entry] };
    const keys = { keyring: vault.keyring(), trust: new ReadTrust(file) };
    const trusted = await listTrusted(vault.folder, keys);
    const rotated = withAccepted(withNewIdentity(known, identity, [key], nowMs), trusted);
    await vault.sign({ ...rotated, generation: file.generation + 1 }, identity);
  }
});
