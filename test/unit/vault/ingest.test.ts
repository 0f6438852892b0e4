import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { SqlJsStatic } from 'sql.js';
import { noCounts, sessionEnders } from '../../../src/facts/focusSession.ts';
import { Database, loadSqlite } from '../../../src/vault/sqlite/database.ts';
import { loadDay, rollUp } from '../../../src/vault/history/dayQueries.ts';
import { ingest, ingestDatabase } from '../../../src/vault/database/ingest.ts';
import type { VaultRecord } from '../../../src/vault/record.ts';
import { createSchema } from '../../../src/vault/database/schema.ts';
import { wasmPath } from '../../support/keeperBundle.ts';
import {
  auditRecord,
  focusRecord,
  minuteRecord,
  sessionRecord,
  testId,
} from '../../support/vaultRecords.ts';

const minuteMs = 60_000;
const first = 29_000_000;

/** Few ids and few minutes, so that records meet. */
const records: fc.Arbitrary<VaultRecord> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 20 }), fc.nat(60), fc.nat(3))
      .map(([session, minute, seconds, undos]) =>
        minuteRecord(session, first + minute, { seconds, undos }),
      ),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.integer({ min: 1, max: 4 }),
        fc.nat(20 * minuteMs),
        fc.nat(20 * minuteMs),
        fc.nat(2),
      )
      .map(([session, startMs, lengthMs, origin]) =>
        sessionRecord(session, first * minuteMs + startMs, first * minuteMs + startMs + lengthMs, {
          origin: (['recorded', 'demo', 'imported'] as const)[origin] ?? 'recorded',
          zoneOffsetMinutes: origin * 60,
        }),
      ),
  },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 1, max: 12 })
      .map((id) => ({ type: 'tombstone', id: testId(id), deletedMs: id }) as const),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 5, max: 8 }).map(
      (id) =>
        ({
          type: 'template',
          id: testId(id),
          name: 'rhythm',
          version: id,
          createdMs: id,
          sha256: new Uint8Array(32),
          deflated: Uint8Array.of(id),
        }) as const,
    ),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 6, max: 9 }).map(
      (id) =>
        ({
          type: 'feedback',
          id: testId(id),
          atMs: id,
          zoneOffsetMinutes: 60,
          rating: 1 + (id % 7),
          activity: 'writing',
          interrupted: id % 2 === 0,
          features: id % 2 === 0 ? undefined : new Float32Array(5).fill(id / 40),
          origin: 'recorded',
        }) as const,
    ),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({
        id: fc.integer({ min: 8, max: 10 }),
        at: fc.nat(9),
        by: fc.nat(9),
        isOpen: fc.boolean(),
        isDemo: fc.boolean(),
        ender: fc.option(fc.constantFrom(...sessionEnders), { nil: undefined }),
      })
      .map(({ id, at, by, isOpen, isDemo, ender }) =>
        focusRecord(id, at, {
          extensions: [{ atMs: at, byMs: by }],
          pauses: [{ startMs: by, endMs: isOpen ? undefined : by + at, cause: 'gap' }],
          shifts: [{ atMs: at, byMs: -by }],
          askedMs: isOpen ? at : undefined,
          end: ender && { atMs: 100 + at, by: ender, reason: undefined },
          counts: { [isOpen ? '12345678' : 'aaaaaaaa']: { ...noCounts, seconds: by } },
          origin: isDemo ? 'demo' : 'recorded',
        }),
      ),
  },
  { weight: 1, arbitrary: fc.integer({ min: 9, max: 12 }).map((id) => auditRecord(id)) },
);

const contentTables = ['sessions', 'templates', 'feedback', 'focus_sessions', 'audit_log'];

function idOf(record: VaultRecord): string {
  return record.type === 'minute' ? record.session : record.id;
}

describe('records into rows', function () {
  this.timeout(60_000);

  let sqlite: SqlJsStatic;

  before(async () => {
    sqlite = await loadSqlite(wasmPath);
  });

  function databaseOf(...batches: readonly (readonly VaultRecord[])[]): Database {
    const database = new Database(sqlite, undefined);
    database.execute(createSchema);
    for (const batch of batches) {
      ingest(database, batch, { dayStartHour: 4, dirtyDays: new Set() });
    }
    return database;
  }

  /** Everything that the records tell, without the order of rows. */
  function contentOf(database: Database): unknown[] {
    return [
      `SELECT hex(id), told, start_ms, end_ms, zone_offset_minutes, origin, hex(series)
       FROM sessions ORDER BY id`,
      'SELECT hex(id), name, version, hex(deflated) FROM templates ORDER BY id',
      `SELECT hex(id), at_ms, rating, activity, interrupted, hex(features)
       FROM feedback ORDER BY id`,
      `SELECT hex(id), start_ms, end_ms, zone_offset_minutes, kind, planned_ms, ended_by, reason,
         asked_ms, origin, extensions, pauses, shifts, counts FROM focus_sessions ORDER BY id`,
      'SELECT hex(id), at_ms, zone_offset_minutes, action FROM audit_log ORDER BY id',
      'SELECT hex(id), deleted_ms FROM tombstones ORDER BY id',
    ].map((sql) => database.rows(sql));
  }

  it('gives the same rows in any order, in any batches, told any number of times', () => {
    fc.assert(
      fc.property(
        fc.array(records, { maxLength: 40 }),
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        fc.nat(40),
        (list, random, cut) => {
          const shuffled = list
            .map((record) => ({ record, key: random.next().value }))
            .sort((one, other) => one.key - other.key)
            .map(({ record }) => record);
          const once = databaseOf(list);
          const other = databaseOf(shuffled.slice(0, cut), shuffled.slice(cut), list.slice(0, cut));
          assert.deepEqual(contentOf(other), contentOf(once));
          once.close();
          other.close();
        },
      ),
      { numRuns: 60 },
    );
  });

  it('gives the same rows when two databases are united as when one read all', () => {
    fc.assert(
      fc.property(
        fc.array(records, { maxLength: 30 }),
        fc.array(records, { maxLength: 30 }),
        (left, right) => {
          const one = databaseOf(left);
          const other = databaseOf(right);
          const both = databaseOf([...right, ...left]);
          ingestDatabase(one, other, { dayStartHour: 4, dirtyDays: new Set() });
          assert.deepEqual(contentOf(one), contentOf(both));
          for (const database of [one, other, both]) {
            database.close();
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('keeps the minutes of a session whose own record is lost', () => {
    const database = databaseOf([minuteRecord(1, first), minuteRecord(1, first + 1)]);
    const query = { startMs: first * minuteMs, endMs: (first + 60) * minuteMs };
    const day = loadDay(database, query);
    assert.equal(day.focusedSeconds, 120);
    assert.deepEqual(day.sessions, [
      { startMs: query.startMs, endMs: query.startMs + 2 * minuteMs, focusedSeconds: 120 },
    ]);
    database.close();
  });

  it('never brings back what was deleted, in whatever order databases meet', () => {
    fc.assert(
      fc.property(
        fc.array(records, { minLength: 1, maxLength: 20 }),
        fc.array(fc.array(records, { maxLength: 5 }), { minLength: 2, maxLength: 4 }),
        fc.nat(3),
        (list, parts, place) => {
          const ids = new Set(list.map((record) => idOf(record)));
          const deletions = [...ids].map(
            (id) => ({ type: 'tombstone', id, deletedMs: 1 }) as const,
          );
          const databases = parts.map((part, index) =>
            databaseOf(
              index === place % parts.length ? deletions : [],
              index % 2 === 0 ? [...part, ...list] : list,
            ),
          );
          const [one, ...others] = databases;
          assert.ok(one !== undefined);
          for (const other of others) {
            ingestDatabase(one, other, { dayStartHour: 4, dirtyDays: new Set() });
          }
          ingest(one, list, { dayStartHour: 4, dirtyDays: new Set() });
          for (const id of ids) {
            for (const table of contentTables) {
              const sql = `SELECT 1 FROM ${table} WHERE id = ?`;
              assert.equal(one.row(sql, [Buffer.from(id, 'hex')]), undefined, table);
            }
          }
          for (const database of databases) {
            database.close();
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('deletes each kind of record, whether the deletion comes before or after', () => {
    const all = [
      sessionRecord(1, 5, 6),
      minuteRecord(2, first),
      focusRecord(3, 5),
      auditRecord(4),
      ...fc.sample(records, 200).filter(({ type }) => type === 'feedback' || type === 'template'),
    ];
    assert.deepEqual(
      new Set(all.map(({ type }) => type)),
      new Set(['session', 'minute', 'focusSession', 'audit', 'feedback', 'template']),
    );
    for (const record of all) {
      const tombstone = { type: 'tombstone', id: idOf(record), deletedMs: 5 } as const;
      for (const order of [
        [tombstone, record],
        [record, tombstone],
      ]) {
        const database = databaseOf(order.slice(0, 1), order.slice(1));
        for (const table of contentTables) {
          assert.equal(database.row(`SELECT count(*) FROM ${table}`)?.number(0), 0, table);
        }
        database.close();
      }
    }
  });

  it('finds minutes that lie outside of their session, as after the clock was set back', () => {
    const startMs = first * minuteMs;
    const database = databaseOf([
      sessionRecord(1, startMs, startMs + minuteMs),
      minuteRecord(1, first - 180),
    ]);
    const query = { startMs: startMs - 200 * minuteMs, endMs: startMs - 100 * minuteMs };
    assert.equal(loadDay(database, query).focusedSeconds, 60);
    database.close();
  });

  it('rolls up each day that changed, in the local time of its sessions', () => {
    const dirtyDays = new Set<number>();
    const database = databaseOf([]);
    // 03:59 and 04:00 in a zone one hour east: two days, with the day beginning at four.
    const four = 20_000 * 1440 + 3 * 60;
    ingest(database, [minuteRecord(1, four - 1), minuteRecord(1, four)], {
      dayStartHour: 4,
      dirtyDays,
    });
    rollUp(database, dirtyDays, 4);
    const days = database
      .rows('SELECT day, steady_seconds, sessions FROM days ORDER BY day')
      .map((row) => [row.number(0), row.number(1), row.number(2)]);
    assert.deepEqual(days, [
      [19_999, 60, 1],
      [20_000, 60, 1],
    ]);
    ingest(database, [{ type: 'tombstone', id: testId(1), deletedMs: 1 }], {
      dayStartHour: 4,
      dirtyDays,
    });
    rollUp(database, dirtyDays, 4);
    assert.deepEqual(database.rows('SELECT day FROM days'), []);
    database.close();
  });
});
