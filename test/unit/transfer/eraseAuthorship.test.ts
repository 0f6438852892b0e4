import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readManifest } from '../../../src/transfer/backup/readManifest.ts';
import { formatManifest, unsignedManifest } from '../../../src/transfer/backup/backupManifest.ts';
import { AgeReader, memorySource } from '../../../src/vault/age/ageStream.ts';
import { generateIdentity } from '../../../src/vault/age/identity.ts';
import { authorKeyOf } from '../../../src/vault/age/signing.ts';
import { resealed } from '../../support/syncDevice.ts';
import { TestVault } from '../../support/testVault.ts';
import { TestFolders, transfer } from '../../support/transferPlace.ts';
import { minuteRecord } from '../../support/vaultRecords.ts';

const nowMs = Date.UTC(2026, 10, 21, 18, 30, 15);
const dayMs = 24 * 3_600_000;
const nowMinute = Math.floor(nowMs / 60_000);

describe('who made what erasing makes anew', function () {
  this.timeout(120_000);
  const folders = new TestFolders();
  let vault: TestVault;

  beforeEach(async () => {
    vault = await TestVault.create(nowMs);
    await vault.record(minuteRecord(1, nowMinute - 1440), minuteRecord(2, nowMinute));
  });

  afterEach(async () => {
    await vault.release();
    await folders.remove();
  });

  async function eraseYesterday(folder: string): Promise<void> {
    const places = { backupFolders: [folder], sync: null, storage: null };
    const selection = { what: 'days', from: '2026-11-20', to: '2026-11-20' } as const;
    const { ids } = await transfer(vault, 'planErase', { selection, ...places });
    await transfer(vault, 'erase', { selection, ids, ...places });
  }

  const isSigned = async (file: string): Promise<boolean> => {
    const reader = new AgeReader(memorySource(await readFile(file)), [vault.identity]);
    try {
      return reader.isSignedBy('backup', authorKeyOf(vault.identity).publicKey);
    } finally {
      reader.dispose();
    }
  };

  const backupsIn = async (folder: string): Promise<string[]> =>
    (await readdir(folder))
      .filter((name) => name.endsWith('.age'))
      .map((name) => path.join(folder, name));

  for (const stranger of [undefined, generateIdentity()]) {
    const whose = stranger === undefined ? 'nobody' : 'a stranger';
    it(`signs what the owner signed, and neither backup nor manifest of what ${whose} did`, async () => {
      const folder = await folders.make();
      const { file } = await transfer(vault, 'backUp', { folder, prunes: false });
      const own = await readFile(path.join(folder, file));
      vault.clock.advance(dayMs);
      const forged = path.join(folder, 'forged.age');
      const author = stranger === undefined ? {} : { author: stranger };
      await writeFile(
        forged,
        await resealed(own, vault.identity, {
          ...author,
          change: (database) => {
            database.execute("INSERT INTO meta VALUES ('longest_focus_ms', 1)");
            database.execute('UPDATE sessions SET end_ms = end_ms + 1');
          },
        }),
      );
      await eraseYesterday(folder);
      const made = await Promise.all(
        (await backupsIn(folder)).map(async (each) => {
          const manifest = await readManifest(each);
          return [await isSigned(each), manifest?.version];
        }),
      );
      assert.deepEqual(made.sort(), [
        [false, 1],
        [true, 2],
      ]);
    });
  }

  it('lets no backup of the owner’s go as somebody says of another that it holds the same', async () => {
    const folder = await folders.make();
    const { file } = await transfer(vault, 'backUp', { folder, prunes: false });
    const own = path.join(folder, file);
    // What will be left is no secret to whoever has seen it somewhere else.
    const elsewhere = await folders.make();
    await transfer(vault, 'backUp', { folder: elsewhere, prunes: false });
    const bytes = await readFile(own);
    await eraseYesterday(elsewhere);
    const [rest = ''] = await backupsIn(elsewhere);
    const content = await readManifest(rest);
    assert.ok(content);
    const claimed = path.join(folder, 'millrace-00000000-20261101T000000Z');
    await writeFile(`${claimed}.age`, await resealed(bytes, vault.identity));
    const said = { ...content, file: path.basename(`${claimed}.age`), verifiedMs: nowMs };
    await writeFile(`${claimed}.json`, formatManifest(unsignedManifest(said)));
    await eraseYesterday(folder);
    const signed = await Promise.all((await backupsIn(folder)).map(isSigned));
    assert.ok(signed.includes(true));
  });
});
