import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { JobName, JobParams, JobResult } from '../../src/transfer/transferContract.ts';
import { digestContent, type ContentDigest } from '../../src/vault/database/contentDigest.ts';
import { makeJobPlace, type JobPlaceOptions } from '../../src/transfer/transferJob.ts';
import { runTransfer } from '../../src/transfer/transferJobs.ts';
import { Database, loadSqlite } from '../../src/vault/sqlite/database.ts';
import { believeAlways } from '../../src/vault/trust/believedFile.ts';
import { ReadTrust } from '../../src/vault/trust/readTrust.ts';
import { Ledger } from '../../src/vault/ledger/ledger.ts';
import { createSchema } from '../../src/vault/database/schema.ts';
import { wipe, type Keyring } from '../../src/vault/age/identity.ts';
import type { VaultRecord } from '../../src/vault/record.ts';
import { wasmPath } from './keeperBundle.ts';
import { MemoryLog } from './memoryLog.ts';
import type { TestVault } from './testVault.ts';
import { newLedger } from './trusting.ts';

/** A job in this thread, in a place of its own, as the command line does one. */
export async function transfer<N extends JobName>(
  vault: TestVault,
  name: N,
  params: JobParams<N>,
  changes: Partial<JobPlaceOptions> = {},
): Promise<JobResult<N>> {
  const keyring = changes.keyring ?? vault.keyring();
  const place = makeJobPlace({
    folder: vault.folder,
    keyring,
    keysFolder: vault.keysFolder,
    sqlite: await loadSqlite(wasmPath),
    clock: vault.clock,
    log: vault.log,
    ...changes,
  });
  try {
    return await runTransfer(name, params, place);
  } finally {
    place.dispose();
    wipe(...keyring);
  }
}

/** Everything that a vault's folder holds, as a digest. */
export async function contentOf(folder: string, keyring: Keyring): Promise<ContentDigest> {
  const sqlite = await loadSqlite(wasmPath);
  const believe = believeAlways(ReadTrust.ofAll());
  const ledger = new Ledger({ folder, keyring, believe, sqlite, log: new MemoryLog() });
  try {
    await ledger.refresh();
    return digestContent(ledger.database);
  } finally {
    ledger.dispose();
  }
}

/** What these records are when they are taken into an empty vault. */
export async function contentOfRecords(records: readonly VaultRecord[]): Promise<ContentDigest> {
  const sqlite = await loadSqlite(wasmPath);
  const ledger = newLedger({ folder: '', keyring: [], sqlite, log: new MemoryLog() });
  try {
    ledger.take(records);
    return digestContent(ledger.database);
  } finally {
    ledger.dispose();
  }
}

/** What an empty vault holds. */
export async function emptyContent(): Promise<ContentDigest> {
  const database = new Database(await loadSqlite(wasmPath), undefined);
  try {
    database.execute(createSchema);
    return digestContent(database);
  } finally {
    database.close();
  }
}

/** Folders that go when the test is over. */
export class TestFolders {
  readonly #made: string[] = [];

  async make(): Promise<string> {
    const folder = await mkdtemp(path.join(tmpdir(), 'millrace-transfer-'));
    this.#made.push(folder);
    return folder;
  }

  async remove(): Promise<void> {
    for (const folder of this.#made.splice(0)) {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
