import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { copyFile, writeFile } from 'node:fs/promises';
import type { UndoResult } from '../../../src/transfer/messages/exportMessages.ts';
import { loadDay } from '../../../src/vault/history/dayQueries.ts';
import { Desk } from '../../support/transferDesk.ts';
import { TestFolders, transfer } from '../../support/transferPlace.ts';
import { minuteRecord, sessionRecord } from '../../support/vaultRecords.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const nowMs = Date.UTC(2026, 10, 21, 12);
const nineMs = Date.UTC(2026, 10, 20, 9);
const nineMinute = nineMs / minuteMs;

/** A dump with a heartbeat every two minutes. */
function heartbeats(fromMs: number, toMs: number): object {
  const times: number[] = [];
  for (let atMs = fromMs; atMs <= toMs; atMs += 2 * minuteMs) {
    times.push(atMs);
  }
  return {
    user: { timezone: 'Europe/Berlin' },
    days: [{ date: '2026-11-20', heartbeats: times.map((atMs) => ({ time: atMs / 1_000 })) }],
  };
}

const total = (seconds: number): object => ({
  user: { timezone: 'Europe/Berlin' },
  days: [{ date: '2026-11-20', grand_total: { total_seconds: seconds } }],
});

/** A device: a vault, and a storage folder where its id is. */
class Device {
  readonly desk: Desk;
  readonly shared: string;

  constructor(desk: Desk, shared: string) {
    this.desk = desk;
    this.shared = shared;
  }

  async import(contents: object | string): Promise<number> {
    const file = this.desk.file('import.json');
    await writeFile(file, typeof contents === 'string' ? contents : JSON.stringify(contents));
    const params = { file, storage: this.desk.folder };
    const preview = await transfer(this.desk.vault, 'previewImport', params);
    const report = await transfer(this.desk.vault, 'import', params);
    assert.deepEqual(report, preview);
    return report.added.minutes;
  }

  async undo(): Promise<UndoResult['undone']> {
    const result = await transfer(this.desk.vault, 'undoImport', { storage: this.desk.folder });
    return result.undone;
  }

  async sync(): Promise<void> {
    await transfer(this.desk.vault, 'sync', { folder: this.shared, storage: this.desk.folder });
  }

  /** Seconds of the day that counts. */
  seconds(): Promise<number> {
    return this.desk.at(async (place) => {
      const startMs = nineMs - 6 * hourMs;
      const { database } = await place.ledger();
      const { seconds } = loadDay(database, { startMs, endMs: startMs + dayMs });
      return Object.values(seconds).reduce((all, own) => all + own, 0);
    });
  }
}

describe('undoing an import on one of two devices', function () {
  this.timeout(180_000);
  const folders = new TestFolders();
  const desks: Desk[] = [];
  let one: Device;
  let two: Device;

  async function newDevices(): Promise<void> {
    await release();
    const shared = await folders.make();
    const first = await Desk.create(nowMs);
    const second = await Desk.create(nowMs, first.vault.identity);
    desks.push(first, second);
    one = new Device(first, shared);
    two = new Device(second, shared);
  }

  async function release(): Promise<void> {
    for (const desk of desks.splice(0)) {
      await desk.release();
    }
  }

  beforeEach(newDevices);

  afterEach(async () => {
    await release();
    await folders.remove();
  });

  /** Under the ids that every device gave. */
  async function asEarlier({ desk }: Device, contents: object): Promise<void> {
    await writeFile(desk.file('earlier.json'), JSON.stringify(contents));
    await desk.import('earlier.json');
  }

  async function syncAll(): Promise<void> {
    for (const device of [one, two, one]) {
      await device.sync();
    }
  }

  async function areBoth(seconds: number): Promise<void> {
    assert.deepEqual([await one.seconds(), await two.seconds()], [seconds, seconds]);
  }

  it('takes away what it brought, and not what the other brought of the same hours', async () => {
    await one.import(heartbeats(nineMs, nineMs + hourMs));
    await two.import(heartbeats(nineMs, nineMs + 2 * hourMs));
    await syncAll();
    await areBoth(7_200);
    await one.undo();
    await syncAll();
    await areBoth(7_200);
    await two.undo();
    await syncAll();
    await areBoth(0);
  });

  it('does so in every order of imports, syncs and undoing, whatever each brought', async () => {
    const anyFile = fc.oneof(
      fc
        .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 2, max: 90 }))
        .map(([from, minutes]) => ({
          file: heartbeats(nineMs + from * minuteMs, nineMs + (from + minutes) * minuteMs),
        })),
      fc.integer({ min: 60, max: 9_000 }).map((seconds) => ({ file: total(seconds) })),
    );
    const anySyncs = fc.array(fc.constantFrom('one' as const, 'two' as const), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(
        ...([anyFile, anyFile, fc.boolean(), anySyncs, anySyncs, anySyncs] as const),
        async (ofOne, ofTwo, isOneFirst, afterFirst, afterSecond, afterUndo) => {
          await newDevices();
          const syncs = async (which: readonly ('one' | 'two')[]): Promise<void> => {
            for (const name of which) {
              await { one, two }[name].sync();
            }
          };
          const alone = async (file: object): Promise<number> => {
            const desk = await Desk.create(nowMs);
            desks.push(desk);
            const device = new Device(desk, '');
            await device.import(file);
            return device.seconds();
          };
          const left = await alone(ofTwo.file);
          // The first one's files are imported first, or the other's: in both cases the first one undoes first.
          const imports = [
            (): Promise<number> => one.import(ofOne.file),
            (): Promise<number> => two.import(ofTwo.file),
          ];
          const [first, second] = isOneFirst ? imports : [...imports].reverse();
          await first?.();
          await syncs(afterFirst);
          await second?.();
          await syncs(afterSecond);
          await one.undo();
          await syncs(afterUndo);
          await syncAll();
          await areBoth(left);
          await two.undo();
          await syncAll();
          await areBoth(0);
          assert.equal(await one.undo(), null);
        },
      ),
      { numRuns: 8 },
    );
  });

  it('imports a file once on each device, and again what was undone there', async () => {
    const file = heartbeats(nineMs, nineMs + hourMs);
    assert.equal(await one.import(file), 60);
    assert.equal(await one.import(file), 0);
    await syncAll();
    assert.equal(await two.import(file), 60);
    assert.equal(await two.import(file), 0);
    await syncAll();
    assert.equal(await one.import(file), 0);
    await areBoth(3_600);
    await one.undo();
    assert.equal(await one.import(file), 60);
    await syncAll();
    await areBoth(3_600);
  });

  it('leaves of an export of Millrace what the other device has as well, and says so', async () => {
    const other = await Desk.create(nowMs);
    desks.push(other);
    const writer = other.vault.writer();
    const records = [
      sessionRecord(1, nineMs, nineMs + 2 * minuteMs),
      minuteRecord(1, nineMinute),
      minuteRecord(1, nineMinute + 1),
    ];
    await writer.append(...records);
    await writer.close();
    await other.export('json', 'export.json');
    for (const device of [one, two]) {
      await copyFile(other.file('export.json'), device.desk.file('own.json'));
      const params = { file: device.desk.file('own.json'), storage: device.desk.folder };
      await transfer(device.desk.vault, 'import', params);
    }
    await syncAll();
    const undone = await one.undo();
    assert.deepEqual([undone?.records, undone?.left], [0, 1]);
    await syncAll();
    await areBoth(120);
    assert.equal(await one.undo(), null, 'it is undone as far as it can be');
  });

  it('takes away an export of Millrace that no other device has', async () => {
    const writer = two.desk.vault.writer();
    await writer.append(sessionRecord(7, nineMs, nineMs + minuteMs), minuteRecord(7, nineMinute));
    await writer.close();
    await two.desk.export('json', 'export.json');
    await syncAll();
    const other = await Desk.create(nowMs);
    desks.push(other);
    const own = other.vault.writer();
    await own.append(sessionRecord(1, nineMs, nineMs + minuteMs), minuteRecord(1, nineMinute + 5));
    await own.close();
    await other.export('json', 'export.json');
    await copyFile(other.file('export.json'), one.desk.file('own.json'));
    await transfer(one.desk.vault, 'import', {
      ...{ file: one.desk.file('own.json'), storage: one.desk.folder },
    });
    const undone = await one.undo();
    assert.deepEqual([undone?.records, undone?.left], [1, 0]);
    await syncAll();
    await areBoth(60);
  });

  it('finds what an earlier version imported, and takes it away while no other device has it', async () => {
    const file = heartbeats(nineMs, nineMs + hourMs);
    await asEarlier(one, file);
    assert.equal(await one.import(file), 0);
    assert.equal(await one.import(heartbeats(nineMs, nineMs + 2 * hourMs)), 60);
    await one.undo();
    assert.equal((await one.undo())?.records, 1);
    assert.equal(await one.seconds(), 0);
    await asEarlier(one, file);
    await asEarlier(two, file);
    await syncAll();
    const undone = await one.undo();
    assert.equal(undone?.records, 0);
    assert.ok(undone.left > 0);
    await syncAll();
    await areBoth(3_600);
  });

  it('imports though the id of the device can’t be read', async () => {
    await writeFile(one.desk.file('device.json'), '');
    const file = one.desk.file('import.json');
    await writeFile(file, JSON.stringify(heartbeats(nineMs, nineMs + hourMs)));
    const params = { file, storage: one.desk.folder };
    const { added } = await transfer(one.desk.vault, 'import', params);
    assert.equal(added.minutes, 60);
    const undone = await one.undo();
    assert.deepEqual([undone?.records, undone?.left], [1, 0]);
  });
});
