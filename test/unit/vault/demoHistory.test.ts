import assert from 'node:assert/strict';
import { makeDemoHistory } from '../../../src/vault/history/demoHistory.ts';
import { encodeRecord } from '../../../src/vault/segments/recordCodec.ts';

const minuteMs = 60_000;
/** Wednesday 2026-11-18 15:30 UTC. */
const endMs = Date.UTC(2026, 10, 18, 15, 30);
const options = { days: 90, seed: 7, endMs, zoneOffsetMinutes: () => 60 };

describe('made-up history', () => {
  const records = [...makeDemoHistory(options)];
  const minutes = records.flatMap((record) => (record.type === 'minute' ? [record] : []));

  it('is marked as made up in every record', () => {
    assert.ok(records.length > 5_000);
    assert.deepEqual(new Set(records.map(({ origin }) => origin)), new Set(['demo']));
  });

  it('is the same for the same seed, and another for another', () => {
    assert.deepEqual([...makeDemoHistory(options)], records);
    assert.notDeepEqual([...makeDemoHistory({ ...options, seed: 8 })], records);
  });

  it('lies in the days that were asked for, and not after the end', () => {
    const startMs = endMs - 90 * 24 * 60 * minuteMs;
    for (const { sample } of minutes) {
      assert.ok(sample.minute * minuteMs >= startMs && (sample.minute + 1) * minuteMs <= endMs);
    }
  });

  it('tells no minute twice', () => {
    assert.equal(new Set(minutes.map(({ sample }) => sample.minute)).size, minutes.length);
  });

  it('has every state that comes by itself, work on weekdays and little on weekends', () => {
    const states = new Set(minutes.map(({ sample }) => sample.state));
    for (const state of [
      'building',
      'steady',
      'inFlow',
      'assisted',
      'reading',
      'unknown',
    ] as const) {
      assert.ok(states.has(state), state);
    }
    const weekend = minutes.filter(({ sample }) =>
      [0, 6].includes(new Date((sample.minute + 60) * minuteMs).getUTCDay()),
    );
    assert.ok(weekend.length > 0 && weekend.length < minutes.length / 10);
  });

  it('has something today, however early it is', () => {
    for (const hour of [8, 9, 12, 23]) {
      const nowMs = Date.UTC(2026, 10, 18, hour);
      const today = [...makeDemoHistory({ ...options, days: 1, endMs: nowMs })];
      assert.ok(today.length > 60, `${today.length} records at ${hour} o'clock UTC`);
    }
  });

  it('can be stored as it is', () => {
    for (const record of records) {
      assert.ok(encodeRecord(record).length > 0);
    }
  });
});
