import assert from 'node:assert/strict';
import type { SqlJsStatic } from 'sql.js';
import { dayAt } from '../../../src/facts/localDay.ts';
import { Database, loadSqlite } from '../../../src/vault/sqlite/database.ts';
import { recordedDays, rollUp } from '../../../src/vault/history/dayQueries.ts';
import {
  loadBestHours,
  loadHistory,
  loadWeek,
  neighboursOf,
} from '../../../src/vault/history/historyQueries.ts';
import { ingest } from '../../../src/vault/database/ingest.ts';
import { createSchema } from '../../../src/vault/database/schema.ts';
import { wasmPath } from '../../support/keeperBundle.ts';
import { minuteRecord } from '../../support/vaultRecords.ts';

const dayStartHour = 4;
const minutesOfDay = 1440;
/** A Wednesday. */
const today = dayAt(Date.UTC(2026, 3, 15, 12), 60, dayStartHour);

describe('Looking back', () => {
  let sqlite: SqlJsStatic;
  let database: Database;
  let sessions = 0;

  before(async () => {
    sqlite = await loadSqlite(wasmPath);
  });

  beforeEach(() => {
    database = new Database(sqlite, undefined);
    database.execute(createSchema);
    sessions = 0;
  });

  afterEach(() => {
    database.close();
  });

  /** So many steady minutes on a day, from an hour of local time (an hour ahead of UTC) on. */
  function work(
    day: number,
    minutes: number,
    hour = 10,
    state: 'steady' | 'inFlow' = 'steady',
  ): void {
    sessions++;
    const first = day * minutesOfDay + (hour - 1) * 60;
    const records = Array.from({ length: minutes }, (_, index) =>
      minuteRecord(sessions, first + index, { state }),
    );
    ingest(database, records, { dayStartHour, dirtyDays: new Set() });
  }

  function refresh(): void {
    rollUp(database, recordedDays(database, dayStartHour), dayStartHour);
  }

  it('finds the neighbouring days with a record, over any gap', () => {
    work(today, 10);
    work(today - 1, 10);
    work(today - 400, 10);
    refresh();
    assert.deepEqual(loadHistory(database, today), { today, previousDay: today - 1 });
    assert.deepEqual(neighboursOf(database, today - 1), {
      previousDay: today - 400,
      nextDay: today,
    });
    assert.deepEqual(neighboursOf(database, today - 400), {
      previousDay: null,
      nextDay: today - 1,
    });
  });

  it('says nothing of a usual before there are four weeks of record', () => {
    work(today, 30);
    for (let week = 1; week <= 3; week++) {
      work(today - week * 7, 60);
    }
    refresh();
    const week = loadWeek(database, today);
    assert.equal(week.days.length, 7);
    assert.deepEqual(week.days.at(-1), {
      day: today,
      inFlowSeconds: 0,
      steadySeconds: 1800,
      usual: null,
    });
  });

  it('takes the middle half of the same weekday, a day off counting as none', () => {
    // Of eight weeks, six have this weekday; the other two have only the day after.
    for (const [index, minutes] of [10, 20, 30, 40, 50, 60].entries()) {
      work(today - (index + 1) * 7, minutes);
    }
    work(today - 7 * 7 + 1, 5);
    work(today - 8 * 7 + 1, 5);
    refresh();
    // Sorted: 0 0 10 20 30 40 50 60 minutes; quartiles at positions 1.75 and 5.25.
    assert.deepEqual(loadWeek(database, today).days.at(-1)?.usual, {
      lowSeconds: 7.5 * 60,
      highSeconds: 42.5 * 60,
    });
  });

  it('places hours where they were lived, and counts a minute of two windows once', () => {
    work(today, 30, 10, 'inFlow');
    work(today, 30, 10, 'inFlow');
    work(today - 7, 15, 10);
    const { hours, weeks } = loadBestHours(database, (today + 1) * minutesOfDay * 60_000);
    assert.deepEqual(hours, [
      { weekday: 2, hour: 10, activeSeconds: 45 * 60, inFlowSeconds: 30 * 60 },
    ]);
    assert.equal(weeks, 2);
  });

  it('looks back twelve weeks and no farther', () => {
    work(today - 12 * 7 - 1, 60);
    const { hours } = loadBestHours(database, (today + 1) * minutesOfDay * 60_000);
    assert.deepEqual(hours, []);
  });

  it('draws an empty record without complaint', () => {
    assert.deepEqual(loadHistory(database, today), { today, previousDay: null });
    assert.ok(loadWeek(database, today).days.every(({ usual }) => usual === null));
    assert.deepEqual(loadBestHours(database, Date.now()).hours, []);
  });
});
