import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { AgeReader, memorySource } from '../../../src/vault/age/ageStream.ts';
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
import { parseVaultFile, type VaultFile } from '../../../src/vault/protectors/vaultFile.ts';
import { openWithPassphrase } from '../../../src/vault/keys/vaultKeys.ts';
import { frozenPassphrase, frozenRecords, recordToJson } from '../../support/frozenVault.ts';
import { repositoryRoot } from '../../support/repositoryRoot.ts';
import { formatUnsignedHeader } from '../../support/unsignedHeader.ts';
import { openKeyring } from '../../support/vaultTools.ts';
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
  for (const version of [1]) {
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
        const [own] = identitiesInKit(identity);
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
          assert.deepEqual(opened, [own]);
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
