import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { importFile } from '../../../src/transfer/import/importJob.ts';
import { JsonWalker } from '../../../src/transfer/import/readers/jsonWalker.ts';
import {
  groupIntervals,
  mergeIntervals,
  secondsByMinute,
  subtractIntervals,
} from '../../../src/transfer/import/readers/intervals.ts';
import { TransferError, type TransferFailure } from '../../../src/transfer/transferError.ts';
import type { VaultRecord } from '../../../src/vault/record.ts';
import { anyRecords, Desk } from '../../support/transferDesk.ts';
import { minuteRecord, sessionRecord, testId } from '../../support/vaultRecords.ts';

const minuteMs = 60_000;
const nowMs = Date.UTC(2026, 10, 21, 12);
/** 09:00 UTC of the day before. */
const nineMs = Date.UTC(2026, 10, 20, 9);
const nineMinute = nineMs / minuteMs;
const nothingAdded = { sessions: 0, minutes: 0, others: 0 };

/** A dump of WakaTime's as it comes, with what must never be kept. */
function wakatimeDump(heartbeatsMs: readonly number[], changes: object = {}): object {
  return {
    user: { id: 'secret-user', email: 'secret@example.org', timezone: 'Asia/Kolkata' },
    range: { start: nineMs / 1_000, end: nowMs / 1_000 },
    days: [
      {
        date: '2026-11-20',
        heartbeats: heartbeatsMs.map((atMs) => ({
          id: 'secret',
          entity: '/home/secret/file.ts',
          project: 'secret-project',
          language: 'TypeScript',
          type: 'file',
          category: 'coding',
          time: atMs / 1_000,
          ...changes,
        })),
      },
    ],
  };
}

function awEvent(atMs: number, seconds: unknown, data: object = { file: 'secret.ts' }): object {
  return { id: 1, timestamp: new Date(atMs).toISOString(), duration: seconds, data };
}

describe('Importing', function () {
  this.timeout(180_000);

  let desk: Desk;

  beforeEach(async () => {
    desk = await Desk.create(nowMs);
  });

  afterEach(async () => {
    await desk.release();
  });

  async function put(name: string, contents: unknown): Promise<void> {
    await writeFile(
      desk.file(name),
      typeof contents === 'string' ? contents : JSON.stringify(contents),
    );
  }

  async function fill(...records: readonly VaultRecord[]): Promise<void> {
    const writer = desk.vault.writer();
    await writer.append(...records);
    await writer.close();
  }

  /** Every file of the vault's folder and its size. */
  async function filesOfVault(): Promise<readonly string[]> {
    return (await readdir(desk.vault.folder, { recursive: true })).sort();
  }

  async function refuses(contents: unknown, reason: TransferFailure): Promise<void> {
    await put('bad.json', contents);
    const before = await filesOfVault();
    await assert.rejects(desk.import('bad.json'), (error) => TransferError.is(error, reason));
    await assert.rejects(desk.preview('bad.json'), (error) => TransferError.is(error, reason));
    assert.deepEqual(await filesOfVault(), before);
  }

  /** Session, minute, seconds, state, score and origin of everything there is, by plain SQL. */
  function minutes(): Promise<readonly string[]> {
    return desk.at(async (place) => {
      const { database } = await place.ledger();
      return database
        .rows(
          `SELECT (at_ms / 60000) || ' ' || seconds || ' ' || state || ' ' || coalesce(score, 'none')
             || ' ' || origin || ' ' || zone_offset_minutes
           FROM minutes JOIN sessions ON hex(id) = session ORDER BY at_ms`,
        )
        .map((row) => row.text(0));
    });
  }

  it('makes sessions and minutes of WakaTime heartbeats, and keeps nothing else', async () => {
    // 09:00:00 to 09:10:00 in one go, 20 minutes nothing, 09:30:30 to 09:31:00.
    const beats = [0, 4, 10, 30.5, 31].map((minute) => nineMs + minute * minuteMs);
    await put('dump.json', wakatimeDump(beats));
    const preview = await desk.preview('dump.json');
    assert.equal(preview.source, 'wakatime');
    assert.deepEqual(preview.days, { from: '2026-11-20', to: '2026-11-20' });
    assert.deepEqual(preview.added, { sessions: 2, minutes: 11, others: 0 });
    assert.deepEqual(await minutes(), [], 'a preview writes nothing');
    assert.deepEqual(await desk.import('dump.json'), preview);
    const all = await minutes();
    assert.equal(all.length, 11);
    assert.equal(all[0], `${nineMinute} 60 unknown none 2 330`);
    assert.equal(all[10], `${nineMinute + 30} 30 unknown none 2 330`);
    const { database } = await desk.vault.ledger();
    assert.ok(!Buffer.from(database.export()).includes('secret'));
  });

  it('places a day of which only the sum is known around noon, and only where nothing is', async () => {
    const day = (date: string, seconds: unknown): object => ({
      date,
      grand_total: { total_seconds: seconds, text: '2 hrs' },
      projects: [{ name: 'secret', grand_total: { total_seconds: 1 } }],
    });
    const user = { timezone: 'Europe/Berlin' };
    await put('days.json', {
      days: [
        day('2026-11-18', 7_230),
        day('2026-11-19', 0),
        day('2026-11-20', 60),
        day('2026-02-31', 60),
        day('2026-11-17', -5),
        day('2026-11-16', '1e400'),
      ],
      user,
    });
    await fill(sessionRecord(1, nineMs, nineMs + minuteMs), minuteRecord(1, nineMinute));
    const report = await desk.import('days.json');
    assert.deepEqual(report.added, { sessions: 1, minutes: 121, others: 0 });
    assert.equal(report.daysWithoutTimes, 1);
    assert.deepEqual(report.leftOut, { badTime: 1, badDuration: 2, alreadyThere: 1 });
    const imported = (await minutes()).filter((line) => line.includes(' none 3 60'));
    assert.equal(imported[0]?.split(' ')[0], String(Date.UTC(2026, 10, 18, 9, 59) / minuteMs));
    const again = await desk.import('days.json');
    assert.deepEqual(again.added, nothingAdded);
  });

  it('takes the editors of ActivityWatch, without the time away, and nothing of other buckets', async () => {
    const bucket = (type: string, hostname: string, events: readonly object[]): object => ({
      // In the order in which one of its servers sorts them: the events come before the type.
      client: 'watcher',
      events,
      hostname,
      type,
    });
    await put('export.json', {
      buckets: {
        'aw-watcher-vscode_here': bucket('app.editor.activity', 'here', [
          awEvent(nineMs + 5 * minuteMs, 600),
          awEvent(nineMs, 400),
          awEvent(nineMs, -1),
          awEvent(nineMs, 1e9),
          awEvent(nineMs, 'long'),
          { timestamp: '+010000-01-01T00:00:00Z', duration: 5, data: {} },
          { timestamp: 5, duration: 5 },
          awEvent(nowMs + 3 * 86_400_000, 5),
        ]),
        'aw-watcher-afk_here': bucket('afkstatus', 'here', [
          awEvent(nineMs + 2 * minuteMs, 60, { status: 'afk' }),
          awEvent(nineMs, 120, { status: 'not-afk' }),
          awEvent(nineMs + 3 * minuteMs, 3_420, { status: 'not-afk' }),
        ]),
        'aw-watcher-afk_there': bucket('afkstatus', 'there', [
          awEvent(nineMs, 3_600, { status: 'afk' }),
        ]),
        'aw-watcher-window_here': bucket('currentwindow', 'here', [
          awEvent(nineMs, 3_600, { app: 'secret', title: 'secret' }),
        ]),
      },
    });
    const report = await desk.import('export.json');
    assert.equal(report.source, 'activitywatch');
    assert.deepEqual(report.added, { sessions: 1, minutes: 14, others: 0 });
    assert.deepEqual(report.leftOut, { badTime: 3, badDuration: 3, notCoding: 1, away: 1 });
    const times = (await minutes()).map((line) => Number(line.split(' ')[0]) - nineMinute);
    assert.deepEqual(times, [0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
  });

  it('adds only what the vault does not have of a time, and the rest of a longer dump later', async () => {
    await fill(
      sessionRecord(1, nineMs + 2 * minuteMs, nineMs + 4 * minuteMs),
      minuteRecord(1, nineMinute + 2),
      minuteRecord(1, nineMinute + 3),
      sessionRecord(2, nineMs, nineMs + minuteMs, { origin: 'demo' }),
      { ...minuteRecord(2, nineMinute), origin: 'demo' },
    );
    await put('short.json', wakatimeDump([nineMs, nineMs + 6 * minuteMs]));
    const first = await desk.import('short.json');
    assert.deepEqual(first.added, { sessions: 1, minutes: 4, others: 0 });
    assert.deepEqual(first.leftOut, { alreadyThere: 2 });
    await put('long.json', wakatimeDump([nineMs, nineMs + 6 * minuteMs, nineMs + 9 * minuteMs]));
    const second = await desk.import('long.json');
    assert.deepEqual(second.added, { sessions: 1, minutes: 3, others: 0 });
    assert.deepEqual((await desk.import('long.json')).added, nothingAdded);
    const counted = (await minutes()).filter((line) => !line.includes(' 1 60'));
    assert.equal(counted.length, 9);
  });

  it('is undone exactly, and can be imported again, and undone again', async () => {
    await fc.assert(
      fc.asyncProperty(anyRecords, anyRecords, async (here, there) => {
        const other = await Desk.create(nowMs);
        const mine = await Desk.create(nowMs);
        try {
          const writer = other.vault.writer();
          await writer.append(...there, ...here.slice(0, 3));
          await writer.close();
          await other.export('json', 'export.json');
          await writeFile(mine.file('export.json'), await readFile(other.file('export.json')));
          const own = mine.vault.writer();
          await own.append(...here);
          await own.close();
          const before = await mine.contents();
          const imported = await mine.import('export.json');
          const after = await mine.contents();
          if (imported.added.sessions + imported.added.others > 0) {
            await mine.undo();
          }
          assert.deepEqual(await mine.contents(), before);
          const again = await mine.import('export.json');
          assert.equal(again.added.sessions, imported.added.sessions);
          assert.equal(again.added.minutes, imported.added.minutes);
          assert.equal((await mine.contents()).length, after.length);
          await mine.undo();
          assert.deepEqual(await mine.contents(), before);
          assert.deepEqual((await mine.undo()).undone, null);
        } finally {
          await other.release();
          await mine.release();
        }
      }),
      { numRuns: 10 },
    );
  });

  it('undoes the last import first, then the one before', async () => {
    await put('one.json', wakatimeDump([nineMs, nineMs + 3 * minuteMs]));
    await put('two.json', wakatimeDump([nineMs + 3_600_000, nineMs + 3_600_000 + minuteMs]));
    await desk.import('one.json');
    const before = await desk.contents();
    await desk.import('two.json');
    assert.equal((await desk.undo()).undone?.records, 1);
    assert.deepEqual(await desk.contents(), before);
    const returned = await desk.import('two.json');
    assert.equal(returned.returning, 1);
    await desk.undo();
    await desk.undo();
    assert.deepEqual(await minutes(), []);
    assert.deepEqual(await desk.undo(), { undone: null });
  });

  it('never deletes: a deletion in a file leaves alone what is here', async () => {
    await fill({ type: 'tombstone', id: testId(1), deletedMs: nineMs });
    await desk.export('json', 'export.json');
    const other = await Desk.create(nowMs);
    try {
      const writer = other.vault.writer();
      await writer.append(sessionRecord(1, nineMs, nineMs + minuteMs), minuteRecord(1, nineMinute));
      await writer.close();
      await writeFile(other.file('export.json'), await readFile(desk.file('export.json')));
      const report = await other.import('export.json');
      assert.deepEqual(report.leftOut, { deletesOther: 1 });
      assert.equal(
        (await other.contents()).filter((line) => line.startsWith('sessions')).length,
        1,
      );
    } finally {
      await other.release();
    }
  });

  it('refuses what is not ours, broken, cut, later or too deep, and writes nothing', async () => {
    await refuses('', 'damaged');
    await refuses('{"a": 1}', 'notOurs');
    await refuses('[]', 'notOurs');
    await refuses('"text"', 'damaged');
    await refuses('{"days": [{"date": "2026-01-01", "heartbeats": [NaN]}]}', 'damaged');
    await refuses(`{"x": ${'['.repeat(100_000)}`, 'damaged');
    await refuses(`${'{"a":'.repeat(100)}1${'}'.repeat(100)}`, 'damaged');
    await refuses('{"x": [1}', 'damaged');
    await fill(sessionRecord(1, nineMs, nineMs + minuteMs), minuteRecord(1, nineMinute));
    await desk.export('json', 'export.json');
    const text = await readFile(desk.file('export.json'), 'utf8');
    await refuses(text.slice(0, -3), 'damaged');
    await refuses(text.replace('"version": 1', '"version": 2'), 'laterVersion');
    for (const [from, to] of [
      ['"score":60', '"score":"60 %"'],
      ['"score":60', '"score":600'],
      ['"score":60', '"score":1e400'],
      ['"confidence":0.8', '"confidence":null'],
      ['"state":"steady"', '"state":"asleep"'],
      ['2026-11-20T10:00:00.000+01:00","state"', '12026-11-20T10:00:00.000+01:00","state"'],
      ['2026-11-20T10:00:00.000+01:00","state"', '1999-11-20T10:00:00.000+01:00","state"'],
      ['"minutes":[', '"minutes":[null,'],
      [testId(1), testId(1).replace('0', 'F')],
      ['"minutes":1,"others"', '"minutes":2,"others"'],
    ] as const) {
      assert.ok(text.includes(from), from);
      await refuses(text.replace(from, to), 'damaged');
    }
    const bytes = Buffer.from(text);
    bytes[bytes.indexOf('steady')] = 0xff;
    await writeFile(desk.file('bad.json'), bytes);
    await assert.rejects(desk.import('bad.json'), (error) => TransferError.is(error, 'damaged'));
    await writeFile(desk.file('zeros.json'), '');
    await truncate(desk.file('zeros.json'), 500_000_000);
    await assert.rejects(desk.import('zeros.json'), (error) => TransferError.is(error, 'damaged'));
  });

  it('reads a file that does not fit into memory at once, and gives up on a single value that does not', () => {
    const taken: unknown[] = [];
    const walker = new JsonWalker(
      {
        select: ([first]) => (first === 'keep' ? 'take' : 'skip'),
        value: (_path, value) => taken.push(value),
      },
      { longestValueChars: 1_000 },
    );
    walker.write('{"drop": "');
    for (let megabyte = 0; megabyte < 200; megabyte++) {
      walker.write('x'.repeat(1 << 20));
    }
    walker.write('", "keep": "');
    assert.throws(
      () => {
        walker.write('y'.repeat(2_000));
      },
      (error) => TransferError.is(error, 'tooLarge'),
    );
    assert.deepEqual(taken, []);
  });

  it('reads JSON in whatever pieces it comes', () => {
    fc.assert(
      fc.property(fc.json(), fc.array(fc.nat(40)), (json, cuts) => {
        const taken: unknown[] = [];
        const walker = new JsonWalker({
          select: () => 'take',
          value: (_path, value) => taken.push(value),
        });
        let text = `[${json}, {"a": ${json}}]`;
        for (const cut of cuts) {
          walker.write(text.slice(0, cut));
          text = text.slice(cut);
        }
        walker.write(text);
        walker.finish();
        assert.deepEqual(taken, [JSON.parse(json), { a: JSON.parse(json) }]);
      }),
    );
  });

  it('adds nothing when it is cancelled', async () => {
    await put('dump.json', wakatimeDump([nineMs, nineMs + minuteMs]));
    const before = await filesOfVault();
    const controller = new AbortController();
    await assert.rejects(
      desk.at((place) => importFile({ file: desk.file('dump.json') }, place), {
        signal: controller.signal,
        progress: () => {
          controller.abort();
        },
      }),
      { name: 'AbortError' },
    );
    assert.deepEqual(await filesOfVault(), before);
  });

  it('is whole or not at all when it ends between two steps', async () => {
    await put('dump.json', wakatimeDump([nineMs, nineMs + minuteMs]));
    const file = desk.file('dump.json');
    await assert.rejects(
      desk.at((place) => importFile({ file }, place), {
        step: (step) => {
          if (step === 'import: noted') {
            throw new Error('ended here');
          }
        },
      }),
      /ended here/,
    );
    assert.deepEqual(await minutes(), []);
    assert.deepEqual(await desk.undo(), { undone: null });
    assert.equal((await desk.import('dump.json')).added.minutes, 1);
    assert.deepEqual(
      await readdir(path.join(desk.vault.folder, 'imports')).then((all) => all.length),
      1,
    );
  });

  it('counts overlapping stretches once', () => {
    const anyInterval = fc
      .tuple(fc.nat(1_000_000), fc.nat(400_000))
      .map(([startMs, lengthMs]) => ({ startMs, endMs: startMs + lengthMs }));
    fc.assert(
      fc.property(fc.array(anyInterval), fc.array(anyInterval), (some, others) => {
        const merged = mergeIntervals(some);
        const holes = mergeIntervals(others);
        const isIn = (list: readonly { startMs: number; endMs: number }[], atMs: number): boolean =>
          list.some(({ startMs, endMs }) => atMs >= startMs && atMs < endMs);
        const left = subtractIntervals(merged, holes);
        for (let atMs = 500; atMs < 1_400_000; atMs += 9_973) {
          assert.equal(isIn(merged, atMs), isIn(some, atMs));
          assert.equal(isIn(left, atMs), isIn(some, atMs) && !isIn(others, atMs));
        }
        assert.deepEqual(groupIntervals(left, 60_000).flat(), left);
        assert.ok(
          [...secondsByMinute(left).values()].every((seconds) => seconds > 0 && seconds <= 60),
        );
      }),
    );
  });
});
