import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { TransferClient, type RunOptions } from '../../../src/transfer/transferClient.ts';
import { TransferError } from '../../../src/transfer/transferError.ts';
import { TestVault } from '../../support/testVault.ts';
import { transferBundle } from '../../support/transferBundle.ts';
import { contentOf, TestFolders } from '../../support/transferPlace.ts';
import { minuteRecord, testId } from '../../support/vaultRecords.ts';

const nowMs = Date.UTC(2026, 10, 21, 18, 30, 15);

describe('the transfer thread', function () {
  this.timeout(120_000);
  const folders = new TestFolders();
  let vault: TestVault;
  let client: TransferClient;
  let backups: string;

  beforeEach(async () => {
    vault = await TestVault.create(nowMs);
    const writer = vault.writer();
    await writer.append(minuteRecord(1, 29_000_000));
    await writer.close();
    backups = await folders.make();
    client = new TransferClient({ transferPath: await transferBundle(), log: vault.log });
  });

  afterEach(async () => {
    await vault.release();
    await folders.remove();
  });

  const options = (changes: Partial<RunOptions> = {}): RunOptions => ({
    folder: vault.folder,
    keysFolder: vault.keysFolder,
    keyring: vault.keyring(),
    ...changes,
  });

  it('backs up and restores, tells how far it is, and wipes what it was given', async () => {
    const told: number[] = [];
    const keyring = vault.keyring();
    const onProgress = (done: number, total: number): void => {
      told.push(done / total);
    };
    const made = await client.run('backUp', { folder: backups }, options({ keyring, onProgress }));
    assert.ok(keyring.every(({ secret }) => secret.every((byte) => byte === 0)));
    assert.equal(told.at(-1), 1);
    const storage = await folders.make();
    const restored = await client.run(
      'restoreAsNew',
      {
        from: path.join(backups, made.file),
        key: { kind: 'present' },
        storage,
        protector: null,
        vault: testId(99),
      },
      options(),
    );
    assert.deepEqual(
      await contentOf(restored.folder, vault.keyring()),
      await contentOf(vault.folder, vault.keyring()),
    );
    assert.doesNotMatch(vault.log.text, /millrace-transfer-/, 'no path in the log');
  });

  it('passes on why a job failed', async () => {
    const gone = path.join(backups, 'gone');
    await assert.rejects(client.run('backUp', { folder: gone }, options()), (error) =>
      TransferError.is(error, 'unreachable'),
    );
    await assert.rejects(client.run('backUp', { folder: '' }, options()), (error) =>
      TransferError.is(error, 'failed'),
    );
  });

  it('is cancelled before and while it runs, and leaves nothing', async () => {
    const early = new AbortController();
    early.abort();
    const isCancelled = (error: unknown): boolean => TransferError.is(error, 'cancelled');
    await assert.rejects(
      client.run('backUp', { folder: backups }, options({ signal: early.signal })),
      isCancelled,
    );
    const late = new AbortController();
    const onProgress = (): void => {
      late.abort();
    };
    // It says so once before it writes anything, so there is always time.
    const running = client.run(
      'backUp',
      { folder: backups },
      options({ signal: late.signal, onProgress }),
    );
    const outcome = await running.then(
      () => 'done',
      (error: unknown) => (isCancelled(error) ? 'cancelled' : 'failed'),
    );
    assert.notEqual(outcome, 'failed');
    assert.equal((await readdir(backups)).length, outcome === 'done' ? 2 : 0);
  });

  it('fails, and hangs nobody, when the thread dies or is not there', async () => {
    const folder = await folders.make();
    const broken = path.join(folder, 'transfer.js');
    await writeFile(broken, 'throw new Error("made up");');
    for (const transferPath of [broken, path.join(folder, 'none.js')]) {
      const other = new TransferClient({ transferPath, log: vault.log });
      await assert.rejects(other.run('backUp', { folder: backups }, options()), (error) =>
        TransferError.is(error, 'failed'),
      );
    }
  });
});
