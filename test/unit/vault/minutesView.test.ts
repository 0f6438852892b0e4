import assert from 'node:assert/strict';
import type { MinuteSample } from '../../../src/facts/minuteSample.ts';
import { flowStates } from '../../../src/facts/flow.ts';
import { Database, loadSqlite } from '../../../src/vault/sqlite/database.ts';
import { ingest } from '../../../src/vault/database/ingest.ts';
import { readSamples } from '../../../src/vault/codecs/minuteSeries.ts';
import { createSchema } from '../../../src/vault/database/schema.ts';
import { wasmPath } from '../../support/keeperBundle.ts';
import { minuteRecord, testId } from '../../support/vaultRecords.ts';

describe('the view of minutes', () => {
  it('gives in plain SQL what the code reads', async () => {
    const database = new Database(await loadSqlite(wasmPath), undefined);
    database.execute(createSchema);
    const minutes = [0, 1, 2, 7, 8, 500, 70_000, 300_000];
    const records = minutes.map((minute, index) =>
      minuteRecord(1, 29_000_000 + minute, {
        state: flowStates[index % flowStates.length] ?? 'unknown',
        score: index % 2 === 0 ? undefined : index * 12,
        confidence: index / 15,
        seconds: 60 - index,
        insertedChars: index * 1000,
        deletes: index,
        blockChars: index * 37,
        undos: index,
        navigations: index * 5,
        blurs: 15 - index,
        raw:
          index < 3
            ? undefined
            : { rhythm: index / 10, focus: 0.5, consistency: 0.25, error: 0.125, velocity: index },
      }),
    );
    const other = [minuteRecord(2, 29_000_003)];
    ingest(database, [...records, ...other], { dayStartHour: 4, dirtyDays: new Set() });
    const expected = [1, 2].flatMap((session) => {
      const row = database.row('SELECT series FROM sessions WHERE id = ?', [
        Uint8Array.from(Buffer.from(testId(session), 'hex')),
      ]);
      return readSamples(row?.blob(0) ?? new Uint8Array()).map((sample) => [
        testId(session),
        ...valuesOf(sample),
      ]);
    });
    const rows = database
      .rows('SELECT * FROM minutes ORDER BY session, at_ms')
      .map((row) => [
        row.text(0).toLowerCase(),
        row.number(1),
        row.text(2),
        ...Array.from({ length: 14 }, (_, index) =>
          row.isNull(index + 3) ? undefined : round(row.number(index + 3)),
        ),
      ]);
    assert.deepEqual(rows, expected);
    database.close();
  });
});

function valuesOf(sample: MinuteSample): unknown[] {
  const { raw } = sample;
  return [
    sample.minute * 60_000,
    sample.state,
    sample.score,
    round(sample.confidence),
    sample.seconds,
    sample.insertedChars,
    sample.deletes,
    sample.blockChars,
    sample.undos,
    sample.navigations,
    sample.blurs,
    ...[raw?.rhythm, raw?.focus, raw?.consistency, raw?.error, raw?.velocity].map((value) =>
      value === undefined ? undefined : round(value),
    ),
  ];
}

function round(value: number): number {
  return Math.round(value * 1e9) / 1e9;
}
