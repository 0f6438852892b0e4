import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Emitter } from '../../../src/base/emitter.ts';
import { formatLocalTime, parseLocalTime } from '../../../src/host/stored/storedTimes.ts';
import {
  StoredRecordSource,
  type StoredRecordsOptions,
} from '../../../src/host/stored/storedSource.ts';
import { recordingOf } from '../../../src/host/stored/storedFields.ts';
import type { StoredRecord } from '../../../src/readings/storedReading.ts';
import { keeperAnswering } from '../../support/keeperAnswering.ts';
import { MemoryLog } from '../../support/memoryLog.ts';

const id = 'a'.repeat(32);
const record: StoredRecord = { id, atMs: 1e12, fields: [] };
const ended = (by: string): StoredRecord => ({
  ...record,
  fields: [{ name: 'endedBy', value: by }],
});

describe('what is stored, in the host', () => {
  let done: string[];
  let source: StoredRecordSource;
  let lock: Emitter<void>;
  let isLocked: boolean;

  const make = (parts: Partial<StoredRecordsOptions> = {}, shown = record): StoredRecordSource => {
    source = new StoredRecordSource({
      records: {
        delete: ({ id: which }) => {
          done.push(`delete ${which.slice(0, 2)}`);
          return Promise.resolve();
        },
        replace: (_, correction) => {
          done.push(`replace ${correction.kind}`);
          return Promise.resolve();
        },
      },
      keeper: keeperAnswering({
        storedOverview: () => ({ bytesOnDisk: 0, kinds: [] }),
        storedPage: () => ({ records: [shown], hasMore: false }),
      }),
      confirm: () => Promise.resolve(true),
      ask: () => Promise.resolve({ kind: 'session', startMs: 1, endMs: 2 }),
      letGo: () => Promise.resolve(true),
      onChanged: () => done.push('changed'),
      tell: () => done.push('told'),
      isLocked: () => isLocked,
      onDidChangeLock: lock.event,
      log: new MemoryLog(),
      ...parts,
    });
    source.onDidChange((outcome) => done.push(outcome));
    return source;
  };
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  beforeEach(() => {
    done = [];
    isLocked = false;
    lock = new Emitter(() => {});
  });

  afterEach(() => {
    source.dispose();
    lock.dispose();
  });

  it('deletes what was on view once the person has said yes', async () => {
    make();
    await source.page({ kind: 'session', beforeMs: null });
    await source.delete({ kind: 'session', id });
    await settled();
    assert.deepEqual(done, ['delete aa', 'changed', 'deleted']);
  });

  it('leaves everything as it is where the person thinks better of it', async () => {
    make({ confirm: () => Promise.resolve(false), ask: () => Promise.resolve(undefined) });
    await source.page({ kind: 'session', beforeMs: null });
    await source.delete({ kind: 'session', id });
    await settled();
    await source.correct({ kind: 'session', id });
    await settled();
    assert.deepEqual(done, []);
  });

  it('puts a record right', async () => {
    make();
    await source.page({ kind: 'session', beforeMs: null });
    await source.correct({ kind: 'session', id });
    await settled();
    assert.deepEqual(done, ['replace session', 'changed', 'corrected']);
  });

  it('leaves alone what another window still writes', async () => {
    make({ letGo: () => Promise.resolve(false) });
    await source.page({ kind: 'session', beforeMs: null });
    await source.delete({ kind: 'session', id });
    await settled();
    await source.correct({ kind: 'session', id });
    await settled();
    assert.deepEqual(done, []);
  });

  it('tells where a session is still being written', () => {
    const endMs = 1e12 + 600_000;
    const session = { ...record, fields: [{ name: 'endMs', value: endMs }] };
    const idleMs = 300_000;
    assert.equal(recordingOf(session, id, endMs, idleMs), 'here');
    assert.equal(recordingOf(session, undefined, endMs + idleMs, idleMs), 'elsewhere');
    assert.equal(recordingOf(session, 'b'.repeat(32), endMs + idleMs + 60_000, idleMs), 'no');
  });

  it('says so where it fails, and can be asked again', async () => {
    make({ ask: () => Promise.reject(new Error('odd')) });
    await source.page({ kind: 'session', beforeMs: null });
    await source.correct({ kind: 'session', id });
    await settled();
    assert.deepEqual(done.splice(0), ['told', 'failed']);
    await source.delete({ kind: 'session', id });
    await settled();
    assert.deepEqual(done, ['delete aa', 'changed', 'deleted']);
  });

  it('takes no wish about what was never on view, or is only there to be seen', async () => {
    make();
    await assert.rejects(source.delete({ kind: 'session', id }), RangeError);
    for (const kind of ['audit', 'tombstone'] as const) {
      await source.page({ kind, beforeMs: null });
      await assert.rejects(source.delete({ kind, id }), RangeError);
      await assert.rejects(source.correct({ kind, id }), RangeError);
    }
    await source.page({ kind: 'template', beforeMs: null });
    await assert.rejects(source.correct({ kind: 'template', id }), RangeError);
    assert.deepEqual(done, []);
  });

  it('asks for the reason of an early end only where there was one', async () => {
    make({}, ended('time'));
    await source.page({ kind: 'focusSession', beforeMs: null });
    await assert.rejects(source.correct({ kind: 'focusSession', id }), RangeError);
    source.dispose();
    make({}, ended('early'));
    await source.page({ kind: 'focusSession', beforeMs: null });
    await source.correct({ kind: 'focusSession', id });
    await settled();
    assert.ok(done.includes('corrected'));
  });

  it('asks one thing at a time', async () => {
    let answer: (isSure: boolean) => void = () => {};
    make({
      confirm: () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    });
    await source.page({ kind: 'session', beforeMs: null });
    await source.delete({ kind: 'session', id });
    await source.correct({ kind: 'session', id });
    answer(true);
    await settled();
    assert.deepEqual(done, ['delete aa', 'changed', 'deleted']);
  });

  it('forgets what was on view when the vault is locked', async () => {
    make();
    await source.page({ kind: 'session', beforeMs: null });
    isLocked = true;
    lock.fire();
    await assert.rejects(source.delete({ kind: 'session', id }), RangeError);
  });
});

describe('times as a person types them', () => {
  it('come back as the same minute, in any zone', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4e6 }),
        fc.integer({ min: -56, max: 56 }),
        (hours, quarters) => {
          const wallMs = hours * 3_600_000;
          const zone = quarters * 15;
          assert.equal(parseLocalTime(formatLocalTime(wallMs, zone), zone), wallMs);
        },
      ),
    );
  });

  it('are those of real days and hours only', () => {
    for (const text of [
      '',
      'yesterday',
      '2026-02-30 08:00',
      '2026-11-18 24:00',
      '2026-11-18 08:60',
      '2026-13-01 08:00',
      '18.11.2026 08:00',
      '2026-11-18 08:00:00',
    ]) {
      assert.equal(parseLocalTime(text, 0), undefined, text);
    }
    assert.equal(parseLocalTime(' 2026-11-18T8:05 ', 60), Date.UTC(2026, 10, 18, 7, 5));
  });
});
