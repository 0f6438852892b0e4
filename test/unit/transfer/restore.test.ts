import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  formatManifest,
  parseManifest,
  signManifest,
} from '../../../src/transfer/backup/backupManifest.ts';
import type { RestoredVault } from '../../../src/transfer/messages/backupMessages.ts';
import { protectorForRestore } from '../../../src/transfer/restore/restoredVaultFile.ts';
import { TransferError } from '../../../src/transfer/transferError.ts';
import { readVaultLocation, strayVaults } from '../../../src/vault/folder/vaultLocation.ts';
import { Database, loadSqlite } from '../../../src/vault/sqlite/database.ts';
import { createSchema } from '../../../src/vault/database/schema.ts';
import { schemaVersion } from '../../../src/vault/database/migrations.ts';

import { compact } from '../../../src/vault/upkeep/compaction.ts';
import { KeyFileProtector } from '../../../src/vault/protectors/keyFileProtector.ts';
import { AgeReader, memorySource, sealAge } from '../../../src/vault/age/ageStream.ts';
import { formatIdentity, generateIdentity } from '../../../src/vault/age/identity.ts';
import {
  derivePassphraseKey,
  passphraseBytes,
} from '../../../src/vault/protectors/passphraseKey.ts';
import { formatRecoveryKit } from '../../../src/vault/keys/recoveryKit.ts';
import {
  parseVaultFile,
  type PassphraseParameters,
} from '../../../src/vault/protectors/vaultFile.ts';
import { withProtector } from '../../../src/vault/keys/vaultProtection.ts';
import { openWithProtectors } from '../../../src/vault/keys/vaultKeys.ts';
import { readVaultFile } from '../../../src/vault/keys/vaultStore.ts';
import type { VaultRecord } from '../../../src/vault/record.ts';
import { VaultError } from '../../../src/vault/vaultError.ts';
import { wasmPath } from '../../support/keeperBundle.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { repositoryRoot } from '../../support/repositoryRoot.ts';
import { TestVault } from '../../support/testVault.ts';
import { contentOf, contentOfRecords, TestFolders, transfer } from '../../support/transferPlace.ts';
import { minuteRecord, sessionRecord, testId } from '../../support/vaultRecords.ts';
import { anyRecord, memoryProtector } from '../../support/vaultTools.ts';

const nowMs = Date.UTC(2026, 10, 21, 18, 30, 15);
const present = { kind: 'present' } as const;
const failsWith = (reason: string) => (error: unknown) =>
  TransferError.is(error) && error.reason === reason;

describe('restoring', function () {
  this.timeout(120_000);
  const folders = new TestFolders();
  let vault: TestVault;
  let backups: string;
  let storage: string;

  beforeEach(async () => {
    vault = await TestVault.create(nowMs);
    backups = await folders.make();
    storage = await folders.make();
  });

  afterEach(async () => {
    await vault.release();
    await folders.remove();
  });

  async function record(target: TestVault, records: readonly VaultRecord[]): Promise<void> {
    await target.record(...records);
  }

  async function backUp(): Promise<string> {
    return path.join(backups, (await transfer(vault, 'backUp', { folder: backups })).file);
  }

  const asNew = (from: string): Parameters<typeof transfer<'restoreAsNew'>>[2] => ({
    from,
    key: present,
    storage,
    protector: null,
    vault: testId(99),
  });

  /** Gives the vault a passphrase, as cheap as is allowed. */
  async function setPassphrase(passphrase: string): Promise<void> {
    const kdf: PassphraseParameters = {
      name: 'argon2id',
      memoryKiB: 19 * 1024,
      iterations: 2,
      parallelism: 1,
      salt: Buffer.alloc(16, 7).toString('base64'),
    };
    const key = await derivePassphraseKey(passphraseBytes(passphrase), kdf);
    const vaultJson = path.join(vault.folder, 'vault.json');
    const device = { id: testId(2), kind: 'keyFile', createdMs: nowMs } as const;
    const entry = { id: testId(1), kind: 'passphrase', createdMs: nowMs, kdf } as const;
    const file = parseVaultFile(await readFile(vaultJson));
    const keys = vault.keyring();
    const both = withProtector(
      withProtector(file, { entry: device, key: Buffer.alloc(32, 3) }, keys),
      { entry, key },
      keys,
    );
    await vault.sign(both);
  }

  it('makes a new vault beside the old one, and switches in one step', async () => {
    await record(vault, [sessionRecord(1, nowMs - 60_000, nowMs), minuteRecord(1, 29_000_000)]);
    const file = await backUp();
    const was = await contentOf(vault.folder, vault.keyring());
    await record(vault, [minuteRecord(2, 29_000_100)]);
    assert.equal(await readVaultLocation(storage), undefined);
    const restored = await transfer(vault, 'restoreAsNew', asNew(file));
    assert.equal(path.basename(restored.folder), '00000000-20261121t183015z');
    assert.equal(restored.counts['sessions'], 1);
    assert.deepEqual(await contentOf(restored.folder, vault.keyring()), was);
    assert.deepEqual(await readVaultLocation(storage), {
      folder: restored.folder,
      sinceMs: nowMs,
      earlier: [{ folder: vault.folder, untilMs: nowMs }],
    });
    const old = await contentOf(vault.folder, vault.keyring());
    assert.equal(old.counts['sessions'], 2, 'the old vault is as it was');
    assert.deepEqual(await strayVaults(storage), []);
    const again = await transfer(vault, 'restoreAsNew', asNew(file), { folder: restored.folder });
    assert.notEqual(again.folder, restored.folder);
    const location = await readVaultLocation(storage);
    assert.deepEqual(
      location?.earlier.map(({ folder }) => folder),
      [restored.folder, vault.folder],
    );
  });

  it('gives a new machine the vault itself, with the recovery key', async () => {
    await record(vault, [minuteRecord(1, 29_000_000)]);
    const file = await backUp();
    const kit = formatRecoveryKit(
      parseVaultFile(await readFile(path.join(vault.folder, 'vault.json'))),
      vault.keyring(),
    );
    const machine = await TestVault.create(nowMs);
    try {
      const protectors = [memoryProtector()];
      const protector = await protectorForRestore(protectors, testId(99), new MemoryLog());
      const restored = await transfer(
        machine,
        'restoreAsNew',
        {
          ...asNew(file),
          key: { kind: 'recoveryKey', text: kit },
          protector,
        },
        { folder: path.join(machine.folder, 'none'), keyring: [] },
      );
      const vaultFile = await readVaultFile(restored.folder);
      assert.ok(vaultFile !== undefined);
      assert.equal(vaultFile.vault, testId(99));
      const { identities } = await openWithProtectors(vaultFile, protectors);
      assert.deepEqual(identities, vault.keyring());
      assert.deepEqual(
        await contentOf(restored.folder, identities),
        await contentOf(vault.folder, vault.keyring()),
      );
    } finally {
      await machine.release();
    }
  });

  it('uses the key that a protector has already, as the old vault may need it', async () => {
    const protector = memoryProtector();
    const key = Uint8Array.from({ length: 32 }, (_, index) => index);
    await protector.store(testId(99), key);
    const found = await protectorForRestore([memoryProtector(), protector], testId(99), vault.log);
    assert.deepEqual(found.key, key);
    assert.deepEqual(protector.keys.get(testId(99)), key);
  });

  it('opens a backup with the passphrase, which goes on opening the new vault', async () => {
    await setPassphrase('drei Räder');
    await record(vault, [minuteRecord(1, 29_000_000)]);
    const file = await backUp();
    const keysText = await readFile(path.join(backups, 'millrace-00000000-keys.json'), 'utf8');
    assert.doesNotMatch(keysText, /keyFile/, 'no other protector’s wrapping leaves the device');
    const [entry] = await transfer(
      vault,
      'listBackups',
      { folder: backups, key: { kind: 'passphrase', text: 'drei Räder' } },
      { keyring: [] },
    );
    assert.deepEqual([entry?.failure, entry?.takesPassphrase], [null, true]);
    const device = [memoryProtector()];
    const restore = async (text: string): Promise<{ folder: string }> =>
      transfer(
        vault,
        'restoreAsNew',
        {
          ...asNew(file),
          key: { kind: 'passphrase', text },
          protector: await protectorForRestore(device, testId(99), vault.log),
        },
        { keyring: [], folder: path.join(storage, 'none') },
      );
    await assert.rejects(restore('vier Räder'), failsWith('wrongKey'));
    const restored = await restore('drei Räder');
    const vaultFile = await readVaultFile(restored.folder);
    assert.deepEqual(
      vaultFile?.protectors.map(({ kind }) => kind),
      ['passphrase', 'secretStorage'],
    );
    // Again, from the new vault's own backup, with the passphrase that came along.
    const snapshots = path.join(restored.folder, 'snapshots');
    const [snapshot] = await readdir(snapshots);
    const merged = await transfer(vault, 'mergeBackup', {
      from: path.join(snapshots, snapshot ?? ''),
      key: { kind: 'passphrase', text: 'drei Räder' },
    });
    assert.equal(merged.added['sessions'], 0);
    await transfer(vault, 'backUp', { folder: backups });
    await vault.writeVaultFile();
    await transfer(vault, 'backUp', { folder: backups });
    const left = await readdir(backups);
    assert.ok(!left.some((name) => name.endsWith('keys.json')), 'gone with the passphrase');
  });

  it('makes a vault of each of several restores at once, and removes none of another', async () => {
    await record(vault, [sessionRecord(1, nowMs - 60_000, nowMs), minuteRecord(1, 29_000_000)]);
    const from = await backUp();
    const before = await contentOf(vault.folder, vault.keyring());
    const made = await Promise.all(
      Array.from({ length: 3 }, () => transfer(vault, 'restoreAsNew', asNew(from))),
    );
    const restored = made.map(({ folder }) => folder).sort();
    assert.equal(new Set(restored).size, 3);
    for (const folder of restored) {
      assert.deepEqual(await contentOf(folder, vault.keyring()), before);
    }
    const vaults = path.join(storage, 'vaults');
    assert.deepEqual(
      (await readdir(vaults)).sort(),
      restored.map((each) => path.basename(each)),
    );
    assert.ok(restored.includes((await readVaultLocation(storage))?.folder ?? ''));
  });

  it('refuses a database with a trigger or a view of its own, whoever sealed it', async () => {
    await record(vault, [sessionRecord(1, nowMs - 60_000, nowMs)]);
    const from = await backUp();
    await rm(from.replace('.age', '.json'));
    const plain = new AgeReader(memorySource(await readFile(from)), vault.keyring());
    const bytes = plain.readAll();
    plain.dispose();
    for (const change of [
      'CREATE TRIGGER eager AFTER INSERT ON sessions BEGIN DELETE FROM tombstones; END',
      'DROP TABLE days; CREATE VIEW days AS SELECT 1 AS day',
    ]) {
      const database = new Database(await loadSqlite(wasmPath), bytes);
      database.execute(change);
      await writeFile(from, sealAge(vault.identity.recipient, database.export()));
      database.close();
      await assert.rejects(
        transfer(vault, 'restoreAsNew', asNew(from)),
        (error) => TransferError.is(error, 'damaged') && VaultError.is(error.cause, 'damaged'),
      );
      assert.equal(await readVaultLocation(storage), undefined);
    }
  });

  it('refuses the wrong key, and changes nothing', async () => {
    await record(vault, [minuteRecord(1, 29_000_000)]);
    const file = await backUp();
    const text = formatIdentity(generateIdentity());
    for (const key of [
      { kind: 'recoveryKey', text } as const,
      { kind: 'recoveryKey', text: 'nothing of the kind' } as const,
      { kind: 'passphrase', text: 'none was set' } as const,
    ]) {
      await assert.rejects(
        transfer(vault, 'restoreAsNew', { ...asNew(file), key }),
        failsWith('wrongKey'),
      );
      await assert.rejects(
        transfer(vault, 'mergeBackup', { from: file, key }),
        failsWith('wrongKey'),
      );
    }
    await assert.rejects(
      transfer(vault, 'restoreAsNew', asNew(file), { keyring: [] }),
      failsWith('locked'),
    );
    assert.equal(await readVaultLocation(storage), undefined);
    assert.deepEqual(await strayVaults(storage), []);
  });

  it('leaves nothing when it is cancelled, at whatever step', async () => {
    await record(vault, [minuteRecord(1, 29_000_000)]);
    const file = await backUp();
    let cancelled = 0;
    for (let at = 0; (await readVaultLocation(storage)) === undefined; at++) {
      const controller = new AbortController();
      let seen = 0;
      const step = (): void => {
        if (seen++ === at) {
          controller.abort();
        }
      };
      const { signal } = controller;
      await transfer(vault, 'restoreAsNew', asNew(file), { step, signal }).catch(
        async (error: unknown) => {
          assert.ok(failsWith('cancelled')(error));
          assert.equal(await readVaultLocation(storage), undefined);
          assert.deepEqual(await strayVaults(storage), []);
          cancelled++;
        },
      );
    }
    assert.ok(cancelled >= 4, `${cancelled} steps`);
  });

  it('refuses a damaged backup, half of one, and what is none', async () => {
    await record(vault, [minuteRecord(1, 29_000_000)]);
    const file = await backUp();
    const whole = await readFile(file);
    for (const bytes of [
      whole.subarray(0, whole.length / 2),
      whole.subarray(0, 65_800),
      whole.map((byte, index) => (index === 70_000 ? byte ^ 1 : byte)),
    ]) {
      for (const name of [file, path.join(backups, 'copy.age')]) {
        await writeFile(name, bytes);
        await assert.rejects(transfer(vault, 'restoreAsNew', asNew(name)), failsWith('damaged'));
        await assert.rejects(
          transfer(vault, 'mergeBackup', { from: name, key: present }),
          failsWith('damaged'),
        );
      }
    }
    const text = path.join(backups, 'text.txt');
    await writeFile(text, 'x');
    await assert.rejects(transfer(vault, 'restoreAsNew', asNew(text)), failsWith('notOurs'));
    await assert.rejects(transfer(vault, 'restoreAsNew', asNew(backups)), failsWith('notOurs'));
    const gone = path.join(backups, 'gone.age');
    await assert.rejects(transfer(vault, 'restoreAsNew', asNew(gone)), failsWith('unreachable'));
    assert.equal(await readVaultLocation(storage), undefined);
    assert.deepEqual(await strayVaults(storage), []);
  });

  it('refuses a backup of a later schema, and says so in the list', async () => {
    const sqlite = await loadSqlite(wasmPath);
    const later = new Database(sqlite, undefined);
    later.execute(createSchema);
    later.execute(`PRAGMA user_version = ${schemaVersion + 1}`);
    const file = path.join(backups, 'later.age');
    await writeFile(file, sealAge(vault.identity.recipient, later.export()));
    later.close();
    await assert.rejects(transfer(vault, 'restoreAsNew', asNew(file)), failsWith('laterVersion'));
    await assert.rejects(
      transfer(vault, 'mergeBackup', { from: file, key: present }),
      failsWith('laterVersion'),
    );
    const made = await backUp();
    const manifest = made.replace('.age', '.json');
    const text = await readFile(manifest, 'utf8');
    const told = { ...parseManifest(await readFile(manifest)), schemaVersion: 99 };
    await writeFile(manifest, formatManifest(signManifest(told, vault.keyring())));
    const listed = await transfer(vault, 'listBackups', { folder: backups, key: present });
    const failure = listed.find((each) => each.file === path.basename(made))?.failure;
    assert.equal(failure, 'laterVersion');
    await writeFile(manifest, text.replace(/"version": 2/, '"version": 3'));
    await assert.rejects(
      transfer(vault, 'verifyBackup', { file: made }),
      failsWith('laterVersion'),
    );
  });

  it('restores the frozen vaults of every earlier version, as folders and as single files', async () => {
    for (const name of ['vault-schema-1', 'vault-format-1']) {
      const frozen = path.join(repositoryRoot, 'test/fixtures', name);
      const copy = path.join(await folders.make(), 'vault');
      await cp(path.join(frozen, 'vault'), copy, { recursive: true });
      const file = await readVaultFile(copy);
      assert.ok(file !== undefined);
      const keys = [new KeyFileProtector(path.join(frozen, 'keys'))];
      const { identities } = await openWithProtectors(file, keys);
      const text = identities.map(formatIdentity).join('\n');
      const expected = await contentOf(copy, identities);
      const protectors = [memoryProtector()];
      const snapshots = path.join(copy, 'snapshots');
      const [snapshot] = await readdir(snapshots);
      await assert.rejects(
        transfer(vault, 'restoreAsNew', { ...asNew(copy), vault: file.vault }),
        failsWith('wrongKey'),
      );
      for (const from of [copy, path.join(snapshots, snapshot ?? '')]) {
        const restored: RestoredVault = await transfer(vault, 'restoreAsNew', {
          from,
          key: { kind: 'recoveryKey', text },
          storage,
          vault: file.vault,
          protector: await protectorForRestore(protectors, file.vault, vault.log),
        });
        if (from === copy) {
          assert.deepEqual(await contentOf(restored.folder, identities), expected);
        } else {
          assert.ok((restored.counts['sessions'] ?? 0) > 0);
        }
      }
    }
  });

  it('lists what a folder has, newest first, with what is wrong with each', async () => {
    await record(vault, [minuteRecord(1, 29_000_000)]);
    const one = await backUp();
    vault.clock.advance(60_000);
    const two = await backUp();
    vault.clock.advance(60_000);
    const three = await backUp();
    await writeFile(two, (await readFile(two)).subarray(0, 1000));
    await rm(three.replace('.age', '.json'));
    await writeFile(
      path.join(backups, 'foreign.age'),
      sealAge(generateIdentity().recipient, Buffer.from('x')),
    );
    await writeFile(path.join(backups, 'notes.txt'), 'x');
    const listed = await transfer(vault, 'listBackups', { folder: backups, key: present });
    assert.deepEqual(
      listed.map(({ file, kind, failure, verifiedMs }) => [
        file,
        kind,
        failure,
        verifiedMs !== null,
      ]),
      [
        [path.basename(three), 'file', null, false],
        [path.basename(two), 'backup', 'damaged', true],
        [path.basename(one), 'backup', null, true],
        ['foreign.age', 'file', 'wrongKey', false],
      ],
    );
    assert.equal(listed[2]?.createdMs, nowMs);
    const locked = await transfer(
      vault,
      'listBackups',
      { folder: backups, key: present },
      { keyring: [] },
    );
    assert.ok(locked.every(({ failure }) => failure === 'locked'));
    const own = await transfer(vault, 'listBackups', { folder: vault.folder, key: present });
    assert.deepEqual(
      own.map(({ kind, vault: id, failure }) => [kind, id, failure]),
      [['vault', testId(99), null]],
    );
    const empty = path.join(backups, 'empty');
    await mkdir(empty);
    assert.deepEqual(await transfer(vault, 'listBackups', { folder: empty, key: present }), []);
    await assert.rejects(
      transfer(vault, 'listBackups', { folder: path.join(backups, 'gone'), key: present }),
      failsWith('unreachable'),
    );
  });

  it('merges by id: once is enough, and what was deleted stays so', async () => {
    await record(vault, [minuteRecord(1, 29_000_000), minuteRecord(2, 29_000_100)]);
    const file = await backUp();
    await record(vault, [
      { type: 'tombstone', id: testId(2), deletedMs: nowMs },
      minuteRecord(3, 29_000_200),
    ]);
    const before = await contentOf(vault.folder, vault.keyring());
    const { added } = await transfer(vault, 'mergeBackup', { from: file, key: present });
    assert.ok(Object.values(added).every((count) => count === 0));
    assert.deepEqual(await contentOf(vault.folder, vault.keyring()), before);
    assert.deepEqual(await readdir(path.join(vault.folder, 'snapshots')).catch(() => []), []);

    const empty = await TestVault.create(nowMs);
    empty.identity.secret.set(vault.identity.secret);
    Object.assign(empty.identity, { recipient: vault.identity.recipient });
    await empty.writeVaultFile();
    try {
      await record(empty, [{ type: 'tombstone', id: testId(1), deletedMs: nowMs }]);
      const first = await transfer(empty, 'mergeBackup', { from: file, key: present });
      assert.equal(first.added['sessions'], 1);
      const once = await contentOf(empty.folder, vault.keyring());
      const second = await transfer(empty, 'mergeBackup', { from: file, key: present });
      assert.equal(second.added['sessions'], 0);
      assert.deepEqual(await contentOf(empty.folder, vault.keyring()), once);
      await compact(await empty.ledger(), empty);
      assert.deepEqual(await contentOf(empty.folder, vault.keyring()), once);
    } finally {
      await empty.release();
    }
  });

  it('merges two vaults that went apart to the same, in either order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyRecord, { maxLength: 12 }),
        fc.array(anyRecord, { maxLength: 12 }),
        fc.array(anyRecord, { maxLength: 12 }),
        async (shared, left, right) => {
          const vaults = await Promise.all([TestVault.create(nowMs), TestVault.create(nowMs)]);
          const [one, other] = vaults;
          try {
            const files: string[] = [];
            for (const [device, own] of [
              [one, left],
              [other, right],
            ] as const) {
              await record(device, [...shared, ...own]);
              const folder = await folders.make();
              const { file } = await transfer(device, 'backUp', { folder });
              files.push(path.join(folder, file));
            }
            const keyOf = (device: TestVault): { kind: 'recoveryKey'; text: string } => ({
              kind: 'recoveryKey',
              text: formatIdentity(device.identity),
            });
            await transfer(one, 'mergeBackup', { from: files[1] ?? '', key: keyOf(other) });
            await transfer(other, 'mergeBackup', { from: files[0] ?? '', key: keyOf(one) });
            const expected = await contentOfRecords([...shared, ...left, ...right]);
            for (const device of vaults) {
              assert.deepEqual(await contentOf(device.folder, device.keyring()), expected);
            }
          } finally {
            await Promise.all(vaults.map((device) => device.release()));
          }
        },
      ),
      { numRuns: 10 },
    );
  });
});
