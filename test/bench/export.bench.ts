import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { systemClock } from '../../src/base/clock.ts';
import { makeDemoHistory } from '../../src/vault/history/demoHistory.ts';
import { exportFormats } from '../../src/transfer/messages/exportMessages.ts';
import { exportVault } from '../../src/transfer/export/exportJob.ts';
import { importFile, undoImport } from '../../src/transfer/import/importJob.ts';
import { makeJobPlace, type JobPlace } from '../../src/transfer/transferJob.ts';
import { loadSqlite, type Sqlite } from '../../src/vault/sqlite/database.ts';
import { makeSnapshot } from '../../src/vault/upkeep/compaction.ts';
import { generateIdentity, type Identity } from '../../src/vault/age/identity.ts';
import { formatVaultFile } from '../../src/vault/protectors/vaultFile.ts';
import type { VaultRecord } from '../../src/vault/record.ts';
import { told, type Figure, type SuiteResult } from '../support/figure.ts';
import { wasmPath } from '../support/keeperBundle.ts';
import { MemoryLog } from '../support/memoryLog.ts';
import { newLedger } from '../support/trusting.ts';

const tenYears = 3_650;
const recordsAtOnce = 20_000;

/** What leaves a vault of ten years, and comes back: how long, how large, and how much memory at most. */
export async function run(): Promise<SuiteResult> {
  const sqlite = await loadSqlite(wasmPath);
  const parent = await mkdtemp(path.join(tmpdir(), 'millrace-bench-'));
  const days = Number(process.env['MILLRACE_BENCH_DAYS'] ?? tenYears);
  try {
    const identity = generateIdentity();
    const full = await makeVault(path.join(parent, 'full'), identity);
    await fill(full, identity, days, sqlite);
    const figures: Figure[] = [];
    for (const format of exportFormats) {
      const target = path.join(parent, `out.${format}`);
      figures.push(
        ...(await measured(`${days} days: export to ${format}`, full, identity, sqlite, (place) =>
          exportVault({ target, format, replaces: false, days: null }, place),
        )),
      );
      if (format !== 'csv') {
        const { size } = await stat(target);
        figures.push(told(`${days} days: ${format}, size`, size / 1e6, 'MB'));
      }
    }
    const empty = await makeVault(path.join(parent, 'empty'), identity);
    const file = path.join(parent, 'out.json');
    for (const [name, work] of [
      ['import of JSON', (place: JobPlace) => importFile({ file }, place)],
      ['import of the same again', (place: JobPlace) => importFile({ file }, place)],
      ['undo of the import', (place: JobPlace) => undoImport({}, place)],
    ] as const) {
      figures.push(...(await measured(`${days} days: ${name}`, empty, identity, sqlite, work)));
    }
    return { suite: 'export', figures };
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}

/** Time, and the most memory that the process had while it ran, above what it had before. */
async function measured(
  name: string,
  folder: string,
  identity: Identity,
  sqlite: Sqlite,
  work: (place: JobPlace) => Promise<unknown>,
): Promise<Figure[]> {
  const place = makeJobPlace({
    folder,
    keyring: [identity],
    keysFolder: `${folder}.keys`,
    sqlite,
    clock: systemClock,
    log: new MemoryLog(),
    progress: look,
  });
  const before = process.memoryUsage.rss();
  let most = before;
  let looks = 0;
  function look(): void {
    if (looks++ % 256 === 0) {
      most = Math.max(most, process.memoryUsage.rss());
    }
  }
  const startMs = performance.now();
  try {
    await work(place);
    most = Math.max(most, process.memoryUsage.rss());
  } finally {
    place.dispose();
  }
  return [
    told(name, performance.now() - startMs, 'ms'),
    told(`${name}, memory on top at most`, (most - before) / 1e6, 'MB'),
    told(`${name}, memory of the process at most`, most / 1e6, 'MB'),
  ];
}

async function makeVault(folder: string, { recipient }: Identity): Promise<string> {
  await mkdir(folder);
  const createdMs = Date.now();
  const file = formatVaultFile({
    format: 'millrace-vault',
    version: 1,
    vault: '9'.repeat(32),
    generation: 1,
    createdMs,
    recipient,
    protectors: [],
    identities: [{ recipient, state: 'current', createdMs, sinceMs: createdMs, wrapped: [] }],
  });
  await writeFile(path.join(folder, 'vault.json'), file);
  return folder;
}

async function fill(
  folder: string,
  identity: Identity,
  days: number,
  sqlite: Sqlite,
): Promise<void> {
  const log = new MemoryLog();
  const ledger = newLedger({ folder, keyring: [identity], sqlite, log });
  await ledger.refresh();
  let records: VaultRecord[] = [];
  const history = makeDemoHistory({
    days,
    seed: 1,
    endMs: Date.now(),
    zoneOffsetMinutes: () => 60,
  });
  for (const record of history) {
    records.push(record);
    if (records.length >= recordsAtOnce) {
      ledger.take(records);
      records = [];
    }
  }
  ledger.take(records);
  await makeSnapshot(ledger, { folder, clock: systemClock, log });
  ledger.dispose();
}
