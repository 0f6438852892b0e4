/**
 * Makes the frozen vault of the present schema of snapshots, and writes down the totals of every frozen vault
 * that has none yet. Run once for each schema version, and never again: what it wrote is committed, and every
 * later Millrace must open it. Its keys are fixed and protect nothing.
 *
 *     node -e "import('./scripts/lib/loadTypeScript.mjs').then((m) => m.loadTypeScript('test/support/makeSchemaVault.ts'))"
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { noCounts } from '../../src/facts/focusSession.ts';
import { compact } from '../../src/vault/upkeep/compaction.ts';
import { loadSqlite } from '../../src/vault/sqlite/database.ts';
import { identityFromSecret } from '../../src/vault/age/identity.ts';
import { wrapIdentity } from '../../src/vault/protectors/identityWrapping.ts';
import { KeyFileProtector } from '../../src/vault/protectors/keyFileProtector.ts';
import type { VaultRecord } from '../../src/vault/record.ts';
import { schemaVersion } from '../../src/vault/database/migrations.ts';
import { packTemplate } from '../../src/vault/database/templateStore.ts';
import { Vault } from '../../src/vault/vault.ts';
import { formatVaultFile, type ProtectorEntry } from '../../src/vault/protectors/vaultFile.ts';
import { readFrozenTotals } from './frozenTotals.ts';
import { wasmPath } from './keeperBundle.ts';
import { ManualClock } from './manualClock.ts';
import { MemoryLog } from './memoryLog.ts';
import { repositoryRoot } from './repositoryRoot.ts';
import { auditRecord, focusRecord, minuteRecord, sessionRecord, testId } from './vaultRecords.ts';
import { newLedger } from './trusting.ts';

const fixtures = path.join(repositoryRoot, 'test/fixtures');
const root = path.join(fixtures, `vault-schema-${schemaVersion}`);
if (!existsSync(root)) {
  await makeVault();
}
for (const name of await readdir(fixtures)) {
  const totals = path.join(fixtures, name, 'totals.json');
  if (name.startsWith('vault-') && !existsSync(totals)) {
    const found = await readFrozenTotals(path.join(fixtures, name));
    await writeFile(totals, `${JSON.stringify(found, undefined, 2)}\n`);
  }
}

async function makeVault(): Promise<void> {
  const folder = path.join(root, 'vault');
  const clock = new ManualClock(1_790_000_000_000);
  const log = new MemoryLog();
  const vaultId = testId(0xf0);
  const key = Uint8Array.from({ length: 32 }, (_, index) => index);
  const secret = Uint8Array.from({ length: 32 }, (_, index) => 255 - index);
  const keys = new KeyFileProtector(path.join(root, 'keys'));
  const identity = identityFromSecret(secret);
  const { recipient } = identity;
  const createdMs = clock.wallMs();
  const protector: ProtectorEntry = { id: testId(0xf1), kind: 'keyFile', createdMs };
  const box = wrapIdentity(identity, vaultId, protector, key);
  await mkdir(folder, { recursive: true });
  await keys.store(vaultId, key);
  await writeFile(
    path.join(folder, 'vault.json'),
    formatVaultFile({
      format: 'millrace-vault',
      version: 1,
      vault: vaultId,
      generation: 1,
      createdMs,
      recipient,
      protectors: [protector],
      identities: [
        {
          recipient,
          state: 'current',
          createdMs,
          sinceMs: createdMs,
          wrapped: [{ protector: protector.id, box }],
        },
      ],
    }),
  );
  const write = async (records: readonly VaultRecord[]): Promise<void> => {
    const vault = new Vault({
      folder,
      keysFolder: path.join(root, 'keys'),
      protectors: [keys],
      keeperPath: '',
      clock,
      log,
    });
    await vault.start();
    await vault.append(records);
    await vault.close();
  };
  await write(await inSnapshot());
  const ledger = newLedger({
    folder,
    keyring: [identity],
    sqlite: await loadSqlite(wasmPath),
    log,
  });
  await compact(ledger, { folder, clock, log });
  ledger.dispose();
  await rm(path.join(folder, 'trash'), { recursive: true });
  await write(await inSegments());
}

/** Two windows, three days, every table. */
async function inSnapshot(): Promise<VaultRecord[]> {
  const first = 29_000_000;
  const minutes = (session: number, from: number, count: number): VaultRecord[] =>
    Array.from({ length: count }, (_, index) =>
      minuteRecord(session, from + index, {
        state: (['steady', 'inFlow', 'reading', 'assisted'] as const)[index % 4] ?? 'steady',
        score: index % 101,
        seconds: 60 - (index % 7),
        raw: { rhythm: 0.5, focus: 1, consistency: 127 / 254, error: 0, velocity: 5.5 },
      }),
    );
  return [
    sessionRecord(1, first * 60_000, (first + 50) * 60_000),
    ...minutes(1, first, 50),
    ...minutes(2, first + 40, 30),
    sessionRecord(3, (first + 1_500) * 60_000, (first + 1_560) * 60_000, { origin: 'demo' }),
    ...minutes(3, first + 1_500, 60).map((record) => ({ ...record, origin: 'demo' as const })),
    ...minutes(4, first + 3_000, 20),
    { type: 'tombstone', id: testId(4), deletedMs: 1_790_000_000_000 },
    await packTemplate('flow-baseline', 7, 1_790_000_000_000, Buffer.from('the seventh')),
    {
      type: 'feedback',
      id: testId(5),
      atMs: (first + 30) * 60_000,
      zoneOffsetMinutes: 60,
      rating: 6,
      activity: 'writing',
      interrupted: false,
      features: Float32Array.of(0, 0.5, 1, -1, 0.25),
      origin: 'recorded',
    },
    focusRecord(7, first * 60_000, {
      pauses: [{ startMs: (first + 5) * 60_000, endMs: undefined, cause: 'person' }],
    }),
    focusRecord(8, (first + 1_500) * 60_000, { origin: 'demo', kind: 'break' }),
    focusRecord(9, (first + 1_500) * 60_000),
    { type: 'tombstone', id: testId(9), deletedMs: 1_790_000_000_000 },
    auditRecord(10, { atMs: 1_790_000_000_000, action: 'unlock' }),
  ];
}

/** What came since the snapshot: more of a session that is in it, another day, another version. */
async function inSegments(): Promise<VaultRecord[]> {
  const first = 29_000_000;
  return [
    minuteRecord(1, first + 50),
    minuteRecord(1, first, { seconds: 60, state: 'inFlow' }),
    minuteRecord(6, first + 2_900),
    focusRecord(7, first * 60_000, {
      pauses: [{ startMs: (first + 5) * 60_000, endMs: (first + 7) * 60_000, cause: 'person' }],
      end: { atMs: (first + 30) * 60_000, by: 'early', reason: 'done' },
      counts: { '0a1b2c3d': { ...noCounts, seconds: 1_500, focusedSeconds: 1_200 } },
    }),
    auditRecord(11, { atMs: 1_790_000_060_000, action: 'delete' }),
    await packTemplate('flow-baseline', 8, 1_790_000_060_000, Buffer.from('the eighth')),
  ];
}
