import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { failureWords } from '../../../src/cli/failureWords.ts';
import { createFile, replaceFile } from '../../../src/files/durableFiles.ts';
import { aboutFile, temporaryPath } from '../../../src/files/temporaryName.ts';
import { isLeftover } from '../../../src/transfer/copies/backupNames.ts';
import { writeOutputFile, writeOutputFolder } from '../../../src/transfer/export/outputFile.ts';
import { isSyncLeftover } from '../../../src/transfer/sync/syncNames.ts';
import { asTransferError } from '../../../src/transfer/transferError.ts';

/** What every drive of today takes; eCryptfs takes no longer one. */
const shortestLimitBytes = 143;
const longestBytes = 255;

/** Names up to the limit in bytes, of letters that take one to four. */
const anyName = fc
  .tuple(
    fc.integer({ min: 1, max: longestBytes }),
    fc.array(fc.constantFrom('a', 'Z', '0', '.', ' ', 'ü', 'ß', '録', '🌊'), {
      minLength: longestBytes,
      maxLength: longestBytes,
    }),
  )
  .map(([bytes, letters]) => {
    let name = '';
    for (const letter of letters) {
      if (Buffer.byteLength(name + letter) > bytes) {
        break;
      }
      name += letter;
    }
    return name;
  })
  .filter((name) => name.trim() !== '' && !/^\.+$/.test(name) && !/[. ]$/.test(name));

describe('temporary names', function () {
  this.timeout(60_000);
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'millrace-names-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('are possible wherever the name is that they stand for', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        const temporary = path.basename(temporaryPath(path.join(folder, name)));
        const bytes = Buffer.byteLength(temporary);
        assert.ok(bytes <= shortestLimitBytes);
        assert.ok(bytes <= Math.max(Buffer.byteLength(name), 64), temporary);
        assert.match(temporary, /\.[0-9a-f]{16}\.tmp$/);
        assert.notEqual(temporary, path.basename(temporaryPath(path.join(folder, name))));
      }),
    );
  });

  it('let every legal name be written, made, exported and made a folder', async () => {
    const cases = fc.oneof(
      anyName,
      fc.constant('x'.repeat(235)),
      fc.constant('x'.repeat(longestBytes)),
      fc.constant(`${'ü'.repeat(125)}.json`),
      fc.constant('🌊'.repeat(63)),
    );
    await fc.assert(
      fc.asyncProperty(cases, async (name) => {
        const file = path.join(folder, name);
        assert.ok(await createFile(file, Buffer.from('made')));
        assert.ok(!(await createFile(file, Buffer.from('again'))));
        await replaceFile(file, Buffer.from('replaced'));
        assert.equal(await readFile(file, 'utf8'), 'replaced');
        await writeOutputFile(file, true, (output) => output.write('exported'));
        assert.equal(await readFile(file, 'utf8'), 'exported');
        await rm(file);
        await writeOutputFile(file, false, (output) => output.write('new'));
        await rm(file);
        await writeOutputFolder(file, (add) => add('inner.csv', (output) => output.write('row')));
        assert.deepEqual(await readdir(folder), [name]);
        assert.equal(await readFile(path.join(file, 'inner.csv'), 'utf8'), 'row');
        await rm(file, { recursive: true });
      }),
      { numRuns: 60 },
    );
  });

  it('tell of our own files, so that what a killed process left is known', () => {
    const ofBackups = [
      'millrace-0123abcd-20261121T183015Z.age',
      'millrace-0123abcd-20261121T183015Z.json',
      'millrace-0123abcd-keys.json',
    ];
    for (const name of ofBackups) {
      assert.ok(isLeftover(path.basename(temporaryPath(name)), '0123abcd'), name);
      assert.ok(!isLeftover(path.basename(temporaryPath(name)), '11111111'), name);
    }
    for (const name of ['2026-11.age', 'tombstones.age', 'millrace-0123abcd-keys.json']) {
      assert.ok(isSyncLeftover(path.basename(temporaryPath(name))), name);
      assert.ok(isSyncLeftover(`${name}.0123456789abcdef.tmp`), name);
    }
    const byATool = `2026-11 (${'conflicted copy '.repeat(12)}).age`;
    assert.ok(isSyncLeftover(path.basename(temporaryPath(byATool))));
  });

  it('are not what a person is told of', async () => {
    await fc.assert(
      fc.asyncProperty(anyName, async (name) => {
        const file = path.join(folder, 'not there', name);
        const failed = await replaceFile(file, Buffer.from('x')).catch((error: unknown) => error);
        const words = failureWords(asTransferError(failed));
        assert.ok(words.endsWith(`: ${file}`), words);
      }),
      { numRuns: 30 },
    );
    const inner = Object.assign(new Error('x'), { path: path.join('/a/t.tmp', 'inner.csv') });
    assert.equal(aboutFile(inner, '/a/t.tmp', '/a/b'), inner);
    assert.equal(inner.path, path.join('/a/b', 'inner.csv'));
    const other = Object.assign(new Error('x'), { path: '/a/other' });
    aboutFile(other, '/a/t.tmp', '/a/b');
    assert.equal(other.path, '/a/other');
  });

  it('are gone when what they were for can’t be', async () => {
    const tooLong = path.join(folder, 'x'.repeat(longestBytes + 1));
    await assert.rejects(replaceFile(tooLong, Buffer.from('x')), { code: 'ENAMETOOLONG' });
    await assert.rejects(createFile(tooLong, Buffer.from('x')), { code: 'ENAMETOOLONG' });
    await writeFile(path.join(folder, 'there'), '');
    await assert.rejects(
      writeOutputFile(path.join(folder, 'there'), false, (output) => output.write('x')),
    );
    assert.deepEqual(await readdir(folder), ['there']);
  });
});
