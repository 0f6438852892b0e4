import assert from 'node:assert/strict';
import path from 'node:path';
import * as v from 'valibot';
import { noCounts } from '../../../src/facts/focusSession.ts';
import {
  storedKinds,
  storedOverview,
  storedPage,
  type StoredKind,
  type StoredOverview,
  type StoredPage,
  type StoredRecord,
} from '../../../src/readings/storedReading.ts';
import type { FeedbackRecord, VaultRecord } from '../../../src/vault/record.ts';
import { packTemplate } from '../../../src/vault/database/templateStore.ts';
import { Vault } from '../../../src/vault/vault.ts';
import { keeperBundle } from '../../support/keeperBundle.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { focusRecord, minuteRecord, sessionRecord, testId } from '../../support/vaultRecords.ts';
import { waitFor } from '../../support/waitFor.ts';
import { memoryProtector, temporaryFolder } from '../../support/vaultTools.ts';

const minuteMs = 60_000;
const first = 29_800_000;
const startMs = first * minuteMs;

function feedback(number: number, atMs: number): FeedbackRecord {
  return {
    type: 'feedback',
    id: testId(number),
    atMs,
    zoneOffsetMinutes: 60,
    rating: 3,
    activity: 'writing',
    interrupted: false,
    features: Float32Array.of(0, 1, -1, 0.5, 2),
    origin: 'recorded',
  };
}

describe('what a vault stores, record by record', function () {
  this.timeout(60_000);

  let vault: Vault;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    const root = await temporaryFolder();
    ({ remove } = root);
    vault = new Vault({
      folder: path.join(root.folder, 'vault'),
      keysFolder: path.join(root.folder, 'keys'),
      protectors: [memoryProtector()],
      keeperPath: await keeperBundle(),
      clock: new ManualClock(startMs + 100 * minuteMs),
      log: new MemoryLog(),
    });
    await vault.start();
  });

  afterEach(async () => {
    await vault.close();
    await remove();
  });

  const kindOf = async (kind: StoredKind): Promise<StoredOverview['kinds'][number]> => {
    const overview = await vault.keeper.ask('storedOverview', {});
    assert.ok(v.is(storedOverview, overview));
    const found = overview.kinds.find((one) => one.kind === kind);
    assert.ok(found !== undefined, kind);
    return found;
  };
  const everyRecord = async (kind: StoredKind): Promise<StoredRecord[]> => {
    const records: StoredRecord[] = [];
    for (let beforeMs: number | null = null; ;) {
      const page: StoredPage = await vault.keeper.ask('storedPage', { kind, beforeMs });
      assert.ok(v.is(storedPage, page));
      records.push(...page.records);
      if (!page.hasMore) {
        return records;
      }
      beforeMs = page.records.at(-1)?.atMs ?? 0;
    }
  };
  const fieldsOf = (record: StoredRecord | undefined): Record<string, unknown> =>
    Object.fromEntries(record?.fields.map(({ name, value }) => [name, value]) ?? []);
  const actions = async (): Promise<unknown[]> =>
    (await everyRecord('audit')).map((line) => fieldsOf(line)['event']);

  it('counts every kind and shows its records', async () => {
    const records: VaultRecord[] = [
      sessionRecord(1, startMs, startMs + 3 * minuteMs, { origin: 'demo' }),
      minuteRecord(1, first, { seconds: 50 }),
      minuteRecord(1, first + 1, { state: 'away' }),
      focusRecord(2, startMs, {
        pauses: [{ startMs: startMs + minuteMs, endMs: startMs + 3 * minuteMs, cause: 'person' }],
        end: { atMs: startMs + 20 * minuteMs, by: 'early', reason: 'tired' },
        counts: {
          '12345678': { ...noCounts, seconds: 400, focusedSeconds: 300 },
          aaaaaaaa: { ...noCounts, seconds: 100, blockedTries: 2 },
        },
      }),
      feedback(3, startMs + 5),
      { ...(await packTemplate('rhythm', 7, startMs, Buffer.alloc(500, 1))), id: testId(4) },
      { type: 'tombstone', id: testId(5), deletedMs: startMs + 9 },
      vault.stored.audit('export'),
    ];
    await vault.append(records);
    const { bytesOnDisk, kinds } = await vault.keeper.ask('storedOverview', {});
    assert.ok(bytesOnDisk > 1_000);
    assert.deepEqual(
      kinds.map(({ kind, records: count }) => [kind, count]),
      storedKinds.map((kind) => [kind, 1]),
    );
    assert.ok(kinds.every(({ bytes }) => bytes > 10 && bytes < 500));
    const session = await kindOf('session');
    assert.deepEqual([session.firstMs, session.lastMs], [startMs, startMs]);

    assert.deepEqual(fieldsOf((await everyRecord('session'))[0]), {
      startMs,
      endMs: startMs + 3 * minuteMs,
      zoneOffsetMinutes: 60,
      minutes: 2,
      focusedSeconds: 50,
      origin: 'demo',
    });
    const focus = fieldsOf((await everyRecord('focusSession'))[0]);
    assert.deepEqual(
      [focus['endMs'], focus['activeMs'], focus['endedBy'], focus['reason']],
      [startMs + 20 * minuteMs, 18 * minuteMs, 'early', 'tired'],
    );
    assert.deepEqual(
      [focus['trackedSeconds'], focus['focusedSeconds'], focus['blockedTries']],
      [500, 300, 2],
    );
    const answer = fieldsOf((await everyRecord('feedback'))[0]);
    assert.deepEqual(
      [answer['rating'], answer['activity'], answer['scored']],
      [3, 'writing', true],
    );
    const template = fieldsOf((await everyRecord('template'))[0]);
    assert.deepEqual([template['name'], template['version']], ['rhythm', 7]);
    assert.deepEqual(fieldsOf((await everyRecord('tombstone'))[0]), { deletedMs: startMs + 9 });
    assert.deepEqual(await actions(), ['export']);
  });

  it('says of a kind of which there is none that there is none', async () => {
    assert.deepEqual(await kindOf('session'), {
      kind: 'session',
      records: 0,
      bytes: 0,
      firstMs: null,
      lastMs: null,
    });
    assert.deepEqual(await vault.keeper.ask('storedPage', { kind: 'feedback', beforeMs: null }), {
      records: [],
      hasMore: false,
    });
  });

  it('leaves out none and repeats none from page to page, of records that share a time too', async () => {
    // Runs of one time of many lengths, at every place of a page.
    const lengths = [1, 3, 45, 4, 60, 2, 100, 1, 49, 1, 50, 7];
    const records = lengths.flatMap((length, run) =>
      Array.from({ length }, (_, index) =>
        feedback(1_000 + run * 200 + index, startMs + run * minuteMs),
      ),
    );
    await vault.append(records);
    const ids = (await everyRecord('feedback')).map(({ id }) => id);
    assert.equal(ids.length, new Set(ids).size);
    assert.deepEqual(new Set(ids), new Set(records.map(({ id }) => id)));
  });

  it('shows more of one time than a page holds, when asked by id', async () => {
    const ids = Array.from({ length: 230 }, (_, index) => testId(index));
    await vault.append(ids.map((id) => ({ type: 'tombstone', id, deletedMs: startMs })));
    const seen: string[] = [];
    let page = await vault.keeper.ask('storedPage', { kind: 'tombstone', beforeMs: null });
    for (;;) {
      seen.push(...page.records.map(({ id }) => id));
      const last = page.records.at(-1);
      if (!page.hasMore || last === undefined) {
        break;
      }
      page = await vault.keeper.ask('storedPage', {
        kind: 'tombstone',
        beforeMs: last.atMs,
        beforeId: last.id,
      });
    }
    assert.deepEqual(seen.sort(), ids);
  });

  it('loads the focus sessions of a stretch of time as they were told', async () => {
    const ended = (number: number, atMs: number, minutes: number): VaultRecord =>
      focusRecord(number, atMs, {
        end: { atMs: atMs + minutes * minuteMs, by: 'time', reason: undefined },
      });
    const dayMs = 24 * 60 * minuteMs;
    const across = ended(1, startMs - 30 * minuteMs, 40);
    const running = focusRecord(2, startMs + minuteMs, { origin: 'demo' });
    await vault.append([
      ended(3, startMs - 60 * minuteMs, 25),
      across,
      running,
      focusRecord(4, startMs - 2 * dayMs),
      ended(5, startMs + dayMs, 25),
    ]);
    const query = { startMs, endMs: startMs + 60 * minuteMs };
    assert.deepEqual(await vault.stored.focusSessions(query), [across, running]);
    const over = { ...running, end: { atMs: startMs + 9, by: 'early', reason: 'done' } } as const;
    await vault.append([over]);
    assert.deepEqual(await vault.stored.focusSessions(query), [across, over]);
  });

  it('deletes a record of any kind, counts without it at once, and logs that', async () => {
    const query = { startMs, endMs: startMs + 60 * minuteMs };
    const records = [
      sessionRecord(1, startMs, startMs + minuteMs),
      minuteRecord(1, first),
      focusRecord(2, startMs),
      feedback(3, startMs),
    ];
    await vault.append(records);
    assert.equal((await vault.keeper.ask('loadDay', query)).focusedSeconds, 60);
    await vault.stored.delete({ kind: 'session', id: testId(1) });
    assert.equal((await vault.keeper.ask('loadDay', query)).focusedSeconds, 0);
    await vault.stored.delete({ kind: 'focusSession', id: testId(2) });
    await vault.stored.delete({ kind: 'feedback', id: testId(3) });
    await vault.append(records);
    for (const kind of ['session', 'focusSession', 'feedback'] as const) {
      assert.equal((await kindOf(kind)).records, 0, kind);
    }
    assert.equal((await kindOf('tombstone')).records, 3);
    assert.deepEqual(await actions(), ['delete', 'delete', 'delete']);
    await assert.rejects(vault.stored.delete({ kind: 'session', id: 'none' }), RangeError);
  });

  it('corrects when a session was, and keeps the minutes that lie within', async () => {
    await vault.append([
      sessionRecord(1, startMs, startMs + 10 * minuteMs),
      ...Array.from({ length: 10 }, (_, index) => minuteRecord(1, first + index)),
    ]);
    const ref = { kind: 'session', id: testId(1) } as const;
    const corrected = { startMs: startMs + 2.5 * minuteMs, endMs: startMs + 6 * minuteMs };
    await vault.stored.replace(ref, { kind: 'session', ...corrected });
    const [session, ...others] = await everyRecord('session');
    assert.equal(others.length, 0);
    assert.notEqual(session?.id, testId(1));
    const fields = fieldsOf(session);
    assert.deepEqual([fields['startMs'], fields['endMs']], [corrected.startMs, corrected.endMs]);
    // The third is half within.
    assert.deepEqual([fields['minutes'], fields['focusedSeconds']], [4, 240]);
    assert.deepEqual(await actions(), ['correct']);
    await assert.rejects(vault.stored.replace(ref, { kind: 'session', ...corrected }), RangeError);
  });

  it('corrects an answer, and why a focus session was ended', async () => {
    const answer = feedback(1, startMs);
    const end = { atMs: startMs + minuteMs, by: 'early', reason: undefined } as const;
    const focus = focusRecord(2, startMs, { end });
    await vault.append([answer, focus, focusRecord(3, startMs)]);
    const said = { rating: 6, activity: 'reading', interrupted: true } as const;
    await vault.stored.replace({ kind: 'feedback', id: answer.id }, { kind: 'feedback', ...said });
    const [record, ...none] = await everyRecord('feedback');
    assert.equal(none.length, 0);
    const fields = fieldsOf(record);
    assert.deepEqual(
      [fields['rating'], fields['activity'], fields['interrupted'], fields['atMs']],
      [6, 'reading', true, startMs],
    );
    await vault.stored.replace(
      { kind: 'focusSession', id: focus.id },
      { kind: 'focusSession', reason: 'tired' },
    );
    const loaded = await vault.stored.focusSessions({ startMs, endMs: startMs + 1 });
    const changed = loaded.find(({ id }) => id !== testId(3));
    assert.deepEqual({ ...changed, id: focus.id }, { ...focus, end: { ...end, reason: 'tired' } });
    const running = { kind: 'focusSession', id: testId(3) } as const;
    for (const correction of [
      { kind: 'focusSession', reason: 'done' } as const,
      { kind: 'feedback', ...said } as const,
    ]) {
      await assert.rejects(vault.stored.replace(running, correction), RangeError);
    }
    assert.equal((await kindOf('focusSession')).records, 2);
  });

  it('logs what a person does with the vault, and nothing that it does by itself', async () => {
    await vault.append([minuteRecord(1, first)]);
    await vault.keeper.ask('loadDay', { startMs, endMs: startMs + minuteMs });
    await vault.secrets.setPassphrase('Zwölf Mühlräder');
    await vault.secrets.recoveryKit();
    await vault.makeSnapshot();
    vault.access.lock();
    await vault.access.unlock({ passphrase: 'Zwölf Mühlräder' });
    await vault.templates.put('rhythm', Uint8Array.of(1));
    await vault.templates.purge('rhythm');
    await vault.secrets.rotate('Zwölf Mühlräder');
    await vault.secrets.removeProtector('passphrase');
    const expected = ['setPassphrase', 'saveRecoveryKit', 'backup', 'lock', 'unlock'];
    expected.push('delete', 'purgeTemplates', 'rotate', 'removeProtector');
    // A line is written beside what it tells of, not before it.
    await waitFor('the last line', async () => (await actions()).length >= expected.length);
    assert.deepEqual((await actions()).sort(), expected.sort());
  });
});
