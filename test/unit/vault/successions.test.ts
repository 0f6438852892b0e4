import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import {
  mkdir,
  readFile,
  readdir,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { findVaultFolder } from '../../../src/host/vault/vaultPlace.ts';
import { isSamePlace, placeOf } from '../../../src/files/place.ts';
import { vaultsOf } from '../../../src/transfer/erase/vaultsOf.ts';
import { findNamedVault } from '../../../src/vault/folder/namedVault.ts';
import { ownProcessMark } from '../../../src/vault/folder/processPlace.ts';
import { foldersOf } from '../../../src/vault/folder/successions.ts';
import {
  noteFreshVault,
  noteRemovedVault,
  readSuccessions,
  readVaultLocation,
  switchVault,
} from '../../../src/vault/folder/vaultLocation.ts';
import { TestFolders } from '../../support/transferPlace.ts';
import { testId } from '../../support/vaultRecords.ts';

/** A folder that says which vault it is, which is all that matters here. */
async function put(folder: string, vault: string, createdMs = 0): Promise<string> {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'vault.json'), JSON.stringify({ vault, createdMs }));
  return folder;
}

const currentVaultOf = async (folder: string): Promise<string> =>
  (await findNamedVault(folder)).folder;
const isSame = (one: string, other: string): boolean => isSamePlace(placeOf(one), placeOf(other));

describe('the successions of a storage folder', function () {
  this.timeout(120_000);
  const folders = new TestFolders();
  let storage: string;

  const at = (...names: readonly string[]): string => path.join(storage, ...names);

  beforeEach(async () => {
    storage = await realpath(await folders.make());
  });

  afterEach(async () => {
    await folders.remove();
  });

  /** As a restore names them: to the second, and never twice the same. */
  const restored = (vault: string, second: number): string =>
    at('vaults', `${vault.slice(0, 8)}-20261121t1830${String(second).padStart(2, '0')}z`);
  const momentOf = (second: number): number => Date.UTC(2026, 10, 21, 18, 30, second, 500);

  it('belong to one vault each, whatever folders and links name them, in any order', async () => {
    const place = fc.constantFrom('vault', 'work', 'home', 'x y', 'Work.2');
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ what: fc.constant('restore' as const), place }) },
      { weight: 1, arbitrary: fc.record({ what: fc.constant('remove' as const), place }) },
      { weight: 1, arbitrary: fc.record({ what: fc.constant('purge' as const), place }) },
      { weight: 1, arbitrary: fc.record({ what: fc.constant('stray' as const), place }) },
    );
    const aliases = ['plain', 'slash', 'dots', 'parent', 'link', 'successor'];
    const alias = fc.constantFrom(...aliases);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(step, alias), { minLength: 1, maxLength: 12 }),
        // Some share an id, as a copied folder does.
        fc.array(fc.nat(2), { minLength: 5, maxLength: 5 }),
        async (steps, ids) => {
          storage = await realpath(await folders.make());
          await symlink(storage, `${storage}-link`, 'dir');
          const names = ['vault', 'work', 'home', 'x y', 'Work.2'];
          const idOf = new Map(names.map((name, index) => [name, testId(10 + (ids[index] ?? 0))]));
          /** The current one first, as it should be. */
          const chains = new Map<string, string[]>();
          for (const name of names) {
            chains.set(name, [await put(at(name), idOf.get(name) ?? '')]);
            await symlink(at(name), at(`to ${name}`), 'dir');
          }
          const named = (name: string, how: string): string =>
            ({
              plain: at(name),
              slash: `${at(name)}${path.sep}`,
              dots: [storage, 'vaults', '..', name].join(path.sep),
              parent: path.join(`${storage}-link`, name),
              link: at(`to ${name}`),
              successor: chains.get(name)?.[0] ?? '',
            })[how] ?? at(name);
          let second = 0;
          for (const [{ what, place: name }, how] of steps) {
            second++;
            const id = idOf.get(name) ?? '';
            const chain = chains.get(name) ?? [];
            const asked = await currentVaultOf(named(name, how));
            if (what === 'restore') {
              const next = await put(restored(id, second), id);
              await switchVault(storage, asked, next, momentOf(second));
              chain.unshift(next);
            } else if (what === 'remove' && chain.length > 1) {
              await rm(chain[1] ?? '', { recursive: true, force: true });
              await noteRemovedVault(storage, chain[1] ?? '', momentOf(second));
            } else if (what === 'purge') {
              await rm(chain[0] ?? '', { recursive: true });
              await noteFreshVault(storage, new Set(), momentOf(second), { folder: asked });
              await put(chain[0] ?? '', id, momentOf(second));
            } else if (what === 'stray') {
              await put(restored(id, second), id);
            }
            for (const [each, expected] of chains) {
              for (const other of each === name ? aliases : [how]) {
                const found = await currentVaultOf(named(each, other));
                const text = await readFile(path.join(found, 'vault.json'), 'utf8');
                assert.equal(
                  text,
                  await readFile(path.join(expected[0] ?? '', 'vault.json'), 'utf8'),
                );
                assert.ok(
                  expected.length === 1 || isSame(found, expected[0] ?? ''),
                  `${each} by ${other}`,
                );
              }
              assert.equal(
                path.resolve(findVaultFolder(storage, at(each)).folder),
                expected[0] ?? '',
              );
              const own = await vaultsOf(storage, expected[0] ?? '');
              assert.deepEqual(
                own.succession,
                expected.length > 1 ? expected : [],
                'what is erased with it is its own',
              );
            }
            const all = (await readSuccessions(storage)).flatMap(foldersOf);
            assert.equal(new Set(all).size, all.length, 'no folder is in two');
          }
          await rm(`${storage}-link`);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('are all written down when several restore at once', async () => {
    const names = ['one', 'two', 'three', 'four', 'five', 'six'];
    await Promise.all(
      names.map(async (name, index) =>
        switchVault(
          storage,
          await put(at(name), testId(index)),
          await put(restored(testId(index), index), testId(index)),
          momentOf(index),
        ),
      ),
    );
    for (const [index, name] of names.entries()) {
      assert.equal(await currentVaultOf(at(name)), restored(testId(index), index));
    }
    assert.deepEqual(
      (await readdir(storage)).filter((name) => name.startsWith('vault-location')),
      ['vault-location.json'],
      'no lock is left',
    );
  });

  it('are changed on where a process died in the middle', async () => {
    const dead = JSON.stringify({ ...(await ownProcessMark()), pid: 2 ** 30 });
    await writeFile(at('vault-location.json.0-0.lock'), dead);
    await writeFile(at('vault-location.json.0-1.lock'), dead);
    const next = await put(restored(testId(1), 1), testId(1));
    await switchVault(storage, await put(at('vault'), testId(1)), next, momentOf(1));
    assert.equal(await currentVaultOf(at('vault')), next);
    assert.deepEqual((await readdir(storage)).sort(), ['vault', 'vault-location.json', 'vaults']);
  });

  it('do not lead to the old record who looks at it elsewhere', async () => {
    const id = testId(1);
    const vault = await put(at('vault'), id);
    const now = await put(restored(id, 1), id);
    await switchVault(storage, vault, now, momentOf(1));
    // There never was a vault in this folder, and the restored one has the same id.
    const old = await put(restored(id, 2), id);
    await switchVault(storage, at('look'), old, momentOf(2));
    assert.equal(await currentVaultOf(vault), now);
    assert.equal(await currentVaultOf(at('look')), old);
    assert.deepEqual((await vaultsOf(storage, now)).succession, [now, vault]);
    assert.deepEqual((await vaultsOf(storage, old)).succession, [old, at('look')]);
    await assert.rejects(readVaultLocation(storage), RangeError);
    assert.equal((await readVaultLocation(storage, at('look')))?.folder, old);
  });

  it('let a vault be that was put where another had been, and lead on from one made there later', async () => {
    const work = await put(at('work'), testId(1), 10);
    const now = await put(restored(testId(1), 1), testId(1), 10);
    await switchVault(storage, work, now, momentOf(1));
    await rm(work, { recursive: true });
    await put(at('home'), testId(2), 20);
    await rename(at('home'), work);
    assert.equal(await currentVaultOf(work), work);
    assert.deepEqual((await vaultsOf(storage, now)).succession, [now]);
    // A window that had not heard of the restore makes one; what it records is brought over.
    await put(work, testId(3), momentOf(9));
    assert.equal(await currentVaultOf(work), now);
    // The one that was put there is restored: it has a succession of its own, and the other one keeps its own.
    await put(work, testId(2), 20);
    const other = await put(restored(testId(2), 2), testId(2), 20);
    await switchVault(storage, work, other, momentOf(10));
    assert.equal(await currentVaultOf(work), other);
    assert.equal(await currentVaultOf(now), now);
  });

  it('are found from a link to the vault, from beside the link, and from the restored one', async () => {
    const elsewhere = await realpath(await folders.make());
    const id = testId(1);
    const vault = await put(at('vault'), id);
    await symlink(vault, path.join(elsewhere, 'link'), 'dir');
    const link = path.join(elsewhere, 'link');
    assert.deepEqual(await findNamedVault(link), { folder: link, storage });
    const now = await put(restored(id, 1), id);
    await switchVault(storage, link, now, momentOf(1));
    for (const each of [link, vault, now]) {
      assert.deepEqual(await findNamedVault(each), { folder: now, storage });
    }
    assert.deepEqual(
      JSON.parse(await readFile(at('vault-location.json'), 'utf8')),
      {
        format: 'millrace-vault-location',
        version: 2,
        generation: 1,
        successions: [
          {
            folder: path.relative(storage, now),
            vault: id,
            sinceMs: momentOf(1),
            earlier: [{ folder: 'vault', vault: id, untilMs: momentOf(1) }],
          },
        ],
      },
      'it is remembered as it lies, not as it was named',
    );
    // An earlier version kept key and list beside the link.
    const second = await put(at('second'), testId(2));
    await symlink(second, path.join(elsewhere, 'other'), 'dir');
    const other = path.join(elsewhere, 'other');
    await mkdir(path.join(elsewhere, 'keys'));
    await writeFile(path.join(elsewhere, 'keys', `${testId(2)}.key`), '');
    assert.deepEqual(await findNamedVault(other), { folder: other, storage: elsewhere });
    const list = { format: 'millrace-vault-location', version: 1, sinceMs: 5 };
    const earlier = [{ folder: 'other', untilMs: 5 }];
    await writeFile(
      path.join(elsewhere, 'vault-location.json'),
      JSON.stringify({ ...list, folder: 'vaults/one', earlier }),
    );
    const one = path.join(elsewhere, 'vaults', 'one');
    assert.deepEqual(await findNamedVault(other), { folder: one, storage: elsewhere });
  });

  describe('in a list of version 1', () => {
    const write = (
      folder: string,
      earlier: readonly (readonly [folder: string, untilMs: number])[],
    ): Promise<void> =>
      writeFile(
        at('vault-location.json'),
        JSON.stringify({
          format: 'millrace-vault-location',
          version: 1,
          folder: path.relative(storage, folder),
          sinceMs: earlier[0]?.[1],
          earlier: earlier.map(([each, untilMs]) => ({
            folder: path.relative(storage, each),
            untilMs,
          })),
        }),
      );

    it('are one, where all began with one folder, whatever the ids', async () => {
      const [mine, theirs] = [testId(1), testId(0x99)];
      const vault = await put(at('vault'), mine);
      const first = await put(restored(theirs, 1), theirs);
      const second = await put(restored(theirs, 2), theirs);
      await write(second, [
        [first, momentOf(2)],
        [vault, momentOf(1)],
      ]);
      assert.equal(await currentVaultOf(vault), second);
      assert.equal(await currentVaultOf(first), second);
      // With the next change it is one of the present version, and nothing is forgotten.
      const third = await put(restored(theirs, 3), theirs);
      await switchVault(storage, second, third, momentOf(3));
      assert.match(await readFile(at('vault-location.json'), 'utf8'), /"version": 2/);
      assert.deepEqual((await vaultsOf(storage, vault)).succession, [third, second, first, vault]);
    });

    it('are told apart where vaults of two ids were mixed', async () => {
      const [workId, homeId] = [`aaaaaaaa${testId(1).slice(8)}`, `bbbbbbbb${testId(2).slice(8)}`];
      const work = await put(at('work'), workId);
      const home = await put(at('home'), homeId);
      const newWork = await put(restored(workId, 1), workId);
      const newHome = await put(restored(homeId, 2), homeId);
      await write(newHome, [
        [home, momentOf(2)],
        [work, momentOf(1)],
      ]);
      assert.equal(await currentVaultOf(home), newHome);
      assert.equal(await currentVaultOf(work), newWork);
      assert.deepEqual((await vaultsOf(storage, newWork)).succession, [newWork, work]);
      assert.deepEqual((await vaultsOf(storage, newHome)).succession, [newHome, home]);
      // Once more, while the list led to the other's.
      const last = await put(restored(workId, 3), workId);
      await write(last, [
        [newHome, momentOf(3)],
        [home, momentOf(2)],
        [work, momentOf(1)],
      ]);
      assert.equal(await currentVaultOf(home), newHome);
      assert.equal(await currentVaultOf(work), last);
      assert.deepEqual((await vaultsOf(storage, work)).succession, [last, newWork, work]);
      await noteRemovedVault(storage, newWork, momentOf(5));
      assert.equal(await currentVaultOf(home), newHome);
      assert.equal(await currentVaultOf(work), last);
    });

    it('are told apart where an old backup of the same vault was looked at', async () => {
      const id = testId(1);
      const vault = await put(at('vault'), id);
      const now = await put(restored(id, 1), id);
      const old = await put(restored(id, 2), id);
      // Of a restore that was killed before it had an effect.
      await put(restored(id, 0), id);
      await write(old, [
        [at('look'), momentOf(2)],
        [vault, momentOf(1)],
      ]);
      assert.equal(await currentVaultOf(vault), now);
      assert.equal(await currentVaultOf(at('look')), old);
      assert.deepEqual((await vaultsOf(storage, vault)).succession, [now, vault]);
    });

    it('lead on where the one that was left is gone', async () => {
      const newWork = await put(restored(testId(1), 1), testId(1));
      const home = await put(at('home'), testId(2));
      const newHome = await put(restored(testId(2), 2), testId(2));
      await write(newHome, [
        [home, momentOf(2)],
        [at('work'), momentOf(1)],
      ]);
      assert.equal(await currentVaultOf(at('work')), newWork);
      assert.equal(await currentVaultOf(home), newHome);
    });

    it('leave a vault where it is, where what took its place is gone', async () => {
      const work = await put(at('work'), testId(1));
      const home = await put(at('home'), testId(2));
      const newHome = await put(restored(testId(2), 2), testId(2));
      await write(newHome, [
        [home, momentOf(2)],
        [work, momentOf(1)],
      ]);
      assert.equal(await currentVaultOf(work), work);
      assert.deepEqual((await vaultsOf(storage, work)).succession, []);
    });
  });
});
