import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { generateIdentity } from '../../../src/vault/age/identity.ts';
import { authorKeyOf, generateSigningKey, signBytes } from '../../../src/vault/age/signing.ts';
import { signVaultFile } from '../../../src/vault/keys/vaultAuthorship.ts';
import { updateVaultFile } from '../../../src/vault/keys/vaultFileUpdate.ts';
import {
  formatVaultFile,
  parseVaultFile,
  signedBytesOf,
  type VaultFile,
} from '../../../src/vault/protectors/vaultFile.ts';
import { VaultPins } from '../../../src/vault/trust/vaultPins.ts';
import type { Vault } from '../../../src/vault/vault.ts';
import { VaultError } from '../../../src/vault/vaultError.ts';
import { minuteRecord } from '../../support/minuteRecord.ts';
import { memoryProtector, openKeyring } from '../../support/vaultTools.ts';
import { VaultWindows } from '../../support/vaultWindows.ts';

describe('a vault.json signed by who knows the recipient alone', function () {
  this.timeout(60_000);
  const device = memoryProtector();
  let windows: VaultWindows;
  let folder: string;
  let keysFolder: string;
  let vaultJson: string;

  beforeEach(async () => {
    windows = await VaultWindows.make(device);
    ({ folder, keys: keysFolder, vaultJson } = windows);
  });
  afterEach(() => windows.release());

  const open = (): Promise<Vault> => windows.open();
  const read = (): Promise<VaultFile> => windows.read();

  /** All that stands in it is the vault's own; but for the author, who signs it. */
  const withAuthor = (file: VaultFile, key = generateSigningKey()): VaultFile => {
    const identities = file.identities.map((entry) => ({ ...entry, author: key.publicKey }));
    const whole = { ...file, identities, generation: file.generation + 1 };
    const signature = signBytes(key, 'vault 2', signedBytesOf(whole));
    return { ...whole, signature: Buffer.from(signature).toString('base64') };
  };
  const isUntrusted = (error: unknown): boolean => VaultError.is(error, 'untrusted');

  it('opens with the vault’s keys, and is told as untrusted, where nothing is remembered of the vault', async () => {
    const vault = await open();
    await vault.append([minuteRecord(0)]);
    await windows.closeAll();
    for (const name of await readdir(keysFolder)) {
      if (name.endsWith('.pin')) {
        await rm(path.join(keysFolder, name));
      }
    }
    // It names this device among those that sign.
    const forged = formatVaultFile(withAuthor(await read()));
    await writeFile(vaultJson, forged);
    const window = await open();
    await assert.rejects(window.access.unlock(), isUntrusted);
    assert.equal(window.condition, 'untrusted');
    await assert.rejects(window.access.keyring(), isUntrusted);
    await assert.rejects(window.makeSnapshot(), isUntrusted);
    await assert.rejects(window.trustFile(), isUntrusted);
    assert.equal(window.condition, 'untrusted');
    assert.deepEqual(await readFile(vaultJson), Buffer.from(forged));
    assert.ok(!(await readdir(keysFolder)).some((name) => name.endsWith('.pin')));
  });

  it('is never signed by the owner', async () => {
    await open();
    const keyring = await openKeyring(folder, [device]);
    const forged = withAuthor(await read());
    assert.throws(() => signVaultFile(forged, keyring), isUntrusted);
  });

  it('is looked at once more as it is changed', async () => {
    await open();
    const keyring = await openKeyring(folder, [device]);
    const before = await readFile(vaultJson);
    const check = (): Promise<never> => Promise.reject(new VaultError('untrusted', 'no'));
    await assert.rejects(
      updateVaultFile({ folder, check }, keyring, (file) => ({ ...file })),
      isUntrusted,
    );
    assert.deepEqual(await readFile(vaultJson), before);
  });

  it('vouches for nobody where no author was known yet', async () => {
    const owner = generateIdentity();
    const stranger = generateIdentity();
    const made: VaultFile = {
      ...{ format: 'millrace-vault', vault: 'a'.repeat(32), generation: 1, createdMs: 1 },
      ...{ version: 1, recipient: owner.recipient, protectors: [] },
      identities: [
        { recipient: owner.recipient, state: 'current', createdMs: 1, sinceMs: 1, wrapped: [] },
      ],
    };
    const pins = new VaultPins(keysFolder);
    await pins.note(folder, made);
    assert.equal(await pins.find(folder, { ...made, generation: 2 }), 'succeeds');
    assert.equal(
      await pins.find(folder, signVaultFile(made, [owner])),
      'new',
      'until it was opened',
    );
    // The stranger's key stands as the owner's, so that it vouches for whomever they like.
    const key = authorKeyOf(stranger);
    const author = key.publicKey;
    const said = new TextEncoder().encode([made.vault, stranger.recipient, author].join('\n'));
    const signature = Buffer.from(signBytes(key, 'identity 1', said)).toString('base64');
    const entry = { createdMs: 1, sinceMs: 1, wrapped: [], author };
    const vouched = { by: owner.recipient, signature };
    const successor: VaultFile = {
      ...made,
      generation: 3,
      recipient: stranger.recipient,
      identities: [
        { ...entry, recipient: stranger.recipient, state: 'current', vouched },
        { ...entry, recipient: owner.recipient, state: 'retired' },
      ],
    };
    const signed = parseVaultFile(formatVaultFile(signVaultFile(successor, [stranger])));
    assert.deepEqual(signed.identities[0]?.vouched, vouched);
    assert.equal(await pins.find(folder, signed), 'replaced');
  });
});
