import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import * as fc from 'fast-check';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { csvCell } from '../../../src/transfer/export/exportCsv.ts';
import { exportVault } from '../../../src/transfer/export/exportJob.ts';
import { member } from '../../../src/transfer/import/readers/importReader.ts';
import { formatTime, parseTime } from '../../../src/facts/isoTime.ts';
import { writeOutputFile } from '../../../src/transfer/export/outputFile.ts';
import { asTransferError, TransferError } from '../../../src/transfer/transferError.ts';
import type { VaultRecord } from '../../../src/vault/record.ts';
import { repositoryRoot } from '../../support/repositoryRoot.ts';
import { SmallDisk } from '../../support/smallDisk.ts';
import { anyRecords, Desk, deletionsOf } from '../../support/transferDesk.ts';
import { minuteRecord, sessionRecord, testId } from '../../support/vaultRecords.ts';

const run = promisify(execFile);
const minuteMs = 60_000;
const nowMs = Date.UTC(2026, 10, 21, 12);
const startMinute = Math.floor(Date.UTC(2026, 10, 20, 9) / minuteMs);

/** A small day: two sessions, an answer, a template, a deletion. */
const someRecords: readonly VaultRecord[] = [
  sessionRecord(1, startMinute * minuteMs + 1_500, (startMinute + 3) * minuteMs),
  ...[0, 1, 2].map((offset) => minuteRecord(1, startMinute + offset)),
  sessionRecord(2, (startMinute + 1_440) * minuteMs, (startMinute + 1_441) * minuteMs),
  minuteRecord(2, startMinute + 1_440, { state: 'inFlow', score: undefined }),
  {
    type: 'feedback',
    id: testId(3),
    atMs: startMinute * minuteMs,
    zoneOffsetMinutes: -210,
    rating: 6,
    activity: 'writing',
    interrupted: true,
    features: Float32Array.from([0.5, -0.25, 1, -3, 0]),
    origin: 'recorded',
  },
  {
    type: 'template',
    id: testId(4),
    name: '-baseline',
    version: 2 ** 32 - 1,
    createdMs: startMinute * minuteMs,
    sha256: new Uint8Array(32).fill(255),
    deflated: Uint8Array.from([0, 250, 10]),
  },
  { type: 'tombstone', id: testId(5), deletedMs: startMinute * minuteMs },
];

async function withDesk(work: (desk: Desk) => Promise<void>): Promise<void> {
  const desk = await Desk.create(nowMs);
  try {
    await work(desk);
  } finally {
    await desk.release();
  }
}

async function fill(desk: Desk, records: readonly VaultRecord[]): Promise<void> {
  const writer = desk.vault.writer();
  await writer.append(...records);
  await writer.close();
}

/** What the real `sqlite3` answers. */
async function sqlite3(...args: readonly string[]): Promise<string> {
  return (await run('sqlite3', [...args], { maxBuffer: 1 << 26 })).stdout.trim();
}

/** What lies within a value, by names and places. */
function at(value: unknown, ...names: readonly string[]): unknown {
  return names.reduce<unknown>((inner, name) => member(inner, name), value);
}

/** Where a value is not as a schema says: as much of JSON Schema as ours uses. */
function misfits(root: unknown, schema: unknown, value: unknown, where: string): readonly string[] {
  const rule = (name: string): unknown => member(schema, name);
  const ref = rule('$ref');
  if (typeof ref === 'string') {
    return misfits(root, member(member(root, '$defs'), ref.slice('#/$defs/'.length)), value, where);
  }
  const choices = rule('anyOf');
  if (Array.isArray(choices)) {
    const found = choices.map((one: unknown) => misfits(root, one, value, where));
    return found.some((each) => each.length === 0) ? [] : found.flat();
  }
  const type = rule('type');
  const kind = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  const words = rule('enum');
  const pattern = rule('pattern');
  const isFit =
    (type === undefined || type === kind || (type === 'integer' && Number.isInteger(value))) &&
    (rule('const') === undefined || rule('const') === value) &&
    (!Array.isArray(words) || words.includes(value)) &&
    (typeof pattern !== 'string' || new RegExp(pattern).test(String(value))) &&
    (typeof value !== 'number' ||
      (value >= Number(rule('minimum') ?? value) && value <= Number(rule('maximum') ?? value)));
  if (!isFit) {
    return [where];
  }
  if (Array.isArray(value)) {
    return value.flatMap((inner: unknown) => misfits(root, rule('items'), inner, `${where}[]`));
  }
  if (kind !== 'object' || value === null) {
    return [];
  }
  const required = rule('required');
  const missing = (Array.isArray(required) ? required : []).filter(
    (name) => typeof name === 'string' && member(value, name) === undefined,
  );
  const inner = Object.entries<unknown>({ ...value }).flatMap(([name, each]): readonly string[] => {
    const of = member(rule('properties'), name) ?? rule('additionalProperties');
    return of === false ? [`${where}.${name}`] : misfits(root, of, each, `${where}.${name}`);
  });
  return [...missing.map((name) => `${where}.${String(name)} is missing`), ...inner];
}

describe('Exporting', function () {
  this.timeout(180_000);

  it('gives back every record of every kind when it is imported into an empty vault, twice too', async () => {
    await fc.assert(
      fc.asyncProperty(anyRecords, async (records) => {
        await withDesk(async (desk) => {
          await fill(desk, records);
          await desk.export('json', 'export.json');
          await withDesk(async (other) => {
            await writeFile(other.file('export.json'), await readFile(desk.file('export.json')));
            await other.import('export.json');
            const deletions = (one: Desk): Promise<number> =>
              one.at(async (place) => deletionsOf((await place.ledger()).database));
            assert.deepEqual(await other.contents(), await desk.contents());
            assert.equal(await deletions(other), await deletions(desk));
            const again = await other.import('export.json');
            assert.deepEqual(again.added, { sessions: 0, minutes: 0, others: 0 });
            assert.deepEqual(await other.contents(), await desk.contents());
          });
        });
      }),
      { numRuns: 15 },
    );
  });

  it('is JSON with times that tell their zone, one record a line', async () => {
    await withDesk(async (desk) => {
      await fill(desk, someRecords);
      const result = await desk.export('json', 'export.json');
      assert.deepEqual([result.sessions, result.minutes, result.others], [2, 4, 3]);
      const text = await readFile(desk.file('export.json'), 'utf8');
      assert.equal(Buffer.byteLength(text), result.sizeBytes);
      const parsed: unknown = JSON.parse(text);
      assert.equal(at(parsed, 'format'), 'millrace-export');
      assert.equal(at(parsed, 'sessions', '0', 'start'), '2026-11-20T10:00:01.500+01:00');
      assert.equal(
        at(parsed, 'sessions', '0', 'minutes', '1', 'at'),
        '2026-11-20T10:01:00.000+01:00',
      );
      assert.equal(at(parsed, 'sessions', '1', 'minutes', '0', 'score'), null);
      assert.equal(at(parsed, 'feedback', '0', 'at'), '2026-11-20T05:30:00.000-03:30');
      assert.equal(at(parsed, 'templates', '0', 'deflated'), 'APoK');
      assert.equal(text.split('\n').filter((line) => line.startsWith('{"id"')).length, 5);
    });
  });

  it('has the members that its JSON Schema names, and no other', async () => {
    await fc.assert(
      fc.asyncProperty(anyRecords, async (records) => {
        await withDesk(async (desk) => {
          await fill(desk, [...records, ...someRecords]);
          await desk.export('json', 'export.json');
          const file = path.join(repositoryRoot, 'docs/export.schema.json');
          const schema: unknown = JSON.parse(await readFile(file, 'utf8'));
          const text = await readFile(desk.file('export.json'), 'utf8');
          const exported: unknown = JSON.parse(text);
          assert.deepEqual(misfits(schema, schema, exported, '$'), []);
          for (const [from, to] of [
            ['"undos":', '"undoes":'],
            ['"score":', '"more":1,"score":'],
            ['+01:00"', '"'],
          ] as const) {
            const changed: unknown = JSON.parse(text.replace(from, to));
            assert.notDeepEqual(misfits(schema, schema, changed, '$'), []);
          }
        });
      }),
      { numRuns: 5 },
    );
  });

  it('is CSV that another reader reads: sqlite3', async () => {
    await withDesk(async (desk) => {
      await fill(desk, someRecords);
      const { sizeBytes } = await desk.export('csv', 'tables');
      const files = (await readdir(desk.file('tables'))).sort();
      assert.deepEqual(files, [
        ...['audit.csv', 'feedback.csv', 'focusSessions.csv', 'minutes.csv', 'sessions.csv'],
        ...['templates.csv', 'tombstones.csv'],
      ]);
      const imports = files.map(
        (name) => `.import --csv ${desk.file(path.join('tables', name))} ${name.slice(0, -4)}`,
      );
      const database = desk.file('read.db');
      await sqlite3(database, ...imports);
      assert.equal(
        await sqlite3(
          database,
          'SELECT count(*), sum(seconds), count(DISTINCT session) FROM minutes',
        ),
        '4|240|2',
      );
      // The apostrophe keeps a spreadsheet from taking a name for a formula.
      assert.equal(await sqlite3(database, 'SELECT name FROM templates'), "'-baseline");
      assert.equal(
        await sqlite3(database, `SELECT "features.error", zoneOffsetMinutes FROM feedback`),
        '-3|-210',
      );
      const bytes = await Promise.all(
        files.map((name) => readFile(desk.file(path.join('tables', name)))),
      );
      assert.equal(
        bytes.reduce((sum, { length }) => sum + length, 0),
        sizeBytes,
      );
      assert.ok(
        bytes.every((file) =>
          file
            .toString()
            .split('\n')
            .slice(0, -1)
            .every((line) => line.endsWith('\r')),
        ),
      );
    });
  });

  it('quotes what needs it, and keeps "none" apart from the empty text', () => {
    const cells = [null, '', 'a"b', 'a,b', '=1+1', "'x", '@x', -5, true, 9_007_199_254_740_993n];
    assert.deepEqual(cells.map(csvCell), [
      ...['', '""', '"a""b"', '"a,b"', "'=1+1", "''x", "'@x", '-5', 'true', '9007199254740993'],
    ]);
  });

  it('is SQLite whose minutes plain sqlite3 shows', async () => {
    await withDesk(async (desk) => {
      await fill(desk, someRecords);
      for (const [name, days, minutes] of [
        ['all.db', null, '4'],
        ['part.db', { from: '2026-11-20', to: '2026-11-20' }, '3'],
      ] as const) {
        await desk.export('sqlite', name, days);
        const file = desk.file(name);
        assert.equal(await sqlite3(file, 'SELECT count(*) FROM minutes'), minutes);
        assert.equal(await sqlite3(file, 'PRAGMA integrity_check'), 'ok');
        assert.equal(
          await sqlite3(file, 'SELECT seconds, inserted_chars FROM minutes ORDER BY at_ms LIMIT 1'),
          '60|120',
        );
      }
      const part = await readFile(desk.file('part.db'));
      assert.ok(!part.includes(Buffer.from(testId(2), 'hex')), 'the other day is in no page');
    });
  });

  it('takes the days that were asked for, by the zone that held then', async () => {
    await withDesk(async (desk) => {
      // 25 October 2026: Berlin leaves summer time; a day begins at four.
      const minuteOf = (text: string): number => Date.parse(text) / minuteMs;
      const summer = { zoneOffsetMinutes: 120 };
      const records: VaultRecord[] = [
        sessionRecord(
          1,
          Date.parse('2026-10-25T01:50:00Z'),
          Date.parse('2026-10-25T02:10:00Z'),
          summer,
        ),
        { ...minuteRecord(1, minuteOf('2026-10-25T01:59:00Z')), ...summer },
        { ...minuteRecord(1, minuteOf('2026-10-25T02:00:00Z')), ...summer },
        sessionRecord(2, Date.parse('2026-10-25T02:55:00Z'), Date.parse('2026-10-25T03:10:00Z')),
        minuteRecord(2, minuteOf('2026-10-25T02:59:00Z')),
        minuteRecord(2, minuteOf('2026-10-25T03:00:00Z')),
      ];
      await fill(desk, records);
      const minutesOf = async (from: string, to: string): Promise<number> =>
        (await desk.export('json', `${from}-${to}.json`, { from, to })).minutes;
      assert.equal(await minutesOf('2026-10-24', '2026-10-24'), 2);
      assert.equal(await minutesOf('2026-10-25', '2026-10-25'), 2);
      assert.equal(await minutesOf('2026-10-24', '2026-10-25'), 4);
      assert.equal(await minutesOf('2026-10-26', '2026-10-27'), 0);
      const text = await readFile(desk.file('2026-10-24-2026-10-24.json'), 'utf8');
      assert.match(text, /"at":"2026-10-25T03:59:00\.000\+02:00"/);
      await assert.rejects(minutesOf('2026-04-31', '2026-05-01'), TransferError);
    });
  });

  it('leaves nothing when it is cancelled, or when writing fails, and never replaces unasked', async () => {
    await withDesk(async (desk) => {
      await fill(desk, someRecords);
      for (const format of ['json', 'csv', 'sqlite'] as const) {
        const controller = new AbortController();
        const params = { target: desk.file('out'), format, replaces: false, days: null };
        await assert.rejects(
          desk.at((place) => exportVault(params, place), {
            signal: controller.signal,
            progress: () => {
              controller.abort();
            },
          }),
          { name: 'AbortError' },
        );
        assert.deepEqual(await readdir(desk.folder), []);
      }
      await assert.rejects(
        writeOutputFile(desk.file('full'), false, async (file) => {
          await file.write('x'.repeat(1 << 20));
          throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
        }),
        { code: 'ENOSPC' },
      );
      assert.deepEqual(await readdir(desk.folder), []);
      await writeFile(desk.file('there'), 'mine');
      for (const format of ['json', 'csv', 'sqlite'] as const) {
        await assert.rejects(desk.export(format, 'there'), (error) =>
          TransferError.is(error, 'exists'),
        );
      }
      assert.equal(await readFile(desk.file('there'), 'utf8'), 'mine');
      await assert.rejects(desk.export('json', 'no/such/folder'), { code: 'ENOENT' });
    });
  });

  it('of two at once to one place takes one, and refuses the other', async () => {
    await withDesk(async (desk) => {
      await fill(desk, someRecords);
      for (const format of ['json', 'csv', 'sqlite'] as const) {
        const name = `twice-${format}`;
        const ended = await Promise.allSettled([
          desk.export(format, name),
          desk.export(format, name),
        ]);
        const refused = ended.flatMap((each) => (each.status === 'rejected' ? [each] : []));
        assert.equal(refused.length, 1, format);
        assert.ok(TransferError.is(asTransferError(refused[0]?.reason), 'exists'), format);
      }
      assert.equal((await readdir(desk.folder)).length, 3);
    });
  });

  it('leaves nothing on a disk that is full', async function () {
    await withDesk(async (desk) => {
      const disk = await SmallDisk.make(256 << 10);
      if (disk === undefined) {
        this.skip();
      }
      try {
        const minutes = Array.from({ length: 3_000 }, (_, index) =>
          minuteRecord(1, startMinute + index),
        );
        await fill(desk, minutes);
        for (const format of ['json', 'csv'] as const) {
          await assert.rejects(desk.export(format, path.join(disk.folder, format)), {
            code: 'ENOSPC',
          });
          assert.deepEqual(await readdir(disk.folder), []);
        }
      } finally {
        await disk.remove();
      }
    });
  });

  it('writes times that read back to the millisecond, whatever the offset', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_440 * minuteMs, max: Date.UTC(9999, 11, 29) }),
        fc.integer({ min: -0x8000, max: 0x7fff }),
        (wallMs, offset) => {
          assert.equal(parseTime(formatTime(wallMs, offset)), wallMs);
        },
      ),
    );
    for (const text of ['+010000-01-01T00:00:00Z', '2026-13-01T00:00:00Z', '2026-01-01', 5, '']) {
      assert.equal(parseTime(text), undefined);
    }
  });
});
