import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseManifest } from '../../../src/transfer/backup/backupManifest.ts';
import { isBackupFileName, manifestFileName } from '../../../src/transfer/copies/backupNames.ts';
import { TestVault } from '../../support/testVault.ts';
import { TestFolders, transfer } from '../../support/transferPlace.ts';
import { minuteRecord, sessionRecord } from '../../support/vaultRecords.ts';

const nowMs = Date.UTC(2026, 10, 21, 18, 30, 15);
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const present = { kind: 'present' } as const;

/** Ways in which a backup's file is not there, and how it comes back. */
const waysAway: Readonly<Record<string, (file: string) => string>> = {
  'evicted by a cloud': (file) => path.join(path.dirname(file), `.${path.basename(file)}.icloud`),
  'not here yet': (file) => `${file}.part`,
  'on a drive that is not mounted': (file) =>
    path.join(path.dirname(file), 'elsewhere', path.basename(file)),
};

describe('a backup that is not there at this moment', function () {
  this.timeout(120_000);
  const folders = new TestFolders();
  let vault: TestVault;
  let folder: string;

  beforeEach(async () => {
    vault = await TestVault.create(nowMs);
    folder = await folders.make();
    await vault.record(sessionRecord(1, nowMs - 60_000, nowMs), minuteRecord(1, 29_000_000));
  });

  afterEach(async () => {
    await vault.release();
    await folders.remove();
  });

  /** Makes a backup each day. @returns their names */
  async function backUpDaily(target: string, days: number): Promise<string[]> {
    const made: string[] = [];
    for (let day = 0; day < days; day++) {
      vault.clock.setWall(nowMs + day * dayMs);
      made.push((await transfer(vault, 'backUp', { folder: target })).file);
    }
    return made;
  }

  it('has its manifest when it comes back, whatever was done in the meantime', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(waysAway)),
        fc.uniqueArray(fc.nat(3), { minLength: 1, maxLength: 4 }),
        fc.array(fc.constantFrom('backUp', 'pruneBackups'), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 2, max: 400 * 24 }),
        async (way, away, jobs, hours) => {
          const target = await folders.make();
          await mkdir(path.join(target, 'elsewhere'));
          const files = await backUpDaily(target, 4);
          const gone = away.map((index) => path.join(target, files[index] ?? ''));
          const before = new Map<string, Buffer>();
          for (const file of gone) {
            const manifest = manifestFileName(file);
            before.set(manifest, await readFile(manifest));
            await utimes(manifest, 1_000_000, 1_000_000);
            await rename(file, waysAway[way]?.(file) ?? '');
          }
          vault.clock.setWall(nowMs + 4 * dayMs + hours * hourMs);
          for (const job of jobs) {
            await transfer(vault, job, { folder: target });
          }
          for (const [manifest, bytes] of before) {
            assert.deepEqual(await readFile(manifest), bytes, `${way}: ${manifest}`);
          }
          for (const file of gone) {
            await rename(waysAway[way]?.(file) ?? '', file);
            await transfer(vault, 'verifyBackup', { file });
          }
          await rm(target, { recursive: true });
        },
      ),
      { numRuns: 10 },
    );
  });

  it('keeps its name', async () => {
    const [file = ''] = await backUpDaily(folder, 1);
    await rename(path.join(folder, file), path.join(folder, `.${file}.icloud`));
    const next = await transfer(vault, 'backUp', { folder });
    assert.notEqual(next.file, file);
  });

  it('is not the good one that pruning keeps, nor is one of which only a part is there', async () => {
    const files = await backUpDaily(folder, 13);
    const kept = files.at(-13) ?? '';
    // All but the oldest are away, or torn: it is the last good one, though its date says it may go.
    for (const [index, file] of files.slice(1).entries()) {
      const whole = path.join(folder, file);
      if (index % 2 === 0) {
        await rename(whole, `${whole}.part`);
      } else {
        await writeFile(whole, (await readFile(whole)).subarray(0, 1000));
      }
    }
    const { removed } = await transfer(vault, 'pruneBackups', { folder });
    assert.ok(!removed.includes(kept), removed.join());
    await transfer(vault, 'verifyBackup', { file: path.join(folder, kept) });
  });

  it('takes no whole one’s place where only a part of it is there', async () => {
    const places = ['12:00', '18:00'].map((hour) => Date.parse(`2026-11-21T${hour}:00Z`));
    const files: string[] = [];
    for (const atMs of places) {
      vault.clock.setWall(atMs);
      files.push((await transfer(vault, 'backUp', { folder })).file);
    }
    const [noon = '', evening = ''] = files;
    const torn = path.join(folder, evening);
    await writeFile(torn, (await readFile(torn)).subarray(0, 1000));
    for (let day = 1; day < 5; day++) {
      vault.clock.setWall(nowMs + day * dayMs);
      await transfer(vault, 'backUp', { folder });
    }
    await transfer(vault, 'pruneBackups', { folder });
    assert.ok((await readdir(folder)).includes(noon), 'the last whole one of its day stays');
  });

  it('is told apart from one that never came or was removed: their manifests go with what they left', async () => {
    const [file = ''] = await backUpDaily(folder, 1);
    const manifest = manifestFileName(file);
    // As a process leaves it that is killed while it makes or removes one.
    await rename(path.join(folder, file), path.join(folder, `${file}.0123456789abcdef.tmp`));
    const age = async (hours: number): Promise<void> => {
      const atSeconds = (nowMs - hours * hourMs) / 1000;
      for (const name of await readdir(folder)) {
        await utimes(path.join(folder, name), atSeconds, atSeconds);
      }
    };
    await age(0.9);
    await transfer(vault, 'pruneBackups', { folder });
    assert.ok((await readdir(folder)).includes(manifest), 'its process may be alive');
    await age(1.1);
    await transfer(vault, 'pruneBackups', { folder });
    assert.deepEqual(await readdir(folder), []);
  });

  it('leaves a manifest for each age file, and none more, when all is there', async () => {
    await backUpDaily(folder, 12);
    await transfer(vault, 'pruneBackups', { folder });
    const names = await readdir(folder);
    const ages = names.filter(isBackupFileName);
    assert.deepEqual(names.length, 2 * ages.length);
    for (const name of ages) {
      const bytes = await readFile(path.join(folder, manifestFileName(name)));
      assert.equal(parseManifest(bytes).file, name);
    }
    const listed = await transfer(vault, 'listBackups', { folder, key: present });
    assert.ok(listed.every(({ kind, failure }) => kind === 'backup' && failure === null));
  });
});
