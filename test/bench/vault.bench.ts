import { mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { flowStates } from '../../src/facts/flow.ts';
import type { MinuteSample } from '../../src/facts/minuteSample.ts';
import { systemClock } from '../../src/base/clock.ts';
import { AgeReader, memorySource, sealAge } from '../../src/vault/age/ageStream.ts';
import { portableCipher } from '../../src/vault/age/chunkCipher.ts';
import { makeSnapshot } from '../../src/vault/upkeep/compaction.ts';
import { Database, loadSqlite, type Sqlite } from '../../src/vault/sqlite/database.ts';
import { believeIn } from '../../src/vault/trust/believedFile.ts';
import { KeeperClient } from '../../src/vault/keeper/keeperClient.ts';
import { KeyFileProtector } from '../../src/vault/protectors/keyFileProtector.ts';
import type { VaultRecord } from '../../src/vault/record.ts';
import { Vault } from '../../src/vault/vault.ts';
import { openWithProtectors } from '../../src/vault/keys/vaultKeys.ts';
import { snapshotsFolderName } from '../../src/vault/folder/vaultFolder.ts';
import { listSnapshots } from '../../src/vault/folder/vaultListing.ts';
import { readVaultFile } from '../../src/vault/keys/vaultStore.ts';
import { verifyVault } from '../../src/vault/upkeep/verify.ts';
import type { Identity } from '../../src/vault/age/identity.ts';
import { atMost, median, told, type Figure, type SuiteResult } from '../support/figure.ts';
import { keeperBundle, wasmPath } from '../support/keeperBundle.ts';
import { MemoryLog } from '../support/memoryLog.ts';
import { processorMs } from '../support/processorTime.ts';
import { measureStored, otherRecordsOf } from './storedFigures.ts';
import { newLedger } from '../support/trusting.ts';

/** The measure of the design: 20 sessions of 24 minutes a day. */
const sessionsPerDay = 20;
const minutesPerSession = 24;
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const sessionMs = 40 * minuteMs;
const tenYears = 3_650;
const horizons = [
  { name: '1 month', days: 30 },
  { name: '1 year', days: 365 },
  { name: '10 years', days: tenYears },
] as const;

/** Figures of the vault at each size; what has a budget is judged at ten years. */
export async function run(): Promise<SuiteResult> {
  const sqlite = await loadSqlite(wasmPath);
  const figures: Figure[] = [];
  for (const { name, days } of horizons) {
    const folder = await mkdtemp(path.join(tmpdir(), 'millrace-bench-'));
    try {
      figures.push(...(await measure(name, days, folder, sqlite)));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  return { suite: 'vault', figures };
}

async function measure(
  name: string,
  days: number,
  parent: string,
  sqlite: Sqlite,
): Promise<Figure[]> {
  const folder = path.join(parent, 'vault');
  const log = new MemoryLog();
  const protectors = [new KeyFileProtector(path.join(parent, 'keys'))];
  const keeperPath = await keeperBundle();
  const keysFolder = path.join(parent, 'keys');
  const vault = new Vault({ folder, keysFolder, protectors, keeperPath, clock: systemClock, log });
  await vault.start();
  const today = Math.floor(Date.now() / dayMs);
  const place = { folder, clock: systemClock, log };
  const keyring = async (): Promise<Identity[]> => {
    const file = await readVaultFile(folder);
    if (file === undefined) {
      throw new Error('The vault that was made is gone');
    }
    return (await openWithProtectors(file, protectors)).identities;
  };

  const ledger = newLedger({ folder, keyring: await keyring(), sqlite, log });
  await ledger.refresh();
  for (let day = today - days; day < today; day++) {
    ledger.take(recordsOf(day));
  }
  // Before anything else is in it, so that it is the minutes that are weighed.
  const sizeBytes = ledger.prepareSnapshot(new Set()).length;
  for (let day = today - days; day < today; day++) {
    ledger.take(otherRecordsOf(day));
  }
  const whole = await makeSnapshot(ledger, place);
  ledger.dispose();
  const minutes = days * sessionsPerDay * minutesPerSession;
  // Today, as it came in since then: in segments, not in the snapshot.
  await vault.append(recordsOf(today));

  const figures: Figure[] = [
    // The empty database's own pages weigh on a month; the budget is for ten years.
    days === tenYears
      ? atMost(`${name}: bytes per minute`, sizeBytes / minutes, 'B', 20)
      : told(`${name}: bytes per minute`, sizeBytes / minutes, 'B'),
    told(`${name}: bytes a day for all else`, (whole.sizeBytes - sizeBytes) / days, 'B'),
    ...(await measureSaves(name, vault)),
  ];
  const client = (): KeeperClient =>
    new KeeperClient({ keeperPath, folder, keysFolder, keyring, log, idleMs: 60_000 });
  const dayAt = (day: number): { startMs: number; endMs: number } => ({
    startMs: day * dayMs,
    endMs: (day + 1) * dayMs,
  });

  // In turns with the baseline of a worker that does nothing, so that both see the same machine.
  const coldMs: number[] = [];
  const coldCpuMs: number[] = [];
  const workerMs: number[] = [];
  for (let round = 0; round < 7; round++) {
    workerMs.push(await timed(startEmptyWorker));
    const cold = client();
    coldCpuMs.push(
      await cpuOf(async () => coldMs.push(await timed(() => cold.ask('loadDay', dayAt(today))))),
    );
    cold.dispose();
  }
  figures.push(
    atMost(`${name}: cold open to today's totals`, median(coldMs), 'ms', 100),
    told(`${name}: cold open, CPU of all threads`, median(coldCpuMs), 'ms'),
    told(`${name}: starting a worker that does nothing`, median(workerMs), 'ms'),
  );

  const fullMs = await repeat(5, () =>
    timed(async () => {
      const full = newLedger({
        folder,
        keyring: await keyring(),
        sqlite: await loadSqlite(wasmPath),
        log,
      });
      await full.refresh();
      full.database.rows(
        'SELECT count(*), sum(length(id)), min(start_ms) FROM sessions INDEXED BY sessions_by_start',
      );
      full.dispose();
    }),
  );
  figures.push(atMost(`${name}: full SQL ready`, median(fullMs), 'ms', 250));

  const warm = client();
  await warm.ask('loadDay', dayAt(today));
  // The history was made in this thread; collecting what that left is no work of a window.
  globalThis.gc?.();
  // What the machine and the measuring itself delay a thread that has nothing to do, in the same run.
  const idle = monitorEventLoopDelay({ resolution: 1 });
  idle.enable();
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  idle.disable();
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  const saves = keepSaving(vault);
  const dayTimes = await repeat(100, (index) =>
    timed(() => warm.ask('loadDay', dayAt(today - 1 - ((index * 7) % days)))),
  );
  figures.push(atMost(`${name}: a day, warm, p99`, percentileOf(dayTimes, 0.99), 'ms', 2));
  figures.push(told(`${name}: a day, warm, p50`, median(dayTimes), 'ms'));
  const past = { today: today - 1, dayStartHour: 4, endMs: today * dayMs };
  await warm.ask('loadPast', past);
  const pastTimes = await repeat(30, () => timed(() => warm.ask('loadPast', past)));
  figures.push(
    atMost(`${name}: looking back, warm, p99`, percentileOf(pastTimes, 0.99), 'ms', 60),
    told(`${name}: looking back, warm, p50`, median(pastTimes), 'ms'),
  );
  await warm.ask('loadInsights', past);
  const insightTimes = await repeat(30, () => timed(() => warm.ask('loadInsights', past)));
  figures.push(
    atMost(`${name}: insights, warm, p99`, percentileOf(insightTimes, 0.99), 'ms', 60),
    told(`${name}: insights, warm, p50`, median(insightTimes), 'ms'),
  );
  figures.push(...(await measureStored(name, warm, today, days)));
  const rssBefore = process.memoryUsage().rss;
  figures.push(
    atMost(`${name}: backup`, await timed(() => warm.ask('makeSnapshot', {})), 'ms', 500),
  );
  figures.push(
    atMost(`${name}: backup again`, await timed(() => warm.ask('makeSnapshot', {})), 'ms', 500),
  );
  figures.push(
    atMost(`${name}: re-seal everything`, await timed(() => warm.ask('compact', {})), 'ms', 2_000),
  );
  await saves.stop();
  loop.disable();
  figures.push(
    atMost(`${name}: save while the keeper works, p50`, median(saves.timesMs), 'ms', 5),
    told(`${name}: save while the keeper works, slowest`, Math.max(...saves.timesMs), 'ms'),
    atMost(`${name}: longest block of the host thread`, loop.max / 1e6 - 1, 'ms', 5),
    told(`${name}: longest block of an idle thread`, idle.max / 1e6 - 1, 'ms'),
    told(`${name}: the same, of 999 in 1000`, loop.percentile(99.9) / 1e6 - 1, 'ms'),
    told(`${name}: the same of an idle thread`, idle.percentile(99.9) / 1e6 - 1, 'ms'),
    told(
      `${name}: memory the keeper took for a backup`,
      (process.memoryUsage().rss - rssBefore) / 1e6,
      'MB',
    ),
  );
  warm.dispose();
  await vault.close();
  vault.dispose();

  const opened = await keyring();
  const keys = { keyring: opened, trust: await believeIn(folder, opened, keysFolder)() };
  figures.push(
    atMost(`${name}: verify`, await timed(() => verifyVault(folder, keys, sqlite)), 'ms', 500),
    ...(await measurePortable(name, folder, opened)),
    ...(await measurePlain(name, parent, days, today, sqlite)),
  );
  return figures;
}

/** Saves of one minute each: what they take of the thread, and until they are durable. */
async function measureSaves(name: string, vault: Vault): Promise<Figure[]> {
  const count = 200;
  const record = minuteRecords(0, 1)[0];
  if (record === undefined) {
    return [];
  }
  await vault.append([record]);
  const before = performance.eventLoopUtilization();
  const times = await repeat(count, () => timed(() => vault.append([record])));
  const { active } = performance.eventLoopUtilization(before);
  const saveCpuMs = await cpuOf(async () => {
    for (let index = 0; index < count; index++) {
      await vault.append([record]);
    }
  });
  return [
    atMost(`${name}: save, of the host thread`, active / count, 'ms', 0.2),
    told(`${name}: save, CPU of all threads`, saveCpuMs / count, 'ms'),
    atMost(`${name}: save, durable, p50`, median(times), 'ms', 5),
    told(`${name}: save, durable, p99`, percentileOf(times, 0.99), 'ms'),
  ];
}

function startEmptyWorker(): Promise<void> {
  const worker = new Worker('process.exit()', { eval: true });
  return new Promise((resolve) => {
    worker.once('exit', () => {
      resolve();
    });
  });
}

/** A window that goes on recording while the keeper is busy. */
function keepSaving(vault: Vault): { readonly timesMs: number[]; stop: () => Promise<void> } {
  const timesMs: number[] = [];
  const state = { isRunning: true };
  const [record] = minuteRecords(0, 1);
  const loop = async (): Promise<void> => {
    while (state.isRunning && record !== undefined) {
      timesMs.push(await timed(() => vault.append([record])));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const done = loop();
  return {
    timesMs,
    stop: async () => {
      state.isRunning = false;
      await done;
    },
  };
}

/** Opening and sealing all of it with the cipher that the desktop editor has. */
async function measurePortable(
  name: string,
  folder: string,
  keyring: Identity[],
): Promise<Figure[]> {
  const newest = (await listSnapshots(folder)).at(-1);
  const [identity] = keyring;
  if (newest === undefined || identity === undefined) {
    return [];
  }
  const sealed = await readFile(path.join(folder, snapshotsFolderName, newest.file));
  let plain: Uint8Array = new Uint8Array();
  const openMs = await timed(() => {
    plain = new AgeReader(memorySource(sealed), keyring, portableCipher).readAll();
  });
  const sealMs = await timed(() => {
    sealAge(identity.recipient, plain, undefined, portableCipher);
  });
  return [
    told(`${name}: opening all, cipher of the desktop editor`, openMs, 'ms'),
    told(`${name}: sealing all, cipher of the desktop editor`, sealMs, 'ms'),
  ];
}

/** The honest baseline: the same minutes in a plain SQLite file, a row each, without encryption. */
async function measurePlain(
  name: string,
  parent: string,
  days: number,
  today: number,
  sqlite: Sqlite,
): Promise<Figure[]> {
  const database = new Database(sqlite, undefined);
  database.execute(
    `CREATE TABLE minutes (session BLOB, minute INTEGER, state INTEGER, score INTEGER,
       confidence REAL, seconds INTEGER, inserted INTEGER, deletes INTEGER, block INTEGER,
       undos INTEGER, navigations INTEGER, blurs INTEGER, rhythm REAL, focus REAL,
       consistency REAL, error REAL, velocity REAL, PRIMARY KEY (minute, session)) WITHOUT ROWID`,
  );
  for (let day = today - days; day < today; day++) {
    database.transaction(() => {
      for (const record of recordsOf(day)) {
        if (record.type === 'minute') {
          insertPlain(database, record.session, record.sample);
        }
      }
    });
  }
  const bytes = database.export();
  database.close();
  const file = path.join(parent, 'plain.db');
  const writeMs = await timed(async () => {
    await writeFile(file, bytes);
    const handle = await open(file, 'r+');
    await handle.sync();
    await handle.close();
  });
  const { size } = await stat(file);
  const openMs = await timed(async () => {
    const plain = new Database(await loadSqlite(wasmPath), await readFile(file));
    plain.rows('SELECT state, sum(seconds) FROM minutes WHERE minute >= ? GROUP BY state', [
      ((today - 1) * dayMs) / minuteMs,
    ]);
    plain.close();
  });
  return [
    told(
      `${name}: plain SQLite, bytes per minute`,
      size / (days * sessionsPerDay * minutesPerSession),
      'B',
    ),
    told(`${name}: plain SQLite, open to a day's totals`, openMs, 'ms'),
    told(`${name}: plain SQLite, written and fsynced`, writeMs, 'ms'),
  ];
}

function insertPlain(database: Database, session: string, sample: MinuteSample): void {
  const { raw } = sample;
  database.run('INSERT INTO minutes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)', [
    Buffer.from(session, 'hex'),
    sample.minute,
    flowStates.indexOf(sample.state),
    sample.score ?? null,
    sample.confidence,
    sample.seconds,
    sample.insertedChars,
    sample.deletes,
    sample.blockChars,
    sample.undos,
    sample.navigations,
    sample.blurs,
    raw?.rhythm ?? null,
    raw?.focus ?? null,
    raw?.consistency ?? null,
    raw?.error ?? null,
    raw?.velocity ?? null,
  ]);
}

/** A day of made-up records: twenty sessions, one each forty minutes from six o'clock on. */
export function recordsOf(day: number): VaultRecord[] {
  return Array.from({ length: sessionsPerDay }, (_, index) => {
    const startMs = day * dayMs + 6 * 60 * minuteMs + index * sessionMs;
    return minuteRecords(startMs, minutesPerSession);
  }).flat();
}

/** The same for the same start, so that every size holds the same data. */
function minuteRecords(startMs: number, count: number): VaultRecord[] {
  let seed = Math.floor(startMs / minuteMs) >>> 0;
  const random = (most: number): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 4_294_967_296) * (most + 1));
  };
  const session = Array.from({ length: 8 }, () =>
    random(0xffff).toString(16).padStart(4, '0'),
  ).join('');
  const minutes = Array.from({ length: count }, (_, index) => ({
    type: 'minute' as const,
    session,
    zoneOffsetMinutes: 0,
    origin: 'demo' as const,
    sample: {
      minute: Math.floor(startMs / minuteMs) + index,
      state: flowStates[random(5)] ?? ('unknown' as const),
      score: random(100),
      confidence: random(15) / 15,
      seconds: 60 - random(5),
      insertedChars: random(300),
      deletes: random(40),
      blockChars: random(3) === 0 ? random(400) : 0,
      undos: random(2),
      navigations: random(20),
      blurs: random(1),
      raw: {
        rhythm: random(200) * 0.01,
        focus: random(254) / 254,
        consistency: random(254) / 254,
        error: random(60) / 254,
        velocity: random(200) / 32,
      },
    },
  }));
  const endMs = startMs + count * minuteMs;
  const own = { type: 'session', id: session, startMs, endMs, zoneOffsetMinutes: 0 } as const;
  return [{ ...own, origin: 'demo' }, ...minutes];
}

async function timed(work: () => unknown): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

/** Processor time of the process, which other programs on the machine do not lengthen much. */
async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const beforeMs = processorMs();
  await work();
  return processorMs() - beforeMs;
}

async function repeat(count: number, work: (index: number) => Promise<number>): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    times.push(await work(index));
  }
  return times;
}

function percentileOf(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
