import assert from 'node:assert/strict';
import type { SqlJsStatic } from 'sql.js';
import type { FlowState } from '../../../src/facts/flow.ts';
import { Database, loadSqlite } from '../../../src/vault/sqlite/database.ts';
import { loadDay } from '../../../src/vault/history/dayQueries.ts';
import type { HistoryScorer } from '../../../src/vault/database/historyScorer.ts';
import { ingest, ingestDatabase } from '../../../src/vault/database/ingest.ts';
import type { VaultRecord } from '../../../src/vault/record.ts';
import { HistoryPass, rulesOf } from '../../../src/vault/database/rescoredHistory.ts';
import { createSchema } from '../../../src/vault/database/schema.ts';
import { wasmPath } from '../../support/keeperBundle.ts';
import { minuteRecord, testId } from '../../support/vaultRecords.ts';

const minuteMs = 60_000;
const first = 29_000_000;
const options = { dayStartHour: 4, dirtyDays: new Set<number>() };
const allOfIt = { startMs: first * minuteMs, endMs: (first + 1_000) * minuteMs };

/** Rules under which every minute reads as one state. */
function rulesThatSay(state: FlowState, rules = 2): HistoryScorer & { readonly seen: number[] } {
  const seen: number[] = [];
  return {
    rules,
    seen,
    begin: () => ({
      next: (sample) => {
        seen.push(sample.minute);
        return { state, score: 90 };
      },
      baseline: () => new Uint8Array(),
    }),
    tune: () => new Uint8Array(),
  };
}

describe('history under later rules', () => {
  let sqlite: SqlJsStatic;

  before(async () => {
    sqlite = await loadSqlite(wasmPath);
  });

  function databaseOf(records: readonly VaultRecord[]): Database {
    const database = new Database(sqlite, undefined);
    database.execute(createSchema);
    ingest(database, records, options);
    return database;
  }

  const steadyMinutes = (session: number, from: number, count: number): VaultRecord[] =>
    Array.from({ length: count }, (_, index) => minuteRecord(session, from + index));

  const secondsIn = (database: Database, state: FlowState): number =>
    loadDay(database, allOfIt).seconds[state] ?? 0;

  it('shows all of the past under them once the pass is over, and none of it before', () => {
    const database = databaseOf([
      ...steadyMinutes(2, first + 30, 5),
      ...steadyMinutes(1, first, 10),
      ...steadyMinutes(3, first + 60, 5),
    ]);
    const scorer = rulesThatSay('inFlow');
    const pass = new HistoryPass(database, scorer, 4);
    assert.equal(pass.advance(2), true);
    assert.deepEqual([pass.done, pass.total], [2, 3]);
    assert.equal(secondsIn(database, 'inFlow'), 0);
    assert.equal(pass.advance(2), false);
    assert.equal(secondsIn(database, 'inFlow'), 20 * 60);
    assert.equal(loadDay(database, allOfIt).spans[0]?.score, 90);
    assert.deepEqual(
      scorer.seen,
      [...scorer.seen].sort((one, other) => one - other),
    );
    assert.equal(rulesOf(database), 2);
    database.close();
  });

  it('keeps what was recorded', () => {
    const database = databaseOf(steadyMinutes(1, first, 10));
    new HistoryPass(database, rulesThatSay('assisted'), 4).advance(10);
    database.run('UPDATE meta SET value = 1 WHERE key = ?', ['rules']);
    assert.equal(secondsIn(database, 'steady'), 10 * 60);
    database.close();
  });

  it('reads a session that has grown since as it was recorded', () => {
    const database = databaseOf(steadyMinutes(1, first, 10));
    new HistoryPass(database, rulesThatSay('inFlow'), 4).advance(10);
    ingest(database, steadyMinutes(1, first + 10, 1), options);
    assert.equal(secondsIn(database, 'steady'), 11 * 60);
    database.close();
  });

  it('has to be done again when a database under earlier rules comes in', () => {
    const database = databaseOf(steadyMinutes(1, first, 10));
    new HistoryPass(database, rulesThatSay('inFlow'), 4).advance(10);
    const other = databaseOf(steadyMinutes(2, first + 20, 5));
    ingestDatabase(database, other, options);
    assert.equal(rulesOf(database), 1);
    new HistoryPass(database, rulesThatSay('inFlow'), 4).advance(10);
    assert.equal(secondsIn(database, 'inFlow'), 15 * 60);
    database.close();
    other.close();
  });

  it('leaves nothing of a deleted session', () => {
    const database = databaseOf(steadyMinutes(1, first, 10));
    new HistoryPass(database, rulesThatSay('inFlow'), 4).advance(10);
    ingest(database, [{ type: 'tombstone', id: testId(1), deletedMs: 1 }], options);
    ingest(database, steadyMinutes(2, first, 10), options);
    assert.equal(secondsIn(database, 'steady'), 10 * 60);
    assert.equal(database.row('SELECT count(*) FROM rescored')?.number(0), 0);
    database.close();
  });
});
