import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { AgeReader, memorySource } from '../../../src/vault/age/ageStream.ts';
import { unwrapFileKey } from '../../../src/vault/age/ageStanza.ts';
import { formatAuthorStanza } from '../../../src/vault/age/authorStanza.ts';
import type { Keyring } from '../../../src/vault/age/identity.ts';
import { authorKeyOf, signingKeyOf, type SigningKey } from '../../../src/vault/age/signing.ts';
import { signVaultFile } from '../../../src/vault/keys/vaultAuthorship.ts';
import { parseKeyFile } from '../../../src/vault/protectors/keyFileCodec.ts';
import { formatHeader, parseHeader } from '../../../src/vault/segments/segmentHeader.ts';
import { ReadTrust } from '../../../src/vault/trust/readTrust.ts';
import { VaultPins } from '../../../src/vault/trust/vaultPins.ts';
import { fastestCipher, portableCipher } from '../../../src/vault/age/chunkCipher.ts';
import { KeyFileProtector } from '../../../src/vault/protectors/keyFileProtector.ts';
import {
  derivePassphraseKey,
  passphraseBytes,
} from '../../../src/vault/protectors/passphraseKey.ts';
import { decodeRecord, encodeRecord } from '../../../src/vault/segments/recordCodec.ts';
import { identitiesFromKit, identitiesInKit } from '../../../src/vault/keys/recoveryKitReader.ts';
import {
  firstPreviousTag,
  openFrame,
  sealFrame,
  segmentCipher,
} from '../../../src/vault/segments/segmentFormat.ts';
import { readSegment } from '../../../src/vault/segments/segmentReader.ts';
import {
  formatVaultFile,
  parseVaultFile,
  type VaultFile,
} from '../../../src/vault/protectors/vaultFile.ts';
import { openWithPassphrase } from '../../../src/vault/keys/vaultKeys.ts';
import {
  frozenPassphrase,
  frozenRecords,
  frozenVaultFolder,
  recordToJson,
} from '../../support/frozenVault.ts';
import { repositoryRoot } from '../../support/repositoryRoot.ts';
import { formatUnsignedHeader } from '../../support/unsignedHeader.ts';
import { openKeyring, temporaryFolder } from '../../support/vaultTools.ts';
import { trusting } from '../../support/trusting.ts';

const expectedSchema = v.object({
  recipient: v.string(),
  identity: v.string(),
  killedSegment: v.string(),
  encoded: v.array(v.string()),
  records: v.array(v.unknown()),
});

const fixtures = path.join(repositoryRoot, 'test/fixtures');

describe('vault of every format version that ever was', () => {
  for (const version of [1, 2]) {
    describe(`version ${version}`, () => {
      const root = path.join(fixtures, `vault-format-${version}`);
      const folder = path.join(root, 'vault');
      const keys = [new KeyFileProtector(path.join(root, 'keys'))];
      const expected = async (): Promise<v.InferOutput<typeof expectedSchema>> =>
        v.parse(
          expectedSchema,
          JSON.parse(await readFile(path.join(root, 'expected.json'), 'utf8')),
        );
      const vaultFile = async (): Promise<VaultFile> =>
        parseVaultFile(await readFile(path.join(folder, 'vault.json')));

      it('opens with the key file, the passphrase and the recovery kit', async () => {
        const { recipient, identity } = await expected();
        const own = identitiesInKit(identity);
        const kit = await readFile(path.join(root, 'recovery-kit.txt'), 'utf8');
        const file = await vaultFile();
        const derive: Parameters<typeof openWithPassphrase>[2] = async (passphrase, parameters) => {
          assert.ok(parameters !== undefined);
          const key = await derivePassphraseKey(passphraseBytes(passphrase), parameters);
          return { key, parameters };
        };
        for (const opened of [
          await openKeyring(folder, keys),
          await openWithPassphrase(file, frozenPassphrase, derive),
          identitiesFromKit(kit, file),
        ]) {
          assert.deepEqual(opened, own);
          assert.equal(opened[0]?.recipient, recipient);
        }
      });

      it('gives back every record of its segments', async () => {
        const { killedSegment, records } = await expected();
        const keyring = await openKeyring(folder, keys);
        const read: unknown[] = [];
        const ends = new Map<string, string>();
        for (const name of await readdir(path.join(folder, 'segments'))) {
          if (name.endsWith('.seg')) {
            const bytes = await readFile(path.join(folder, 'segments', name));
            const reading = readSegment(bytes, trusting(keyring));
            assert.equal(reading.damage, undefined);
            ends.set(name, reading.end);
            read.push(...reading.records.map(recordToJson));
          }
        }
        assert.equal(ends.get(killedSegment), 'torn');
        ends.delete(killedSegment);
        assert.deepEqual(new Set(ends.values()), new Set(['closed']));
        const sorted = (values: readonly unknown[]): string[] =>
          values.map((value) => JSON.stringify(value)).sort();
        assert.deepEqual(sorted(read), sorted(records));
        const present = new Set(sorted(read));
        for (const record of sorted(frozenRecords.map(recordToJson))) {
          assert.ok(present.has(record), record);
        }
      });

      it('encodes every record as then', async () => {
        const { encoded } = await expected();
        for (const [index, record] of frozenRecords.entries()) {
          const bytes = Buffer.from(encoded[index] ?? '', 'hex');
          assert.deepEqual(decodeRecord(bytes), record);
          assert.deepEqual(Buffer.from(encodeRecord(record)), bytes);
        }
      });

      it('has a backup that opens', async () => {
        const [snapshot = ''] = await readdir(path.join(folder, 'snapshots'));
        const bytes = await readFile(path.join(folder, 'snapshots', snapshot));
        const reader = new AgeReader(memorySource(bytes), await openKeyring(folder, keys));
        const database = Buffer.from(reader.readAll());
        assert.equal(database.toString('latin1', 0, 15), 'SQLite format 3');
        reader.dispose();
      });
    });
  }
});

// In another language, by the document alone: test/support/frozenVaultReader.py reads all of it.
describe('the frozen vault of version 2, to the byte', () => {
  const root = path.join(fixtures, 'vault-format-2');
  const folder = path.join(root, 'vault');
  const keysFolder = path.join(root, 'keys');
  const keys = [new KeyFileProtector(keysFolder)];
  const vaultJson = (): Promise<Buffer> => readFile(path.join(folder, 'vault.json'));
  const keyring = (): Promise<Keyring> => openKeyring(folder, keys);
  const snapshots = async (): Promise<Buffer[]> => {
    const names = (await readdir(path.join(folder, 'snapshots'))).sort();
    return Promise.all(names.map((name) => readFile(path.join(folder, 'snapshots', name))));
  };
  const deviceKey = async (vaultId: string): Promise<SigningKey> =>
    signingKeyOf(
      parseKeyFile('MRDEV1', await readFile(path.join(keysFolder, `${vaultId}.device`))),
    );

  it('has the vault.json that is written today', async () => {
    const bytes = await vaultJson();
    const file = parseVaultFile(bytes);
    assert.deepEqual(Buffer.from(formatVaultFile(file)), bytes);
    // Ed25519 signs the same bytes alike each time: signed anew it is the same file, and so is who vouches for whom.
    const bare = structuredClone(file);
    delete bare.signature;
    for (const entry of bare.identities) {
      delete entry.vouched;
      delete entry.author;
    }
    const again = signVaultFile(bare, await keyring());
    assert.deepEqual(Buffer.from(formatVaultFile(again)), bytes);
  });

  it('has segments whose headers are written so today, of a device that it lets in', async () => {
    const file = parseVaultFile(await vaultJson());
    const device = await deviceKey(file.vault);
    assert.deepEqual(
      file.devices?.map(({ key }) => key),
      [device.publicKey],
    );
    const trust = new ReadTrust(file);
    for (const name of await readdir(path.join(folder, 'segments'))) {
      const bytes = await readFile(path.join(folder, 'segments', name));
      const parsed = parseHeader(bytes);
      assert.ok(parsed?.whole && parsed.signed);
      const author = { vaultId: file.vault, device };
      const written = formatHeader(parsed.header, parsed.sealedKey, author);
      assert.deepEqual(Buffer.from(written.bytes), bytes.subarray(0, parsed.headerBytes));
      assert.ok(parsed.signed.isFor(file.vault));
      assert.ok(!parsed.signed.isFor('0'.repeat(32)), 'in no other vault');
      assert.ok(trust.trustsSegment(parsed));
    }
  });

  it('has snapshots whose author’s stanza is written so today, and of which the owner’s own and the accepted one are trusted', async () => {
    const file = parseVaultFile(await vaultJson());
    const trust = new ReadTrust(file);
    const authors: string[] = [];
    for (const bytes of await snapshots()) {
      const head = bytes.toString('latin1', 0, 2048);
      const reader = new AgeReader(memorySource(bytes), await keyring());
      const signer = (await keyring()).find((identity) =>
        reader.isSignedBy('snapshot', authorKeyOf(identity).publicKey),
      );
      assert.ok(signer);
      authors.push(signer.recipient);
      assert.ok(!reader.isSignedBy('backup', authorKeyOf(signer).publicKey));
      const [, share = '', body = ''] = /-> X25519 (\S+)\n(\S+)\n/.exec(head) ?? [];
      const stanza = { share: Buffer.from(share, 'base64'), body: Buffer.from(body, 'base64') };
      const fileKey = unwrapFileKey(stanza, signer);
      assert.ok(fileKey);
      assert.ok(
        head.includes(formatAuthorStanza({ what: 'snapshot', key: authorKeyOf(signer) }, fileKey)),
      );
      trust.demandFile(reader, 'snapshot', () => createHash('sha256').update(bytes).digest('hex'));
      reader.dispose();
    }
    assert.deepEqual(authors.sort(), file.identities.map(({ recipient }) => recipient).sort());
  });

  it('has a pin by which the vault is known', async function () {
    const file = parseVaultFile(await vaultJson());
    const { folder: copy, remove } = await temporaryFolder();
    try {
      await cp(keysFolder, copy, { recursive: true });
      const pins = new VaultPins(copy);
      if (path.sep === '/') {
        assert.equal(await pins.find(frozenVaultFolder, file), 'known');
      }
      assert.equal(await pins.find(path.join(copy, 'elsewhere'), file), 'succeeds');
      const [pin = ''] = (await readdir(copy)).filter((name) => name.endsWith('.pin'));
      const written = await readFile(path.join(copy, pin));
      await pins.note(frozenVaultFolder, file);
      if (path.sep === '/') {
        assert.deepEqual(await readFile(path.join(copy, pin)), written);
      }
    } finally {
      await remove();
    }
  });

  it('is read as well by who knows nothing of signatures: age opens its snapshots, and SQLite reads them', async function () {
    const tools = ['age', 'sqlite3'].map((tool) => spawnSync(tool, ['--version']));
    if (tools.some(({ error }) => error !== undefined)) {
      this.skip();
    }
    const { folder: place, remove } = await temporaryFolder();
    try {
      for (const name of await readdir(path.join(folder, 'snapshots'))) {
        const database = path.join(place, 'millrace.db');
        const snapshot = path.join(folder, 'snapshots', name);
        const kit = path.join(root, 'recovery-kit.txt');
        const opened = spawnSync('age', ['-d', '-i', kit, '-o', database, snapshot]);
        assert.equal(opened.status, 0, opened.stderr.toString());
        const asked = spawnSync('sqlite3', [
          database,
          'PRAGMA integrity_check; SELECT count(*) FROM minutes; SELECT count(*) FROM sessions',
        ]);
        assert.equal(asked.stdout.toString(), 'ok\n4\n1\n', asked.stderr.toString());
      }
    } finally {
      await remove();
    }
  });
});

describe('vault/segmentFormat, to the byte', () => {
  // From an implementation of docs/vault-format.md in another language: see test/support/segmentVector.py.
  const vector = {
    headerHash: 'bcdf7ede6397dfff72ecd15bfb7290cfd8b4304886489785361f2b8eb8ffd1bd',
    first:
      '2100000094078cd6cebba14c70f9f7a046adf237d243ad6b6eb0d80a4b4c8d7d42e734ce66f44b0ad569fcba45dec8c8ef45a2f416',
    second:
      '2700000030695735aea432b1d2883022a2a14da5f86e87ea57fd674e0e694ad31233a6c8d9244b13688e4b1cc06e77e0f3b083e1118b0ef2dd65b3',
  };

  it('writes what another implementation writes', () => {
    const key = Uint8Array.from({ length: 32 }, (_, index) => index);
    const header = {
      writerId: '0123456789abcdef'.repeat(2),
      number: 3,
      createdMs: 1_790_000_000_000,
    };
    const { hash } = formatUnsignedHeader(header, new Uint8Array(232).fill(0xaa));
    assert.equal(Buffer.from(hash).toString('hex'), vector.headerHash);
    const [one, two] = frozenRecords.slice(0, 2).map(encodeRecord);
    assert.ok(one !== undefined && two !== undefined);
    for (const chunks of [fastestCipher, portableCipher]) {
      const cipher = segmentCipher(key, hash, chunks);
      const first = sealFrame(cipher, 0, firstPreviousTag, one);
      const second = sealFrame(cipher, 1, first.subarray(-16), two);
      assert.equal(Buffer.from(first).toString('hex'), vector.first);
      assert.equal(Buffer.from(second).toString('hex'), vector.second);
      const opened = openFrame(cipher, 1, first.subarray(-16), second);
      assert.equal(Buffer.compare(opened ?? Buffer.of(), two), 0);
    }
  });
});
