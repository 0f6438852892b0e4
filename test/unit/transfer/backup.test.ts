import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cp,
  chmod,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { parseManifest } from '../../../src/transfer/backup/backupManifest.ts';
import { parseBackupName } from '../../../src/transfer/copies/backupNames.ts';
import { TransferError } from '../../../src/transfer/transferError.ts';
import { formatIdentity, generateIdentity } from '../../../src/vault/age/identity.ts';
import type { VaultRecord } from '../../../src/vault/record.ts';
import { SmallDisk } from '../../support/smallDisk.ts';
import { TestVault } from '../../support/testVault.ts';
import { contentOf, contentOfRecords, TestFolders, transfer } from '../../support/transferPlace.ts';
import { minuteRecord, sessionRecord, testId } from '../../support/vaultRecords.ts';
import { anyRecord } from '../../support/vaultTools.ts';

const nowMs = Date.UTC(2026, 10, 21, 18, 30, 15);
const dayMs = 24 * 3_600_000;
const failsWith = (reason: string) => (error: unknown) =>
  TransferError.is(error) && error.reason === reason;

describe('backups', function () {
  this.timeout(120_000);
  const folders = new TestFolders();
  let vault: TestVault;
  let folder: string;

  beforeEach(async () => {
    vault = await TestVault.create(nowMs);
    folder = await folders.make();
  });

  afterEach(async () => {
    await vault.release();
    await folders.remove();
  });

  async function record(...records: readonly VaultRecord[]): Promise<void> {
    await vault.record(...records);
  }

  it('are an age file and a manifest, verified by restoring it', async () => {
    await record(sessionRecord(1, nowMs - 60_000, nowMs), minuteRecord(1, 29_000_000));
    const made = await transfer(vault, 'backUp', { folder });
    assert.deepEqual((await readdir(folder)).sort(), [
      'millrace-00000000-20261121T183015Z.age',
      'millrace-00000000-20261121T183015Z.json',
    ]);
    assert.equal(made.file, 'millrace-00000000-20261121T183015Z.age');
    assert.deepEqual(parseBackupName(made.file), { shortId: '00000000', createdMs: nowMs });
    const bytes = await readFile(path.join(folder, made.file.replace('.age', '.json')));
    const manifest = parseManifest(bytes);
    assert.equal(manifest.verifiedMs, nowMs);
    assert.equal(manifest.counts['sessions'], 1);
    assert.equal(manifest.sizeBytes, (await stat(path.join(folder, made.file))).size);
    const content = await contentOf(vault.folder, vault.keyring());
    assert.deepEqual([manifest.contentSha256, manifest.counts], [content.sha256, content.counts]);
    assert.equal((await stat(path.join(folder, made.file))).mode & 0o077, 0);
  });

  it('are opened by age and sqlite3 alone', async function () {
    if (spawnSync('age', ['--version']).error || spawnSync('sqlite3', ['--version']).error) {
      this.skip();
    }
    await record(sessionRecord(1, nowMs - 60_000, nowMs), minuteRecord(1, 29_000_000));
    const { file } = await transfer(vault, 'backUp', { folder });
    const kit = path.join(folder, 'kit.txt');
    await writeFile(kit, `# a kit\n${formatIdentity(vault.identity)}\n`);
    const plain = path.join(folder, 'millrace.db');
    const opened = spawnSync('age', ['-d', '-i', kit, '-o', plain, path.join(folder, file)]);
    assert.equal(opened.status, 0, opened.stderr.toString());
    const asked = spawnSync('sqlite3', [plain, 'SELECT count(*), min(at_ms) FROM minutes;']);
    assert.equal(asked.stdout.toString().trim(), `1|${29_000_000 * 60_000}`);
  });

  it('give back every record, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRecord, { maxLength: 30 }), async (records) => {
        const other = await TestVault.create(nowMs);
        const place = await folders.make();
        const storage = await folders.make();
        try {
          const writer = other.writer();
          await writer.append(...records);
          await writer.close();
          const { file } = await transfer(other, 'backUp', { folder: place });
          await rm(path.join(other.folder, 'segments'), { recursive: true, force: true });
          const back = await transfer(other, 'restoreAsNew', {
            from: path.join(place, file),
            key: { kind: 'present' },
            storage,
            protector: null,
            vault: testId(99),
          });
          const found = await contentOf(back.folder, other.keyring());
          assert.deepEqual(found, await contentOfRecords(records));
        } finally {
          await other.release();
        }
      }),
      { numRuns: 25 },
    );
  });

  it('of one second get names of their own', async () => {
    await record(minuteRecord(1, 29_000_000));
    const one = await transfer(vault, 'backUp', { folder });
    const other = await transfer(vault, 'backUp', { folder });
    assert.notEqual(one.file, other.file);
    assert.equal((await readdir(folder)).length, 4);
  });

  it('of several at once in one second all stay, each under its own name', async () => {
    await record(sessionRecord(1, nowMs - 60_000, nowMs), minuteRecord(1, 29_000_000));
    const made = await Promise.all(
      Array.from({ length: 4 }, () => transfer(vault, 'backUp', { folder })),
    );
    assert.equal(new Set(made.map(({ file }) => file)).size, 4);
    for (const { file } of made) {
      await transfer(vault, 'verifyBackup', { file: path.join(folder, file) });
    }
    assert.equal((await readdir(folder)).length, 8);
  });

  it('are not made inside the vault, which they have to outlive', async () => {
    await record(minuteRecord(1, 29_000_000));
    const inside = path.join(vault.folder, 'snapshots');
    await mkdir(inside, { recursive: true });
    const link = path.join(folder, 'link');
    await symlink(inside, link);
    for (const each of [vault.folder, inside, link]) {
      const before = await readdir(each);
      const params = { folder: each, storage: path.dirname(vault.folder) };
      await assert.rejects(transfer(vault, 'backUp', params), failsWith('insideVault'));
      await assert.rejects(transfer(vault, 'sync', params), failsWith('insideVault'));
      assert.deepEqual(await readdir(each), before);
    }
  });

  it('are made beside the vault, whatever the folder is called', async () => {
    const parent = await folders.make();
    const moved = path.join(parent, 'vault');
    await cp(vault.folder, moved, { recursive: true });
    const outside = path.join(parent, '..vaults');
    await mkdir(outside);
    for (const each of [outside, parent]) {
      await assert.doesNotReject(transfer(vault, 'backUp', { folder: each }, { folder: moved }));
    }
  });

  it('are not made where there is no folder, and say so', async () => {
    const missing = path.join(folder, 'drive', 'backups');
    await assert.rejects(transfer(vault, 'backUp', { folder: missing }), failsWith('unreachable'));
    assert.deepEqual(await readdir(folder), [], 'a missing drive is no folder to be made');
    const file = path.join(folder, 'file');
    await writeFile(file, '');
    await assert.rejects(transfer(vault, 'backUp', { folder: file }), failsWith('unreachable'));
  });

  it('are not made where nobody may write', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    if (process.getuid?.() !== 0) {
      await chmod(folder, 0o500);
      await assert.rejects(transfer(vault, 'backUp', { folder }), failsWith('denied'));
      await chmod(folder, 0o700);
      assert.deepEqual(await readdir(folder), []);
      return;
    }
    // Root may write anywhere but on a disk that takes nothing.
    const disk = await SmallDisk.make(1 << 20);
    if (disk === undefined) {
      this.skip();
    }
    try {
      disk.setReadOnly(true);
      await assert.rejects(transfer(vault, 'backUp', { folder: disk.folder }), failsWith('denied'));
      assert.deepEqual(await readdir(disk.folder), []);
    } finally {
      await disk.remove();
    }
  });

  it('leave nothing when they are cancelled, at whatever step', async () => {
    await record(minuteRecord(1, 29_000_000));
    const steps: string[] = [];
    await transfer(vault, 'backUp', { folder }, { step: (step) => steps.push(step) });
    const before = await readdir(folder);
    for (const at of steps.keys()) {
      const controller = new AbortController();
      let seen = 0;
      const step = (): void => {
        if (seen++ === at) {
          controller.abort();
        }
      };
      const tried = transfer(vault, 'backUp', { folder }, { step, signal: controller.signal });
      await tried.then(
        // Cancelled after the last look: it is whole, and verified.
        async ({ file }) => {
          await transfer(vault, 'verifyBackup', { file: path.join(folder, file) });
          await rm(path.join(folder, file));
          await rm(path.join(folder, file.replace('.age', '.json')));
        },
        (error: unknown) => {
          assert.ok(failsWith('cancelled')(error), steps[at]);
        },
      );
      assert.deepEqual((await readdir(folder)).sort(), before.sort(), steps[at]);
    }
  });

  it('are verified again, and found damaged in every part', async () => {
    await record(minuteRecord(1, 29_000_000));
    const { file: name } = await transfer(vault, 'backUp', { folder });
    const file = path.join(folder, name);
    vault.clock.advance(dayMs);
    const { verifiedMs } = await transfer(vault, 'verifyBackup', { file });
    assert.equal(verifiedMs, nowMs + dayMs);
    const whole = await readFile(file);
    const regions = [0, 30, 120, 180, 210, 230, 300, 70_000, whole.length / 2, whole.length - 1];
    for (const offset of regions.map(Math.floor)) {
      const bytes = Uint8Array.from(whole);
      bytes[offset] = (bytes[offset] ?? 0) ^ 1;
      await writeFile(file, bytes);
      await assert.rejects(transfer(vault, 'verifyBackup', { file }), failsWith('damaged'));
      // Without its manifest only the seals tell.
      const alone = path.join(folder, 'alone.age');
      await writeFile(alone, bytes);
      const restoring = transfer(vault, 'mergeBackup', { from: alone, key: { kind: 'present' } });
      await assert.rejects(
        restoring,
        (error) => failsWith('damaged')(error) || failsWith('wrongKey')(error),
        `${offset}`,
      );
      await rm(alone);
    }
    for (const length of [0, 1, 200, 65_000, whole.length - 1]) {
      await writeFile(file, whole.subarray(0, length));
      await assert.rejects(transfer(vault, 'verifyBackup', { file }), failsWith('damaged'));
    }
    await writeFile(file, whole);
    await transfer(vault, 'verifyBackup', { file });
    await assert.rejects(
      transfer(vault, 'verifyBackup', { file }, { keyring: [generateIdentity()] }),
      failsWith('wrongKey'),
    );
  });

  it('clear away what a killed process left, and nothing that is not theirs', async () => {
    const old = new Date(nowMs - 2 * 3_600_000);
    const stem = 'millrace-00000000-20260101T000000Z';
    const mine = [`${stem}.age.0123456789abcdef.tmp`, `${stem}.json`];
    const others = [
      `millrace-11111111-20260101T000000Z.json`,
      `millrace-11111111-20260101T000000Z.age.0123456789abcdef.tmp`,
      'millrace-00000000-20260101T000000Z (conflicted copy).json',
      'notes.tmp',
    ];
    for (const name of [...mine, ...others]) {
      await writeFile(path.join(folder, name), 'x');
      await utimes(path.join(folder, name), old, old);
    }
    const fresh = `${stem}.age.fedcba9876543210.tmp`;
    await writeFile(path.join(folder, fresh), 'x');
    await utimes(path.join(folder, fresh), new Date(nowMs), new Date(nowMs));
    await transfer(vault, 'backUp', { folder });
    const left = await readdir(folder);
    assert.ok(mine.every((name) => !left.includes(name)));
    assert.ok([...others, fresh].every((name) => left.includes(name)));
  });

  it('are pruned by their own times, and only where name and manifest agree', async () => {
    await record(minuteRecord(1, 29_000_000));
    for (let day = 0; day < 12; day++) {
      await transfer(vault, 'backUp', { folder });
      vault.clock.setWall(nowMs + (day + 1) * dayMs);
    }
    vault.clock.setWall(nowMs + 11 * dayMs);
    const first = 'millrace-00000000-20261121T183015Z';
    const stranger = 'millrace-00000000-20261122T000000Z.age';
    await writeFile(path.join(folder, stranger), 'x');
    const manifest = parseManifest(await readFile(path.join(folder, `${first}.json`)));
    const renamed = 'millrace-00000000-20261122T000001Z';
    await writeFile(path.join(folder, `${renamed}.age`), 'x');
    await writeFile(path.join(folder, `${renamed}.json`), JSON.stringify(manifest));
    const foreign = 'millrace-11111111-20261122T000000Z.age';
    await writeFile(path.join(folder, foreign), 'x');
    vault.clock.setWall(nowMs - 354 * dayMs);
    assert.deepEqual((await transfer(vault, 'pruneBackups', { folder })).removed, []);
    vault.clock.setWall(nowMs + 11 * dayMs);
    const { removed, kept } = await transfer(vault, 'pruneBackups', { folder });
    assert.equal(removed.length + kept, 12);
    assert.ok(removed.length > 0 && kept >= 7);
    const left = await readdir(folder);
    assert.ok([stranger, `${renamed}.age`, foreign].every((name) => left.includes(name)));
    assert.ok(removed.every((name) => !left.includes(name)));
    assert.ok(removed.every((name) => !left.includes(name.replace('.age', '.json'))));
    assert.deepEqual((await transfer(vault, 'pruneBackups', { folder })).removed, []);
  });
});
