import assert from 'node:assert/strict';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type {
  ListedBackup,
  RestoredVault,
  RestoreKey,
} from '../../../src/transfer/messages/backupMessages.ts';
import { findBackup } from '../../../src/transfer/backup/backupSource.ts';
import {
  protectorForRestore,
  restoredVaultId,
} from '../../../src/transfer/restore/restoredVaultFile.ts';
import { TransferError } from '../../../src/transfer/transferError.ts';
import {
  formatIdentity,
  generateIdentity,
  type Identity,
} from '../../../src/vault/age/identity.ts';
import { formatRecoveryKit } from '../../../src/vault/keys/recoveryKit.ts';
import { readVaultFile } from '../../../src/vault/keys/vaultStore.ts';
import { parseVaultFile, type VaultFile } from '../../../src/vault/protectors/vaultFile.ts';
import { TestVault } from '../../support/testVault.ts';
import { contentOf, TestFolders, transfer } from '../../support/transferPlace.ts';
import { minuteRecord, sessionRecord } from '../../support/vaultRecords.ts';
import { memoryProtector } from '../../support/vaultTools.ts';

const nowMs = Date.UTC(2026, 10, 21, 18, 30, 15);
const atMinute = 29_000_000;

/** What the editor leads to, where its vault or another folder has a `vault.json` that can't be read. */
describe('a vault’s folder and its recovery kit', function () {
  this.timeout(120_000);
  const folders = new TestFolders();
  let vault: TestVault;
  /** The same vault in the middle of a rotation: what it wrote is sealed for the next identity. */
  let rotated: TestVault;
  let file: VaultFile;
  let storage: string;

  beforeEach(async () => {
    vault = await TestVault.create(nowMs);
    rotated = await TestVault.create(nowMs, generateIdentity());
    file = parseVaultFile(await readFile(path.join(vault.folder, 'vault.json')));
    storage = await folders.make();
    for (const [each, minute] of [
      [vault, atMinute],
      [rotated, atMinute + 10],
    ] as const) {
      const writer = each.writer();
      await writer.append(
        sessionRecord(minute, minute * 60_000, (minute + 1) * 60_000),
        minuteRecord(minute, minute),
      );
      await writer.close();
    }
  });

  afterEach(async () => {
    await vault.release();
    await rotated.release();
    await folders.remove();
  });

  const both = (): Identity[] => [...rotated.keyring(), ...vault.keyring()];
  const kitOf = (...keyring: Identity[]): RestoreKey => ({
    kind: 'recoveryKey',
    text: formatRecoveryKit(file, keyring),
  });
  const list = async (key: RestoreKey, keyring: Identity[] = []): Promise<ListedBackup> => {
    const listed = await transfer(vault, 'listBackups', { folder: vault.folder, key }, { keyring });
    assert.equal(listed.length, 1);
    assert.ok(listed[0] !== undefined);
    return listed[0];
  };
  const restore = async (key: RestoreKey): Promise<RestoredVault> => {
    const id = restoredVaultId(await findBackup(vault.folder), key);
    const protector = await protectorForRestore([memoryProtector()], id, vault.log);
    return transfer(
      vault,
      'restoreAsNew',
      { from: vault.folder, key, storage, protector, vault: id },
      { keyring: [] },
    );
  };
  const failsWith = (reason: string) => (error: unknown) =>
    TransferError.is(error) && error.reason === reason;

  for (const fate of ['gone', 'empty', 'torn'] as const) {
    it(`is listed and restored with the kit where vault.json is ${fate}`, async () => {
      const target = path.join(vault.folder, 'vault.json');
      const bytes = await readFile(target);
      await (fate === 'gone'
        ? rm(target)
        : writeFile(target, fate === 'empty' ? '' : bytes.subarray(0, bytes.length / 2)));
      const present: RestoreKey = { kind: 'present' };
      // The editor asks for the kit when it has no key, or another's.
      assert.equal((await list(present)).failure, 'locked');
      assert.equal((await list(present, [generateIdentity()])).failure, 'wrongKey');
      assert.equal((await list(kitOf(generateIdentity()))).failure, 'wrongKey');
      const whole = await list(kitOf(...vault.keyring()));
      assert.deepEqual([whole.kind, whole.failure, whole.takesPassphrase], ['vault', null, false]);
      const passphrase = await list({ kind: 'passphrase', text: 'none was set' });
      assert.equal(passphrase.failure, fate === 'gone' ? 'wrongKey' : 'damaged');

      const expected = await contentOf(vault.folder, vault.keyring());
      const { folder, missing } = await restore(kitOf(...vault.keyring()));
      assert.equal((await readVaultFile(folder))?.vault, file.vault);
      assert.deepEqual(await contentOf(folder, vault.keyring()), expected);
      assert.deepEqual(missing, []);
      await assert.rejects(restore(kitOf(generateIdentity())), failsWith('wrongKey'));
    });
  }

  it('takes all that its identities opened, and never a part for the whole', async () => {
    for (const segment of await readdir(rotated.segmentsFolder)) {
      if (segment.endsWith('.seg')) {
        const target = path.join(vault.segmentsFolder, segment);
        await cp(path.join(rotated.segmentsFolder, segment), target);
      }
    }
    await rm(path.join(vault.folder, 'vault.json'));
    const expected = await contentOf(vault.folder, both());
    assert.equal(expected.counts['sessions'], 2);
    const { folder, missing } = await restore(kitOf(...both()));
    const restored = await readVaultFile(folder);
    assert.deepEqual(
      restored?.identities.map(({ recipient, state }) => [recipient, state]),
      [
        [rotated.identity.recipient, 'current'],
        [vault.identity.recipient, 'retired'],
      ],
    );
    assert.deepEqual(await contentOf(folder, both()), expected);
    assert.deepEqual(missing, []);
    for (const keyring of [vault.keyring(), rotated.keyring()]) {
      const part = await restore(kitOf(...keyring));
      assert.equal((await contentOf(part.folder, both())).counts['sessions'], 1);
      assert.deepEqual(
        part.missing.map(({ reason }) => reason),
        ['sealedForAnother'],
      );
    }
  });

  it('gives the vault its own id, and another to keys that nothing names one for, the same each time', async () => {
    const bare: RestoreKey = { kind: 'recoveryKey', text: formatIdentity(vault.identity) };
    const idFor = async (key: RestoreKey): Promise<string> =>
      restoredVaultId(await findBackup(vault.folder), key);
    assert.equal(await idFor(bare), file.vault);
    await writeFile(path.join(vault.folder, 'vault.json'), '');
    assert.equal(await idFor(kitOf(...vault.keyring())), file.vault);
    const id = await idFor(bare);
    assert.equal(await idFor(bare), id);
    assert.notEqual(id, file.vault);
    const other: RestoreKey = { kind: 'recoveryKey', text: formatIdentity(generateIdentity()) };
    assert.notEqual(await idFor(other), id);
  });
});
