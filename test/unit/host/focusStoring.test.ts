import assert from 'node:assert/strict';
import { Emitter } from '../../../src/base/emitter.ts';
import type { FocusSession } from '../../../src/facts/focusSession.ts';
import { endSession, startSession } from '../../../src/focus/session/sessionSteps.ts';
import { FocusStoring } from '../../../src/host/focus/session/focusStoring.ts';
import type { FocusSessionRecord } from '../../../src/vault/record.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { rethrow } from '../../support/rethrow.ts';
import { waitFor } from '../../support/waitFor.ts';

const startMs = 1_700_000_000_000;

function ended(digit: string): FocusSession {
  const session = startSession({
    id: digit.repeat(32),
    kind: 'focus',
    plannedMs: 600_000,
    wallMs: startMs,
    zoneOffsetMinutes: 60,
  });
  return endSession(session, startMs + 600_000, 'time');
}

/** What waits in the shared state, and the window's place in it. */
class Sessions {
  readonly changes = new Emitter<void>(rethrow);
  readonly onDidChange = this.changes.event;
  unstored: FocusSession[] = [ended('1'), ended('2')];
  drives = true;
  markStored(id: string): Promise<void> {
    this.unstored = this.unstored.filter((session) => session.id !== id);
    return Promise.resolve();
  }
}

describe('FocusStoring', () => {
  let sessions: Sessions;
  let clock: ManualClock;
  let log: MemoryLog;
  let appended: string[];
  let append: (records: readonly FocusSessionRecord[]) => Promise<void>;
  let storing: FocusStoring;

  beforeEach(() => {
    sessions = new Sessions();
    clock = new ManualClock(startMs);
    log = new MemoryLog();
    appended = [];
    append = (records) => {
      appended.push(...records.map(({ id }) => id[0] ?? ''));
      return Promise.resolve();
    };
    const vault = { append: (records: readonly FocusSessionRecord[]) => append(records) };
    storing = new FocusStoring({ sessions, vault, clock, log });
  });

  afterEach(() => {
    storing.dispose();
  });

  it('stores what ended while no window was there, and says so once', async () => {
    let told = 0;
    storing.onDidStore(() => (told += 1));
    await storing.store();
    assert.deepEqual(appended, ['1', '2']);
    assert.deepEqual(sessions.unstored, []);
    await storing.store();
    assert.deepEqual([appended.length, told], [2, 1]);
  });

  it('takes nothing for stored before the vault has acknowledged it', async () => {
    let acknowledge = (): void => {};
    append = () =>
      new Promise((resolve) => {
        acknowledge = resolve;
      });
    const storingNow = storing.store();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(sessions.unstored.length, 2);
    append = () => Promise.resolve();
    acknowledge();
    await storingNow;
    assert.equal(sessions.unstored.length, 0);
  });

  it('keeps what the vault refused, and tries again', async () => {
    const working = append;
    append = () => Promise.reject(new Error('full'));
    await assert.rejects(storing.store());
    assert.equal(sessions.unstored.length, 2);
    append = working;
    clock.advance(60_000);
    await waitFor('the second try', () => sessions.unstored.length === 0);
    assert.deepEqual(appended, ['1', '2']);
  });

  it('leaves it to the window that acts, until that is this one', async () => {
    sessions.drives = false;
    await storing.store();
    assert.equal(sessions.unstored.length, 2);
    sessions.drives = true;
    sessions.changes.fire();
    await waitFor('the sessions', () => sessions.unstored.length === 0);
  });
});
