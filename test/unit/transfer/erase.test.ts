import assert from 'node:assert/strict';
import {
  appendFile,
  copyFile,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { manifestFileName } from '../../../src/transfer/copies/backupNames.ts';
import type { EraseReport, EraseSelection } from '../../../src/transfer/messages/eraseMessages.ts';
import type { JobParams, JobResult } from '../../../src/transfer/transferContract.ts';
import { TransferError } from '../../../src/transfer/transferError.ts';
import type { Database } from '../../../src/vault/sqlite/database.ts';
import { readSamples } from '../../../src/vault/codecs/minuteSeries.ts';
import { compact } from '../../../src/vault/upkeep/compaction.ts';
import { withCompactionLock } from '../../../src/vault/upkeep/compactionLock.ts';
import { packMinute, packedMinuteBytes } from '../../../src/vault/codecs/minuteCodec.ts';
import { wasmPath } from '../../support/keeperBundle.ts';
import { KillableProgram } from '../../support/killableProgram.ts';
import { killAtEachStep, titleOfForms } from '../../support/killPoints.ts';
import { searchEverywhere, type Wanted } from '../../support/searchEverywhere.ts';
import { TestVault } from '../../support/testVault.ts';
import { contentOf, TestFolders, transfer } from '../../support/transferPlace.ts';
import {
  auditRecord,
  focusRecord,
  minuteRecord,
  sessionRecord,
  testId,
} from '../../support/vaultRecords.ts';

const nowMs = Date.UTC(2026, 10, 21, 18, 30, 15);
const hourMs = 3_600_000;
const minuteMs = 60_000;
/** 4 o'clock, when a day begins, at UTC+1. */
const dayStartMs = Date.UTC(2026, 10, 10, 3);
const theDay: EraseSelection = { what: 'days', from: '2026-11-10', to: '2026-11-10' };
const everything: EraseSelection = { what: 'everything' };

/** Sessions: 1 before the day, 2 into it, 3 within it, 4 over it and beyond on both sides. */
const [before, into, within, over] = [1, 2, 3, 4];
const keptIds = [testId(before), testId(21), testId(31)];
const erasedIds = [testId(into), testId(within), testId(over), testId(22), testId(32), testId(52)];

function minuteAt(wallMs: number): number {
  return Math.floor(wallMs / minuteMs);
}

function packed(minute: number, insertedChars: number): Buffer {
  const bytes = Buffer.alloc(packedMinuteBytes);
  const { sample } = minuteRecord(1, minute, { insertedChars, deletes: 77 });
  packMinute(sample, bytes, 0);
  return bytes;
}

const windowOf = { kept: 'aaaabbbbccccdddd', erased: 'feedfacecafebeef' };

/** What is of the day, in ids and in bytes; each minute of it has a content of its own. */
const ofTheDay: Wanted = {
  ids: erasedIds,
  bytes: {
    'minute of session 2': packed(0, 50_002),
    'minute of session 3': packed(0, 50_003),
    'minute of session 4': packed(0, 50_004),
    'focus session': Buffer.from(windowOf.erased),
  },
};

describe('erasing', function () {
  this.timeout(300_000);
  const folders = new TestFolders();
  let vault: TestVault;
  let backups: string;
  let syncFolder: string;

  beforeEach(async () => {
    vault = await TestVault.create(nowMs);
    backups = await folders.make();
    syncFolder = await folders.make();
  });

  afterEach(async () => {
    await vault.release();
    await folders.remove();
  });

  async function record(): Promise<void> {
    const counts = {
      seconds: 60,
      focusedSeconds: 60,
      inFlowSeconds: 0,
      unknownSeconds: 0,
      interruptions: 0,
      blockedTries: 0,
    };
    const minutes = (session: number, fromMs: number, count: number, insertedChars: number) =>
      Array.from({ length: count }, (_, index) =>
        minuteRecord(session, minuteAt(fromMs) + index, { insertedChars, deletes: 77 }),
      );
    const feedback = (id: number, atMs: number) => ({
      type: 'feedback' as const,
      id: testId(id),
      atMs,
      zoneOffsetMinutes: 60,
      rating: 5,
      activity: 'writing' as const,
      interrupted: false,
      features: undefined,
      origin: 'recorded' as const,
    });
    const writer = vault.writer();
    await writer.append(
      sessionRecord(before, dayStartMs - 3 * hourMs, dayStartMs - 2 * hourMs),
      ...minutes(before, dayStartMs - 3 * hourMs, 5, 40_001),
      sessionRecord(into, dayStartMs - 5 * minuteMs, dayStartMs + 5 * minuteMs),
      ...minutes(into, dayStartMs - 5 * minuteMs, 5, 40_002),
      ...minutes(into, dayStartMs, 5, 50_002),
      sessionRecord(within, dayStartMs + hourMs, dayStartMs + 2 * hourMs),
      ...minutes(within, dayStartMs + hourMs, 5, 50_003),
      feedback(21, dayStartMs - hourMs),
      feedback(22, dayStartMs + hourMs),
      focusRecord(31, dayStartMs - 2 * hourMs, { counts: { [windowOf.kept]: counts } }),
      focusRecord(32, dayStartMs + hourMs, { counts: { [windowOf.erased]: counts } }),
      auditRecord(52, { atMs: dayStartMs + hourMs }),
    );
    writer.roll();
    await writer.append(
      sessionRecord(over, dayStartMs - 3 * minuteMs, dayStartMs + 24 * hourMs + 3 * minuteMs),
      ...minutes(over, dayStartMs - 3 * minuteMs, 3, 40_004),
      ...minutes(over, dayStartMs + 20 * minuteMs, 5, 50_004),
      ...minutes(over, dayStartMs + 24 * hourMs, 3, 40_005),
    );
    await writer.close();
  }

  function params(selection: EraseSelection, changes: Partial<JobParams<'planErase'>> = {}) {
    return { selection, backupFolders: [backups], sync: null, storage: null, ...changes };
  }

  async function eraseAll(
    selection: EraseSelection,
    changes: Partial<JobParams<'planErase'>> = {},
  ): Promise<JobResult<'erase'>> {
    const asked = params(selection, changes);
    const { ids } = await transfer(vault, 'planErase', asked);
    return transfer(vault, 'erase', { ...asked, ids });
  }

  const search = (wanted = ofTheDay) =>
    searchEverywhere([vault.folder, backups, syncFolder], vault.keyring(), wanted);

  /** What a day has, minute by minute: characters that were typed. */
  async function typed(): Promise<number[]> {
    const { database } = await vault.ledger();
    return typedIn(database);
  }

  function typedIn(database: Database): number[] {
    return database
      .rows('SELECT series FROM sessions')
      .flatMap((row) => readSamples(row.blob(0)).map(({ insertedChars }) => insertedChars))
      .sort((one, other) => one - other);
  }

  const kept = [
    ...Array.from({ length: 5 }, () => 40_001),
    ...Array.from({ length: 5 }, () => 40_002),
    ...Array.from({ length: 3 }, () => 40_004),
    ...Array.from({ length: 3 }, () => 40_005),
  ];

  it('tells before what will be lost, and where it lies', async () => {
    await record();
    const { file } = await transfer(vault, 'backUp', { folder: backups });
    const gone = path.join(backups, 'not-there');
    const plan = await transfer(
      vault,
      'planErase',
      params(theDay, { backupFolders: [backups, gone] }),
    );
    assert.deepEqual(
      plan.kinds.map(({ kind, records }) => [kind, records]),
      [
        ['session', 1],
        ['focusSession', 1],
        ['feedback', 1],
        ['audit', 1],
      ],
    );
    assert.equal(plan.cutSessions, 2);
    assert.equal(plan.minutes, 15);
    assert.deepEqual(plan.days, { count: 1, from: '2026-11-10', to: '2026-11-10' });
    assert.deepEqual(plan.ids.toSorted(), erasedIds.toSorted());
    assert.deepEqual(plan.backups, [path.join(backups, file)]);
    assert.deepEqual(
      plan.unreached.map(({ place, name }) => [place, name]),
      [
        ['backupFolder', gone],
        ['copies', ''],
        ['recoveryKits', ''],
      ],
    );
    const looked = await search();
    assert.ok(looked.found.length > 10, 'planning erased something');
  });

  it('leaves nothing of a day in vault, trash, damaged files, backups and own sync files', async () => {
    await record();
    await transfer(vault, 'backUp', { folder: backups });
    const ledger = await vault.ledger();
    await compact(ledger, { folder: vault.folder, clock: vault.clock, log: vault.log });
    const [snapshot = ''] = await readdir(path.join(vault.folder, 'snapshots'));
    const sealed = path.join(vault.folder, 'snapshots', snapshot);
    await mkdir(path.join(vault.folder, 'damaged'));
    await copyFile(sealed, path.join(vault.folder, 'damaged', snapshot));
    await writeFile(`${sealed}.0123456789abcdef.tmp`, await readFile(sealed));
    const device = path.join(syncFolder, 'millrace-00000000', 'own');
    const other = path.join(syncFolder, 'millrace-00000000', 'other');
    await mkdir(device, { recursive: true });
    await mkdir(other);
    await copyFile(sealed, path.join(device, '2026-11.age'));
    await copyFile(path.join(backups, (await ages())[0] ?? ''), path.join(backups, 'copy.age'));
    const there = await search();
    for (const part of ['trash', 'damaged', 'snapshots', 'own', 'copy.age', '.tmp', 'millrace-']) {
      assert.ok(
        there.found.some((each) => each.includes(part)),
        part,
      );
    }

    const sync = { folder: syncFolder, device: 'own' };
    const report = await eraseAll(theDay, { sync });

    const looked = await search();
    assert.deepEqual(looked.found, []);
    assert.ok(looked.opened >= 3, `${looked.opened} sealed files were opened`);
    assert.equal(report.records, erasedIds.length);
    assert.equal(report.cutSessions, 2);
    assert.equal(report.backups.length, 2);
    assert.equal(report.syncFiles, 1);
    assert.ok(report.isComplete);
    assert.deepEqual(await typed(), kept);
    for (const id of keptIds) {
      const still = await search({ ids: [id], bytes: {} });
      assert.ok(still.found.length >= 3, id);
    }
  });

  const ages = async (): Promise<string[]> =>
    (await readdir(backups)).filter((name) => name.endsWith('.age'));

  it('verifies the backups that it makes anew; what stayed can be restored from them', async () => {
    await record();
    const { file } = await transfer(vault, 'backUp', { folder: backups });
    const { backups: done } = await eraseAll(theDay);
    const [made] = await ages();
    assert.deepEqual(done, [
      { file: path.join(backups, file), replacedBy: path.join(backups, made ?? '') },
    ]);
    await transfer(vault, 'verifyBackup', { file: path.join(backups, made ?? '') });
    const storage = await folders.make();
    const from = path.join(backups, made ?? '');
    const key = { kind: 'present' } as const;
    const own = { storage, protector: null, vault: testId(99) };
    const restored = await transfer(vault, 'restoreAsNew', { from, key, ...own });
    assert.equal((await readdir(backups)).length, 2);
    assert.deepEqual(
      await contentOf(restored.folder, vault.keyring()),
      await contentOf(vault.folder, vault.keyring()),
    );
  });

  it('removes a backup that can not be read, and tells what it can not reach', async () => {
    await record();
    const { file } = await transfer(vault, 'backUp', { folder: backups });
    const bytes = await readFile(path.join(backups, file));
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    await writeFile(path.join(backups, file), bytes);
    const other = path.join(syncFolder, 'millrace-00000000', 'other');
    await mkdir(other, { recursive: true });
    const whole = await folders.make();
    const copy = await transfer(vault, 'backUp', { folder: whole });
    await copyFile(path.join(whole, copy.file), path.join(other, '2026-11.age'));
    const sync = { folder: syncFolder, device: 'own' };

    const report = await eraseAll(theDay, { sync });
    assert.deepEqual(report.backups, [{ file: path.join(backups, file), replacedBy: null }]);
    assert.deepEqual(await readdir(backups), []);
    assert.deepEqual(report.unreached[0], {
      place: 'otherDevice',
      name: path.join(other, '2026-11.age'),
      reason: null,
    });
    const { found } = await search();
    assert.ok(found.length > 0 && found.every((each) => each.includes('other')), found.join());
  });

  it('makes a backup anew whose name is so long that its manifest can have none', async () => {
    await record();
    for (const [bytes, ending] of [
      [254, '.age'],
      [255, '.age'],
      [255, '.AGE'],
    ] as const) {
      const { file } = await transfer(vault, 'backUp', { folder: backups });
      const long = path.join(backups, `${'n'.repeat(bytes - ending.length)}${ending}`);
      await rename(path.join(backups, file), long);
      await rm(path.join(backups, manifestFileName(file)));
    }
    const report = await eraseAll(theDay);
    assert.ok(report.isComplete, JSON.stringify(report.unreached));
    assert.equal(report.backups.length, 3);
    assert.deepEqual((await search()).found, []);
    const left = await readdir(backups);
    assert.equal(left.length, 2, left.join());
    assert.ok(left.every((name) => name.startsWith('millrace-') && !name.endsWith('.tmp')));
  });

  it('erases a kind, and everything', async () => {
    await record();
    await transfer(vault, 'backUp', { folder: backups });
    await eraseAll({ what: 'kind', kind: 'feedback' });
    assert.deepEqual((await search({ ids: [testId(21), testId(22)], bytes: {} })).found, []);
    assert.equal((await typed()).length, kept.length + 15);

    const report = await eraseAll(everything);
    assert.deepEqual(
      report.backups.map(({ replacedBy }) => replacedBy),
      [null],
    );
    assert.deepEqual(await readdir(backups), []);
    const all = { ids: [...erasedIds, ...keptIds], bytes: ofTheDay.bytes };
    assert.deepEqual((await search(all)).found, []);
    assert.deepEqual(await typed(), []);
  });

  it('erases what was planned alone, while another window goes on', async () => {
    await record();
    const asked = params(theDay);
    const { ids } = await transfer(vault, 'planErase', asked);
    const writer = vault.writer();
    const atMs = dayStartMs + 9 * hourMs;
    const news = [sessionRecord(9, atMs, atMs + hourMs), minuteRecord(9, minuteAt(atMs))];
    await writer.append(...news);
    // What this window has written of the day is in a file that it has open.
    await writer.append(
      minuteRecord(within, minuteAt(atMs), { insertedChars: 50_003, deletes: 77 }),
    );

    const report = await transfer(vault, 'erase', { ...asked, ids });
    assert.equal(report.isComplete, false);
    assert.equal(report.unreached[0]?.place, 'window');
    assert.deepEqual(
      (await typed()).filter((each) => each !== 120),
      kept,
    );
    assert.equal((await typed()).length, kept.length + 1);

    await writer.close();
    const finished = await transfer(vault, 'erase', { ...asked, ids: [] });
    assert.ok(finished.isComplete);
    assert.deepEqual((await search()).found, []);
    assert.equal((await typed()).length, kept.length + 1);
  });

  it('is busy while another window compacts', async () => {
    await record();
    const asked = params(theDay);
    const { ids } = await transfer(vault, 'planErase', asked);
    // The lock is as old as its file.
    vault.clock.setWall(Date.now());
    await withCompactionLock(vault.folder, Date.now(), async () => {
      await assert.rejects(transfer(vault, 'erase', { ...asked, ids }), (error) =>
        TransferError.is(error, 'busy'),
      );
    });
    assert.equal((await typed()).length, kept.length + 15);
  });

  it('waits until another window has compacted', async () => {
    await record();
    const asked = params(theDay);
    const { ids } = await transfer(vault, 'planErase', asked);
    vault.clock.setWall(Date.now());
    let erasing: Promise<EraseReport> | undefined;
    await withCompactionLock(vault.folder, Date.now(), async () => {
      erasing = transfer(vault, 'erase', { ...asked, ids });
      await delay(500);
    });
    assert.ok((await erasing)?.isComplete);
    assert.equal((await typed()).length, kept.length);
  });

  it('erases from the vaults that a restore has left beside this one', async () => {
    await record();
    const storage = await folders.make();
    const { file } = await transfer(vault, 'backUp', { folder: backups });
    const restored = await transfer(vault, 'restoreAsNew', {
      from: path.join(backups, file),
      key: { kind: 'present' },
      storage,
      protector: null,
      vault: testId(99),
    });
    await eraseAll(theDay, { storage });
    const looked = await searchEverywhere([restored.folder], vault.keyring(), ofTheDay);
    assert.deepEqual(looked.found, []);
    assert.ok(looked.opened > 0);
  });

  const killing =
    'leaves the records or nothing of them when it is killed, and ends when it is run again';
  it(titleOfForms(killing), async () => {
    const program = await KillableProgram.make('test/support/transferProcess.ts', wasmPath);
    try {
      let isFirst = true;
      const steps = await killAtEachStep(async (killAt) => {
        if (!isFirst) {
          await vault.release();
          await folders.remove();
          vault = await TestVault.create(nowMs);
          backups = await folders.make();
          syncFolder = await folders.make();
        }
        isFirst = false;
        await record();
        await transfer(vault, 'backUp', { folder: backups });
        const asked = params(theDay);
        const { ids } = await transfer(vault, 'planErase', asked);
        const run = await program.runSteps({
          folder: vault.folder,
          secret: Buffer.from(vault.identity.secret).toString('hex'),
          nowMs,
          name: 'erase',
          params: { ...asked, ids },
          killAt,
        });
        const all = [...kept, ...Array.from({ length: 15 }, () => 0)].length;
        const count = (await typed()).length;
        assert.ok(count === kept.length || count === all, `${count} minutes, killed at ${killAt}`);
        const again = await transfer(vault, 'planErase', asked);
        const report = await transfer(vault, 'erase', { ...asked, ids: again.ids });
        assert.ok(report.isComplete, JSON.stringify(report.unreached));
        const looked = await search();
        assert.deepEqual(looked.found, [], `killed at ${killAt}`);
        assert.deepEqual(await typed(), kept);
        const names = await ages();
        assert.equal(names.length, 1, names.join());
        await transfer(vault, 'verifyBackup', { file: path.join(backups, names[0] ?? '') });
        return run;
      });
      assert.ok(steps >= 10, `${steps} steps`);
    } finally {
      await program.remove();
    }
  });

  it('finds what is there, whatever it is in', async () => {
    await record();
    const writer = vault.writer();
    await writer.append(focusRecord(77, dayStartMs));
    const plain = path.join(backups, 'plain.txt');
    await appendFile(plain, 'xx');
    await appendFile(plain, ofTheDay.bytes['minute of session 3'] ?? '');
    const { found } = await search({ ids: [testId(77)], bytes: ofTheDay.bytes });
    assert.ok(found.some((each) => each.includes('plain.txt')));
    assert.ok(found.some((each) => each.includes(testId(77))));
    await writer.close();
  });
});
