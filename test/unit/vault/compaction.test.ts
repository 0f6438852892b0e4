import assert from 'node:assert/strict';
import { appendFile, copyFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { loadDay } from '../../../src/vault/history/dayQueries.ts';
import {
  compact,
  makeSnapshot,
  type CompactionResult,
} from '../../../src/vault/upkeep/compaction.ts';
import { withCompactionLock } from '../../../src/vault/upkeep/compactionLock.ts';
import { TestVault, type TestWriter } from '../../support/testVault.ts';
import { minuteRecord, testId } from '../../support/vaultRecords.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const first = 29_000_000;
const day = { startMs: first * minuteMs, endMs: (first + 1440) * minuteMs };

describe('compaction', function () {
  this.timeout(60_000);

  let vault: TestVault;

  beforeEach(async () => {
    vault = await TestVault.create(day.startMs);
  });

  afterEach(async () => {
    await vault.release();
  });

  async function compactNow(): Promise<CompactionResult> {
    return compact(await vault.ledger(), vault);
  }

  async function focusedMinutes(): Promise<number> {
    return loadDay((await vault.ledger()).database, day).focusedSeconds / 60;
  }

  async function list(name: string): Promise<string[]> {
    return readdir(path.join(vault.folder, name)).catch(() => []);
  }

  async function segments(): Promise<string[]> {
    return (await list('segments')).filter((file) => file.endsWith('.seg'));
  }

  it('puts all into one snapshot, and what it covers into the trash', async () => {
    for (let number = 0; number < 3; number++) {
      const writer = vault.writer();
      await writer.append(minuteRecord(number, first + number));
      await writer.close();
      await makeSnapshot(await vault.ledger(), vault);
    }
    assert.equal((await segments()).length, 3);
    const { file, discarded } = await compactNow();
    assert.equal(discarded, 6);
    assert.deepEqual(await segments(), []);
    assert.deepEqual(await list('snapshots'), [file]);
    assert.equal((await list('trash')).length, 6);
    assert.equal(await focusedMinutes(), 3);
  });

  it('leaves the open segment of a living writer where it is, and reads on in it', async () => {
    const writer = vault.writer();
    await writer.append(minuteRecord(1, first));
    writer.roll();
    await writer.append(minuteRecord(1, first + 1));
    const { discarded } = await compactNow();
    assert.equal(discarded, 1, 'the segment that was ended');
    assert.equal((await segments()).length, 1);
    await writer.append(minuteRecord(1, first + 2));
    assert.equal(await focusedMinutes(), 3);
    await compactNow();
    assert.equal(await focusedMinutes(), 3);
  });

  it('empties the trash after seven days, and not before', async () => {
    const writer = vault.writer();
    await writer.append(minuteRecord(1, first));
    await writer.close();
    await compactNow();
    vault.clock.setWall(day.startMs + 7 * dayMs - minuteMs);
    assert.equal((await compactNow()).purged, 0);
    assert.equal((await list('trash')).length, 2);
    vault.clock.setWall(day.startMs + 7 * dayMs + minuteMs);
    assert.equal((await compactNow()).purged, 1);
    assert.equal(await focusedMinutes(), 1);
  });

  it('loses nothing of a writer that it takes for dead', async () => {
    const writer = vault.writer();
    await writer.append(minuteRecord(1, first));
    await rm(path.join(vault.segmentsFolder, `${writer.writerId}.live`));
    const { discarded } = await compactNow();
    assert.equal(discarded, 1);
    await writer.append(minuteRecord(1, first + 1));
    assert.equal(await focusedMinutes(), 2);
  });

  it('keeps what stands behind a changed length in a segment whose writer is dead', async () => {
    const writer = vault.writer();
    const bytesNow = async (): Promise<Uint8Array> => {
      const [name = ''] = await segments();
      return readFile(path.join(vault.segmentsFolder, name));
    };
    await writer.append(minuteRecord(1, first));
    const { length: second } = await bytesNow();
    for (let minute = 1; minute < 5; minute++) {
      await writer.append(minuteRecord(1, first + minute));
    }
    await rm(path.join(vault.segmentsFolder, `${writer.writerId}.live`));
    const bytes = await bytesNow();
    // So that it announces more than there is, as it does while it is being written.
    const place = second + 2;
    const [name = ''] = await segments();
    const changed = bytes.with(place, (bytes[place] ?? 0) ^ 1);
    await writeFile(path.join(vault.segmentsFolder, name), changed);
    await compactNow();
    assert.equal(await focusedMinutes(), 5);
    await rm(path.join(vault.folder, 'trash'), { recursive: true, force: true });
    assert.equal(await focusedMinutes(), 5);
  });

  it('reads a segment that grew in the trash once more before it goes for good', async () => {
    const writer = vault.writer();
    await writer.append(minuteRecord(1, first));
    const [name = ''] = await segments();
    const shorter = await readFile(path.join(vault.segmentsFolder, name));
    await writer.append(minuteRecord(1, first + 1));
    const longer = await readFile(path.join(vault.segmentsFolder, name));
    await writer.close();
    await writeFile(path.join(vault.segmentsFolder, name), shorter);
    await compactNow();
    const [discarded = ''] = await list('trash');
    await writeFile(path.join(vault.folder, 'trash', discarded), longer);
    vault.clock.setWall(day.startMs + 8 * dayMs);
    await compactNow();
    await rm(path.join(vault.folder, 'trash'), { recursive: true });
    assert.equal(await focusedMinutes(), 2);
  });

  it('leaves damaged segments and snapshots where they are', async () => {
    const writer = vault.writer();
    await writer.append(minuteRecord(1, first), minuteRecord(1, first + 1));
    await writer.close();
    const { file: damagedSnapshot } = await makeSnapshot(await vault.ledger(), vault);
    const [damagedSegment = ''] = await segments();
    for (const file of [
      path.join(vault.segmentsFolder, damagedSegment),
      path.join(vault.folder, 'snapshots', damagedSnapshot),
    ]) {
      const bytes = await readFile(file);
      bytes[bytes.length - 70] = (bytes[bytes.length - 70] ?? 0) ^ 1;
      await writeFile(file, bytes);
    }
    const { file } = await compactNow();
    assert.deepEqual(await segments(), [damagedSegment]);
    assert.deepEqual((await list('snapshots')).sort(), [damagedSnapshot, file].sort());
    assert.deepEqual(await list('trash'), []);
  });

  it('keeps deletions through snapshots and the return of old segments', async () => {
    const writer = vault.writer();
    await writer.append(minuteRecord(1, first), minuteRecord(2, first + 1));
    await writer.close();
    const [name = ''] = await segments();
    const aside = path.join(vault.folder, 'aside');
    await copyFile(path.join(vault.segmentsFolder, name), aside);
    const other = vault.writer();
    await other.append({ type: 'tombstone', id: testId(1), deletedMs: day.startMs });
    await other.close();
    await compactNow();
    await copyFile(aside, path.join(vault.segmentsFolder, name));
    assert.equal(await focusedMinutes(), 1);
    await compactNow();
    assert.equal(await focusedMinutes(), 1);
  });

  it('changes nothing when the snapshot cannot be written', async () => {
    const writer = vault.writer();
    await writer.append(minuteRecord(1, first));
    await writer.close();
    await writeFile(path.join(vault.folder, 'snapshots'), 'a file in the way');
    await assert.rejects(compactNow());
    await rm(path.join(vault.folder, 'snapshots'));
    assert.equal((await segments()).length, 1);
    assert.equal(await focusedMinutes(), 1);
  });

  it('ignores what is no file of the vault', async () => {
    const writer = vault.writer();
    await writer.append(minuteRecord(1, first));
    for (const name of ['.DS_Store', 'x.age', 'x.seg', `${testId(3)}-0.seg (conflict)`]) {
      await appendFile(path.join(vault.segmentsFolder, name), 'not ours');
    }
    await compactNow();
    assert.equal(await focusedMinutes(), 1);
    assert.ok((await list('segments')).includes('.DS_Store'));
  });

  it('loses no acknowledged minute while four writers and three compactors are at it', async () => {
    const writers: TestWriter[] = [];
    let acknowledged = 0;
    let writing = true;
    const write = async (session: number): Promise<void> => {
      for (let round = 0; round < 6; round++) {
        const writer = vault.writer();
        writers.push(writer);
        for (let minute = 0; minute < 20; minute++) {
          await writer.append(minuteRecord(session, first + session * 120 + round * 20 + minute));
          acknowledged++;
        }
        if (round % 2 === 0) {
          await writer.close();
        } else {
          // Seems dead, and is not.
          await rm(path.join(vault.segmentsFolder, `${writer.writerId}.live`), { force: true });
        }
      }
    };
    const compactAgain = async (): Promise<void> => {
      const ledger = await vault.ledger();
      while (writing) {
        await compact(ledger, vault);
      }
    };
    const compactors = [compactAgain(), compactAgain(), compactAgain()];
    try {
      await Promise.all([0, 1, 2, 3].map(write));
    } finally {
      writing = false;
    }
    await Promise.all(compactors);
    assert.equal(acknowledged, 480);
    assert.equal(await focusedMinutes(), 480);
    await compactNow();
    await compactNow();
    assert.equal(await focusedMinutes(), 480);
    assert.equal((await list('snapshots')).length, 1);
  });

  it('lets one process at a time compact, and takes over from a dead one', async () => {
    const inside = await withCompactionLock(vault.folder, Date.now(), () =>
      withCompactionLock(vault.folder, Date.now(), () => Promise.resolve('both')),
    );
    assert.equal(inside, undefined);
    const lock = path.join(vault.folder, 'compaction.lock');
    await writeFile(lock, 'nobody');
    assert.equal(
      await withCompactionLock(vault.folder, Date.now(), () => Promise.resolve('taken')),
      'taken',
    );
    await assert.rejects(readFile(lock));
  });
});
