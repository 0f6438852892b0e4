import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { systemClock } from '../../src/base/clock.ts';
import { TransferClient } from '../../src/transfer/transferClient.ts';
import type { JobName, JobParams, JobResult } from '../../src/transfer/transferContract.ts';
import { loadSqlite, type Sqlite } from '../../src/vault/sqlite/database.ts';
import { makeSnapshot } from '../../src/vault/upkeep/compaction.ts';
import { generateIdentity, type Identity } from '../../src/vault/age/identity.ts';
import { formatVaultFile } from '../../src/vault/protectors/vaultFile.ts';
import { atMost, told, type Figure, type SuiteResult } from '../support/figure.ts';
import { wasmPath } from '../support/keeperBundle.ts';
import { MemoryLog } from '../support/memoryLog.ts';
import { transferBundle } from '../support/transferBundle.ts';
import { processorMs } from '../support/processorTime.ts';
import { recordsOf } from './vault.bench.ts';
import { newLedger } from '../support/trusting.ts';

const tenYears = 3_650;
const vaultId = '9'.repeat(32);
const lookMs = 10;
const present = { kind: 'present' } as const;

/**
 * Backups of ten years, in the thread that they have in the editor: how long, how much memory on top at most, and how long
 * the host's own thread was ever kept from its work.
 */
export async function run(): Promise<SuiteResult> {
  const days = Number(process.env['MILLRACE_BENCH_DAYS'] ?? tenYears);
  const parent = await mkdtemp(path.join(tmpdir(), 'millrace-bench-'));
  try {
    const identity = generateIdentity();
    const sqlite = await loadSqlite(wasmPath);
    const full = await makeVault(path.join(parent, 'vault'), identity, days, sqlite);
    // Half of it, so that a merge has as much to add as it finds.
    const half = await makeVault(path.join(parent, 'half'), identity, Math.ceil(days / 2), sqlite);
    // The history was made in this thread; what that left is no work of a window.
    globalThis.gc?.();
    const client = new TransferClient({
      transferPath: await transferBundle(),
      log: new MemoryLog(),
    });
    return { suite: 'transfer', figures: await measure(client, { full, half, parent }, identity) };
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}

async function measure(
  client: TransferClient,
  { full, half, parent }: Record<'full' | 'half' | 'parent', string>,
  identity: Identity,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  const folder = path.join(parent, 'backups');
  await mkdir(folder);
  // What the machine and the measuring delay a thread that has nothing to do, in the same run.
  const idle = monitorEventLoopDelay({ resolution: 1 });
  idle.enable();
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  idle.disable();
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();

  const timed = async <N extends JobName>(
    what: string,
    name: N,
    params: JobParams<N>,
    vault = full,
  ): Promise<JobResult<N>> => {
    const before = process.memoryUsage.rss();
    let most = before;
    const looking = setInterval(() => {
      most = Math.max(most, process.memoryUsage.rss());
    }, lookMs);
    const cpuBeforeMs = processorMs();
    const startMs = performance.now();
    try {
      const { recipient, secret } = identity;
      const keyring = [{ recipient, secret: Uint8Array.from(secret) }];
      return await client.run(name, params, {
        folder: vault,
        keysFolder: `${vault}.keys`,
        keyring,
      });
    } finally {
      clearInterval(looking);
      figures.push(
        told(`10 years: ${what}`, performance.now() - startMs, 'ms'),
        told(`10 years: ${what}, CPU of all threads`, processorMs() - cpuBeforeMs, 'ms'),
        told(`10 years: ${what}, memory on top at most`, (most - before) / 1e6, 'MB'),
      );
    }
  };

  const { file, sizeBytes } = await timed('backup, verified by restoring', 'backUp', { folder });
  figures.push(told('10 years: size of a backup', sizeBytes / 1e6, 'MB'));
  const from = path.join(folder, file);
  await timed('verifying it again', 'verifyBackup', { file: from });
  await timed('listing', 'listBackups', { folder, key: present });
  await timed('restoring as a new vault', 'restoreAsNew', {
    from,
    key: present,
    storage: parent,
    protector: null,
    vault: vaultId,
  });
  await timed('merging into five years', 'mergeBackup', { from, key: present }, half);
  await timed('merging what is there already', 'mergeBackup', { from, key: present }, half);
  loop.disable();
  figures.push(
    atMost('longest block of the host thread', loop.max / 1e6 - 1, 'ms', 5),
    told('longest block of an idle thread', idle.max / 1e6 - 1, 'ms'),
    told('the same, of 999 in 1000', loop.percentile(99.9) / 1e6 - 1, 'ms'),
    told('the same of an idle thread', idle.percentile(99.9) / 1e6 - 1, 'ms'),
  );
  return figures;
}

async function makeVault(
  folder: string,
  identity: Identity,
  days: number,
  sqlite: Sqlite,
): Promise<string> {
  const { recipient } = identity;
  const log = new MemoryLog();
  await mkdir(folder);
  const createdMs = Date.now();
  const vaultFile = formatVaultFile({
    format: 'millrace-vault',
    version: 1,
    vault: vaultId,
    generation: 1,
    createdMs,
    recipient,
    protectors: [],
    identities: [{ recipient, state: 'current', createdMs, sinceMs: createdMs, wrapped: [] }],
  });
  await writeFile(path.join(folder, 'vault.json'), vaultFile);
  const ledger = newLedger({ folder, keyring: [identity], sqlite, log });
  try {
    for (let day = 0; day < days; day++) {
      ledger.take(recordsOf(16_000 + day));
    }
    await makeSnapshot(ledger, { folder, clock: systemClock, log });
  } finally {
    ledger.dispose();
  }
  return folder;
}
