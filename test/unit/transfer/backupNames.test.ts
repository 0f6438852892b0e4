import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  formatManifest,
  parseManifest,
  signManifest,
} from '../../../src/transfer/backup/backupManifest.ts';
import {
  backupFileName,
  isBackupFileName,
  isLeftover,
  isSameName,
  manifestFileName,
  parseBackupName,
} from '../../../src/transfer/copies/backupNames.ts';
import { onlyHome } from '../../../src/transfer/sync/syncHomes.ts';
import { listSynced } from '../../../src/transfer/sync/syncedFiles.ts';
import { TestVault } from '../../support/testVault.ts';
import { TestFolders, transfer } from '../../support/transferPlace.ts';
import { minuteRecord, sessionRecord, testId } from '../../support/vaultRecords.ts';

const nowMs = Date.UTC(2026, 10, 21, 18, 30, 15);
const dayMs = 24 * 3_600_000;
const present = { kind: 'present' } as const;

/** A text in any case, letter by letter. */
function inAnyCase(text: string): fc.Arbitrary<string> {
  return fc.array(fc.boolean(), { minLength: text.length, maxLength: text.length }).map((uppers) =>
    Array.from(text)
      .map((letter, index) =>
        uppers[index] === true ? letter.toUpperCase() : letter.toLowerCase(),
      )
      .join(''),
  );
}

const anyId = fc.stringMatching(/^[0-9a-f]{32}$/);
const anySecond = fc.integer({ min: 0, max: 4_102_444_799 }).map((seconds) => seconds * 1000);

describe('names of backups', () => {
  it('say the same whatever the case that a drive made of them', () => {
    fc.assert(
      fc.property(
        fc
          .tuple(anyId, anySecond)
          .chain(([id, createdMs]) =>
            fc.tuple(fc.constant({ id, createdMs }), inAnyCase(backupFileName(id, createdMs))),
          ),
        ([{ id, createdMs }, name]) => {
          assert.ok(isBackupFileName(name));
          assert.deepEqual(parseBackupName(name), { shortId: id.slice(0, 8), createdMs });
          assert.ok(
            isSameName(manifestFileName(name), manifestFileName(backupFileName(id, createdMs))),
          );
          assert.ok(isLeftover(`${name}.0123456789abcdef.tmp`, id.slice(0, 8)));
        },
      ),
    );
  });

  it('are known by their ending alone, and what macOS writes beside a file is none', () => {
    fc.assert(
      fc.property(fc.string(), inAnyCase('.age'), (stem, ending) => {
        assert.equal(isBackupFileName(`${stem}${ending}`), !stem.startsWith('._'));
        assert.ok(!isBackupFileName(`${stem}${ending}.json`));
        assert.ok(!isBackupFileName(`._${stem}${ending}`));
      }),
    );
  });

  it('are ours in no other form: what we did not write is never pruned', () => {
    const ours = backupFileName(testId(99), nowMs);
    fc.assert(
      fc.property(fc.nat(ours.length), fc.stringMatching(/^[^/\\]{1,12}$/), (at, text) => {
        const name = ours.slice(0, at) + text + ours.slice(at);
        assert.equal(parseBackupName(name), undefined, name);
      }),
    );
  });
});

describe('a backup whose name a drive has changed in case', function () {
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

  const anyNames = fc
    .constant(backupFileName(testId(99), nowMs))
    .chain((name) => fc.tuple(inAnyCase(name), inAnyCase(manifestFileName(name))));

  it('is listed, restored, verified and made anew by erasing like any other', async () => {
    const { file } = await transfer(vault, 'backUp', { folder });
    const age = await readFile(path.join(folder, file));
    const manifest = await readFile(path.join(folder, manifestFileName(file)));
    await fc.assert(
      fc.asyncProperty(anyNames, async ([ageName, manifestName]) => {
        const other = await folders.make();
        const from = path.join(other, ageName);
        await writeFile(from, age);
        await writeFile(path.join(other, manifestName), manifest);
        const [listed, ...more] = await transfer(vault, 'listBackups', {
          folder: other,
          key: present,
        });
        assert.deepEqual(
          [listed?.kind, listed?.file, listed?.createdMs, listed?.failure, more.length],
          ['backup', ageName, nowMs, null, 0],
        );
        await transfer(vault, 'verifyBackup', { file: from });
        assert.equal((await readdir(other)).length, 2, 'no second manifest is made');
        const { added } = await transfer(vault, 'mergeBackup', { from, key: present });
        assert.equal(added['sessions'], 0);
        const asked = {
          selection: { what: 'everything' } as const,
          backupFolders: [other],
          sync: null,
          storage: null,
        };
        const plan = await transfer(vault, 'planErase', asked);
        assert.deepEqual(plan.backups, [from]);
        const home = path.join(other, 'millrace-00000000', 'device');
        await mkdir(home, { recursive: true });
        await copyFile(from, path.join(home, ageName));
        assert.deepEqual(
          (await listSynced(onlyHome(path.dirname(home)))).files.map(({ name }) => name),
          [`device/${ageName}`],
        );
      }),
      { numRuns: 6 },
    );
  });

  it('is pruned as any other, and its manifest with it', async () => {
    const { file } = await transfer(vault, 'backUp', { folder });
    const age = await readFile(path.join(folder, file));
    const whole = parseManifest(await readFile(path.join(folder, manifestFileName(file))));
    const names: string[] = [];
    for (let day = 1; day < 12; day++) {
      const name = backupFileName(testId(99), nowMs + day * dayMs);
      const [ageName, manifestName] = [name, manifestFileName(name)].map((each) =>
        day % 2 === 0 ? each.toUpperCase() : each.toLowerCase(),
      );
      names.push(ageName ?? '', manifestName ?? '');
      await writeFile(path.join(folder, ageName ?? ''), age);
      const said = { ...whole, file: name, createdMs: nowMs + day * dayMs };
      const own = formatManifest(signManifest(said, vault.keyring()));
      await writeFile(path.join(folder, manifestName ?? ''), own);
    }
    vault.clock.setWall(nowMs + 11 * dayMs);
    const { removed, kept } = await transfer(vault, 'pruneBackups', { folder });
    assert.equal(removed.length + kept, 12);
    assert.ok(removed.some((name) => name.endsWith('.AGE')));
    const left = await readdir(folder);
    assert.equal(left.length, 2 * kept, left.join());
  });

  it('stays where another differs from it in case alone, as one manifest speaks for both', async () => {
    const { file } = await transfer(vault, 'backUp', { folder });
    const upper = path.join(folder, file.toUpperCase());
    await copyFile(path.join(folder, file), upper);
    if ((await readdir(folder)).length < 3) {
      // The drive takes the two names for one.
      await rm(upper);
      return;
    }
    for (let day = 1; day < 12; day++) {
      vault.clock.setWall(nowMs + day * dayMs);
      await transfer(vault, 'backUp', { folder });
    }
    const { removed } = await transfer(vault, 'pruneBackups', { folder });
    assert.ok(removed.length > 0 && !removed.some((name) => isSameName(name, file)));
    const left = await readdir(folder);
    assert.ok([file, file.toUpperCase(), manifestFileName(file)].every((n) => left.includes(n)));
  });

  it('keeps its name from the next backup of the same second', async () => {
    const { file } = await transfer(vault, 'backUp', { folder });
    await rename(path.join(folder, file), path.join(folder, file.toUpperCase()));
    await rm(path.join(folder, manifestFileName(file)));
    const next = await transfer(vault, 'backUp', { folder });
    assert.ok(!isSameName(next.file, file), next.file);
  });
});
