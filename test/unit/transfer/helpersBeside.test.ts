import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { copyFile, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  formatManifest,
  parseManifest,
  signManifest,
  type ManifestContent,
} from '../../../src/transfer/backup/backupManifest.ts';
import { manifestFileName } from '../../../src/transfer/copies/backupNames.ts';
import { protectorForRestore } from '../../../src/transfer/restore/restoredVaultFile.ts';
import { TransferError } from '../../../src/transfer/transferError.ts';
import {
  derivePassphraseKey,
  passphraseBytes,
} from '../../../src/vault/protectors/passphraseKey.ts';
import {
  parseVaultFile,
  type PassphraseParameters,
} from '../../../src/vault/protectors/vaultFile.ts';
import { withProtector } from '../../../src/vault/keys/vaultProtection.ts';
import { TestVault } from '../../support/testVault.ts';
import { contentOf, TestFolders, transfer } from '../../support/transferPlace.ts';
import { minuteRecord, sessionRecord, testId } from '../../support/vaultRecords.ts';
import { memoryProtector } from '../../support/vaultTools.ts';

const nowMs = Date.UTC(2026, 10, 21, 18, 30, 15);
const present = { kind: 'present' } as const;
const passphrase = 'drei Räder';
const failsWith = (reason: string) => (error: unknown) =>
  TransferError.is(error) && error.reason === reason;

describe('what only helps to restore a backup', function () {
  this.timeout(120_000);
  const folders = new TestFolders();
  let vault: TestVault;
  let backups: string;

  beforeEach(async () => {
    vault = await TestVault.create(nowMs);
    backups = await folders.make();
    await vault.record(sessionRecord(1, nowMs - 60_000, nowMs), minuteRecord(1, 29_000_000));
  });

  afterEach(async () => {
    await vault.release();
    await folders.remove();
  });

  async function backUp(): Promise<string> {
    return path.join(backups, (await transfer(vault, 'backUp', { folder: backups })).file);
  }

  const asNew = async (from: string): Promise<Parameters<typeof transfer<'restoreAsNew'>>[2]> => ({
    from,
    key: present,
    storage: await folders.make(),
    protector: null,
    vault: testId(99),
  });

  /** As cheap as is allowed. */
  async function setPassphrase(): Promise<void> {
    const kdf: PassphraseParameters = {
      name: 'argon2id',
      memoryKiB: 19 * 1024,
      iterations: 2,
      parallelism: 1,
      salt: Buffer.alloc(16, 7).toString('base64'),
    };
    const key = await derivePassphraseKey(passphraseBytes(passphrase), kdf);
    const vaultJson = path.join(vault.folder, 'vault.json');
    const entry = { id: testId(1), kind: 'passphrase', createdMs: nowMs, kdf } as const;
    const file = parseVaultFile(await readFile(vaultJson));
    await vault.sign(withProtector(file, { entry, key }, vault.keyring()));
  }

  describe('a manifest', () => {
    const anyDamage = fc.oneof(
      fc.constant((): Buffer => Buffer.alloc(0)),
      fc.nat(500).map((length) => (whole: Buffer) => whole.subarray(0, length)),
      fc.uint8Array({ maxLength: 64 }).map((bytes) => () => Buffer.from(bytes)),
      fc.json().map((text) => () => Buffer.from(text)),
      fc.constant((whole: Buffer) => Buffer.from(whole.toString('latin1'), 'utf16le')),
    );

    it('that is damaged forbids nothing, and is told as damaged', async () => {
      const from = await backUp();
      const manifest = manifestFileName(from);
      const whole = await readFile(manifest);
      const expected = await contentOf(vault.folder, vault.keyring());
      await fc.assert(
        fc.asyncProperty(anyDamage, async (damage) => {
          await writeFile(manifest, damage(whole));
          const [listed] = await transfer(vault, 'listBackups', { folder: backups, key: present });
          assert.deepEqual(
            [listed?.kind, listed?.failure, listed?.doubt, listed?.createdMs],
            ['backup', null, 'damaged', nowMs],
          );
          const merged = await transfer(vault, 'mergeBackup', { from, key: present });
          assert.equal(merged.doubt, 'damaged');
          const restored = await transfer(vault, 'restoreAsNew', await asNew(from));
          assert.equal(restored.doubt, 'damaged');
          assert.deepEqual(await contentOf(restored.folder, vault.keyring()), expected);
          // Whoever asks whether it is what was written is not told that it is.
          await assert.rejects(transfer(vault, 'verifyBackup', { file: from }), (error) =>
            TransferError.is(error),
          );
        }),
        { numRuns: 15 },
      );
    });

    it('that can’t be read, is of a later Millrace or of another vault forbids nothing', async () => {
      const from = await backUp();
      const manifest = manifestFileName(from);
      const text = await readFile(manifest, 'utf8');
      const told = parseManifest(await readFile(manifest));
      const signed = (change: Partial<ManifestContent>): string =>
        new TextDecoder().decode(
          formatManifest(signManifest({ ...told, ...change }, vault.keyring())),
        );
      const cases: readonly (readonly [string, string | undefined, string])[] = [
        ['a later version', text.replace(/"version": 2/, '"version": 3'), 'laterVersion'],
        ['another vault', signed({ vault: `f${told.vault.slice(1)}` }), 'contradicts'],
        ['another size', signed({ sizeBytes: told.sizeBytes + 1000 }), 'contradicts'],
        ['another vault, unsigned', text.replace(/"vault": "./, '"vault": "f'), 'damaged'],
        ['another size, unsigned', text.replace(/"sizeBytes": /, '"sizeBytes": 1'), 'damaged'],
        ['another hash', text.replace(/"sha256": "./, '"sha256": "_'), 'damaged'],
        ['a folder', undefined, 'damaged'],
      ];
      for (const [what, contents, doubt] of cases) {
        await rm(manifest, { recursive: true });
        await (contents === undefined ? mkdir(manifest) : writeFile(manifest, contents));
        const [listed] = await transfer(vault, 'listBackups', { folder: backups, key: present });
        assert.deepEqual([listed?.failure, listed?.doubt], [null, doubt], what);
        const restored = await transfer(vault, 'restoreAsNew', await asNew(from));
        assert.equal(restored.doubt, doubt, what);
      }
    });

    it('that can’t have a name as long, beside a backup that has one, is not there', async () => {
      const from = await backUp();
      const expected = await contentOf(vault.folder, vault.keyring());
      for (const bytes of [254, 255]) {
        const long = path.join(backups, `${'n'.repeat(bytes - '.age'.length)}.age`);
        await copyFile(from, long);
        const merged = await transfer(vault, 'mergeBackup', { from: long, key: present });
        assert.ok(!('doubt' in merged), `${bytes} bytes`);
        const restored = await transfer(vault, 'restoreAsNew', await asNew(long));
        assert.ok(!('doubt' in restored), `${bytes} bytes`);
        assert.deepEqual(await contentOf(restored.folder, vault.keyring()), expected);
        await assert.rejects(transfer(vault, 'verifyBackup', { file: long }), failsWith('notOurs'));
      }
      const listed = await transfer(vault, 'listBackups', { folder: backups, key: present });
      assert.deepEqual(
        listed.map(({ failure, doubt }) => [failure, doubt ?? null]),
        Array.from({ length: 3 }, () => [null, null]),
      );
    });

    it('of another backup is told as such, and vouches for nothing', async () => {
      const from = await backUp();
      vault.clock.advance(60_000);
      const other = await backUp();
      const theirs = await readFile(manifestFileName(other));
      await writeFile(manifestFileName(from), theirs);
      const merged = await transfer(vault, 'mergeBackup', { from, key: present });
      assert.equal(merged.doubt, 'contradicts');
      await assert.rejects(transfer(vault, 'verifyBackup', { file: from }), failsWith('damaged'));
    });

    it('that is whole is no matter for a word', async () => {
      const from = await backUp();
      const merged = await transfer(vault, 'mergeBackup', { from, key: present });
      assert.ok(!('doubt' in merged));
      await rm(manifestFileName(from));
      const alone = await transfer(vault, 'mergeBackup', { from, key: present });
      assert.ok(!('doubt' in alone), 'nor is one that is not there');
    });

    it('in whatever state lets no torn age file pass', async () => {
      const from = await backUp();
      const manifest = manifestFileName(from);
      const manifestBytes = await readFile(manifest);
      const whole = await readFile(from);
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom('whole', 'damaged', 'none'),
          fc.boolean(),
          fc.nat(whole.length - 1),
          async (state, isCut, at) => {
            await (state === 'none'
              ? rm(manifest, { force: true })
              : writeFile(manifest, state === 'whole' ? manifestBytes : 'x'));
            await writeFile(
              from,
              isCut
                ? whole.subarray(0, at)
                : whole.map((byte, index) => (index === at ? byte ^ 1 : byte)),
            );
            const merging = transfer(vault, 'mergeBackup', { from, key: present });
            await assert.rejects(
              merging,
              (error) =>
                failsWith('damaged')(error) || (state !== 'whole' && failsWith('wrongKey')(error)),
            );
          },
        ),
        { numRuns: 40 },
      );
    });

    it('beside one file in a folder keeps no other from being listed', async () => {
      const from = await backUp();
      await symlink(path.join(backups, 'nowhere'), path.join(backups, 'dangling.age'));
      await mkdir(path.join(backups, 'folder.age'));
      const listed = await transfer(vault, 'listBackups', { folder: backups, key: present });
      assert.equal(listed.length, 3);
      assert.equal(listed.find(({ file }) => file === path.basename(from))?.failure, null);
    });
  });

  describe('a keys file', () => {
    const rewritings: Readonly<Record<string, (text: string) => Uint8Array>> = {
      'as it was': (text) => Buffer.from(text),
      'with the line ends of Windows': (text) => Buffer.from(text.replace(/\n/g, '\r\n')),
      'with a mark at its beginning': (text) => Buffer.from(`\uFEFF${text}`),
      'in UTF-16': (text) => Buffer.from(`\uFEFF${text}`, 'utf16le'),
      'in UTF-16, the other way round': (text) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16(),
      'on one line': (text) => Buffer.from(JSON.stringify(JSON.parse(text))),
      'with other spaces': (text) =>
        Buffer.from(`  ${JSON.stringify(JSON.parse(text), undefined, '\t')}\n\n`),
    };
    const names = [
      'millrace-00000000-keys.json',
      'MILLRACE-00000000-KEYS.JSON',
      'millrace-00000000-keys (1).json',
      'millrace-00000000-keys.sync-conflict-20261121-183015-ABCDEFG.json',
      'millrace-00000000-keys.json.txt',
      'keys of the backups.json',
      'Kopie von Millrace.json',
    ];

    /** Restores on a machine that has nothing but the folder and the passphrase. */
    async function restore(from: string, text = passphrase): Promise<string> {
      const protector = await protectorForRestore([memoryProtector()], testId(99), vault.log);
      const { folder } = await transfer(
        vault,
        'restoreAsNew',
        { ...(await asNew(from)), key: { kind: 'passphrase', text }, protector },
        { keyring: [], folder: path.join(backups, 'none') },
      );
      return folder;
    }

    it('is found under any name and as any program writes its text', async () => {
      await setPassphrase();
      const from = await backUp();
      const keys = path.join(backups, 'millrace-00000000-keys.json');
      const text = await readFile(keys, 'utf8');
      const expected = await contentOf(vault.folder, vault.keyring());
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...names),
          fc.constantFrom(...Object.keys(rewritings)),
          fc.boolean(),
          async (name, rewriting, hasManifest) => {
            const folder = await folders.make();
            const there = path.join(folder, path.basename(from));
            await writeFile(there, await readFile(from));
            if (hasManifest) {
              await writeFile(manifestFileName(there), await readFile(manifestFileName(from)));
            }
            await writeFile(path.join(folder, name), rewritings[rewriting]?.(text) ?? '');
            // Of another vault, and torn: it is no matter of this one.
            await writeFile(path.join(folder, 'millrace-11111111-keys.json'), '{"torn');
            const restored = await restore(there);
            assert.deepEqual(await contentOf(restored, vault.keyring()), expected);
            const [listed] = await transfer(
              vault,
              'listBackups',
              { folder, key: { kind: 'passphrase', text: passphrase } },
              { keyring: [] },
            );
            assert.deepEqual([listed?.failure, listed?.takesPassphrase], [null, true]);
            await assert.rejects(restore(there, 'vier Räder'), failsWith('wrongKey'));
          },
        ),
        { numRuns: 8 },
      );
    });

    it('that is damaged is told as damaged, and forbids no other key', async () => {
      await setPassphrase();
      const from = await backUp();
      const keys = path.join(backups, 'millrace-00000000-keys.json');
      const whole = await readFile(keys);
      await fc.assert(
        fc.asyncProperty(fc.boolean(), fc.nat(whole.length - 2), async (isCut, at) => {
          const bytes = isCut
            ? whole.subarray(0, at)
            : whole.map((byte, index) => (index === at ? byte ^ 1 : byte));
          await writeFile(keys, bytes);
          await assert.rejects(restore(from), failsWith('damaged'));
          const [listed] = await transfer(vault, 'listBackups', { folder: backups, key: present });
          assert.deepEqual([listed?.failure, listed?.keysFailure], [null, 'damaged']);
          await transfer(vault, 'mergeBackup', { from, key: present });
        }),
        { numRuns: 15 },
      );
      await rm(keys);
      await assert.rejects(restore(from), failsWith('wrongKey'));
    });

    it('beside a damaged one is the one that is taken', async () => {
      await setPassphrase();
      const from = await backUp();
      const keys = path.join(backups, 'millrace-00000000-keys.json');
      await rename(keys, path.join(backups, 'millrace-00000000-keys (1).json'));
      await writeFile(keys, '');
      await restore(from);
    });
  });
});
