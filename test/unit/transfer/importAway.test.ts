import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ActivityWatchReader } from '../../../src/transfer/import/readers/activityWatchReader.ts';
import { importOutcome } from '../../../src/transfer/messages/importOutcome.ts';
import { minutesOf, ReaderTrial, type Tried } from '../../support/readerTrial.ts';

const minuteMs = 60_000;
const dayMinutes = 1_440;
const nowMs = Date.UTC(2026, 10, 21, 12);
/** 09:00 UTC of the day before. */
const nine = Date.UTC(2026, 10, 20, 9) / minuteMs;

/** From one minute on, for some minutes. */
type Stretch = readonly [minute: number, minutes: number];
type Status = 'afk' | 'not-afk' | 'hibernating';

interface Bucket {
  readonly id?: string;
  readonly type: string;
  readonly hostname: unknown;
  readonly events: readonly unknown[];
}

function event(minute: number, seconds: unknown, data: object = { file: 'a.ts' }): object {
  return { timestamp: new Date(minute * minuteMs).toISOString(), duration: seconds, data };
}

function editor(hostname: unknown, ...stretches: readonly Stretch[]): Bucket {
  const events = stretches.map(([minute, minutes]) => event(minute, minutes * 60));
  return { type: 'app.editor.activity', hostname, events };
}

function presence(
  hostname: unknown,
  ...statuses: readonly (readonly [string, ...Stretch])[]
): Bucket {
  const events = statuses.map(([status, minute, minutes]) =>
    event(minute, minutes * 60, { status }),
  );
  return { type: 'afkstatus', hostname, events };
}

function keyed(buckets: readonly Bucket[]): object {
  return Object.fromEntries(
    buckets.map((bucket, index) => [bucket.id ?? `aw-watcher-test-${String(index)}`, bucket]),
  );
}

describe('Away time of ActivityWatch', function () {
  this.timeout(120_000);

  let trial: ReaderTrial;

  before(async () => {
    trial = await ReaderTrial.load();
  });

  function readFile(contents: unknown): Tried {
    return trial.read((place) => new ActivityWatchReader(place), contents, { nowMs });
  }

  function read(...buckets: readonly Bucket[]): Tried {
    return readFile({ buckets: keyed(buckets) });
  }

  it('may last for as long as anybody is away', () => {
    const coding = editor('pc', [nine, 180]);
    for (const seconds of [180 * 60, 86_399, 86_400, 86_401, 7 * 86_400, 400 * 86_400, 9e8]) {
      const start = nine + 180 - Math.floor(seconds / 60);
      const away = { ...presence('pc'), events: [event(start, seconds, { status: 'afk' })] };
      const { report, sessions } = read(coding, away);
      assert.deepEqual(sessions, [], String(seconds));
      assert.deepEqual(report.leftOut, { away: 180 });
      assert.equal(importOutcome(report), 'leftOut');
    }
  });

  it('is left out, and counted as left out, where it is none', () => {
    const coding = editor('pc', [nine, 180]);
    for (const seconds of [-1, -1e300, 1e300, 400 * 86_400, '3600', null, undefined]) {
      const away = { ...presence('pc'), events: [event(nine, seconds, { status: 'afk' })] };
      const { report } = read(coding, away);
      assert.equal(report.added.minutes, 180, String(seconds));
      assert.deepEqual(report.leftOut, { badDuration: 1 });
      assert.equal(report.editorsWithoutAway, 1, 'nothing is known of who was there');
    }
    const inFuture = { ...presence('pc', ['afk', nine + 5 * dayMinutes, 5]) };
    const nonsense = { ...inFuture, events: [...inFuture.events, {}, null, 5, 'afk'] };
    assert.deepEqual(read(coding, nonsense).report.leftOut, { badTime: 5 });
  });

  it('leaves the limit of what is work as it is', () => {
    const { report } = read(editor('pc', [nine, 10], [nine - 2 * dayMinutes, dayMinutes + 1]));
    assert.deepEqual([report.added.minutes, report.leftOut], [10, { badDuration: 1 }]);
  });

  it('never wins over who is seen to be there, in one bucket or in two, in whatever order', () => {
    const anyStretch = fc.tuple(fc.integer({ min: nine - 60, max: nine + 200 }), fc.nat(90));
    const anyAway = fc.tuple(
      fc.constantFrom<Status>('afk', 'hibernating', 'not-afk'),
      fc.oneof(
        anyStretch,
        // For up to three years.
        fc
          .tuple(fc.nat(3 * 365 * dayMinutes), fc.nat(200))
          .map(([before, after]): Stretch => [nine - before, before + after]),
      ),
    );
    const anyFile = fc
      .tuple(
        fc.array(fc.array(anyStretch, { maxLength: 5 }), { minLength: 1, maxLength: 2 }),
        fc.array(fc.array(anyAway, { maxLength: 6 }), { maxLength: 3 }),
      )
      .chain(([coding, statuses]) => {
        const buckets = [
          ...coding.map((stretches) => editor('pc', ...stretches)),
          ...statuses.map((list) =>
            presence('pc', ...list.map(([status, at]) => [status, ...at] as const)),
          ),
        ];
        const inAnyOrder = fc.shuffledSubarray(buckets, { minLength: buckets.length });
        return fc.tuple(fc.constant(coding.flat()), fc.constant(statuses.flat()), inAnyOrder);
      });
    const isIn = (list: readonly Stretch[], minute: number): boolean =>
      list.some(([start, minutes]) => minute >= start && minute < start + minutes);
    fc.assert(
      fc.property(anyFile, ([coding, statuses, buckets]) => {
        const said = (isPresent: boolean): readonly Stretch[] =>
          statuses.flatMap(([status, at]) => ((status === 'not-afk') === isPresent ? [at] : []));
        const worked = Array.from({ length: 400 }, (_each, index) => nine - 60 + index).filter(
          (minute) => isIn(coding, minute),
        );
        const counted = worked.filter(
          (minute) => !isIn(said(false), minute) || isIn(said(true), minute),
        );
        const { sessions, report } = read(...buckets);
        assert.deepEqual(minutesOf(sessions), counted);
        assert.equal(report.leftOut.away ?? 0, worked.length - counted.length);
      }),
      { numRuns: 150 },
    );
  });

  it('is also the sleep of the machine, and nothing that has another name', () => {
    const coding = editor('pc', [nine, 60]);
    const { sessions } = read(
      coding,
      presence('pc', ['hibernating', nine + 10, 20], ['on-user', nine, 60]),
    );
    assert.equal(minutesOf(sessions).length, 40);
  });

  it('is that of the same machine, whatever its name looks like', () => {
    const anyLabel = fc.stringMatching(/^[a-z][a-z0-9-]{0,14}$/);
    const anyEnd = fc.constantFrom(
      ...[
        '',
        '.',
        '.local',
        '.local.',
        '.lan',
        '.home',
        '.home.arpa',
        '.localdomain',
        '.fritz.box',
      ],
      ...['.example.com', '.EXAMPLE.com.'],
    );
    const anyCase = fc.infiniteStream(fc.boolean());
    const anyName = (label: string): fc.Arbitrary<string> =>
      fc
        .tuple(anyEnd, anyCase, fc.constantFrom('', ' '))
        .map(([end, isCapital, blank]) =>
          `${blank}${label}${end}`.replace(/./g, (letter) =>
            isCapital.next().value === true ? letter.toUpperCase() : letter,
          ),
        );
    const anyPair = anyLabel
      .filter((label) => !['unknown', 'localhost', 'none', 'null', 'undefined'].includes(label))
      .chain((label) => fc.tuple(fc.constant(label), anyName(label), anyName(label)));
    fc.assert(
      fc.property(anyPair, fc.boolean(), ([label, one, other], isFirst) => {
        const buckets = [editor(one, [nine, 30]), presence(other, ['afk', nine, 20])];
        const { report } = read(...(isFirst ? buckets : buckets.reverse()));
        assert.deepEqual([report.added.minutes, report.editorsWithoutAway], [10, 0]);
        // Another machine, though its name begins in the same way.
        for (const stranger of [`${label}2`, `${label}-2.local`, `x${one.trim()}`]) {
          const { report: apart } = read(
            editor(one, [nine, 30]),
            presence(stranger, ['afk', nine, 20]),
          );
          assert.deepEqual([apart.added.minutes, apart.editorsWithoutAway], [30, 1]);
          assert.deepEqual(apart.leftOut, {});
        }
      }),
      { numRuns: 40 },
    );
  });

  it('of a machine without a name is that of the only one that there is', () => {
    const nameless = [undefined, null, '', ' ', 'unknown', 'Unknown', 'localhost', 5, {}];
    for (const none of nameless) {
      for (const [one, other] of [
        ['pc', none],
        [none, 'pc'],
        [none, none],
      ] as const) {
        const { report } = read(editor(one, [nine, 30]), presence(other, ['afk', nine, 20]));
        assert.deepEqual(
          [report.added.minutes, report.editorsWithoutAway],
          [10, 0],
          JSON.stringify(none),
        );
      }
      // There are two that it can be of.
      const { report } = read(
        editor(none, [nine, 30]),
        presence('pc', ['afk', nine, 20]),
        presence('laptop', ['afk', nine, 20]),
      );
      assert.deepEqual(
        [report.added.minutes, report.editorsWithoutAway],
        [30, 1],
        JSON.stringify(none),
      );
      // Of which its id names one.
      const { report: byId } = read(
        { ...editor(none, [nine, 30]), id: 'aw-watcher-vscode_Laptop' },
        presence('pc', ['afk', nine, 10]),
        presence('laptop', ['afk', nine, 20]),
      );
      assert.deepEqual(
        [byId.added.minutes, byId.editorsWithoutAway],
        [10, 0],
        JSON.stringify(none),
      );
    }
  });

  it('of two machines that bear one name in two networks stays apart', () => {
    const { report } = read(
      editor('pc.one.org', [nine, 30]),
      presence('pc.two.org', ['afk', nine, 20]),
      presence('192.168.1.5', ['afk', nine, 20]),
      presence('192.168.1.6', ['afk', nine, 20]),
    );
    assert.deepEqual([report.added.minutes, report.editorsWithoutAway], [30, 1]);
    const both = read(
      editor('192.168.1.5', [nine, 30]),
      presence('192.168.1.6', ['afk', nine, 20]),
      editor('PC.two.org', [nine + 100, 30]),
      presence('pc.TWO.org', ['afk', nine + 100, 20]),
      presence('pc.one.org', ['afk', nine, 20]),
    );
    assert.deepEqual([both.report.added.minutes, both.report.editorsWithoutAway], [40, 1]);
  });

  it('is said to be unknown for each record of an editor that has none', () => {
    const { report } = read(
      editor('pc', [nine, 30]),
      editor('pc', [nine, 30]),
      editor('laptop', [nine + 60, 30]),
      editor('desk', [nine + 120, 30]),
      editor('empty'),
      presence('desk', ['not-afk', nine, 1]),
    );
    assert.equal(report.editorsWithoutAway, 3);
    assert.equal(report.added.minutes, 90);
  });

  it('is found in each form that an export has had', () => {
    const withIds = [editor('pc', [nine, 30]), presence('pc', ['afk', nine, 20])].map(
      (bucket, index) => ({ ...bucket, id: `aw-watcher-${String(index)}_pc` }),
    );
    for (const file of [{ buckets: keyed(withIds) }, { buckets: withIds }, keyed(withIds)]) {
      const { report } = readFile(file);
      assert.deepEqual([report.added.minutes, report.editorsWithoutAway], [10, 0]);
    }
    const { report } = readFile({ id: 'aw-watcher-vim_pc', ...editor('pc', [nine, 30]) });
    assert.deepEqual([report.added.minutes, report.editorsWithoutAway], [30, 1]);
  });
});
