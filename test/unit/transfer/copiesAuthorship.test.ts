import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  formatManifest,
  parseManifest,
  signManifest,
  unsignedManifest,
  type BackupManifest,
} from '../../../src/transfer/backup/backupManifest.ts';
import { backupFileName, manifestFileName } from '../../../src/transfer/copies/backupNames.ts';
import type { ListedBackup, MadeBackup } from '../../../src/transfer/messages/backupMessages.ts';
import { TransferError } from '../../../src/transfer/transferError.ts';
import { AgeReader, memorySource, sealAge } from '../../../src/vault/age/ageStream.ts';
import { generateIdentity, type Identity } from '../../../src/vault/age/identity.ts';
import { generateSigningKey, signBytes } from '../../../src/vault/age/signing.ts';
import { formatVaultFile, signedBytesOf } from '../../../src/vault/protectors/vaultFile.ts';
import { isLongForm, titleOfForms } from '../../support/killPoints.ts';
import { repositoryRoot } from '../../support/repositoryRoot.ts';
import { TestVault } from '../../support/testVault.ts';
import { contentOf, TestFolders, transfer } from '../../support/transferPlace.ts';
import { asVersionOne } from '../../support/versionOne.ts';
import { sessionRecord, testId } from '../../support/vaultRecords.ts';

const nowMs = Date.UTC(2026, 10, 21, 18, 30, 15);
const dayMs = 24 * 3_600_000;
const present = { kind: 'present' } as const;
const failsWith = (reason: string) => (error: unknown) =>
  TransferError.is(error) && error.reason === reason;

/** Who is who: the owner, whoever knows for whom to seal, and whoever has a key that was replaced. */
describe('who made a backup', function () {
  this.timeout(120_000);
  const folders = new TestFolders();
  let vault: TestVault;
  let folder: string;

  beforeEach(async () => {
    vault = await TestVault.create(nowMs);
    folder = await folders.make();
    await vault.record(sessionRecord(1, nowMs - 60_000, nowMs));
  });

  afterEach(async () => {
    await vault.release();
    await folders.remove();
  });

  const backUp = (): Promise<MadeBackup> => transfer(vault, 'backUp', { folder });

  async function listed(name: string): Promise<ListedBackup> {
    const all = await transfer(vault, 'listBackups', { folder, key: present });
    const found = all.find(({ file }) => file === name);
    assert.ok(found !== undefined, name);
    return found;
  }

  async function manifestOf(name: string): Promise<BackupManifest> {
    return parseManifest(await readFile(path.join(folder, manifestFileName(name))));
  }

  async function restore(from: string): Promise<string | undefined> {
    const storage = await folders.make();
    const params = { from, key: present, storage, protector: null, vault: testId(99) };
    return (await transfer(vault, 'restoreAsNew', params)).doubt;
  }

  /** The content of a backup, sealed as `age -r` seals it: by whoever knows for whom. */
  async function sealedByAnyone(name: string): Promise<Uint8Array> {
    const reader = new AgeReader(
      memorySource(await readFile(path.join(folder, name))),
      vault.keyring(),
    );
    try {
      return sealAge(vault.identity.recipient, reader.readAll());
    } finally {
      reader.dispose();
    }
  }

  /** All that an attacker with the recipient can do: a sealed file, and a manifest that fits it in every figure. */
  async function forge(
    like: string,
    createdMs: number,
  ): Promise<{ readonly name: string; readonly told: BackupManifest }> {
    const { createHash } = await import('node:crypto');
    const sealed = await sealedByAnyone(like);
    const name = backupFileName(testId(99), createdMs);
    const told = unsignedManifest({
      ...(await manifestOf(like)),
      file: name,
      createdMs,
      sizeBytes: sealed.length,
      sha256: createHash('sha256').update(sealed).digest('hex'),
      verifiedMs: createdMs,
    });
    await writeFile(path.join(folder, name), sealed);
    await writeFile(path.join(folder, manifestFileName(name)), formatManifest(told));
    return { name, told };
  }

  /** The vault goes on with another identity; the one from before opens still, and may be in wrong hands. */
  async function rotate(): Promise<Identity> {
    const next = generateIdentity();
    const file = vault.vaultFile();
    const entry = { createdMs: nowMs, sinceMs: nowMs, wrapped: [] };
    const identities = [
      { recipient: next.recipient, state: 'current' as const, ...entry },
      ...file.identities.map((each) => ({ ...each, state: 'retired' as const, wrapped: [] })),
    ];
    const generation = file.generation + 1;
    await vault.sign({ ...file, recipient: next.recipient, identities, generation }, next);
    return next;
  }

  it('is the owner, who signs it and its manifest', async () => {
    const { file, verifiedMs } = await backUp();
    const manifest = await manifestOf(file);
    assert.equal(manifest.version, 2);
    assert.equal(manifest.author, vault.vaultFile().identities[0]?.author);
    const found = await listed(file);
    assert.deepEqual([found.verifiedMs, found.doubt, found.failure], [verifiedMs, undefined, null]);
    vault.clock.advance(60_000);
    const again = await transfer(vault, 'verifyBackup', { file: path.join(folder, file) });
    assert.deepEqual(again, { verifiedMs: nowMs + 60_000 });
    assert.equal((await manifestOf(file)).verifiedMs, nowMs + 60_000);
    assert.equal(await restore(path.join(folder, file)), undefined);
  });

  it('is told by jq and OpenSSL as well, by the words of the docs', async () => {
    const docs = await readFile(path.join(repositoryRoot, 'docs/vault-format.md'), 'utf8');
    const [, commands = ''] =
      /Checking a manifest without.*?\n\n((?: {4}[^\n]+\n)+)/s.exec(docs) ?? [];
    const { file } = await backUp();
    const whole = await manifestOf(file);
    const check = async (manifest: BackupManifest): Promise<number | null> => {
      const place = await folders.make();
      await writeFile(path.join(place, 'MANIFEST.json'), formatManifest(manifest));
      await cp(path.join(folder, file), path.join(place, 'BACKUP.age'));
      const lines = commands.split('\n').map((line) => line.trim());
      const script = ['set -e', ...lines].join('\n');
      const { status, stdout } = spawnSync('sh', ['-c', script], { cwd: place });
      assert.ok(status !== 0 || stdout.toString().split(whole.sha256).length === 3);
      return status;
    };
    assert.equal(await check(whole), 0);
    assert.notEqual(await check({ ...whole, verifiedMs: nowMs + 1 }), 0);
    assert.notEqual(await check({ ...whole, counts: {} }), 0);
  });

  it('is nobody who only knows for whom to seal: not verified, not merged unasked, told on restoring', async () => {
    const { file } = await backUp();
    const { name } = await forge(file, nowMs + 5000);
    const from = path.join(folder, name);
    const found = await listed(name);
    assert.deepEqual([found.failure, found.doubt, found.verifiedMs], [null, 'unsigned', null]);
    const before = await readFile(manifestFileName(from));
    const checked = await transfer(vault, 'verifyBackup', { file: from });
    assert.deepEqual(checked, { verifiedMs: null, doubt: 'unsigned' });
    assert.deepEqual(await readFile(manifestFileName(from)), before, 'nobody signs it for them');
    const content = await contentOf(vault.folder, vault.keyring());
    const snapshots = await readdir(path.join(vault.folder, 'snapshots')).catch(() => []);
    await assert.rejects(
      transfer(vault, 'mergeBackup', { from, key: present }),
      failsWith('untrusted'),
    );
    assert.deepEqual(await contentOf(vault.folder, vault.keyring()), content);
    assert.deepEqual(
      await readdir(path.join(vault.folder, 'snapshots')).catch(() => []),
      snapshots,
    );
    const wanted = { from, key: present, takesUnsigned: true };
    assert.equal((await transfer(vault, 'mergeBackup', wanted)).doubt, 'unsigned');
    assert.equal(await restore(from), 'unsigned');
    // With no manifest beside it, or none that can be read, it is the same.
    for (const left of [undefined, 'x']) {
      await rm(manifestFileName(from), { force: true });
      if (left !== undefined) {
        await writeFile(manifestFileName(from), left);
      }
      assert.equal((await listed(name)).doubt, 'unsigned');
      await assert.rejects(
        transfer(vault, 'mergeBackup', { from, key: present }),
        failsWith('untrusted'),
      );
    }
  });

  it('is not told by a manifest that anybody can have written: each altered, unsigned or of another is noticed', async () => {
    const { file } = await backUp();
    const from = path.join(folder, file);
    const beside = manifestFileName(from);
    const whole = await manifestOf(file);
    vault.clock.advance(60_000);
    const { file: later } = await backUp();
    const stranger = [generateIdentity()];
    const cut = Buffer.from(JSON.stringify({ ...whole, signature: undefined }));
    const cases: readonly (readonly [string, Uint8Array, string])[] = [
      ['unsigned', formatManifest(unsignedManifest(whole)), 'unsignedManifest'],
      ['of a stranger', formatManifest(signManifest(whole, stranger)), 'unsignedManifest'],
      [
        'of a later backup',
        await readFile(path.join(folder, manifestFileName(later))),
        'contradicts',
      ],
      ['altered', formatManifest({ ...whole, verifiedMs: nowMs + 1 }), 'damaged'],
      ['altered counts', formatManifest({ ...whole, counts: { sessions: 9 } }), 'damaged'],
      ['without its signature', cut, 'damaged'],
      ['of version 1 and signed', formatManifest({ ...whole, version: 1 }), 'damaged'],
    ];
    for (const [what, bytes, doubt] of cases) {
      await writeFile(beside, bytes);
      const found = await listed(file);
      assert.deepEqual([found.failure, found.doubt, found.verifiedMs], [null, doubt, null], what);
      const checked = await transfer(vault, 'verifyBackup', { file: from }).catch(
        (error: unknown) => error,
      );
      assert.ok(
        TransferError.is(checked) ||
          (typeof checked === 'object' && checked !== null && 'doubt' in checked),
        what,
      );
      assert.deepEqual(await readFile(beside), Buffer.from(bytes), `${what}: left as it is`);
      // The owner signed the backup itself: no word is needed to take it.
      assert.equal((await transfer(vault, 'mergeBackup', { from, key: present })).doubt, doubt);
      assert.equal(await restore(from), doubt, what);
    }
  });

  it('is told of an older backup under the names of a later one', async () => {
    const { file: older } = await backUp();
    vault.clock.advance(dayMs);
    await vault.record(sessionRecord(2, nowMs, nowMs + 60_000));
    const { file: later } = await backUp();
    for (const name of [(each: string) => each, manifestFileName]) {
      await cp(path.join(folder, name(older)), path.join(folder, name(later)));
    }
    const found = await listed(later);
    assert.deepEqual([found.doubt, found.verifiedMs], ['contradicts', null]);
    assert.equal(await restore(path.join(folder, later)), 'contradicts');
  });

  it('can’t be told of a whole folder that is put back as it was', async () => {
    const { file: older } = await backUp();
    const copy = path.join(await folders.make(), 'copy');
    await cp(folder, copy, { recursive: true });
    vault.clock.advance(dayMs);
    const { file: later } = await backUp();
    await rm(folder, { recursive: true });
    await cp(copy, folder, { recursive: true });
    const all = await transfer(vault, 'listBackups', { folder, key: present });
    assert.deepEqual(
      all.map(({ file, doubt, createdMs }) => [file, doubt, createdMs]),
      [[older, undefined, nowMs]],
      'each is what its owner made, and says when; that there was a later one nothing says',
    );
    assert.ok(!all.some(({ file }) => file === later));
  });

  it('is told by a key that was replaced as such', async () => {
    const { file } = await backUp();
    const from = path.join(folder, file);
    const next = await rotate();
    const keyring = (): Identity[] => [
      { ...next, secret: Uint8Array.from(next.secret) },
      ...vault.keyring(),
    ];
    const run = { keyring: keyring() };
    const [found] = await transfer(vault, 'listBackups', { folder, key: present }, run);
    assert.deepEqual([found?.failure, found?.doubt, found?.verifiedMs], [null, 'retired', null]);
    const merge = { from, key: present };
    await assert.rejects(
      transfer(vault, 'mergeBackup', merge, { keyring: keyring() }),
      failsWith('untrusted'),
    );
    const checked = await transfer(vault, 'verifyBackup', { file: from }, { keyring: keyring() });
    assert.deepEqual(checked, { verifiedMs: null, doubt: 'retired' });
    const wanted = { ...merge, takesUnsigned: true };
    const merged = await transfer(vault, 'mergeBackup', wanted, { keyring: keyring() });
    assert.equal(merged.doubt, 'retired');
  });

  describe('or a whole vault’s folder', () => {
    /** Another device's vault of the same identity, with a snapshot that somebody sealed beside what its device wrote. */
    async function otherFolder(): Promise<TestVault> {
      const other = await TestVault.create(nowMs, vault.identity);
      await other.record(sessionRecord(2, nowMs - 600_000, nowMs - 500_000));
      const forged = await TestVault.create(nowMs, vault.identity);
      await forged.record(sessionRecord(3, nowMs - 400_000, nowMs - 300_000));
      const { file } = await transfer(forged, 'backUp', { folder });
      await forged.release();
      const snapshots = path.join(other.folder, 'snapshots');
      await mkdir(snapshots, { recursive: true });
      const name = '20261121-120000-0123456789abcdef.age';
      await writeFile(path.join(snapshots, name), await sealedByAnyone(file));
      return other;
    }

    it('is read but for what nobody of the vault signed, and that on the person’s word', async () => {
      const other = await otherFolder();
      try {
        const merge = { from: other.folder, key: present };
        const merged = await transfer(vault, 'mergeBackup', merge);
        assert.equal(merged.added['sessions'], 1);
        assert.equal(merged.doubt, undefined);
        assert.deepEqual(
          merged.missing.map(({ reason }) => reason),
          ['unsigned'],
        );
        const wanted = await transfer(vault, 'mergeBackup', { ...merge, takesUnsigned: true });
        const backups = await folders.make();
        const made = await transfer(other, 'backUp', { folder: backups, prunes: true });
        assert.deepEqual(
          [made.leftOut, made.counts['sessions']],
          [1, 1],
          'a backup has none of it',
        );
        assert.deepEqual(
          [wanted.added['sessions'], wanted.doubt, wanted.missing],
          [1, 'unsigned', []],
        );
      } finally {
        await other.release();
      }
    });

    it('is nobody’s where its vault.json was stripped of its signatures, or is not there', async () => {
      const other = await otherFolder();
      try {
        const vaultJson = path.join(other.folder, 'vault.json');
        for (const left of [formatVaultFile(asVersionOne(other.vaultFile())), undefined]) {
          await (left === undefined ? rm(vaultJson) : writeFile(vaultJson, left));
          const merge = { from: other.folder, key: present };
          await assert.rejects(transfer(vault, 'mergeBackup', merge), failsWith('untrusted'));
          const list = { folder: other.folder, key: present };
          const [found] = await transfer(vault, 'listBackups', list);
          assert.deepEqual([found?.failure, found?.doubt], [null, 'unsigned']);
          assert.equal(await restore(other.folder), 'unsigned');
        }
      } finally {
        await other.release();
      }
    });

    it('is nobody’s where its vault.json calls somebody else the author of the person’s identity, who signed it and what lies beside it', async () => {
      const other = await otherFolder();
      try {
        const [name = ''] = await readdir(path.join(other.folder, 'snapshots'));
        const snapshot = path.join(other.folder, 'snapshots', name);
        const reader = new AgeReader(memorySource(await readFile(snapshot)), other.keyring());
        const plain = reader.readAll();
        reader.dispose();
        const key = generateSigningKey();
        const file = other.vaultFile();
        const identities = file.identities.map((each) => ({ ...each, author: key.publicKey }));
        const stolen = { ...file, identities, devices: [] };
        const signature = Buffer.from(signBytes(key, 'vault 2', signedBytesOf(stolen)));
        await writeFile(
          path.join(other.folder, 'vault.json'),
          formatVaultFile({ ...stolen, signature: signature.toString('base64') }),
        );
        await writeFile(snapshot, sealAge(file.recipient, plain, { what: 'snapshot', key }));
        const merge = { from: other.folder, key: present };
        await assert.rejects(transfer(vault, 'mergeBackup', merge), failsWith('untrusted'));
        const list = { folder: other.folder, key: present };
        const [found] = await transfer(vault, 'listBackups', list);
        assert.deepEqual([found?.failure, found?.doubt], [null, 'unsigned']);
        assert.equal(await restore(other.folder), 'unsigned');
        const wanted = await transfer(vault, 'mergeBackup', { ...merge, takesUnsigned: true });
        assert.equal(wanted.added['sessions'], 2, 'on the person’s word it is taken all the same');
      } finally {
        await other.release();
      }
    });
  });

  it('makes nothing of the owner’s superfluous, whoever puts what beside it', async () => {
    const own: string[] = [];
    for (let day = 0; day < 4; day++) {
      own.push((await backUp()).file);
      vault.clock.advance(dayMs);
    }
    const [first = ''] = own;
    // A later one of each day, "verified": without the owner's signature it takes nobody's place.
    const forged: string[] = [];
    for (let day = 0; day < 40; day++) {
      forged.push((await forge(first, nowMs + day * 1000 * 60 * 60 * 2 + 3_600_000)).name);
    }
    const { removed } = await transfer(vault, 'pruneBackups', { folder });
    assert.deepEqual(
      removed.filter((file) => own.includes(file)),
      [],
    );
    assert.ok(removed.length > 0, 'those that nobody signed grow old as ever');
    assert.ok(removed.every((file) => forged.includes(file)));
  });

  it(
    titleOfForms(
      'is read off whatever bytes without a throw that is not ours, and any change of a manifest is noticed',
    ),
    async function () {
      this.timeout(0);
      const { file } = await backUp();
      const whole = await manifestOf(file);
      const bytes = Buffer.from(formatManifest(whole));
      const numRuns = isLongForm ? 100_000 : 1000;
      const any = fc.oneof(
        fc.uint8Array({ maxLength: 400 }).map((each) => Buffer.from(each)),
        fc.json().map((each) => Buffer.from(each)),
        fc
          .dictionary(fc.constantFrom(...Object.keys(whole)), fc.jsonValue())
          .map((change) => Buffer.from(JSON.stringify({ ...whole, ...change }))),
        fc
          .tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }))
          .map(([at, by]) =>
            Buffer.from(bytes.map((each, index) => (index === at ? each ^ by : each))),
          ),
      );
      fc.assert(
        fc.property(any, (given) => {
          let read: BackupManifest;
          try {
            read = parseManifest(given);
          } catch (error) {
            assert.ok(TransferError.is(error));
            return;
          }
          // What is taken is what was signed, but for spaces; or it says that nobody signed it.
          if (read.version === 2 && read.author === whole.author) {
            assert.deepEqual(read, whole);
          }
          assert.deepEqual(parseManifest(formatManifest(read)), read);
        }),
        { numRuns },
      );
    },
  );
});
