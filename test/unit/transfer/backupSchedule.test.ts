import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import {
  afterFailure,
  afterGood,
  formatBackupState,
  isBackupDue,
  leastGapMs,
  newBackupState,
  parseBackupState,
  pauseAfter,
  quietMs,
  type BackupState,
} from '../../../src/transfer/backup/backupSchedule.ts';
import { transferFailures, type TransferFailure } from '../../../src/transfer/transferError.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const nowMs = Date.UTC(2026, 10, 21, 18);

describe('the schedule of backups', () => {
  const good = afterGood(newBackupState, nowMs - dayMs, nowMs - dayMs + 5);
  const moment = {
    nowMs,
    newestRecordMs: nowMs - quietMs,
    lastTypedMs: nowMs - quietMs,
    isStart: false,
  };

  it('is due once the work is over, and at the next start', () => {
    assert.ok(isBackupDue(good, moment));
    assert.ok(!isBackupDue(good, { ...moment, lastTypedMs: nowMs - quietMs + 1 }));
    assert.ok(isBackupDue(good, { ...moment, lastTypedMs: nowMs, isStart: true }));
    assert.ok(isBackupDue(newBackupState, { ...moment, lastTypedMs: undefined }));
  });

  it('is not due without anything new, nor right after another', () => {
    assert.ok(!isBackupDue(newBackupState, { ...moment, newestRecordMs: undefined }));
    assert.ok(!isBackupDue(good, { ...moment, newestRecordMs: nowMs - dayMs }));
    const recent = afterGood(newBackupState, nowMs - leastGapMs + 1, nowMs);
    assert.ok(!isBackupDue(recent, moment));
    assert.ok(!isBackupDue(recent, { ...moment, isStart: true }));
  });

  it('tries again after pauses that grow, whoever types meanwhile', () => {
    let state: BackupState = good;
    let last = 0;
    for (let tries = 1; tries <= 8; tries++) {
      ({ state } = afterFailure(state, nowMs, 'full'));
      const pauseMs = pauseAfter(tries);
      assert.ok(pauseMs >= last);
      last = pauseMs;
      const typing = { ...moment, lastTypedMs: nowMs + pauseMs };
      assert.ok(!isBackupDue(state, { ...typing, nowMs: nowMs + pauseMs - 1 }));
      assert.ok(isBackupDue(state, { ...typing, nowMs: nowMs + pauseMs }));
    }
    assert.ok(last >= dayMs);
  });

  it('is not put off by times that are yet to come', () => {
    const set = { ...afterGood(newBackupState, nowMs + 365 * dayMs, nowMs + 365 * dayMs) };
    assert.ok(isBackupDue(set, moment));
    assert.ok(isBackupDue(afterFailure(set, nowMs + 365 * dayMs, 'denied').state, moment));
  });

  it('tells once of each failing state, and a missing drive not at once', () => {
    const told = (failures: readonly TransferFailure[]): boolean[] => {
      let state: BackupState = good;
      return failures.map((failure) => {
        const after = afterFailure(state, nowMs, failure);
        ({ state } = after);
        return after.tells;
      });
    };
    assert.deepEqual(told(['full', 'full', 'full']), [true, false, false]);
    assert.deepEqual(told(['unreachable', 'unreachable', 'unreachable', 'unreachable']), [
      false,
      false,
      true,
      false,
    ]);
    assert.deepEqual(told(['denied', 'full', 'full']), [true, true, false]);
    assert.deepEqual(told(['cancelled', 'cancelled']), [false, false]);
    const { state } = afterFailure(good, nowMs, 'full');
    assert.ok(afterFailure(afterGood(state, nowMs, nowMs), nowMs, 'full').tells);
  });

  it('tells at most once between two good ones of a failure that stays the same', () => {
    fc.assert(
      fc.property(fc.constantFrom(...transferFailures), fc.nat(20), (failure, tries) => {
        let state: BackupState = good;
        let told = 0;
        for (let each = 0; each < tries; each++) {
          const after = afterFailure(state, nowMs, failure);
          ({ state } = after);
          told += after.tells ? 1 : 0;
        }
        assert.ok(told <= 1);
      }),
    );
  });

  it('remembers, and takes what it can not read for nothing', () => {
    const { state } = afterFailure(good, nowMs, 'damaged');
    assert.deepEqual(parseBackupState(formatBackupState(state)), state);
    assert.deepEqual(parseBackupState(undefined), newBackupState);
    assert.deepEqual(parseBackupState(new TextEncoder().encode('{"version":2}')), newBackupState);
  });
});
