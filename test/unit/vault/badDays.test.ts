import assert from 'node:assert/strict';
import { copyFile, cp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { loadDay } from '../../../src/vault/history/dayQueries.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { compact, makeSnapshot } from '../../../src/vault/upkeep/compaction.ts';
import { loadSqlite } from '../../../src/vault/sqlite/database.ts';
import { KeyFileProtector } from '../../../src/vault/protectors/keyFileProtector.ts';
import { Vault } from '../../../src/vault/vault.ts';
import { VaultError } from '../../../src/vault/vaultError.ts';
import { wasmPath } from '../../support/keeperBundle.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { minuteRecord as ofOneSession } from '../../support/minuteRecord.ts';
import { SmallDisk } from '../../support/smallDisk.ts';
import { TestVault } from '../../support/testVault.ts';
import { minuteRecord } from '../../support/vaultRecords.ts';
import { openKeyring, temporaryFolder } from '../../support/vaultTools.ts';
import { waitFor } from '../../support/waitFor.ts';
import { newLedger } from '../../support/trusting.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const first = 29_000_000;
const day = { startMs: first * minuteMs, endMs: (first + 1440) * minuteMs };
/** An empty snapshot has some 140 kB, so it and a few segments fit, and two of them with the filler do not. */
const diskBytes = 512 << 10;

describe('a full disk', function () {
  this.timeout(60_000);
  let disk: SmallDisk | undefined;
  let folder: string;
  let filler: string;
  let keys: Awaited<ReturnType<typeof temporaryFolder>> | undefined;

  before(async function () {
    disk = await SmallDisk.make(diskBytes);
    if (disk === undefined) {
      this.skip();
    }
    folder = path.join(disk.folder, 'vault');
    filler = path.join(disk.folder, 'filler');
    keys = await temporaryFolder();
  });

  after(async () => {
    await disk?.remove();
    await keys?.remove();
  });

  it('takes nothing from what was acknowledged, and all goes on when there is room again', async () => {
    // Not on the full disk, as a person's keys need not be.
    const protectors = [new KeyFileProtector(keys?.folder ?? '')];
    const log = new MemoryLog();
    const vault = new Vault({
      folder,
      keysFolder: keys?.folder ?? '',
      protectors,
      keeperPath: '',
      clock: systemClock,
      log,
      retryPausesMs: [10],
    });
    await vault.start();
    await vault.append([ofOneSession(0)]);
    const ledger = newLedger({
      folder,
      keyring: await openKeyring(folder, protectors),
      sqlite: await loadSqlite(wasmPath),
      log,
    });
    const place = { folder, clock: systemClock, log };
    await ledger.refresh();
    const { file } = await makeSnapshot(ledger, place);

    await fill(filler);
    // More than the rest of the page that the segment ends in.
    const more = Array.from({ length: 200 }, (_, index) => index + 1);
    const waiting = vault.append(more.map((index) => ofOneSession(index)));
    await waitFor('the vault to notice', () => vault.condition === 'unwritable');
    assert.equal(vault.unsavedMinutes, more.length);
    // The writer goes on trying meanwhile, so its mark of life comes and goes under a temporary name.
    const kept = async (): Promise<string[]> =>
      (await listed(folder)).filter((name) => !/\.live\.[0-9a-f]+\.tmp$/.test(name));
    const before = await kept();
    await assert.rejects(makeSnapshot(ledger, place), (error) =>
      VaultError.is(error, 'unwritable'),
    );
    await assert.rejects(compact(ledger, place));
    assert.deepEqual(await kept(), before, 'no half file, and nothing taken away');
    assert.equal((await minutesOf(folder, protectors))[0], 0);

    await rm(filler);
    await waiting;
    await waitFor('the vault to recover', () => vault.condition === 'ready');
    assert.deepEqual(await minutesOf(folder, protectors), [0, ...more]);
    await vault.close();
    await compact(ledger, place);
    ledger.dispose();
    assert.deepEqual(await minutesOf(folder, protectors), [0, ...more]);
    assert.ok(!(await readdir(path.join(folder, 'snapshots'))).includes(file));
  });

  const minutesOf = async (
    folder: string,
    protectors: readonly KeyFileProtector[],
  ): Promise<number[]> => {
    const ledger = newLedger({
      folder,
      keyring: await openKeyring(folder, protectors),
      sqlite: await loadSqlite(wasmPath),
      log: new MemoryLog(),
    });
    await ledger.refresh();
    const rows = ledger.database.rows('SELECT at_ms FROM minutes ORDER BY at_ms');
    const minutes = rows.map((row) => row.number(0) / minuteMs - ofOneSession(0).sample.minute);
    ledger.dispose();
    return minutes;
  };
});

describe('a folder that others copy', function () {
  this.timeout(60_000);
  let vault: TestVault;

  beforeEach(async () => {
    vault = await TestVault.create(day.startMs);
  });

  afterEach(async () => {
    await vault.release();
  });

  const focusedMinutes = async (): Promise<number> =>
    loadDay((await vault.ledger()).database, day).focusedSeconds / 60;

  it('loses nothing to a half copied snapshot, whoever compacts meanwhile', async () => {
    const writer = vault.writer();
    await writer.append(minuteRecord(1, first));
    await writer.close();
    const { file } = await compact(await vault.ledger(), vault);
    const snapshot = path.join(vault.folder, 'snapshots', file);
    const whole = await readFile(snapshot);
    const other = vault.writer();
    await other.append(minuteRecord(1, first + 1));
    await other.close();
    for (const length of [100, 70_000, whole.length - 1]) {
      await writeFile(snapshot, whole.subarray(0, length));
      await compact(await vault.ledger(), vault);
      assert.equal(await focusedMinutes(), 1, 'what is not there yet can not be read');
      assert.equal((await stat(snapshot)).size, length, 'and is left to whoever copies it');
    }
    await writeFile(snapshot, whole);
    assert.equal(await focusedMinutes(), 2);
    await compact(await vault.ledger(), vault);
    assert.equal(await focusedMinutes(), 2);
    assert.equal((await readdir(path.join(vault.folder, 'snapshots'))).length, 1);
  });

  it('takes conflicted copies for nothing of its own, and leaves them', async () => {
    const writer = vault.writer();
    await writer.append(minuteRecord(1, first));
    await writer.close();
    const { file } = await compact(await vault.ledger(), vault);
    const snapshots = path.join(vault.folder, 'snapshots');
    const copies = [
      file.replace('.age', ' (conflicted copy 2026-11-21).age'),
      file.replace('.age', '.sync-conflict-20261121-090000-ABCDEFG.age'),
      `.${file}.part`,
      file.toUpperCase(),
    ];
    for (const copy of copies) {
      await copyFile(path.join(snapshots, file), path.join(snapshots, copy));
    }
    await copyFile(
      path.join(vault.folder, 'vault.json'),
      path.join(vault.folder, 'vault (conflicted copy).json'),
    );
    assert.equal(await focusedMinutes(), 1);
    await compact(await vault.ledger(), vault);
    assert.equal(await focusedMinutes(), 1);
    const left = await readdir(snapshots);
    assert.ok(copies.every((copy) => left.includes(copy)));
  });

  it('is one vault again after two devices compacted copies of it', async () => {
    const writer = vault.writer();
    await writer.append(minuteRecord(1, first));
    await writer.close();
    await compact(await vault.ledger(), vault);
    const copy = await TestVault.create(day.startMs);
    await vault.letIn(copy.device);
    await rm(copy.folder, { recursive: true });
    await cp(vault.folder, copy.folder, { recursive: true });
    copy.identity.secret.set(vault.identity.secret);
    Object.assign(copy.identity, { recipient: vault.identity.recipient });
    for (const [device, minute] of [
      [vault, first + 1],
      [copy, first + 2],
    ] as const) {
      const own = device.writer();
      await own.append(minuteRecord(1, minute));
      await own.close();
      await compact(await device.ledger(), device);
    }
    await cp(copy.folder, vault.folder, { recursive: true });
    await copy.release();
    assert.equal(await focusedMinutes(), 3);
    await compact(await vault.ledger(), vault);
    assert.equal(await focusedMinutes(), 3);
  });

  it('keeps everything over compactions while the clock goes back', async () => {
    for (const [index, wallMs] of [0, -dayMs, 3 * dayMs, -400 * dayMs, 8 * dayMs].entries()) {
      vault.clock.setWall(day.startMs + wallMs);
      const writer = vault.writer();
      await writer.append(minuteRecord(index, first + index));
      await writer.close();
      await compact(await vault.ledger(), vault);
      assert.equal(await focusedMinutes(), index + 1);
    }
    assert.equal((await readdir(path.join(vault.folder, 'snapshots'))).length, 1);
  });
});

/** Writes until there is no room left, not even for the rest of a block. */
async function fill(file: string): Promise<void> {
  for (const size of [64 << 10, 4 << 10, 1]) {
    for (let isFull = false; !isFull;) {
      try {
        await writeFile(file, new Uint8Array(size), { flag: 'a' });
      } catch {
        isFull = true;
      }
      isFull ||= size === 1;
    }
  }
}

async function listed(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => name.endsWith('.age') || name.endsWith('.tmp')).sort();
}
