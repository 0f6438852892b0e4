import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { keysFileName } from '../../../src/transfer/copies/backupNames.ts';
import { TransferError } from '../../../src/transfer/transferError.ts';
import { sealAge } from '../../../src/vault/age/ageStream.ts';
import { generateIdentity } from '../../../src/vault/age/identity.ts';
import { openWithPassphrase } from '../../../src/vault/keys/vaultKeys.ts';
import { withProtector } from '../../../src/vault/keys/vaultProtection.ts';
import {
  derivePassphraseKey,
  passphraseBytes,
} from '../../../src/vault/protectors/passphraseKey.ts';
import {
  formatVaultFile,
  parseVaultFile,
  type ProtectorEntry,
  type PassphraseParameters,
  type VaultFile,
} from '../../../src/vault/protectors/vaultFile.ts';
import { signVaultFile } from '../../../src/vault/keys/vaultAuthorship.ts';
import { VaultError } from '../../../src/vault/vaultError.ts';
import { isLongForm, titleOfForms } from '../../support/killPoints.ts';
import { TestVault } from '../../support/testVault.ts';
import { TestFolders, transfer } from '../../support/transferPlace.ts';
import { asVersionOne } from '../../support/versionOne.ts';
import { minuteRecord, testId } from '../../support/vaultRecords.ts';

const nowMs = Date.UTC(2026, 10, 21, 18, 30, 15);
const passphrase = 'correct horse';
const modest: PassphraseParameters = {
  name: 'argon2id',
  memoryKiB: 19 * 1024,
  iterations: 2,
  parallelism: 1,
  salt: Buffer.alloc(16, 7).toString('base64'),
};
const failsWith = (reason: string) => (error: unknown) =>
  (TransferError.is(error) || VaultError.is(error)) && error.reason === reason;

describe('the keys for a passphrase beside backups', function () {
  this.timeout(120_000);
  const folders = new TestFolders();
  let vault: TestVault;
  let folder: string;
  let beside: string;

  beforeEach(async () => {
    vault = await TestVault.create(nowMs);
    folder = await folders.make();
    beside = path.join(folder, keysFileName('00000000'));
    await setPassphrase();
    await vault.record(minuteRecord(1, 29_000_000));
    await transfer(vault, 'backUp', { folder });
  });

  afterEach(async () => {
    await vault.release();
    await folders.remove();
  });

  async function setPassphrase(): Promise<void> {
    const key = await derivePassphraseKey(passphraseBytes(passphrase), modest);
    const entry = { id: testId(1), kind: 'passphrase', createdMs: nowMs, kdf: modest } as const;
    await vault.sign(withProtector(vault.vaultFile(), { entry, key }, vault.keyring()));
  }

  const keys = async (): Promise<VaultFile> => parseVaultFile(await readFile(beside));

  async function listed(): Promise<string | null | undefined> {
    const key = { kind: 'passphrase', text: passphrase } as const;
    const found = await transfer(vault, 'listBackups', { folder, key }, { keyring: [] });
    return found[0]?.failure;
  }

  const withCost = (file: VaultFile, cost: Partial<PassphraseParameters>): VaultFile => ({
    ...file,
    protectors: file.protectors.map((each) =>
      each.kind === 'passphrase' ? { ...each, kdf: { ...each.kdf, ...cost } } : each,
    ),
  });

  it('are signed by the owner as what they are, and open a backup on a new machine', async () => {
    const file = await keys();
    assert.equal(file.version, 2);
    assert.notEqual(file.signature, vault.vaultFile().signature);
    assert.equal(await listed(), null);
    const bytes = await readFile(beside);
    vault.clock.advance(60_000);
    await transfer(vault, 'backUp', { folder });
    assert.deepEqual(await readFile(beside), bytes, 'and are written once');
  });

  it('that anybody changed or replaced open nothing, and the next backup puts them right', async () => {
    const whole = await readFile(beside);
    const file = await keys();
    const stranger = generateIdentity();
    const [current] = file.identities;
    assert.ok(current !== undefined && current.state !== 'destroyed');
    const [unnamed = current] = asVersionOne(file).identities;
    const author = signVaultFile(
      {
        ...file,
        recipient: stranger.recipient,
        identities: [{ ...unnamed, recipient: stranger.recipient }],
      },
      [stranger],
    );
    const cases: readonly (readonly [string, VaultFile, string])[] = [
      ['a later generation', { ...file, generation: file.generation + 1 }, 'untrusted'],
      [
        'another device',
        { ...file, devices: [{ key: 'a'.repeat(64), createdMs: 0 }] },
        'untrusted',
      ],
      ['of a stranger, whole', author, 'wrongKey'],
    ];
    for (const [what, changed, reason] of cases) {
      await writeFile(beside, formatVaultFile(changed));
      assert.equal(await listed(), reason, what);
    }
    // Whoever names an author key of their own for the owner's recipient has a signature that is right.
    const forged = await signedByAnother({ ...file, identities: [unnamed] }, vault);
    await writeFile(beside, formatVaultFile(forged));
    assert.equal(await listed(), 'untrusted', 'an author who is not the owner');
    await transfer(vault, 'backUp', { folder });
    assert.deepEqual(await readFile(beside), whole);
    assert.equal(await listed(), null);
  });

  it('of version 1 open what they opened', async () => {
    await writeFile(beside, formatVaultFile(asVersionOne(await keys())));
    assert.equal(await listed(), null);
  });

  it('that ask for more memory or time than Millrace ever did are not tried', async () => {
    const file = await keys();
    const absurd: readonly Partial<PassphraseParameters>[] = [
      { memoryKiB: 4 << 20 },
      { memoryKiB: (256 << 10) + 1 },
      { iterations: 1000 },
      { iterations: 9 },
      { parallelism: 64 },
      { salt: '' },
      { salt: Buffer.alloc(100_000).toString('base64') },
      { memoryKiB: 4 << 20, iterations: 1000, parallelism: 64 },
    ];
    for (const cost of absurd) {
      // As who has an earlier identity can sign it, and as nobody signed it once.
      const changed = signVaultFile(withCost(file, cost), vault.keyring());
      await writeFile(beside, formatVaultFile(changed));
      const startMs = performance.now();
      assert.equal(await listed(), 'costly', JSON.stringify(cost));
      assert.ok(performance.now() - startMs < 5_000, JSON.stringify(cost));
      const never = (): never => assert.fail('it was tried');
      await assert.rejects(openWithPassphrase(changed, passphrase, never), failsWith('costly'));
      await assert.rejects(
        derivePassphraseKey(Uint8Array.of(1), { ...modest, ...cost }),
        failsWith('costly'),
      );
    }
    // Each that Millrace ever set, on however large a machine.
    for (const memoryKiB of [19 << 10, 32 << 10, 64 << 10, 128 << 10]) {
      const tried: unknown[] = [];
      const derive = (_: string, parameters?: PassphraseParameters): never => {
        tried.push(parameters?.memoryKiB);
        throw new VaultError('wrongKey', 'It was tried');
      };
      const changed = withCost(file, { memoryKiB });
      await assert.rejects(openWithPassphrase(changed, passphrase, derive), failsWith('wrongKey'));
      assert.deepEqual(tried, [memoryKiB]);
    }
    // Many of them cost as much as one that is dear: a few are tried, the rest is told.
    const [entry] = file.protectors;
    assert.ok(entry !== undefined);
    const many = {
      ...file,
      protectors: Array.from({ length: 200 }, (_, at) => ({ ...entry, id: testId(at) })),
    };
    let tries = 0;
    await assert.rejects(
      openWithPassphrase(many, 'another', (_, parameters = modest) => {
        tries++;
        return Promise.resolve({ key: new Uint8Array(32), parameters });
      }),
      failsWith('wrongPassphrase'),
    );
    assert.equal(tries, 4);
  });

  it(
    titleOfForms('are read off whatever bytes with an error of ours, and no change of them passes'),
    async function () {
      this.timeout(0);
      const file = await keys();
      const bytes = await readFile(beside);
      const change = fc.oneof(
        fc.record({ generation: fc.integer({ min: 1 }) }),
        fc.record({ createdMs: fc.integer() }),
        fc.record({ vault: fc.constantFrom(testId(1), testId(2)) }),
        fc.record({
          devices: fc.constantFrom<NonNullable<VaultFile['devices']>>(
            [],
            [{ key: '0'.repeat(64), createdMs: 1 }],
          ),
        }),
        fc.record({ recipient: fc.constant(generateIdentity().recipient) }),
        fc.record({ protectors: fc.constant<ProtectorEntry[]>([]) }),
        fc.record({ signature: fc.constant(`${'A'.repeat(86)}==`) }),
        fc.record({ version: fc.constantFrom(1 as const, 2 as const) }),
      );
      const any = fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        fc.json().map((text) => Buffer.from(text)),
        fc
          .tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }))
          .map(([at, by]) => bytes.map((each, index) => (index === at ? each ^ by : each))),
        change.map((each) => formatVaultFile({ ...file, ...each })),
      );
      fc.assert(
        fc.property(any, (given) => {
          let read: VaultFile;
          try {
            read = parseVaultFile(given);
          } catch (error) {
            assert.ok(VaultError.is(error));
            return;
          }
          assert.deepEqual(read, file);
        }),
        { numRuns: isLongForm ? 100_000 : 500 },
      );
    },
  );

  it('do not open what is sealed for somebody else beside them', async () => {
    await writeFile(
      path.join(folder, 'other.age'),
      sealAge(generateIdentity().recipient, Buffer.from('x')),
    );
    const key = { kind: 'passphrase', text: passphrase } as const;
    const found = await transfer(vault, 'listBackups', { folder, key }, { keyring: [] });
    assert.deepEqual(found.map(({ failure }) => failure).sort(), ['wrongKey', null].sort());
  });
});

/** As whoever has no identity of it makes one: with an author key of their own beside the owner's recipient. */
async function signedByAnother(file: VaultFile, { identity }: TestVault): Promise<VaultFile> {
  const { authorKeyOf, signBytes } = await import('../../../src/vault/age/signing.ts');
  const { signedBytesOf } = await import('../../../src/vault/protectors/vaultFile.ts');
  const key = authorKeyOf(generateIdentity());
  const unsigned: VaultFile = {
    ...file,
    identities: file.identities.map((each) =>
      each.recipient === identity.recipient ? { ...each, author: key.publicKey } : each,
    ),
  };
  const signature = signBytes(key, 'vault 2', signedBytesOf(unsigned));
  return { ...unsigned, signature: Buffer.from(signature).toString('base64') };
}
