import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { recordKinds } from '../../../src/transfer/records/recordKinds.ts';
import { minuteJson, sessionJson } from '../../../src/transfer/records/sessionJson.ts';
import { storedSessions } from '../../../src/transfer/records/storedSessions.ts';
import { storedKinds } from '../../../src/readings/storedReading.ts';
import { idText } from '../../../src/vault/codecs/rowValues.ts';
import { contentTables, digestContent } from '../../../src/vault/database/contentDigest.ts';
import { copyDatabase } from '../../../src/vault/database/copyDatabase.ts';
import { demandWholePages, openForeign } from '../../../src/vault/database/foreignDatabase.ts';
import { ingest, ingestDatabase } from '../../../src/vault/database/ingest.ts';
import { createSchema } from '../../../src/vault/database/schema.ts';
import { daysWithMinutes, rollUp } from '../../../src/vault/history/dayQueries.ts';
import { loadStoredKinds, loadStoredPage } from '../../../src/vault/history/storedRecords.ts';
import {
  Database,
  loadSqlite,
  type Sqlite,
  type Value,
} from '../../../src/vault/sqlite/database.ts';
import { VaultError } from '../../../src/vault/vaultError.ts';
import { alterations } from '../../support/foreignDatabases.ts';
import { wasmPath } from '../../support/keeperBundle.ts';
import { isLongForm, titleOfForms } from '../../support/killPoints.ts';
import { fillWithEachKind, poisons } from '../../support/poisonRows.ts';
import { minuteRecord, sessionRecord, testId } from '../../support/vaultRecords.ts';

const minute = 29_000_000;
const hour = 4;
const scope = { days: undefined, dayStartHour: hour, zoneOffsetMinutes: () => 60 };
/** In all, a third of each kind; `MILLRACE_CASES` sets another number. */
const cases = Number(process.env['MILLRACE_CASES'] ?? (isLongForm ? 100_000 : 450));

describe('whatever database comes', function () {
  this.timeout(0);
  let sqlite: Sqlite;
  let present: Uint8Array;
  let sound: Uint8Array;
  let contentBefore: string;

  before(async () => {
    sqlite = await loadSqlite(wasmPath);
    const ours = new Database(sqlite, undefined);
    ours.execute(createSchema);
    ingest(
      ours,
      [
        sessionRecord(1, minute * 60_000, (minute + 9) * 60_000),
        minuteRecord(1, minute + 1),
        // Another telling of what the other database has too.
        minuteRecord(0x201, minute + 2),
        { type: 'tombstone', id: testId(0x202), deletedMs: minute * 60_000 },
      ],
      { dayStartHour: hour, dirtyDays: new Set() },
    );
    contentBefore = digestContent(ours).sha256;
    present = ours.export();
    ours.close();
    const theirs = new Database(sqlite, undefined);
    theirs.execute(createSchema);
    await fillWithEachKind(theirs, minute);
    sound = theirs.export();
    theirs.close();
  });

  /** Takes a file in as sync and merging do. @returns whether it was let in */
  function takes(file: Uint8Array): boolean {
    const ours = new Database(sqlite, present);
    try {
      const isIn = isLetIn(file, ours);
      if (isIn) {
        works(ours);
      } else {
        assert.equal(digestContent(ours).sha256, contentBefore, 'nothing of it is there');
      }
      return isIn;
    } finally {
      ours.close();
    }
  }

  function isLetIn(file: Uint8Array, ours: Database): boolean {
    let theirs: Database | undefined;
    try {
      theirs = openForeign(sqlite, file);
      demandWholePages(theirs);
      // Restoring leaves out what is none, and never fails for it.
      const { database } = copyDatabase(theirs, sqlite);
      works(database);
      database.close();
      ingestDatabase(ours, theirs, { dayStartHour: hour, dirtyDays: new Set() });
      return true;
    } catch (error) {
      assert.ok(VaultError.is(error), String(error));
      return false;
    } finally {
      theirs?.close();
    }
  }

  /** Lists, exports, roll-ups and a purge of what is there now end as they do. */
  function works(ours: Database): void {
    rollUp(ours, daysWithMinutes(ours, hour), hour);
    loadStoredKinds(ours);
    for (const kind of storedKinds) {
      loadStoredPage(ours, { kind, beforeMs: null });
    }
    for (const kind of recordKinds) {
      JSON.stringify([...kind.objects(ours, scope)]);
    }
    for (const session of storedSessions(ours, scope)) {
      assert.ok(session !== undefined, 'none that an export would have to leave out');
      JSON.stringify(sessionJson(session));
      JSON.stringify(session.samples.map((each) => minuteJson(each, session.zoneOffsetMinutes)));
    }
    const file = ours.export();
    const again = openForeign(sqlite, file);
    demandWholePages(again);
    again.close();
    const ids = contentTables(ours)
      .filter((table) => table !== 'tombstones')
      .flatMap((table) => ours.rows(`SELECT id FROM ${table}`))
      .map((row) => idText(row.blob(0)));
    ingest(
      ours,
      ids.map((id) => ({ type: 'tombstone', id, deletedMs: minute * 60_000 })),
      { dayStartHour: hour, dirtyDays: new Set() },
    );
    for (const table of contentTables(ours)) {
      assert.ok(table === 'tombstones' || ours.row(`SELECT 1 FROM ${table}`) === undefined, table);
    }
  }

  /** @returns `undefined` when the change is none that SQLite makes */
  function changed(
    ...statements: readonly (readonly [string, readonly Value[]])[]
  ): Uint8Array | undefined {
    const database = new Database(sqlite, sound);
    try {
      for (const [sql, values] of statements) {
        database.run(sql, values);
      }
      return database.export();
    } catch {
      return undefined;
    } finally {
      database.close();
    }
  }

  const number = fc.oneof(
    fc.constantFrom(
      0,
      -1,
      1,
      9e15,
      -9e15,
      2 ** 31,
      2 ** 32,
      2 ** 48,
      2 ** 53,
      1e300,
      0.5,
      257_698_037_760_001,
    ),
    fc.integer(),
    fc.maxSafeNat(),
    fc.double({ noNaN: true }),
  );
  const text = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.json(),
    fc.constantFrom(
      'focus',
      'backup',
      'early',
      '[]',
      '{}',
      '../x',
      "'",
      '\u001b[2J',
      'a'.repeat(70),
    ),
  );
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
    fc.tuple(fc.nat(0xffffffff), fc.uint8Array({ maxLength: 60 })).map(([first, rest]) => {
      const blob = Buffer.alloc(5 + rest.length);
      blob[0] = 1;
      blob.writeUInt32LE(first, 1);
      blob.set(rest, 5);
      return Uint8Array.from(blob);
    }),
  );
  const value: fc.Arbitrary<Value> = fc.oneof(number, text, bytes, fc.constant(null));

  it('lets the sound one in', () => {
    assert.ok(takes(sound));
    for (const sql of Object.values(poisons)) {
      for (const each of sql.split('; ').slice(0, 1)) {
        assert.equal(takes(changed([each, []]) ?? sound), false, each);
      }
    }
  });

  it(titleOfForms('takes in rows that are sound, or nothing, and works as before'), () => {
    const database = new Database(sqlite, sound);
    const places = database
      .rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
      .map((row) => row.text(0))
      .flatMap((table) =>
        database
          .rows('SELECT name FROM pragma_table_info(?)', [table])
          .map((row) => [table, row.text(0)] as const),
      );
    database.close();
    const change = fc
      .tuple(fc.constantFrom(...places), value)
      .map(([[table, column], to]) => [`UPDATE ${table} SET ${column} = ?`, [to]] as const);
    let letIn = 0;
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const file = changed(...changes);
        letIn += file !== undefined && takes(file) ? 1 : 0;
      }),
      { numRuns: Math.ceil(cases / 3) },
    );
    assert.ok(letIn > cases / 100, `${letIn} were let in`);
  });

  it(titleOfForms('lets no other schema in'), () => {
    const word = fc.oneof(
      fc.constantFrom('minutes', 'sessions', 'days', 'meta', 'rescored', 'x', 'templates'),
      fc.stringMatching(/^[a-z_]{1,12}$/),
    );
    const statement = fc.oneof(
      word.map((name) => `CREATE TABLE "${name}" (id BLOB PRIMARY KEY, a DEFAULT (random()))`),
      word.map((name) => `CREATE VIEW "${name}" AS SELECT 1 AS id`),
      word.map((name) => `CREATE INDEX "${name}" ON sessions (abs(start_ms))`),
      word.map((name) => `CREATE TRIGGER "${name}" DELETE ON feedback BEGIN SELECT 1; END`),
      word.map((name) => `CREATE VIRTUAL TABLE "${name}" USING fts4 (w)`),
      word.map((name) => `ALTER TABLE days ADD COLUMN "${name}" CHECK ("${name}" > 0)`),
      word.map((name) => `ALTER TABLE tombstones RENAME COLUMN deleted_ms TO "${name}"`),
      word.map((name) => `DROP TABLE "${name}"`),
      word.map((name) => `DROP VIEW "${name}"`),
      fc.constant('ANALYZE'),
    );
    fc.assert(
      fc.property(fc.array(statement, { minLength: 1, maxLength: 3 }), (statements) => {
        const database = new Database(sqlite, sound);
        const was = schemaOf(database);
        for (const sql of statements) {
          try {
            database.execute(sql);
          } catch {
            // It says something that can't be.
          }
        }
        const isOurs = schemaOf(database) === was;
        const file = database.export();
        database.close();
        assert.equal(takes(file), isOurs);
      }),
      { numRuns: Math.ceil(cases / 3) },
    );
  });

  it(titleOfForms('stands whatever bytes are changed'), () => {
    const place = fc.oneof(
      fc.nat(99),
      fc.nat(8191),
      // Where a page begins is what it is.
      fc.tuple(fc.nat(sound.length / 8192 - 1), fc.nat(60)).map(([page, at]) => page * 8192 + at),
      fc
        .tuple(fc.nat(sound.length / 8192 - 1), fc.nat(400))
        .map(([page, at]) => (page + 1) * 8192 - 1 - at),
    );
    const pairs = fc.array(fc.tuple(place, fc.nat(255)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(
        pairs,
        fc.constantFrom('as it is', ...Object.keys(alterations)),
        (changes, what) => {
          const file = what === 'as it is' ? Uint8Array.from(sound) : alteredBy(what);
          for (const [at, byte] of changes) {
            if (at < file.length) {
              file[at] = byte;
            }
          }
          takes(file);
        },
      ),
      { numRuns: Math.ceil(cases / 3) },
    );
  });

  function schemaOf(database: Database): string {
    const rows = database.rows('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name');
    return JSON.stringify(rows.map((row) => [0, 1, 2, 3].map((column) => row.value(column))));
  }

  function alteredBy(what: string): Uint8Array {
    const database = new Database(sqlite, sound);
    try {
      return Uint8Array.from(alterations[what]?.(database, sqlite) ?? sound);
    } finally {
      database.close();
    }
  }
});
