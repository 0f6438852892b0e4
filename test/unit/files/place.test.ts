import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { absolutePath, isSamePlace, isWithin, placeOf } from '../../../src/files/place.ts';

const same = (one: string, other: string): boolean => isSamePlace(placeOf(one), placeOf(other));
const within = (inner: string, outer: string): boolean => isWithin(placeOf(inner), placeOf(outer));

describe('a place', function () {
  this.timeout(120_000);
  let root: string;

  beforeEach(async () => {
    root = await realpath(await mkdtemp(path.join(tmpdir(), 'millrace-place-')));
  });

  afterEach(async () => {
    await rm(root, { recursive: true, force: true });
  });

  const at = (...names: readonly string[]): string => path.join(root, ...names);

  it('is one, whatever it is called by', async () => {
    await mkdir(at('real', 'work', 'vaults'), { recursive: true });
    await symlink(at('real'), at('parent'), 'dir');
    await symlink(at('real', 'work'), at('direct'), 'dir');
    await symlink('parent/work', at('twice'), 'dir');
    const work = at('real', 'work');
    for (const name of [
      `${work}${path.sep}`,
      `${work}${path.sep}${path.sep}.`,
      [work, 'vaults', '..'].join(path.sep),
      at('parent', 'work'),
      at('direct'),
      at('twice'),
    ]) {
      assert.ok(same(work, name), name);
      assert.ok(same(path.join(work, 'not', 'there'), path.join(name, 'not', 'there')), name);
      assert.ok(within(path.join(name, 'vaults'), work), name);
      assert.ok(within(work, name) && !within(work, path.join(name, 'vaults')), name);
    }
    assert.ok(!same(work, at('real')) && !same(path.join(work, 'a'), path.join(work, 'b')));
    // A name that begins alike is no folder of it.
    assert.ok(!within(at('real', 'work2'), work) && !within(at('real', '..work'), work));
    assert.ok(within(at('real', 'work', '..b'), work));
  });

  it('is where the system finds it, when links stand before a way up', async () => {
    await mkdir(at('real', 'work', 'vaults'), { recursive: true });
    await mkdir(at('work'));
    await symlink(at('real', 'work'), at('direct'), 'dir');
    await symlink('direct', at('twice'), 'dir');
    const names = fc.constantFrom('direct', 'twice', 'real', 'work', 'vaults', '..', '.', '');
    const here = process.cwd();
    process.chdir(root);
    try {
      await fc.assert(
        fc.asyncProperty(fc.array(names, { minLength: 1, maxLength: 6 }), async (walk) => {
          for (const written of [
            `.${path.sep}${walk.join(path.sep)}`,
            [root, ...walk].join(path.sep),
          ]) {
            const found = absolutePath(written);
            assert.ok(path.isAbsolute(found));
            assert.ok(!found.split(path.sep).includes('..'));
            const real =
              process.platform === 'win32'
                ? undefined
                : await realpath(written).catch(() => undefined);
            if (real !== undefined) {
              assert.equal(await realpath(found), real, written);
              assert.ok(same(written, real), written);
            }
          }
        }),
      );
    } finally {
      process.chdir(here);
    }
    // A path without a way up stays as it was written.
    assert.equal(absolutePath(at('direct', 'vaults')), at('direct', 'vaults'));
  });

  it('is the same before and after it is made, and while its drive is away', async () => {
    await mkdir(at('drive'));
    await symlink(at('drive', 'vault'), at('link'), 'dir');
    assert.ok(same(at('link'), at('drive', 'vault')));
    assert.ok(same(at('link', 'inner'), at('drive', 'vault', 'inner')));
    await mkdir(at('drive', 'vault'));
    assert.ok(same(at('link'), at('drive', 'vault')));
    await rename(at('drive'), at('unplugged'));
    assert.ok(same(at('link'), at('drive', 'vault')));
    assert.ok(!same(at('link'), at('unplugged', 'vault')));
  });

  it('is found where links lead in a circle, or into a file', async () => {
    await symlink(at('two'), at('one'));
    await symlink(at('one'), at('two'));
    await writeFile(at('file'), '');
    assert.ok(same(at('one'), at('one')));
    assert.ok(!same(at('one'), at('file')));
    assert.ok(within(at('file', 'inner'), at('file')));
  });

  it('has one name in upper and lower case where, and only where, the file system says so', async () => {
    await mkdir(at('Vault'));
    const folds = await stat(at('vAULT')).then(
      () => true,
      () => false,
    );
    assert.equal(same(at('Vault'), at('vAULT')), folds);
    assert.equal(same(at('Gone'), at('gONE')), folds);
    assert.equal(same(at('Vault', 'Gone'), at('Vault', 'gONE')), folds);
    // As it is told of on a file system that folds: another text, the same number.
    const [vault, other] = [placeOf(at('Vault')), placeOf(at('vAULT'))];
    assert.ok(isSamePlace(vault, { ...other, chain: vault.chain, rest: [] }));
  });

  it('is compared as the system resolves it, for any folders and links between them', async () => {
    const name = fc.constantFrom('a', 'b', 'A', 'x y', 'ä');
    const walk = fc.array(name, { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(walk, { minLength: 1, maxLength: 4 }),
        fc.array(fc.tuple(walk, walk), { maxLength: 4 }),
        fc.array(walk, { minLength: 2, maxLength: 6 }),
        async (folders, links, asked) => {
          const base = await realpath(await mkdtemp(at('tree-')));
          for (const each of folders) {
            await mkdir(path.join(base, ...each), { recursive: true }).catch(() => undefined);
          }
          for (const [from, to] of links) {
            await symlink(path.join(base, ...to), path.join(base, ...from), 'dir').catch(
              () => undefined,
            );
          }
          const found = await Promise.all(
            asked.map(async (each) => {
              const file = path.join(base, ...each);
              return { file, real: await realpath(file).catch(() => undefined) };
            }),
          );
          for (const one of found) {
            assert.ok(same(one.file, one.file));
            assert.ok(within(path.join(one.file, 'deep', 'er'), one.file));
            for (const other of found) {
              if (one.real !== undefined && other.real !== undefined) {
                assert.equal(same(one.file, other.file), one.real === other.real);
                const isBelow = `${one.real}${path.sep}`.startsWith(`${other.real}${path.sep}`);
                assert.equal(within(one.file, other.file), isBelow);
                // What is not there yet is where it will be.
                assert.equal(
                  same(path.join(one.file, 'new'), path.join(other.file, 'new')),
                  one.real === other.real,
                );
              }
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
