import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { SqlJsStatic } from 'sql.js';
import { readImportFile } from '../../../src/transfer/import/importFile.ts';
import { importFile } from '../../../src/transfer/import/importJob.ts';
import { ImportPlan } from '../../../src/transfer/import/importPlan.ts';
import { formatRecoveryKit } from '../../../src/vault/keys/recoveryKit.ts';
import { newDeviceId } from '../../../src/transfer/sync/deviceId.ts';
import { ingestDatabase } from '../../../src/vault/database/ingest.ts';
import { createSchema } from '../../../src/vault/database/schema.ts';
import { loadDay, rollUp } from '../../../src/vault/history/dayQueries.ts';
import { loadBestHours, loadWeek } from '../../../src/vault/history/historyQueries.ts';
import { loadInsights } from '../../../src/vault/history/insights.ts';
import type { Identity } from '../../../src/vault/age/identity.ts';
import type { RecordId, VaultRecord } from '../../../src/vault/record.ts';
import { Database, loadSqlite } from '../../../src/vault/sqlite/database.ts';
import { wasmPath } from '../../support/keeperBundle.ts';
import { Desk } from '../../support/transferDesk.ts';
import { TestFolders, transfer } from '../../support/transferPlace.ts';
import { minuteRecord, sessionRecord } from '../../support/vaultRecords.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const dayStartHour = 4;
/** Of the records that tests make, and of the files. */
const zoneOffsetMinutes = 60;
const timezone = 'Europe/Berlin';
const nowMs = Date.UTC(2026, 10, 21, 12);
const day = Date.UTC(2026, 10, 20) / dayMs;
const midnightMs = day * dayMs - zoneOffsetMinutes * minuteMs;
const at = (hour: number, minute = 0): number => midnightMs + (hour * 60 + minute) * minuteMs;

/** Four sources of time, each in files that are imported one after another. */
interface Sources {
  readonly recorded: readonly VaultRecord[];
  readonly heartbeats: readonly (readonly number[])[];
  readonly events: readonly { readonly atMs: number; readonly seconds: number }[];
  readonly sums: readonly (readonly [date: string, seconds: number])[];
}

const wakatime = (days: readonly object[]): string => JSON.stringify({ user: { timezone }, days });
const heartbeatsFile = (times: readonly number[]): string =>
  wakatime([{ date: '2026-11-20', heartbeats: times.map((atMs) => ({ time: atMs / 1_000 })) }]);
const sumsFile = (sums: Sources['sums']): string =>
  wakatime(sums.map(([date, seconds]) => ({ date, grand_total: { total_seconds: seconds } })));
const eventsFile = (events: Sources['events']): string =>
  JSON.stringify({
    buckets: {
      'aw-watcher-vscode_here': {
        type: 'app.editor.activity',
        hostname: 'here',
        events: events.map(({ atMs, seconds }) => ({
          timestamp: new Date(atMs).toISOString(),
          ...{ duration: seconds, data: {} },
        })),
      },
    },
  });

/** Minutes in flow, as a window would have recorded them. */
function recordedHour(fromMs: number, minutes: number, seconds: number): readonly VaultRecord[] {
  const first = fromMs / minuteMs;
  return [
    sessionRecord(first, fromMs, fromMs + minutes * minuteMs, { zoneOffsetMinutes }),
    ...Array.from({ length: minutes }, (_, index) =>
      minuteRecord(first, first + index, { state: 'inFlow', seconds }),
    ),
  ];
}

/** A heartbeat every two minutes. */
const steadily = (fromMs: number, toMs: number): readonly number[] =>
  Array.from(
    { length: 1 + Math.floor((toMs - fromMs) / (2 * minuteMs)) },
    (_, index) => fromMs + index * 2 * minuteMs,
  );

const anyTimes = fc
  .array(
    fc.record({ fromMinute: fc.integer({ min: 0, max: 1_500 }), gaps: fc.array(fc.nat(1_000)) }),
    { minLength: 1, maxLength: 3 },
  )
  .map((stretches) =>
    stretches.flatMap(({ fromMinute, gaps }) =>
      gaps.reduce<number[]>(
        (times, gap) => [...times, (times.at(-1) ?? 0) + gap * 1_000],
        [at(0, fromMinute)],
      ),
    ),
  );
const anySources: fc.Arbitrary<Sources> = fc
  .record({
    recorded: fc.array(
      fc.record({
        from: fc.integer({ min: -120, max: 1_500 }),
        minutes: fc.integer({ min: 1, max: 90 }),
        seconds: fc.integer({ min: 1, max: 60 }),
      }),
      { maxLength: 3 },
    ),
    times: anyTimes,
    more: anyTimes,
    events: fc.array(
      fc.record({ minute: fc.integer({ min: 0, max: 1_500 }), seconds: fc.nat(4_000) }),
      { maxLength: 5 },
    ),
    sums: fc.tuple(fc.nat(6 * 3_600), fc.nat(6 * 3_600), fc.nat(6 * 3_600)),
  })
  .map(({ recorded, times, more, events, sums: [before, one, later] }) => ({
    recorded: recorded.flatMap(({ from, minutes, seconds }) =>
      recordedHour(at(0, from), minutes, seconds),
    ),
    // The later file has some of what the earlier had, and more.
    heartbeats: [times, [...times.filter((_, index) => index % 3 > 0), ...more]],
    events: events.map(({ minute, seconds }) => ({ atMs: at(0, minute) + 7_000, seconds })),
    sums: [
      ['2026-11-19', before],
      ['2026-11-20', one],
      ['2026-11-20', later],
    ],
  }));

function ordersOf<T>(all: readonly T[]): (readonly T[])[] {
  return all.length < 2
    ? [all]
    : all.flatMap((first) =>
        ordersOf(all.filter((one) => one !== first)).map((rest) => [first, ...rest]),
      );
}

/** Everything that is summed up of the days around. */
function totalsOf(database: Database): object {
  const query = { today: day + 1, dayStartHour, endMs: nowMs };
  const insights = loadInsights(database, query);
  return {
    days: [-1, 0, 1].map((offset) => {
      const startMs = at(24 * offset + dayStartHour);
      const { seconds, focusedSeconds, longestSpellSeconds, interruptions } = loadDay(database, {
        ...{ startMs, endMs: startMs + dayMs },
      });
      return { seconds, focusedSeconds, longestSpellSeconds, interruptions };
    }),
    rolledUp: database
      .rows(
        `SELECT day || ' ' || unknown_seconds || ' ' || in_flow_seconds || ' ' || longest_spell_seconds
         FROM days ORDER BY day`,
      )
      .map((row) => row.text(0)),
    week: loadWeek(database, day + 1),
    hours: loadBestHours(database, nowMs).hours,
    insights: [insights.recordedDays, insights.bestHours, insights.focusedTime],
  };
}

describe('importing and merging in every order', function () {
  this.timeout(300_000);
  const desks: Desk[] = [];
  const folders = new TestFolders();
  let sqlite: SqlJsStatic;

  before(async () => {
    sqlite = await loadSqlite(wasmPath);
  });

  afterEach(async () => {
    await release();
    await folders.remove();
  });

  async function release(): Promise<void> {
    for (const desk of desks.splice(0)) {
      await desk.release();
    }
  }

  async function newDesk(identity?: Identity): Promise<Desk> {
    const desk = await Desk.create(nowMs, identity);
    desks.push(desk);
    return desk;
  }

  /** The files of each source. */
  async function filesOf(sources: Sources): Promise<readonly (readonly string[])[]> {
    const desk = await newDesk();
    const writer = desk.vault.writer();
    await writer.append(...sources.recorded);
    await writer.close();
    await desk.export('json', 'recorded.json');
    const put = async (name: string, contents: string): Promise<string> => {
      await writeFile(desk.file(name), contents);
      return desk.file(name);
    };
    const heartbeats = sources.heartbeats.map((times, index) =>
      put(`heartbeats-${index}.json`, heartbeatsFile(times)),
    );
    // A dump of the midst of a day, and one of its end.
    const sums = sources.sums.map((sum, index) => put(`sum-${index}.json`, sumsFile([sum])));
    return [
      [desk.file('recorded.json')],
      await Promise.all(heartbeats),
      [await put('events.json', eventsFile(sources.events))],
      await Promise.all(sums),
    ];
  }

  async function importAll(desk: Desk, files: readonly string[]): Promise<void> {
    for (const file of files) {
      await desk.at((place) => importFile({ file, storage: desk.folder }, place));
    }
  }

  /** What a vault holds after these imports on one device, with no files of its own; somebody looks after each. */
  async function importedInto(database: Database, files: readonly string[]): Promise<Database> {
    database.execute(createSchema);
    const device = newDeviceId();
    const ownImports = new Set<RecordId>();
    for (const file of files) {
      const plan = new ImportPlan({ there: database, sqlite, device, ownImports });
      const place = { plan, nowMs, zoneOffsetMinutes: () => -zoneOffsetMinutes };
      const { signal } = new AbortController();
      plan.finish(await readImportFile(file, place, { signal, progress: () => {} }));
      const added = new Database(sqlite, plan.export('millrace'));
      unite(database, added);
      added.close();
      plan.ids.forEach((id) => ownImports.add(id));
      plan.dispose();
    }
    return database;
  }

  function unite(database: Database, other: Database): void {
    const dirtyDays = new Set<number>();
    ingestDatabase(database, other, { dayStartHour, dirtyDays });
    rollUp(database, dirtyDays, dayStartHour);
  }

  async function isSameInEveryOrder(sources: Sources): Promise<object> {
    const files = await filesOf(sources);
    const databases: Database[] = [];
    const newDatabase = (): Database => {
      const database = new Database(sqlite, undefined);
      databases.push(database);
      return database;
    };
    try {
      const expected = totalsOf(await importedInto(newDatabase(), files.flat()));
      for (const order of ordersOf(files)) {
        const database = await importedInto(newDatabase(), order.flat());
        assert.deepEqual(totalsOf(database), expected);
      }
      // Each on a device of its own, and then united.
      const parts = [];
      for (const own of files) {
        parts.push(await importedInto(newDatabase(), own));
      }
      for (const order of ordersOf(parts)) {
        const united = newDatabase();
        united.execute(createSchema);
        for (const part of order) {
          unite(united, part);
        }
        assert.deepEqual(totalsOf(united), expected);
      }
      return expected;
    } finally {
      databases.forEach((database) => {
        database.close();
      });
    }
  }

  it('gives the same totals in all 24 orders of four sources, whatever they hold', async () => {
    await fc.assert(
      fc.asyncProperty(anySources, async (sources) => {
        await isSameInEveryOrder(sources);
        await release();
      }),
      { numRuns: 4 },
    );
  });

  it('gives the time of a sum, of times and of what was recorded once', async () => {
    const hour = 3_600;
    const totals = await isSameInEveryOrder({
      recorded: recordedHour(at(11), 60, 50),
      heartbeats: [steadily(at(9), at(12)), steadily(at(10), at(13))],
      events: [{ atMs: at(9, 30), seconds: hour }],
      sums: [
        ['2026-11-20', 3 * hour],
        ['2026-11-20', 5 * hour],
      ],
    });
    const { days } = totals as { readonly days: readonly { readonly seconds: object }[] };
    assert.deepEqual(days[1]?.seconds, {
      ...{ unknown: 5 * hour - 3_000, inFlow: 3_000 },
      ...{ building: 0, steady: 0, assisted: 0, reading: 0, away: 0, paused: 0 },
    });
  });

  it('comes to the same by import, by a merge of a backup, and by sync', async () => {
    const recorded = recordedHour(at(11), 60, 50);
    const expected = { unknown: 0, inFlow: 3_000 };
    const inFlow = async (desk: Desk): Promise<object> => {
      const query = { startMs: at(dayStartHour), endMs: at(24 + dayStartHour) };
      const { seconds } = await desk.at(async (place) =>
        loadDay((await place.ledger()).database, query),
      );
      return { unknown: seconds.unknown, inFlow: seconds.inFlow };
    };
    const heartbeats = [steadily(at(11), at(12))];
    const [file = [], beats = []] = await filesOf({ recorded, heartbeats, events: [], sums: [] });
    const [mine, other] = [await newDesk(), await newDesk()];
    await importAll(mine, beats);
    assert.deepEqual(await inFlow(mine), { unknown: 3_600, inFlow: 0 });
    await importAll(mine, file);
    assert.deepEqual(await inFlow(mine), expected);
    // Another vault's backup.
    await importAll(other, file);
    const backups = await folders.make();
    const backup = await transfer(other.vault, 'backUp', { folder: backups });
    const merging = await newDesk();
    await importAll(merging, beats);
    const from = path.join(backups, backup.file);
    const text = formatRecoveryKit(other.vault.vaultFile(), other.vault.keyring());
    await transfer(merging.vault, 'mergeBackup', { from, key: { kind: 'recoveryKey', text } });
    assert.deepEqual(await inFlow(merging), expected);
    // Another device of the same vault.
    const folder = await folders.make();
    const one = await newDesk();
    const two = await newDesk(one.vault.identity);
    await importAll(one, beats);
    await importAll(two, file);
    for (const desk of [one, two, one]) {
      await transfer(desk.vault, 'sync', { folder, storage: desk.folder });
    }
    assert.deepEqual(await inFlow(one), expected);
    assert.deepEqual(await inFlow(two), expected);
  });
});
