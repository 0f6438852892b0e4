import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { link, lstat, mkdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../../src/base/errors.ts';
import {
  ForeignFileError,
  openToOverwrite,
  openToRead,
  readPlain,
} from '../../../src/files/plainFile.ts';
import { shredFile } from '../../../src/files/shredFile.ts';
import { temporaryFolder } from '../../support/vaultTools.ts';

const gigabyte = 1 << 30;
const somebodys = 'what somebody keeps elsewhere';

/** What may lie under a name of ours in a folder that others write to. */
const foreign = {
  link: (file: string, elsewhere: string) => symlink(elsewhere, file),
  linkToNothing: (file: string) => symlink(`${file}.gone`, file),
  linkToItself: (file: string) => symlink(file, file),
  linkToDevice: (file: string) => symlink('/dev/zero', file),
  pipe: (file: string) => Promise.resolve(execFileSync('mkfifo', [file])),
  otherName: (file: string, elsewhere: string) => link(elsewhere, file),
} as const;

describe('a file in a folder that others can write to', () => {
  let folder: string;
  let remove: () => Promise<void>;
  let file: string;
  let elsewhere: string;

  beforeEach(async () => {
    ({ folder, remove } = await temporaryFolder());
    await mkdir(path.join(folder, 'ours'));
    file = path.join(folder, 'ours', '2026-01.age');
    elsewhere = path.join(folder, 'theirs.txt');
    await writeFile(elsewhere, somebodys);
  });

  afterEach(() => remove());

  const isForeign =
    (kind: ForeignFileError['kind']) =>
    (error: unknown): boolean =>
      error instanceof ForeignFileError &&
      error.kind === kind &&
      systemErrorCode(error) === 'EFTYPE';

  it('is read when it is one', async () => {
    await writeFile(file, 'ours');
    assert.equal(String(await readPlain(file, { largestBytes: 4 })), 'ours');
    const handle = await openToOverwrite(file);
    await handle.write('OURS', 0);
    await handle.close();
    assert.equal(await readFile(file, 'utf8'), 'OURS');
  });

  it('is told to be missing as the system tells it', async () => {
    await assert.rejects(openToRead(file), { code: 'ENOENT' });
    await assert.rejects(openToOverwrite(file), { code: 'ENOENT' });
  });

  for (const [name, put] of Object.entries(foreign)) {
    const kind = name.startsWith('link') ? 'link' : name === 'pipe' ? 'notAFile' : 'otherName';

    it(`is not overwritten when it is another thing: ${name}`, async () => {
      await put(file, elsewhere);
      await assert.rejects(openToOverwrite(file), isForeign(kind));
      if (name === 'otherName') {
        assert.equal(String(await readPlain(file)), somebodys, 'it may be read');
      } else {
        await assert.rejects(openToRead(file), isForeign(kind));
      }
    });

    it(`is only unlinked by who shreds it when it is another thing: ${name}`, async () => {
      await put(file, elsewhere);
      await shredFile(file);
      await assert.rejects(lstat(file), { code: 'ENOENT' });
      assert.equal(await readFile(elsewhere, 'utf8'), somebodys);
    });
  }

  it('is neither read nor shredded when it is a folder', async () => {
    await mkdir(file);
    await assert.rejects(openToRead(file), { kind: 'notAFile', code: 'EISDIR' });
    await assert.rejects(shredFile(file));
    assert.ok((await lstat(file)).isDirectory());
  });

  it('is measured before it is read', async () => {
    await writeFile(file, '');
    await truncate(file, gigabyte);
    await assert.rejects(readPlain(file, { largestBytes: gigabyte - 1 }), isForeign('tooLarge'));
  });

  it('is overwritten once its other name is gone', async () => {
    await writeFile(file, 'ours');
    const temporary = `${file}.0123456789abcdef.tmp`;
    await link(file, temporary);
    await shredFile(temporary);
    assert.equal(await readFile(file, 'utf8'), 'ours');
    const steps: string[] = [];
    await shredFile(file, (step) => {
      steps.push(step);
    });
    assert.deepEqual(steps, ['overwritten']);
  });
});
