import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import {
  afterFailedSync,
  afterSync,
  formatSyncSchedule,
  isSyncDue,
  newSyncSchedule,
  parseSyncSchedule,
  type SyncMoment,
} from '../../../src/transfer/sync/syncSchedule.ts';
import { transferFailures, type TransferFailure } from '../../../src/transfer/transferError.ts';

const nowMs = Date.UTC(2026, 10, 21, 18, 30);
const minuteMs = 60_000;
const moment = (changes: Partial<SyncMoment> = {}): SyncMoment => ({
  nowMs,
  newestRecordMs: nowMs,
  isStart: false,
  everyMinutes: 15,
  ...changes,
});

describe('the schedule of folder sync', () => {
  it('syncs at every start, whether anything is recorded or not', () => {
    const state = afterSync(nowMs);
    assert.equal(isSyncDue(state, moment({ isStart: true, newestRecordMs: undefined })), true);
  });

  it('syncs every so often while something is recorded, and rests otherwise', () => {
    const state = afterSync(nowMs);
    const due = (minutes: number, newestRecordMs: number): boolean =>
      isSyncDue(state, moment({ nowMs: nowMs + minutes * minuteMs, newestRecordMs }));
    assert.equal(due(14, nowMs + 14 * minuteMs), false);
    assert.equal(due(15, nowMs + 14 * minuteMs), true);
    assert.equal(due(600, nowMs), false);
  });

  it('is not put off for years by a clock that was set back', () => {
    const state = afterSync(nowMs + 365 * 24 * 60 * minuteMs);
    assert.equal(isSyncDue(state, moment()), true);
  });

  it('tries a failing folder less and less often, but within four hours', () => {
    let state = newSyncSchedule;
    const pauses: number[] = [];
    for (let failures = 1; failures <= 8; failures++) {
      state = afterFailedSync(state, nowMs, 'unreachable').state;
      let minutes = 0;
      while (!isSyncDue(state, moment({ nowMs: nowMs + minutes * minuteMs }))) {
        minutes++;
      }
      pauses.push(minutes);
    }
    assert.deepEqual(pauses, [30, 60, 120, 240, 240, 240, 240, 240]);
  });

  it('tells of a failing state once, until it has ended', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom<TransferFailure | 'good'>(...transferFailures, 'good')),
        (outcomes) => {
          let state = newSyncSchedule;
          let told: TransferFailure | undefined;
          for (const outcome of outcomes) {
            if (outcome === 'good') {
              state = afterSync(nowMs);
              told = undefined;
              continue;
            }
            const after = afterFailedSync(state, nowMs, outcome);
            if (after.tells) {
              assert.notEqual(outcome, told);
              assert.notEqual(outcome, 'cancelled');
              told = outcome;
            }
            state = after.state;
          }
        },
      ),
    );
    const first = afterFailedSync(newSyncSchedule, nowMs, 'denied');
    assert.deepEqual(
      [first.tells, afterFailedSync(first.state, nowMs, 'denied').tells],
      [true, false],
    );
    assert.equal(afterFailedSync(newSyncSchedule, nowMs, 'unreachable').tells, false);
  });

  it('is remembered, and begins anew where it can not be read', () => {
    const { state } = afterFailedSync(afterSync(nowMs), nowMs, 'full');
    assert.deepEqual(parseSyncSchedule(formatSyncSchedule(state)), state);
    assert.deepEqual(parseSyncSchedule(Buffer.from('{}')), newSyncSchedule);
    assert.deepEqual(parseSyncSchedule(undefined), newSyncSchedule);
  });
});
