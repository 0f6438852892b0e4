import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { JobName, JobParams } from '../../../src/transfer/transferContract.ts';
import { TransferError } from '../../../src/transfer/transferError.ts';
import { compact } from '../../../src/vault/upkeep/compaction.ts';
import { wasmPath } from '../../support/keeperBundle.ts';
import { KillableProgram } from '../../support/killableProgram.ts';
import {
  isLongForm,
  killAtEachStep,
  titleOfForms,
  type KilledRun,
  type KillPoint,
} from '../../support/killPoints.ts';
import { SmallDisk } from '../../support/smallDisk.ts';
import { TestVault } from '../../support/testVault.ts';
import { contentOf, TestFolders, transfer } from '../../support/transferPlace.ts';
import { minuteRecord, sessionRecord, testId } from '../../support/vaultRecords.ts';

const nowMs = Date.UTC(2026, 10, 21, 18, 30, 15);
const minute = 29_000_000;

describe('folder sync on a bad day', function () {
  this.timeout(300_000);
  const folders = new TestFolders();
  let program: KillableProgram;
  let one: TestVault;
  let two: TestVault;
  let shared: string;
  let storages: Map<TestVault, string>;

  before(async () => {
    program = await KillableProgram.make('test/support/transferProcess.ts', wasmPath);
  });

  after(async () => {
    await program.remove();
  });

  beforeEach(async () => {
    one = await TestVault.create(nowMs);
    two = await TestVault.create(nowMs, one.identity);
    shared = await folders.make();
    storages = new Map([
      [one, await folders.make()],
      [two, await folders.make()],
    ]);
  });

  afterEach(async () => {
    await one.release();
    await two.release();
    await folders.remove();
  });

  async function record(vault: TestVault, ...sessions: readonly number[]): Promise<void> {
    const writer = vault.writer();
    for (const session of sessions) {
      await writer.append(
        sessionRecord(session, nowMs, nowMs + 60_000),
        minuteRecord(session, minute + session),
      );
    }
    await writer.close();
  }

  async function markDeleted(vault: TestVault, session: number): Promise<void> {
    const writer = vault.writer();
    await writer.append({ type: 'tombstone', id: testId(session), deletedMs: nowMs });
    await writer.close();
  }

  async function compactVault(vault: TestVault): Promise<void> {
    const { folder, clock, log } = vault;
    await compact(await vault.ledger(), { folder, clock, log });
  }

  const params = (vault: TestVault, folder = shared): JobParams<'sync'> => ({
    folder,
    storage: storages.get(vault) ?? '',
  });

  /** Runs a job in a process. */
  function runJob<N extends JobName>(
    vault: TestVault,
    name: N,
    job: JobParams<N>,
    killAt: KillPoint | undefined,
  ): Promise<KilledRun> {
    return program.runSteps({
      folder: vault.folder,
      secret: Buffer.from(vault.identity.secret).toString('hex'),
      nowMs: vault.clock.wallMs(),
      name,
      params: job,
      killAt,
    });
  }

  it(titleOfForms('goes on where kill -9 ended it, at whatever step'), async () => {
    let session = 10;
    const steps = await killAtEachStep(async (killAt) => {
      // Something new on both sides, and something deleted.
      await record(one, session);
      await record(two, session + 1);
      await markDeleted(two, session - 2);
      session += 2;
      await transfer(two, 'sync', params(two));
      const before = await contentOf(one.folder, one.keyring());
      const run = await runJob(one, 'sync', params(one), killAt);
      const after = await contentOf(one.folder, one.keyring());
      const expected = await contentOf(two.folder, two.keyring());
      assert.ok(
        (after.counts['tombstones'] ?? 0) >= (before.counts['tombstones'] ?? 0),
        'a deletion was lost',
      );
      await transfer(one, 'sync', params(one));
      await transfer(two, 'sync', params(two));
      const united = await contentOf(one.folder, one.keyring());
      assert.deepEqual(united, await contentOf(two.folder, two.keyring()), `step ${killAt}`);
      assert.ok((united.counts['sessions'] ?? 0) >= (expected.counts['sessions'] ?? 0));
      if (!isLongForm) {
        // Otherwise each round reads the files of all rounds before.
        await compactVault(one);
        await compactVault(two);
      }
      return run;
    });
    assert.ok(steps >= 12, `${steps} steps`);
  });

  it(titleOfForms('leaves as far as it came, and goes on'), async () => {
    const steps = await killAtEachStep(async (killAt) => {
      // A file of the month, and one of what is deleted.
      await record(one, 2, 3);
      await markDeleted(one, 4);
      await transfer(one, 'sync', params(one));
      const run = await runJob(one, 'leaveSync', params(one), killAt);
      const { othersRemain } = await transfer(one, 'leaveSync', params(one));
      assert.equal(othersRemain, false);
      return run;
    });
    assert.ok(steps >= 3, `${steps} steps`);
  });

  it('does no harm where two run at once', async () => {
    await record(two, 1, 2);
    await transfer(two, 'sync', params(two));
    await record(one, 3, 4);
    await Promise.all([1, 2, 3].map(() => transfer(one, 'sync', params(one))));
    await transfer(one, 'sync', params(one));
    await transfer(two, 'sync', params(two));
    const united = await contentOf(one.folder, one.keyring());
    assert.equal(united.counts['sessions'], 4);
    assert.deepEqual(united, await contentOf(two.folder, two.keyring()));
    assert.equal((await transfer(one, 'sync', params(one))).written, 0);
  });

  it('advances nothing on a full disk, and goes on when there is room', async function () {
    const disk = await SmallDisk.make(512 << 10);
    if (disk === undefined) {
      this.skip();
    }
    try {
      const filler = path.join(disk.folder, 'filler');
      for (const roomBytes of [0, 4 << 10, 8 << 10]) {
        await record(one, 1, 2, 3);
        await writeFile(filler, Buffer.alloc((512 << 10) - roomBytes)).catch(() => undefined);
        await assert.rejects(
          transfer(one, 'sync', params(one, disk.folder)),
          (error) => TransferError.is(error) && error.reason === 'full',
        );
        await rm(filler);
        await transfer(one, 'sync', params(one, disk.folder));
        await transfer(two, 'sync', params(two, disk.folder));
        const expected = await contentOf(one.folder, one.keyring());
        assert.deepEqual(await contentOf(two.folder, two.keyring()), expected);
        await transfer(one, 'leaveSync', params(one, disk.folder));
        await transfer(two, 'leaveSync', params(two, disk.folder));
      }
    } finally {
      await disk.remove();
    }
  });
});
