import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  formatManifest,
  parseManifest,
  signManifest,
} from '../../../src/transfer/backup/backupManifest.ts';
import type { ContentDigest } from '../../../src/vault/database/contentDigest.ts';
import type { JobName, JobParams } from '../../../src/transfer/transferContract.ts';
import { TransferError } from '../../../src/transfer/transferError.ts';
import { readVaultLocation, switchVault } from '../../../src/vault/folder/vaultLocation.ts';
import { wasmPath } from '../../support/keeperBundle.ts';
import { KillableProgram } from '../../support/killableProgram.ts';
import {
  killAtEachStep,
  titleOfForms,
  type KilledRun,
  type KillPoint,
} from '../../support/killPoints.ts';
import { SmallDisk } from '../../support/smallDisk.ts';
import { TestVault } from '../../support/testVault.ts';
import { contentOf, TestFolders, transfer } from '../../support/transferPlace.ts';
import { minuteRecord, testId } from '../../support/vaultRecords.ts';

const nowMs = Date.UTC(2026, 10, 21, 18, 30, 15);
const dayMs = 24 * 3_600_000;
const present = { kind: 'present' } as const;

async function record(vault: TestVault, session: number): Promise<void> {
  const writer = vault.writer();
  await writer.append(minuteRecord(session, 29_000_000 + session));
  await writer.close();
}

/** Every backup that a manifest says was verified is whole. */
async function demandWhole(vault: TestVault, folder: string): Promise<number> {
  let verified = 0;
  for (const name of await readdir(folder)) {
    if (name.endsWith('.age')) {
      const bytes = await readFile(path.join(folder, name.replace('.age', '.json')));
      if (parseManifest(bytes).verifiedMs !== null) {
        await transfer(vault, 'verifyBackup', { file: path.join(folder, name) });
        verified++;
      }
    }
  }
  return verified;
}

describe('kill -9 in a transfer', function () {
  this.timeout(300_000);
  const folders = new TestFolders();
  let program: KillableProgram;
  let vault: TestVault;
  let backups: string;

  before(async () => {
    program = await KillableProgram.make('test/support/transferProcess.ts', wasmPath);
  });

  after(async () => {
    await program.remove();
  });

  beforeEach(async () => {
    vault = await TestVault.create(nowMs);
    backups = await folders.make();
    await record(vault, 1);
  });

  afterEach(async () => {
    await vault.release();
    await folders.remove();
  });

  /** Runs a job in a process. */
  function run<N extends JobName>(
    name: N,
    params: JobParams<N>,
    killAt: KillPoint | undefined,
  ): Promise<KilledRun> {
    return program.runSteps({
      folder: vault.folder,
      secret: Buffer.from(vault.identity.secret).toString('hex'),
      nowMs: vault.clock.wallMs(),
      name,
      params,
      killAt,
    });
  }

  it(titleOfForms('leaves each backup whole or none, and the next one clears up'), async () => {
    const first = await transfer(vault, 'backUp', { folder: backups });
    const steps = await killAtEachStep(async (killAt) => {
      const ended = await run('backUp', { folder: backups }, killAt);
      assert.ok((await demandWhole(vault, backups)) >= 1);
      vault.clock.advance(1_000);
      return ended;
    });
    assert.ok(steps >= 10, `${steps} steps`);
    vault.clock.setWall(Date.now() + 2 * 3_600_000);
    const last = await transfer(vault, 'backUp', { folder: backups });
    assert.ok((await demandWhole(vault, backups)) >= 3);
    const left = await readdir(backups);
    assert.ok(!left.some((name) => name.endsWith('.tmp')), left.join());
    const ages = left.filter((name) => name.endsWith('.age'));
    const manifests = left.filter((name) => name.endsWith('.json'));
    assert.equal(ages.length, manifests.length);
    assert.equal(await demandWhole(vault, backups), ages.length, 'each is verified');
    assert.ok([first.file, last.file].every((file) => ages.includes(file)));
  });

  const restoring = 'leaves the old vault or the restored one the current one, and both whole';
  it(titleOfForms(restoring), async () => {
    const { file } = await transfer(vault, 'backUp', { folder: backups });
    const expected = await contentOf(vault.folder, vault.keyring());
    const storage = await folders.make();
    const params = {
      from: path.join(backups, file),
      key: present,
      storage,
      protector: null,
      vault: testId(99),
    };
    let switched = 0;
    const steps = await killAtEachStep(async (killAt) => {
      const before = (await readVaultLocation(storage))?.folder;
      const ended = await run('restoreAsNew', params, killAt);
      const current = (await readVaultLocation(storage))?.folder;
      switched += ended.wasKilled && current !== before ? 1 : 0;
      for (const folder of [vault.folder, current ?? vault.folder]) {
        assert.deepEqual(await contentOf(folder, vault.keyring()), expected, `step ${killAt}`);
      }
      vault.clock.advance(1_000);
      if (killAt === undefined) {
        // The others begin as the first one: nothing was ever restored here.
        await rm(storage, { recursive: true });
        await mkdir(storage);
      }
      return ended;
    });
    assert.ok(steps >= 10 && switched >= 1, `${steps} steps, ${switched} behind the switch`);
    vault.clock.setWall(Date.now() + 2 * 3_600_000);
    const restored = await transfer(vault, 'restoreAsNew', params);
    assert.deepEqual(await contentOf(restored.folder, vault.keyring()), expected);
    const left = await readdir(path.join(storage, 'vaults'));
    assert.ok(!left.some((name) => name.endsWith('.tmp')), left.join());
  });

  const beside = 'leads nobody anywhere else who asks for another vault of the storage folder';
  it(titleOfForms(beside), async () => {
    const { file } = await transfer(vault, 'backUp', { folder: backups });
    const storage = await folders.make();
    const [other, inItsPlace] = [path.join(storage, 'other'), path.join(storage, 'vaults', 'new')];
    await switchVault(storage, other, inItsPlace, nowMs);
    const params = {
      from: path.join(backups, file),
      key: present,
      storage,
      protector: null,
      vault: testId(99),
    };
    let moved = 0;
    await killAtEachStep(async (killAt) => {
      const before = await readVaultLocation(storage, vault.folder);
      const ended = await run('restoreAsNew', params, killAt);
      const after = await readVaultLocation(storage, vault.folder);
      moved += after?.folder === before?.folder ? 0 : 1;
      assert.deepEqual(await readVaultLocation(storage, other), {
        folder: inItsPlace,
        sinceMs: nowMs,
        earlier: [{ folder: other, untilMs: nowMs }],
      });
      vault.clock.advance(1_000);
      return ended;
    });
    assert.ok(moved >= 2, `${moved} led on`);
    const locks = (await readdir(storage)).filter((name) => name.endsWith('.lock'));
    await switchVault(storage, other, path.join(storage, 'vaults', 'newer'), nowMs);
    assert.deepEqual(
      (await readdir(storage)).filter((name) => name.endsWith('.lock')),
      [],
      `${locks.length} locks of processes that died are gone`,
    );
  });

  it('prunes some of what may go, and no more', async () => {
    for (let day = 0; day < 12; day++) {
      vault.clock.setWall(nowMs + day * dayMs);
      await transfer(vault, 'backUp', { folder: backups });
    }
    const may = 12 - 7;
    let killed = 0;
    while ((await run('pruneBackups', { folder: backups }, killed)).wasKilled) {
      killed++;
      const verified = await demandWhole(vault, backups);
      assert.ok(verified >= 12 - may, `${verified} are left`);
    }
    assert.ok(killed >= 1);
    const left = (await readdir(backups)).filter((name) => name.endsWith('.age'));
    assert.ok(left.length >= 7 && left.length < 12, left.join());
    assert.ok(left.includes('millrace-00000000-20261202T183015Z.age'));
    assert.equal(await demandWhole(vault, backups), left.length);
  });

  it(titleOfForms('leaves no manifest of what it was removing'), async () => {
    const daily = async (): Promise<void> => {
      for (let day = 0; day < 10; day++) {
        vault.clock.setWall(nowMs + day * dayMs);
        await transfer(vault, 'backUp', { folder: backups });
      }
    };
    await daily();
    const steps = await killAtEachStep(async (killAt) => {
      const ended = await run('pruneBackups', { folder: backups }, killAt);
      if ((await readdir(backups)).length < 2 * 9) {
        // There has to be something to prune again.
        await daily();
      }
      return ended;
    });
    assert.ok(steps >= 4, `${steps} steps`);
    // Until an hour ago somebody might have been at work.
    const later = Date.now() + 2 * 3_600_000;
    vault.clock.setWall(later);
    await transfer(vault, 'pruneBackups', { folder: backups });
    const left = await readdir(backups);
    const ages = left.filter((name) => name.endsWith('.age'));
    assert.ok(ages.length >= 7);
    assert.equal(left.length, 2 * ages.length, left.join());
  });

  it('merges all or nothing', async () => {
    const { file } = await transfer(vault, 'backUp', { folder: backups });
    const both = await contentOf(vault.folder, vault.keyring());
    await rm(path.join(vault.folder, 'segments'), { recursive: true });
    const none = await contentOf(vault.folder, vault.keyring());
    const params = { from: path.join(backups, file), key: present };
    const found: ContentDigest[] = [];
    while ((await run('mergeBackup', params, found.length)).wasKilled) {
      found.push(await contentOf(vault.folder, vault.keyring()));
      await rm(path.join(vault.folder, 'snapshots'), { recursive: true, force: true });
    }
    assert.deepEqual(found, [none, both]);
    assert.deepEqual(await contentOf(vault.folder, vault.keyring()), both);
  });
});

describe('a full disk in a transfer', function () {
  this.timeout(120_000);
  const folders = new TestFolders();
  /** Some snapshots of an empty vault's size. */
  const diskBytes = 1 << 20;
  /** How much room is left: for nothing, for the manifest, for a part of the age file. */
  const rooms = [0, 8 << 10, 64 << 10];
  let vault: TestVault;
  let made: SmallDisk | undefined;
  let disk: string;

  before(async function () {
    made = await SmallDisk.make(diskBytes);
    if (made === undefined) {
      this.skip();
    }
    disk = made.folder;
  });

  after(async () => {
    await made?.remove();
    await folders.remove();
  });

  beforeEach(async () => {
    vault = await TestVault.create(nowMs);
    await record(vault, 1);
  });

  afterEach(async () => {
    await vault.release();
    for (const name of await readdir(disk)) {
      await rm(path.join(disk, name), { recursive: true });
    }
  });

  const isFull = (error: unknown): boolean => TransferError.is(error, 'full');

  async function leave(roomBytes: number): Promise<void> {
    const filler = path.join(disk, 'filler');
    await rm(filler, { force: true });
    let size = 0;
    for (const pieceBytes of [64 << 10, 4 << 10, 1]) {
      for (;;) {
        try {
          await writeFile(filler, new Uint8Array(pieceBytes), { flag: 'a' });
          size += pieceBytes;
        } catch {
          break;
        }
        if (pieceBytes === 1) {
          break;
        }
      }
    }
    await truncate(filler, Math.max(0, (size & ~4095) - roomBytes));
  }

  async function everything(folder: string): Promise<string[]> {
    return (await readdir(folder, { recursive: true })).filter((name) => name !== 'filler').sort();
  }

  it('leaves no half backup, and takes nothing from those that are there', async () => {
    const { file } = await transfer(vault, 'backUp', { folder: disk });
    const before = await everything(disk);
    for (const room of rooms) {
      await leave(room);
      await assert.rejects(transfer(vault, 'backUp', { folder: disk }), isFull, `${room} bytes`);
      assert.deepEqual(await everything(disk), before);
    }
    await rm(path.join(disk, 'filler'));
    await transfer(vault, 'verifyBackup', { file: path.join(disk, file) });
    await transfer(vault, 'backUp', { folder: disk });
    assert.equal((await everything(disk)).length, 4);
  });

  it('leaves no half vault, and the old one the current one', async () => {
    const backups = await folders.make();
    const { file } = await transfer(vault, 'backUp', { folder: backups });
    const params = {
      from: path.join(backups, file),
      key: present,
      storage: disk,
      protector: null,
      vault: testId(99),
    };
    for (const room of rooms) {
      await leave(room);
      await assert.rejects(transfer(vault, 'restoreAsNew', params), isFull, `${room} bytes`);
      assert.equal(await readVaultLocation(disk), undefined);
      assert.ok((await everything(disk)).every((name) => name === 'vaults'));
    }
    await rm(path.join(disk, 'filler'));
    const { folder } = await transfer(vault, 'restoreAsNew', params);
    assert.equal((await readVaultLocation(disk))?.folder, folder);
  });

  it('merges nothing, and all once there is room', async () => {
    const backups = await folders.make();
    const { file } = await transfer(vault, 'backUp', { folder: backups });
    const expected = await contentOf(vault.folder, vault.keyring());
    const folder = path.join(disk, 'vault');
    await mkdir(folder);
    await writeFile(
      path.join(folder, 'vault.json'),
      await readFile(path.join(vault.folder, 'vault.json')),
    );
    const params = { from: path.join(backups, file), key: present };
    for (const room of rooms) {
      await leave(room);
      await assert.rejects(transfer(vault, 'mergeBackup', params, { folder }), isFull);
      assert.ok(!(await everything(disk)).some((name) => /\.(age|tmp)$/.test(name)));
    }
    await rm(path.join(disk, 'filler'));
    await transfer(vault, 'mergeBackup', params, { folder });
    assert.deepEqual(await contentOf(folder, vault.keyring()), expected);
  });

  it('says so when nobody may write there', async () => {
    const { file } = await transfer(vault, 'backUp', { folder: disk });
    const before = await everything(disk);
    made?.setReadOnly(true);
    try {
      const isDenied = (error: unknown): boolean => TransferError.is(error, 'denied');
      await assert.rejects(transfer(vault, 'backUp', { folder: disk }), isDenied);
      const from = path.join(disk, file);
      const asNew = { from, key: present, storage: disk, protector: null, vault: testId(99) };
      await assert.rejects(transfer(vault, 'restoreAsNew', asNew), isDenied);
      assert.deepEqual(await everything(disk), before);
      const [listed] = await transfer(vault, 'listBackups', { folder: disk, key: present });
      assert.equal(listed?.failure, null);
      await transfer(vault, 'mergeBackup', { from, key: present });
    } finally {
      made?.setReadOnly(false);
    }
  });

  it('is pruned all the same', async () => {
    const source = await folders.make();
    const { file } = await transfer(vault, 'backUp', { folder: source });
    const age = await readFile(path.join(source, file));
    const manifest = parseManifest(
      await readFile(path.join(source, file.replace('.age', '.json'))),
    );
    for (let day = 0; day < 12; day++) {
      const createdMs = nowMs + day * dayMs;
      const stamp = new Date(createdMs).toISOString().replace(/[-:]|\.\d+/g, '');
      const name = `millrace-00000000-${stamp}.age`;
      // Small ones: what is in them is not looked at.
      await writeFile(path.join(disk, name), age.subarray(0, 1000));
      const own = signManifest({ ...manifest, file: name, createdMs }, vault.keyring());
      await writeFile(path.join(disk, name.replace('.age', '.json')), formatManifest(own));
    }
    vault.clock.setWall(nowMs + 11 * dayMs);
    await leave(0);
    const { removed, kept } = await transfer(vault, 'pruneBackups', { folder: disk });
    assert.equal(removed.length + kept, 12);
    assert.ok(removed.length > 0);
    assert.ok(kept >= 7);
  });
});
