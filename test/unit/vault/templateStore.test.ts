import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { AgeReader, memorySource } from '../../../src/vault/age/ageStream.ts';
import { loadSqlite } from '../../../src/vault/sqlite/database.ts';
import type { Keyring } from '../../../src/vault/age/identity.ts';
import { readSegment } from '../../../src/vault/segments/segmentReader.ts';
import {
  getTemplate,
  packTemplate,
  unpackTemplate,
} from '../../../src/vault/database/templateStore.ts';
import { Vault } from '../../../src/vault/vault.ts';
import { VaultError } from '../../../src/vault/vaultError.ts';
import { keeperBundle, wasmPath } from '../../support/keeperBundle.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { minuteRecord } from '../../support/minuteRecord.ts';
import { memoryProtector, openKeyring, temporaryFolder } from '../../support/vaultTools.ts';
import { newLedger, trusting } from '../../support/trusting.ts';

const name = 'flow-baseline';
const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));
const failsWith = (reason: string) => (error: unknown) =>
  VaultError.is(error) && error.reason === reason;

describe('the template store', function () {
  this.timeout(60_000);
  let root: string;
  let folder: string;
  let remove: () => Promise<void>;
  let device: ReturnType<typeof memoryProtector>;
  let clock: ManualClock;
  const windows: Vault[] = [];

  beforeEach(async () => {
    ({ folder: root, remove } = await temporaryFolder());
    folder = path.join(root, 'vault');
    device = memoryProtector();
    clock = new ManualClock(Date.now());
  });

  afterEach(async () => {
    for (const window of windows.splice(0)) {
      await window.close();
    }
    await remove();
  });

  const open = async (): Promise<Vault> => {
    const keeperPath = await keeperBundle();
    const vault = new Vault({
      folder,
      keysFolder: path.join(root, 'keys'),
      protectors: [device],
      keeperPath,
      clock,
      log: new MemoryLog(),
    });
    windows.push(vault);
    await vault.start();
    return vault;
  };

  const textOf = async (vault: Vault, version?: number): Promise<string | undefined> => {
    const template = await vault.templates.get(name, version);
    return template && Buffer.from(template.bytes).toString();
  };

  it('gives back the newest version, or the one asked for, over a compaction too', async () => {
    const vault = await open();
    const first = await vault.templates.put(name, bytesOf('first'));
    const second = await vault.templates.put(name, bytesOf('second'));
    assert.ok(second > first);
    for (const round of ['in segments', 'in a snapshot']) {
      assert.equal(await textOf(vault), 'second', round);
      assert.equal(await textOf(vault, first), 'first', round);
      assert.equal(await vault.templates.get(name, 1), undefined, round);
      assert.equal(await vault.templates.get('another'), undefined, round);
      await vault.finishRotation();
    }
  });

  it('gives several at once, and lists what there is', async () => {
    const vault = await open();
    await vault.templates.put(name, bytesOf('baseline'));
    const version = await vault.templates.put('personal-model', new Uint8Array(0));
    const found = await vault.templates.getMany([name, 'personal-model', 'neither']);
    assert.deepEqual([...found.keys()].sort(), [name, 'personal-model']);
    assert.deepEqual(found.get('personal-model')?.bytes, new Uint8Array(0));
    const listed = await vault.templates.list();
    assert.deepEqual(
      listed.map((template) => template.name),
      [name, 'personal-model'],
    );
    assert.equal(listed[1]?.version, version);
  });

  it('refuses names and lengths that it cannot keep', async () => {
    const vault = await open();
    await assert.rejects(vault.templates.put('No Name', bytesOf('x')), RangeError);
    await assert.rejects(vault.templates.put(name, new Uint8Array((4 << 20) + 1)), RangeError);
    assert.deepEqual(await vault.templates.list(), []);
  });

  it('takes what it is given while the vault is locked', async () => {
    const vault = await open();
    vault.access.lock();
    await vault.templates.put(name, bytesOf('while locked'));
    await assert.rejects(vault.templates.get(name), failsWith('locked'));
    await vault.access.unlock();
    assert.equal(await textOf(vault), 'while locked');
  });

  it('keeps both of two windows that put at once, and all agree which is the newest', async () => {
    const one = await open();
    const other = await open();
    await Promise.all([
      one.templates.put(name, bytesOf('of the one')),
      other.templates.put(name, bytesOf('of the other')),
    ]);
    assert.equal((await one.templates.list()).length, 2);
    const newest = await textOf(one);
    assert.equal(await textOf(other), newest);
    await other.finishRotation();
    assert.equal(await textOf(await open()), newest);
  });

  it('puts above what it has seen, though its clock was set back', async () => {
    const one = await open();
    const version = await one.templates.put(name, bytesOf('before'));
    const other = await open();
    assert.equal(await textOf(other), 'before');
    clock.setWall(1_000);
    assert.equal(await other.templates.put(name, bytesOf('after')), version + 1);
    assert.equal(await textOf(one), 'after');
  });

  const year2100 = Date.UTC(2100, 0, 1);
  for (const [what, version, createdMs] of [
    ['of the last version that there is', 2 ** 32 - 1, 1],
    ['of the last but one', 2 ** 32 - 2, Date.now()],
    ['of a time to come', Math.floor(year2100 / 1000), year2100],
    ['of a time to come that it does not admit', Math.floor(year2100 / 1000), Date.now()],
  ] as const) {
    it(`lets no template that somebody made stand before all later ones: ${what}`, async () => {
      const vault = await open();
      await vault.templates.put(name, bytesOf('before'));
      await vault.append(
        await Promise.all(
          Array.from({ length: 6 }, () =>
            packTemplate(name, version, createdMs, bytesOf('forged')),
          ),
        ),
      );
      assert.equal(await textOf(vault), 'before');
      for (const round of ['in segments', 'in a snapshot']) {
        const own = await vault.templates.put(name, bytesOf(`own ${round}`));
        assert.ok(own < version);
        assert.equal(await textOf(vault), `own ${round}`);
        assert.equal(await textOf(await open()), `own ${round}`);
        await vault.finishRotation();
        assert.equal(await textOf(vault), `own ${round}`);
      }
      // Of so many it is the forged ones that go.
      assert.equal(
        (await vault.templates.list()).filter((each) => each.version < version).length,
        3,
      );
    });
  }

  it('takes the newest that is what its hash says', async () => {
    const vault = await open();
    await vault.templates.put(name, bytesOf('whole'));
    const version = Math.floor(Date.now() / 1000) + 60;
    const forged = await packTemplate(name, version, Date.now(), bytesOf('forged'));
    await vault.append([{ ...forged, sha256: new Uint8Array(32) }]);
    assert.equal(await textOf(vault), 'whole');
    await assert.rejects(vault.templates.get(name, version), failsWith('damaged'));
  });

  it('keeps five versions over a compaction, and as many as one prunes to', async () => {
    const vault = await open();
    for (let index = 0; index < 8; index++) {
      await vault.templates.put(name, bytesOf(`version ${index}`));
    }
    await vault.templates.put('other', bytesOf('other'));
    assert.equal((await vault.templates.list()).length, 9);
    await vault.finishRotation();
    assert.equal((await vault.templates.list()).length, 6);
    assert.equal(await vault.templates.prune(name, 2), 3);
    assert.equal((await vault.templates.list()).length, 3);
    assert.equal(await textOf(vault), 'version 7');
    await assert.rejects(vault.templates.prune(name, 0), RangeError);
  });

  it('deletes for good, should the record arrive once more', async () => {
    const one = await open();
    const version = await one.templates.put(name, bytesOf('old'));
    clock.advance(5_000);
    await one.templates.put(name, bytesOf('new'));
    await one.close();
    const copies = path.join(root, 'copies');
    await mkdir(copies);
    for (const file of await segmentsIn(folder)) {
      await copyFile(path.join(folder, 'segments', file), path.join(copies, file));
    }
    const other = await open();
    assert.equal(await other.templates.delete(name, version), 1);
    assert.equal(await textOf(other, version), undefined);
    assert.equal(await textOf(other), 'new');
    assert.equal(await other.templates.delete(name), 1);
    await other.finishRotation();
    await rm(path.join(folder, 'trash'), { recursive: true });
    for (const file of await readdir(copies)) {
      await copyFile(path.join(copies, file), path.join(folder, 'segments', file));
    }
    assert.equal(await textOf(await open()), undefined);
    assert.deepEqual(await other.templates.list(), []);
  });

  it('purges every byte of it from every file, and nothing else', async () => {
    // Deflate keeps what is random as it is, so that it can be looked for.
    const needle = randomBytes(300);
    const secret = (index: number): Uint8Array => Buffer.concat([needle, Buffer.of(index)]);
    const one = await open();
    const other = await open();
    await one.append([minuteRecord(0)]);
    await one.templates.put(name, secret(0));
    await one.append([minuteRecord(1)]);
    await other.append([minuteRecord(2)]);
    await other.templates.put(name, secret(1));
    await other.append([minuteRecord(3)]);
    await one.makeSnapshot();
    await other.finishRotation();
    await one.templates.put(name, secret(2));
    await one.templates.put('kept', bytesOf('kept'));
    await one.makeSnapshot();
    assert.ok((await holders(folder, await keys(), needle)).length >= 5);

    assert.equal(await other.templates.purge(name), true);
    assert.deepEqual(await holders(folder, await keys(), needle), []);
    await one.append([minuteRecord(4)]);
    assert.deepEqual(await holders(folder, await keys(), needle), []);
    assert.deepEqual(
      (await one.templates.list()).map((template) => template.name),
      ['kept'],
    );
    assert.equal(await minutesIn(folder, await keys()), 5);
    assert.equal(await other.templates.purge(name), true, 'once more');
  });

  it('finds every changed byte of what is stored', async () => {
    const { deflated, sha256 } = await packTemplate(name, 1, 1, bytesOf('a template to flip'));
    assert.equal(Buffer.from(unpackTemplate(deflated, sha256)).toString(), 'a template to flip');
    for (const [part, index] of [
      ...Array.from(deflated, (_, at) => [deflated, at] as const),
      ...Array.from(sha256, (_, at) => [sha256, at] as const),
    ]) {
      const was = part[index] ?? 0;
      for (let bit = 0; bit < 8; bit++) {
        part[index] = was ^ (1 << bit);
        assertDamagedOrSame(deflated, sha256);
      }
      part[index] = was;
    }
    assert.throws(() => unpackTemplate(deflated, sha256.subarray(1)), failsWith('damaged'));
  });

  it('says so when a version in the database is not what its hash says', async () => {
    const vault = await open();
    await vault.templates.put(name, bytesOf('true'));
    const ledger = newLedger({
      folder,
      keyring: await keys(),
      sqlite: await loadSqlite(wasmPath),
      log: new MemoryLog(),
    });
    await ledger.refresh();
    ledger.database.run('UPDATE templates SET sha256 = zeroblob(32)');
    assert.throws(() => getTemplate(ledger.database, name), failsWith('damaged'));
    ledger.dispose();
  });

  const keys = (): Promise<Keyring> => openKeyring(folder, [device]);
});

/** A flipped bit of deflate's padding changes nothing; anything else must be refused. */
function assertDamagedOrSame(deflated: Uint8Array, sha256: Uint8Array): void {
  try {
    assert.equal(Buffer.from(unpackTemplate(deflated, sha256)).toString(), 'a template to flip');
  } catch (error) {
    assert.ok(VaultError.is(error, 'damaged'));
  }
}

async function segmentsIn(folder: string): Promise<string[]> {
  return (await readdir(path.join(folder, 'segments'))).filter((file) => file.endsWith('.seg'));
}

/** Every file of the folder that holds the bytes in what its keys open: all pages, all records. */
async function holders(folder: string, keyring: Keyring, needle: Buffer): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isFile() && (await plainOf(file, keyring)).some((part) => part.includes(needle))) {
      found.push(entry.name);
    }
  }
  return found;
}

async function plainOf(file: string, keyring: Keyring): Promise<Buffer[]> {
  const bytes = await readFile(file);
  if (file.endsWith('.age')) {
    return [Buffer.from(new AgeReader(memorySource(bytes), keyring).readAll())];
  }
  if (file.endsWith('.seg')) {
    const { records } = readSegment(bytes, trusting(keyring));
    return records.flatMap((record) =>
      record.type === 'template' ? [Buffer.from(record.deflated)] : [],
    );
  }
  return [bytes];
}

async function minutesIn(folder: string, keyring: Keyring): Promise<number> {
  const ledger = newLedger({
    folder,
    keyring,
    sqlite: await loadSqlite(wasmPath),
    log: new MemoryLog(),
  });
  await ledger.refresh();
  const row = ledger.database.row('SELECT count(DISTINCT at_ms) FROM minutes');
  ledger.dispose();
  return row?.number(0) ?? 0;
}
