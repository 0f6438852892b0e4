import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { systemClock } from '../../src/base/clock.ts';
import { TransferClient } from '../../src/transfer/transferClient.ts';
import { loadSqlite, type Sqlite } from '../../src/vault/sqlite/database.ts';
import { makeSnapshot } from '../../src/vault/upkeep/compaction.ts';
import { generateIdentity, type Identity } from '../../src/vault/age/identity.ts';
import { formatVaultFile } from '../../src/vault/protectors/vaultFile.ts';
import { told, type Figure, type SuiteResult } from '../support/figure.ts';
import { wasmPath } from '../support/keeperBundle.ts';
import { MemoryLog } from '../support/memoryLog.ts';
import { transferBundle } from '../support/transferBundle.ts';
import { recordsOf } from './vault.bench.ts';
import { newLedger } from '../support/trusting.ts';

const tenYears = 3_650;
const firstDay = 16_000;
const lookMs = 10;

/** Folder sync of ten years between two devices, in the thread that it has in the editor. */
export async function run(): Promise<SuiteResult> {
  const days = Number(process.env['MILLRACE_BENCH_DAYS'] ?? tenYears);
  const parent = await mkdtemp(path.join(tmpdir(), 'millrace-bench-'));
  try {
    const identity = generateIdentity();
    const sqlite = await loadSqlite(wasmPath);
    const one = path.join(parent, 'one', 'vault');
    const two = path.join(parent, 'two', 'vault');
    await makeVault(one, identity);
    await makeVault(two, identity);
    await record(one, identity, sqlite, firstDay, days);
    globalThis.gc?.();
    return { suite: 'sync', figures: await measure({ one, two, parent }, identity, sqlite, days) };
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}

async function measure(
  { one, two, parent }: Record<'one' | 'two' | 'parent', string>,
  identity: Identity,
  sqlite: Sqlite,
  days: number,
): Promise<Figure[]> {
  const client = new TransferClient({ transferPath: await transferBundle(), log: new MemoryLog() });
  const folder = path.join(parent, 'shared');
  await mkdir(folder);
  const figures: Figure[] = [];
  const sync = async (what: string, vault: string): Promise<void> => {
    const before = process.memoryUsage.rss();
    let most = before;
    const looking = setInterval(() => {
      most = Math.max(most, process.memoryUsage.rss());
    }, lookMs);
    const startMs = performance.now();
    try {
      const { recipient, secret } = identity;
      const keyring = [{ recipient, secret: Uint8Array.from(secret) }];
      const params = { folder, storage: path.dirname(vault) };
      await client.run('sync', params, { folder: vault, keysFolder: `${vault}.keys`, keyring });
    } finally {
      clearInterval(looking);
      figures.push(
        told(`10 years: ${what}`, performance.now() - startMs, 'ms'),
        told(`10 years: ${what}, memory on top at most`, (most - before) / 1e6, 'MB'),
      );
    }
  };
  await sync('first sync of the first device', one);
  figures.push(told('10 years: size in the folder', (await sizeOf(folder)) / 1e6, 'MB'));
  await sync('first sync of the second, empty device', two);
  await sync('sync with nothing new since the vault was read', one);
  await sync('sync with nothing new at all', one);
  await record(one, identity, sqlite, firstDay + days, 1);
  const before = await filesOf(folder);
  await sync('daily sync of who worked', one);
  const after = await filesOf(folder);
  const carried = [...after].filter(([name, bytes]) => before.get(name)?.equals(bytes) !== true);
  figures.push(
    told(
      '10 years: carried by the sync tool for a day',
      carried.reduce((sum, [, { length }]) => sum + length, 0) / 1e3,
      'kB',
    ),
  );
  await sync('daily sync of who did not', two);
  return figures;
}

async function filesOf(folder: string): Promise<Map<string, Buffer>> {
  const names = (await readdir(folder, { recursive: true })).filter((name) =>
    name.endsWith('.age'),
  );
  const files = new Map<string, Buffer>();
  for (const name of names) {
    files.set(name, await readFile(path.join(folder, name)));
  }
  return files;
}

async function sizeOf(folder: string): Promise<number> {
  let sizeBytes = 0;
  for (const name of await readdir(folder, { recursive: true })) {
    sizeBytes += (await stat(path.join(folder, name))).size;
  }
  return sizeBytes;
}

async function makeVault(folder: string, { recipient }: Identity): Promise<void> {
  await mkdir(folder, { recursive: true });
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
}

async function record(
  folder: string,
  identity: Identity,
  sqlite: Sqlite,
  firstDay: number,
  days: number,
): Promise<void> {
  const log = new MemoryLog();
  const ledger = newLedger({ folder, keyring: [identity], sqlite, log });
  try {
    await ledger.refresh();
    for (let day = 0; day < days; day++) {
      ledger.take(recordsOf(firstDay + day));
    }
    await makeSnapshot(ledger, { folder, clock: systemClock, log });
  } finally {
    ledger.dispose();
  }
}
