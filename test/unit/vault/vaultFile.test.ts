import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { KeyFileProtector } from '../../../src/vault/protectors/keyFileProtector.ts';
import { VaultError, type VaultFailure } from '../../../src/vault/vaultError.ts';
import { formatVaultFile, parseVaultFile } from '../../../src/vault/protectors/vaultFile.ts';
import { openWithProtectors } from '../../../src/vault/keys/vaultKeys.ts';
import { openOrCreateVault } from '../../../src/vault/keys/vaultStore.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { memoryProtector, temporaryFolder } from '../../support/vaultTools.ts';

const failsWith = (reason: VaultFailure) => (error: unknown) => VaultError.is(error, reason);

describe('vault/vaultFile', () => {
  let root: string;
  let folder: string;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    ({ folder: root, remove } = await temporaryFolder());
    folder = path.join(root, 'vault');
  });
  afterEach(() => remove());

  const create = (protector = memoryProtector()): ReturnType<typeof openOrCreateVault> =>
    openOrCreateVault({
      folder,
      keysFolder: path.join(root, 'keys'),
      protectors: [protector],
      clock: new ManualClock(1_790_000_000_000),
      log: new MemoryLog(),
    });

  it('reads what it wrote, byte for byte', async () => {
    const file = await create();
    const bytes = await readFile(path.join(folder, 'vault.json'));
    assert.deepEqual(parseVaultFile(bytes), file);
    assert.deepEqual(Buffer.from(formatVaultFile(file)), bytes);
  });

  it('refuses every changed byte, every truncation and anything added', async () => {
    await create();
    const bytes = await readFile(path.join(folder, 'vault.json'));
    for (let offset = 0; offset < bytes.length; offset++) {
      for (const mask of [0x01, 0x02, 0x20, 0x80]) {
        const changed = Uint8Array.from(bytes);
        changed[offset] = (changed[offset] ?? 0) ^ mask;
        assert.throws(() => parseVaultFile(changed), VaultError, `byte ${offset}`);
      }
      // Without its last newline it says all that it said.
      if (offset < bytes.length - 1) {
        assert.throws(() => parseVaultFile(bytes.subarray(0, offset)), failsWith('damaged'));
      }
    }
    for (const added of ['x', ',', '{}', '0', '\0', '\u00a0']) {
      assert.throws(() => parseVaultFile(Buffer.concat([bytes, Buffer.from(added)])), VaultError);
    }
  });

  it('reads it with other line ends, spaces and a byte order mark, and writes it as ever', async () => {
    const file = await create();
    const bytes = await readFile(path.join(folder, 'vault.json'));
    const value: unknown = JSON.parse(bytes.toString());
    const space = fc.array(fc.constantFrom(' ', '\t', '\r', '\n', '\r\n'), { maxLength: 3 });
    fc.assert(
      fc.property(
        fc.record({
          indent: fc.constantFrom(undefined, 1, 2, 4, '\t'),
          lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
          mark: fc.constantFrom('', '\ufeff'),
          before: space,
          after: space,
        }),
        ({ indent, lineEnd, mark, before, after }) => {
          const text = JSON.stringify(value, undefined, indent).replaceAll('\n', lineEnd);
          const other = Buffer.from(`${mark}${before.join('')}${text}${after.join('')}`);
          assert.deepEqual(parseVaultFile(other), file);
          assert.deepEqual(Buffer.from(formatVaultFile(parseVaultFile(other))), bytes);
        },
      ),
    );
  });

  it('takes no other text of one meaning for it', async () => {
    await create();
    const text = (await readFile(path.join(folder, 'vault.json'))).toString();
    const value = JSON.parse(text) as Record<string, unknown>;
    const { format, ...rest } = value;
    for (const other of [
      // Another order, a member twice, another way to write a number or a letter, space within a value.
      JSON.stringify({ ...rest, format }),
      text.replace('{', '{ "generation": 2,'),
      text.replace(/"createdMs": (\d+)/, '"createdMs": $1.0'),
      text.replace('"format"', '"\\u0066ormat"'),
      text.replace('millrace-vault', 'millrace- vault'),
      text.replace('{', '{ /* kept */'),
      `${text}${text}`,
    ]) {
      assert.throws(() => parseVaultFile(Buffer.from(other)), failsWith('damaged'), other);
    }
  });

  it('opens for the protector that it was made with, and for no other key', async () => {
    const protector = memoryProtector();
    const file = await create(protector);
    const { identities } = await openWithProtectors(file, [memoryProtector(), protector]);
    assert.deepEqual(
      identities.map(({ recipient }) => recipient),
      [file.recipient],
    );
    await assert.rejects(openWithProtectors(file, []), failsWith('locked'));
    await assert.rejects(openWithProtectors(file, [memoryProtector()]), failsWith('locked'));
    const wrong = memoryProtector(new Map([[file.vault, new Uint8Array(32)]]));
    await assert.rejects(openWithProtectors(file, [wrong]), failsWith('wrongKey'));
  });

  it('opens no identity that was put there for another vault, recipient or protector', async () => {
    const protector = memoryProtector();
    const file = await create(protector);
    const [entry] = file.protectors;
    const [identity] = file.identities;
    assert.ok(entry !== undefined && identity !== undefined);
    const otherVault = { ...file, vault: 'ab'.repeat(16) };
    const key = protector.keys.get(file.vault) ?? new Uint8Array(32);
    protector.keys.set(otherVault.vault, key);
    await assert.rejects(openWithProtectors(otherVault, [protector]), failsWith('wrongKey'));
    const otherProtector = { ...file, protectors: [{ ...entry, id: 'cd'.repeat(16) }] };
    await assert.rejects(openWithProtectors(otherProtector, [protector]), failsWith('wrongKey'));
  });

  it('cannot be made to seal for someone else without being noticed at the next unlock', async () => {
    const protector = memoryProtector();
    const file = await create(protector);
    const stranger = await (async () => {
      folder = path.join(root, 'stranger');
      return create();
    })();
    const [identity] = file.identities;
    assert.ok(identity !== undefined);
    const forged = {
      ...file,
      recipient: stranger.recipient,
      identities: [{ ...identity, recipient: stranger.recipient }],
    };
    await assert.rejects(openWithProtectors(forged, [protector]), failsWith('wrongKey'));
  });
});

describe('vault/keyFileProtector', () => {
  const vaultId = '12'.repeat(16);
  let folder: string;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    ({ folder, remove } = await temporaryFolder());
  });
  afterEach(() => remove());

  it('gives back what it was given, and forgets it', async () => {
    const protector = new KeyFileProtector(path.join(folder, 'a', 'b'));
    const key = Uint8Array.from({ length: 32 }, (_, index) => index * 7);
    assert.equal(await protector.load(vaultId), undefined);
    await protector.store(vaultId, key);
    assert.deepEqual(await protector.load(vaultId), key);
    await protector.remove(vaultId);
    await protector.remove(vaultId);
    assert.equal(await protector.load(vaultId), undefined);
  });

  it('tells a damaged file, whatever byte it is', async () => {
    const protector = new KeyFileProtector(folder);
    await protector.store(vaultId, new Uint8Array(32).fill(9));
    const [name = ''] = await readdir(folder);
    const file = path.join(folder, name);
    const bytes = await readFile(file);
    for (let offset = 0; offset < bytes.length; offset++) {
      const changed = Uint8Array.from(bytes);
      changed[offset] = (changed[offset] ?? 0) ^ 4;
      await writeFile(file, changed);
      await assert.rejects(protector.load(vaultId), failsWith('damagedKeyFile'), `${offset}`);
    }
    await writeFile(file, bytes.subarray(0, 20));
    await assert.rejects(protector.load(vaultId), failsWith('damagedKeyFile'));
  });

  it('takes no vault id that could lead elsewhere', async () => {
    const protector = new KeyFileProtector(folder);
    await assert.rejects(protector.load('../../etc/passwd'), RangeError);
  });
});
