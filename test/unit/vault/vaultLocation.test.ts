import assert from 'node:assert/strict';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findVaultFolder } from '../../../src/host/vault/vaultPlace.ts';
import { VaultError } from '../../../src/vault/vaultError.ts';
import { findNamedVault } from '../../../src/vault/folder/namedVault.ts';
import {
  noteFreshVault,
  noteRemovedVault,
  readVaultLocation,
  strayVaults,
  switchVault,
} from '../../../src/vault/folder/vaultLocation.ts';
import { TestFolders } from '../../support/transferPlace.ts';

describe('where the vault is', () => {
  const folders = new TestFolders();
  let storage: string;
  let pointer: string;

  beforeEach(async () => {
    storage = await folders.make();
    pointer = path.join(storage, 'vault-location.json');
  });

  afterEach(async () => {
    await folders.remove();
  });

  it('is not written down until one was restored', async () => {
    assert.equal(await readVaultLocation(storage), undefined);
    assert.deepEqual(await strayVaults(storage), []);
  });

  it('moves with its storage folder, and elsewhere is where it is', async () => {
    const first = path.join(storage, 'vault');
    const second = path.join(storage, 'vaults', 'one');
    const outside = await folders.make();
    await switchVault(storage, outside, first, 1);
    await switchVault(storage, first, second, 2);
    assert.doesNotMatch((await readFile(pointer, 'utf8')).split('earlier')[0] ?? '', /tmp/);
    const moved = path.join(await folders.make(), 'storage');
    await cp(storage, moved, { recursive: true });
    assert.deepEqual(await readVaultLocation(moved), {
      folder: path.join(moved, 'vaults', 'one'),
      sinceMs: 2,
      earlier: [
        { folder: path.join(moved, 'vault'), untilMs: 2 },
        { folder: outside, untilMs: 1 },
      ],
    });
  });

  it('goes back to an earlier one, and remembers that one was removed', async () => {
    const first = path.join(storage, 'vault');
    const second = path.join(storage, 'vaults', 'one');
    await switchVault(storage, first, second, 1);
    await switchVault(storage, second, first, 2);
    const location = await readVaultLocation(storage);
    assert.deepEqual(location, {
      folder: first,
      sinceMs: 2,
      earlier: [{ folder: second, untilMs: 2 }],
    });
    await mkdir(second, { recursive: true });
    assert.deepEqual(await strayVaults(storage), []);
    await noteRemovedVault(storage, second, 3);
    assert.deepEqual((await readVaultLocation(storage))?.earlier, [
      { folder: second, untilMs: 2, removedMs: 3 },
    ]);
    assert.deepEqual(await strayVaults(storage), [second]);
  });

  it('leads to the vault that was restored, also once the one before is removed', async () => {
    const first = path.join(storage, 'vault');
    const second = path.join(storage, 'vaults', 'one');
    await switchVault(storage, first, second, 1);
    assert.equal(findVaultFolder(storage, '').folder, second);
    await noteRemovedVault(storage, first, 2);
    assert.equal(findVaultFolder(storage, '').folder, second);
    assert.equal((await findNamedVault(first)).folder, second);
    const third = path.join(storage, 'vaults', 'two');
    await switchVault(storage, second, third, 3);
    assert.equal(findVaultFolder(storage, '').folder, third);
    assert.equal((await findNamedVault(first)).folder, third);
  });

  it('keeps its folder when it begins anew, and forgets when others were restored', async () => {
    const first = path.join(storage, 'vault');
    const second = path.join(storage, 'vaults', 'one');
    const third = path.join(storage, 'vaults', 'two');
    await switchVault(storage, first, second, 1);
    await switchVault(storage, second, third, 2);
    await noteFreshVault(storage, new Set([second]), 9);
    assert.deepEqual(await readVaultLocation(storage), {
      folder: third,
      sinceMs: 9,
      earlier: [
        { folder: second, untilMs: 2 },
        { folder: first, untilMs: 9, removedMs: 9 },
      ],
    });
    assert.equal(findVaultFolder(storage, '').folder, third);
  });

  it('is never guessed', async () => {
    for (const [text, reason] of [
      ['', 'damaged'],
      ['{}', 'damaged'],
      ['{"format":"millrace-vault-location","version":2}', 'damaged'],
      ['{"format":"millrace-vault-location","version":3}', 'unknownVersion'],
    ] as const) {
      await writeFile(pointer, text);
      await assert.rejects(readVaultLocation(storage), (error) => VaultError.is(error, reason));
      if (reason === 'unknownVersion') {
        await assert.rejects(switchVault(storage, 'a', 'b', 1), (error) =>
          VaultError.is(error, reason),
        );
        assert.equal(await readFile(pointer, 'utf8'), text);
        await assert.rejects(readVaultLocation(storage), /later .*vault-location\.json/);
      } else {
        await assert.rejects(readVaultLocation(storage), /vault-location\.json.*remove it/);
      }
    }
  });
});
