import assert from 'node:assert/strict';
import { mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { exposureOf } from '../../../src/vault/keys/kitPlace.ts';
import { temporaryFolder } from '../../support/vaultTools.ts';

describe('vault/kitPlace', () => {
  let root: string;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    const made = await temporaryFolder();
    ({ remove } = made);
    root = await realpath(made.folder);
    for (const folder of [
      'home',
      'open/deep',
      'repository/.git',
      'repository/deep/deeper',
      'tree',
    ]) {
      await mkdir(path.join(root, folder), { recursive: true });
    }
    // As `git worktree` and submodules have it.
    await writeFile(path.join(root, 'tree/.git'), 'gitdir: elsewhere\n');
  });
  afterEach(() => remove());

  const at = (...names: readonly string[]): string => path.join(root, ...names);
  const exposed = (file: string): ReturnType<typeof exposureOf> =>
    exposureOf(file, [at('open'), at('not-there')]);

  it('tells a repository, at whatever depth', async () => {
    for (const [file, folder] of [
      [at('repository', 'kit.txt'), at('repository')],
      [at('repository', 'deep', 'deeper', 'kit.txt'), at('repository')],
      [at('repository', 'to', 'be', 'made', 'kit.txt'), at('repository')],
      [at('tree', 'kit.html'), at('tree')],
    ] as const) {
      assert.deepEqual(await exposed(file), { by: 'repository', folder });
    }
  });

  it('tells a folder that is open, and no other', async () => {
    for (const file of [at('open', 'kit.txt'), at('open', 'deep', 'kit.txt')]) {
      assert.deepEqual(await exposed(file), { by: 'openFolder', folder: at('open') });
    }
    for (const file of [at('home', 'kit.txt'), at('open-not', 'kit.txt'), at('..open', 'kit')]) {
      assert.equal(await exposed(file), undefined);
    }
    assert.equal(await exposureOf(at('open', 'kit.txt')), undefined);
  });

  it('goes by what a path is, not by how it is written', async () => {
    await symlink(at('repository', 'deep'), at('home', 'link'));
    await symlink(at('home'), at('repository', 'out'));
    await symlink(at('open'), at('home', 'work'));
    assert.equal((await exposed(at('home', 'link', 'kit.txt')))?.by, 'repository');
    assert.equal(await exposed(at('repository', 'out', 'kit.txt')), undefined);
    assert.equal((await exposed(at('home', 'work', 'kit.txt')))?.by, 'openFolder');
    assert.equal((await exposed(at('home', '..', 'open', 'kit.txt')))?.by, 'openFolder');
    assert.equal((await exposureOf(at('open', 'kit.txt'), [at('home', 'work')]))?.by, 'openFolder');
  });
});
