import { performance } from 'node:perf_hooks';
import { noCounts } from '../../src/facts/focusSession.ts';
import { storedKinds } from '../../src/readings/storedReading.ts';
import type { KeeperClient } from '../../src/vault/keeper/keeperClient.ts';
import type { VaultRecord } from '../../src/vault/record.ts';
import { atMost, median, told, type Figure } from '../support/figure.ts';

/** What reading single records takes: focus sessions, the counts of all kinds, and pages of them. */

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const focusSessionsPerDay = 8;
const rounds = 40;

/** What a person makes in a day besides minutes: eight focus sessions, two answers, a line of the log, a deletion. */
export function otherRecordsOf(day: number): VaultRecord[] {
  const startMs = day * dayMs + 6 * 60 * minuteMs;
  const id = (number: number): string =>
    (day * 16 + number).toString(16).padStart(8, '0').repeat(4);
  const common = { zoneOffsetMinutes: 0, origin: 'demo' } as const;
  const counts = { ...noCounts, seconds: 1_400, focusedSeconds: 1_100, interruptions: 2 };
  const sessions = Array.from({ length: focusSessionsPerDay }, (_, index): VaultRecord => {
    const atMs = startMs + index * 60 * minuteMs;
    return {
      ...common,
      type: 'focusSession',
      id: id(index),
      kind: index % 2 === 0 ? 'focus' : 'break',
      startMs: atMs,
      plannedMs: 25 * minuteMs,
      extensions: [{ atMs: atMs + 25 * minuteMs, byMs: 5 * minuteMs }],
      pauses: [{ startMs: atMs + minuteMs, endMs: atMs + 2 * minuteMs, cause: 'person' }],
      shifts: [],
      askedMs: atMs + 30 * minuteMs,
      end: { atMs: atMs + 32 * minuteMs, by: 'early', reason: 'done' },
      counts: { '0a1b2c3d': counts, fedcba98: counts },
    };
  });
  const answers = [8, 9].map((number): VaultRecord => ({
    ...common,
    type: 'feedback',
    id: id(number),
    atMs: startMs + number * minuteMs,
    rating: 5,
    activity: 'writing',
    interrupted: false,
    features: Float32Array.of(0, 0.5, 1, -1, 0.25),
  }));
  return [
    ...sessions,
    ...answers,
    { type: 'audit', id: id(10), atMs: startMs, zoneOffsetMinutes: 0, action: 'backup' },
    { type: 'tombstone', id: id(11), deletedMs: startMs },
  ];
}

/** How long a keeper that is open takes to answer. @param days how many lie before `today` */
export async function measureStored(
  name: string,
  client: KeeperClient,
  today: number,
  days: number,
): Promise<Figure[]> {
  const figures = [
    told(
      `${name}: counts of all kinds, first`,
      await timed(() => client.ask('storedOverview', {})),
      'ms',
    ),
  ];
  figures.push(
    ...judged(
      `${name}: counts of all kinds, warm`,
      await repeat(() => client.ask('storedOverview', {})),
      150,
    ),
  );
  for (const kind of storedKinds.filter((one) => one !== 'template')) {
    const pageMs = await repeat((index) =>
      client.ask('storedPage', { kind, beforeMs: (today - ((index * 7) % days)) * dayMs }),
    );
    figures.push(...judged(`${name}: a page of stored records, ${kind}, warm`, pageMs));
  }
  const focusMs = await repeat((index) => {
    const endMs = (today - ((index * 7) % days)) * dayMs;
    return client.ask('loadFocus', { startMs: endMs - 7 * dayMs, endMs });
  });
  figures.push(...judged(`${name}: focus sessions of a week, warm`, focusMs));
  return figures;
}

/** The median is what is judged: the slowest of so few tells of the machine. */
function judged(name: string, times: readonly number[], budgetMs = 60): Figure[] {
  return [
    atMost(`${name}, p50`, median(times), 'ms', budgetMs),
    told(`${name}, slowest`, Math.max(...times), 'ms'),
  ];
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

async function repeat(work: (index: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < rounds; index++) {
    times.push(await timed(() => work(index)));
  }
  return times;
}
