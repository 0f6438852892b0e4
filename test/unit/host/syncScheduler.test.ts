import assert from 'node:assert/strict';
import { SyncScheduler } from '../../../src/host/data/sync/syncScheduler.ts';
import type { Synced } from '../../../src/transfer/messages/syncMessages.ts';
import { TransferError, type TransferFailure } from '../../../src/transfer/transferError.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { MemoryLog } from '../../support/memoryLog.ts';

const halfHourMs = 30 * 60_000;
const nothingNew: Synced = {
  ...{ device: 'a', merged: 0, known: 0, waiting: 0, unread: [], added: {} },
  ...{ written: 0, removed: 0, devices: [] },
};

describe('SyncKeeping', () => {
  let clock: ManualClock;
  let folder: string;
  let failure: TransferFailure | undefined;
  let heard: string[];
  let keeping: SyncScheduler;

  beforeEach(() => {
    clock = new ManualClock(1_700_000_000_000);
    folder = '/shared';
    failure = undefined;
    heard = [];
    keeping = new SyncScheduler({
      folder: () => folder,
      isReady: () => true,
      sync: (where) => {
        if (failure !== undefined) {
          return Promise.reject(new TransferError(failure, 'Not now'));
        }
        heard.push(`sync ${where}`);
        return Promise.resolve({ ...nothingNew, added: { sessions: 1 } });
      },
      onAdded: () => heard.push('added'),
      tell: (reason) => heard.push(reason),
      clear: () => {},
      clock,
      log: new MemoryLog(),
    });
  });

  it('syncs now and then while sync.folder is set', async () => {
    await keeping.tend();
    await keeping.tend();
    assert.deepEqual(heard, ['sync /shared', 'added']);
    clock.advance(halfHourMs);
    await keeping.tend();
    assert.equal(heard.length, 4);
    folder = '';
    clock.advance(halfHourMs);
    await keeping.tend();
    assert.equal(heard.length, 4);
  });

  it('begins at once with another folder', async () => {
    await keeping.tend();
    folder = '/other';
    keeping.reset();
    await keeping.tend();
    assert.ok(heard.includes('sync /other'));
  });

  it('tells of a missing folder at the third try, of what will not pass at the first, and of each once', async () => {
    failure = 'unreachable';
    for (let tries = 1; tries <= 5; tries++) {
      await keeping.tend();
      assert.deepEqual(heard, tries < 3 ? [] : ['unreachable']);
      clock.advance(halfHourMs);
    }
    failure = 'denied';
    await keeping.tend();
    clock.advance(halfHourMs);
    await keeping.tend();
    assert.deepEqual(heard, ['unreachable', 'denied']);
  });

  it('hands on what the person accepted, once, and tells what each sync found', async () => {
    const accepted: (readonly string[])[] = [];
    const found: Synced[] = [];
    keeping = new SyncScheduler({
      folder: () => folder,
      isReady: () => true,
      sync: (_, accepts) => {
        accepted.push(accepts);
        return Promise.resolve(nothingNew);
      },
      onAdded: () => {},
      onSynced: (synced) => found.push(synced),
      tell: () => {},
      clear: () => {},
      clock,
      log: new MemoryLog(),
    });
    await keeping.syncNow();
    await keeping.syncAccepting(['a', 'b']);
    await keeping.syncNow();
    assert.deepEqual(accepted, [[], ['a', 'b'], []]);
    assert.equal(found.length, 3);
  });
});
