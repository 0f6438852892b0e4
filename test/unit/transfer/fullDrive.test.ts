import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { mkdir, readdir, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { manifestFileName } from '../../../src/transfer/copies/backupNames.ts';
import { TransferError } from '../../../src/transfer/transferError.ts';
import { SmallDisk } from '../../support/smallDisk.ts';
import { TestVault } from '../../support/testVault.ts';
import { transfer } from '../../support/transferPlace.ts';
import { minuteRecord, sessionRecord } from '../../support/vaultRecords.ts';

const nowMs = Date.UTC(2026, 10, 21, 18, 30, 15);
const dayMs = 24 * 3_600_000;
const pageBytes = 4096;

describe('a backup drive that is full', function () {
  this.timeout(120_000);
  /** A dozen backups of an empty vault. */
  const diskBytes = 8 << 20;
  let vault: TestVault;
  let made: SmallDisk | undefined;
  let disk: string;

  before(async function () {
    made = await SmallDisk.make(diskBytes);
    if (made === undefined) {
      this.skip();
    }
    disk = made.folder;
  });

  after(async () => {
    await made?.remove();
  });

  beforeEach(async () => {
    vault = await TestVault.create(nowMs);
    await vault.record(sessionRecord(1, nowMs - 60_000, nowMs), minuteRecord(1, 29_000_000));
  });

  afterEach(async () => {
    await vault.release();
    for (const name of await readdir(disk)) {
      await rm(path.join(disk, name), { recursive: true });
    }
  });

  const isOfRoom = (error: unknown): boolean => TransferError.is(error, 'full');

  function fillUp(): void {
    for (const pieceBytes of [64 << 10, 4 << 10]) {
      for (let isFull = false; !isFull;) {
        try {
          appendFileSync(path.join(disk, 'filler'), new Uint8Array(pieceBytes));
        } catch {
          isFull = true;
        }
      }
    }
  }

  /** Fills the disk but for so much. */
  async function leave(roomBytes: number): Promise<void> {
    const filler = path.join(disk, 'filler');
    await rm(filler, { force: true });
    fillUp();
    await truncate(filler, Math.max(0, (await stat(filler)).size - roomBytes));
  }

  async function everything(folder: string): Promise<string[]> {
    return (await readdir(folder)).filter((name) => name !== 'filler').sort();
  }

  /** Backups of so many days, each as large as it is. @returns the last one's name */
  async function fillWithBackups(days: number): Promise<string> {
    let last = '';
    for (let day = 0; day < days; day++) {
      vault.clock.setWall(nowMs + day * dayMs);
      last = (await transfer(vault, 'backUp', { folder: disk })).file;
    }
    return last;
  }

  it('lets go of old backups to make room, where it is asked to, and says so', async () => {
    await fillWithBackups(11);
    vault.clock.setWall(nowMs + 11 * dayMs);
    const before = await everything(disk);
    for (const room of [0, 8 << 10]) {
      await leave(room);
      await assert.rejects(transfer(vault, 'backUp', { folder: disk }), isOfRoom);
      assert.deepEqual(await everything(disk), before, 'nothing goes where nobody asked');
    }
    const made = await transfer(vault, 'backUp', { folder: disk, prunes: true });
    assert.ok(made.madeRoom !== undefined && made.madeRoom.removed.length >= 2);
    await rm(path.join(disk, 'filler'));
    const left = await everything(disk);
    assert.ok(made.madeRoom.removed.every((file) => !left.includes(file)));
    assert.equal(left.length, 2 * (made.madeRoom.kept + 1));
    await transfer(vault, 'verifyBackup', { file: path.join(disk, made.file) });
  });

  it('takes no more room for a backup than the backup keeps', async () => {
    const first = await fillWithBackups(1);
    let keptBytes = 0;
    for (const name of [first, manifestFileName(first)]) {
      const { size } = await stat(path.join(disk, name));
      keptBytes += Math.ceil(size / pageBytes) * pageBytes;
    }
    const before = await everything(disk);
    vault.clock.setWall(nowMs + dayMs);
    await leave(keptBytes - pageBytes);
    await assert.rejects(transfer(vault, 'backUp', { folder: disk }), isOfRoom);
    assert.deepEqual(await everything(disk), before, 'what fails leaves nothing');
    await leave(keptBytes);
    const { file } = await transfer(vault, 'backUp', { folder: disk });
    assert.deepEqual(await everything(disk), [...before, file, manifestFileName(file)].sort());
    await rm(path.join(disk, 'filler'));
    await transfer(vault, 'verifyBackup', { file: path.join(disk, file) });
  });

  it('makes one in the room of the only one that may go', async () => {
    await fillWithBackups(3);
    // Of the third day that is not kept whole, the earlier one of two may go.
    vault.clock.setWall(nowMs + dayMs);
    await transfer(vault, 'backUp', { folder: disk });
    for (const days of [3, 4]) {
      vault.clock.setWall(nowMs + days * dayMs);
      await transfer(vault, 'backUp', { folder: disk });
    }
    vault.clock.setWall(nowMs + 5 * dayMs);
    await leave(0);
    const made = await transfer(vault, 'backUp', { folder: disk, prunes: true });
    assert.equal(made.madeRoom?.removed.length, 1);
    assert.ok((await everything(disk)).includes(made.file));
  });

  it('keeps the last good one and whatever else the rules keep, where even that makes no room', async () => {
    const last = await fillWithBackups(3);
    vault.clock.setWall(nowMs + 3 * dayMs);
    await leave(0);
    const before = await everything(disk);
    const inVain = transfer(vault, 'backUp', { folder: disk, prunes: true });
    await assert.rejects(
      inVain,
      (error) => isOfRoom(error) && String(error).includes('no old backup may go'),
    );
    assert.deepEqual(await everything(disk), before);
    await rm(path.join(disk, 'filler'));
    await transfer(vault, 'verifyBackup', { file: path.join(disk, last) });
  });

  it('says so where what went was not enough', async () => {
    await fillWithBackups(11);
    vault.clock.setWall(nowMs + 11 * dayMs);
    await leave(0);
    // Somebody else takes the room that is made.
    const step = (what: string): void => {
      if (what.endsWith('.age: temporary made')) {
        fillUp();
      }
    };
    const inVain = transfer(vault, 'backUp', { folder: disk, prunes: true }, { step });
    await assert.rejects(
      inVain,
      (error) => isOfRoom(error) && String(error).includes('even after old backups were removed'),
    );
    assert.ok(vault.log.lines.some(({ message }) => message.includes('Old backups were removed')));
  });

  it('frees what killed processes left there, however full it is', async () => {
    const last = await fillWithBackups(1);
    const leftover = path.join(disk, 'millrace-00000000-20261120T183015Z.age.0123456789abcdef.tmp');
    await writeFile(leftover, new Uint8Array(256 << 10));
    const atSeconds = nowMs / 1000 - 7200;
    await utimes(leftover, atSeconds, atSeconds);
    await leave(0);
    vault.clock.setWall(nowMs + 60_000);
    const { file } = await transfer(vault, 'backUp', { folder: disk });
    assert.ok((await everything(disk)).includes(file) && file !== last);
  });

  it('removes nothing of a vault that can’t be read whole', async () => {
    await fillWithBackups(11);
    vault.clock.setWall(nowMs + 11 * dayMs);
    await mkdir(path.join(vault.folder, 'snapshots'), { recursive: true });
    const damaged = path.join(vault.folder, 'snapshots', '20200101-000000-0123456789abcdef.age');
    await writeFile(damaged, 'damage');
    await leave(0);
    const before = await everything(disk);
    await assert.rejects(transfer(vault, 'backUp', { folder: disk, prunes: true }), isOfRoom);
    assert.deepEqual(await everything(disk), before);
  });
});
