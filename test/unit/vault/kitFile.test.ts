import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmod,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { writeKit } from '../../../src/vault/keys/kitFile.ts';
import { temporaryFolder } from '../../support/vaultTools.ts';

const kit = '# a kit\nAGE-SECRET-KEY-1\n';

describe('vault/kitFile', () => {
  let folder: string;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    ({ folder, remove } = await temporaryFolder());
  });
  afterEach(() => remove());

  const isOwners = async (file: string): Promise<boolean> =>
    process.platform === 'win32' || ((await stat(file)).mode & 0o777) === 0o600;

  it('is for its owner alone, whatever file it takes the place of', async () => {
    for (const mode of [undefined, 0o600, 0o644, 0o666, 0o777, 0o400]) {
      const file = path.join(folder, `${mode ?? 'new'}.txt`);
      if (mode !== undefined) {
        await writeFile(file, 'an older and much longer file that somebody may read'.repeat(20));
        await chmod(file, mode);
      }
      assert.equal(await writeKit(file, kit), true);
      assert.equal(await readFile(file, 'utf8'), kit);
      assert.ok(await isOwners(file), String(mode));
    }
  });

  it('is not read by who has the older file open', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    const file = path.join(folder, 'kit.txt');
    await writeFile(file, 'older', { mode: 0o644 });
    const handle = await open(file, 'r');
    try {
      assert.equal(await writeKit(file, kit), true);
      assert.equal(await handle.readFile('utf8'), 'older');
    } finally {
      await handle.close();
    }
  });

  it('is not written through a link, beside another name, into a pipe or a folder', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    const theirs = path.join(folder, 'theirs');
    const inPlace: Readonly<Record<string, (file: string) => Promise<void>>> = {
      link: (file) => symlink(theirs, file),
      'link to nothing': (file) => symlink(path.join(folder, 'nothing'), file),
      'hard link': (file) => link(theirs, file),
      folder: async (file) => {
        await mkdir(file);
      },
      pipe: (file) => {
        assert.equal(spawnSync('mkfifo', [file]).status, 0);
        return Promise.resolve();
      },
    };
    await writeFile(theirs, 'theirs', { mode: 0o644 });
    for (const [what, put] of Object.entries(inPlace)) {
      const file = path.join(folder, what);
      await put(file);
      const { ino } = await lstat(file);
      const names = await readdir(folder);
      assert.equal(await writeKit(file, kit), false, what);
      assert.equal((await lstat(file)).ino, ino, what);
      assert.deepEqual(await readdir(folder), names, what);
      assert.equal(await readFile(theirs, 'utf8'), 'theirs', what);
    }
  });
});
