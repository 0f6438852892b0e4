import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deviceId } from '../../../src/transfer/sync/deviceId.ts';
import { makeJobPlace } from '../../../src/transfer/transferJob.ts';
import { runTransfer } from '../../../src/transfer/transferJobs.ts';
import { loadSqlite, type Sqlite } from '../../../src/vault/sqlite/database.ts';
import { makeSnapshot } from '../../../src/vault/upkeep/compaction.ts';
import { generateIdentity } from '../../../src/vault/age/identity.ts';
import { formatVaultFile } from '../../../src/vault/protectors/vaultFile.ts';
import type { VaultRecord } from '../../../src/vault/record.ts';
import { wasmPath } from '../../support/keeperBundle.ts';
import { isLongForm, titleOfForms } from '../../support/killPoints.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { contentOf, contentOfRecords } from '../../support/transferPlace.ts';
import { focusRecord, minuteRecord, sessionRecord, testId } from '../../support/vaultRecords.ts';
import { newLedger } from '../../support/trusting.ts';

const nowMs = Date.UTC(2026, 10, 21, 18, 30);
const devices = [0, 1, 2] as const;
/** How many; `MILLRACE_SCHEDULES` sets another number. A seed makes the same schedules in both forms. */
const schedules = Number(process.env['MILLRACE_SCHEDULES'] ?? (isLongForm ? 1_000 : 50));
const monthMinutes = 31 * 1440;

const aDevice = fc.constantFrom(...devices);
const anyOf = fc.nat(1_000);
/** Few ids, so that devices tell of the same things; two months, and a clock of years ago. */
const aRecord: fc.Arbitrary<VaultRecord> = fc.oneof(
  fc
    .tuple(fc.integer({ min: 1, max: 6 }), fc.nat(3), fc.nat(1), fc.integer({ min: 1, max: 60 }))
    .map(([id, minute, months, seconds]) =>
      minuteRecord(id, nowMs / 60_000 - months * monthMinutes + minute, { seconds }),
    ),
  fc
    .tuple(fc.integer({ min: 1, max: 6 }), fc.nat(20), fc.nat(5))
    .map(([id, days, minutes]) =>
      sessionRecord(id, nowMs - days * 86_400_000, nowMs + minutes * 60_000),
    ),
  fc
    .tuple(fc.integer({ min: 11, max: 13 }), fc.option(fc.nat(9), { nil: undefined }))
    .map(([id, minutes]) =>
      focusRecord(id, nowMs - id * 86_400_000, {
        end:
          minutes === undefined
            ? undefined
            : { atMs: nowMs + minutes * 60_000, by: 'early', reason: undefined },
      }),
    ),
);
const aDeletion = fc
  .tuple(fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 11, max: 13 })), fc.nat(9))
  .map(([id, later]): VaultRecord => ({
    type: 'tombstone',
    id: testId(id),
    deletedMs: nowMs + later,
  }));

type Step =
  | { readonly kind: 'record'; readonly device: number; readonly records: readonly VaultRecord[] }
  | { readonly kind: 'sync' | 'forget' | 'compact'; readonly device: number }
  | { readonly kind: 'cut'; readonly device: number; readonly at: number }
  | {
      readonly kind: 'carry';
      readonly from: number;
      readonly to: number;
      readonly which: number;
      readonly as: 'itself' | 'torn' | 'conflicted' | 'again' | 'earlier';
    };

const aStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('record' as const),
      device: aDevice,
      records: fc.array(fc.oneof({ weight: 5, arbitrary: aRecord }, aDeletion), {
        minLength: 1,
        maxLength: 3,
      }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('sync' as const), device: aDevice }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('carry' as const),
      from: aDevice,
      to: aDevice,
      which: anyOf,
      as: fc.constantFrom('itself', 'itself', 'torn', 'conflicted', 'again', 'earlier'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('forget' as const, 'compact' as const),
      device: aDevice,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('cut' as const),
      device: aDevice,
      at: fc.nat(40),
    }),
  },
);

/** Three machines, each with a folder of its own, and a sync tool that carries files between these as it likes. */
class Machines {
  readonly #parent: string;
  readonly #sqlite: Sqlite;
  readonly #identity = generateIdentity();
  readonly #log = new MemoryLog();
  readonly #clocks = devices.map((device) => new ManualClock(nowMs - device * 400 * 86_400_000));
  readonly #told: VaultRecord[] = [];
  /** Every state of every file that the tool ever saw, by name. */
  readonly #seen = new Map<string, Buffer[]>();
  #copies = 0;

  constructor(parent: string, sqlite: Sqlite) {
    this.#parent = parent;
    this.#sqlite = sqlite;
  }

  async start(): Promise<void> {
    const { recipient } = this.#identity;
    for (const device of devices) {
      await mkdir(this.#vault(device), { recursive: true });
      await mkdir(this.#folder(device));
      const file = formatVaultFile({
        format: 'millrace-vault',
        version: 1,
        vault: testId(99),
        generation: 1,
        createdMs: nowMs,
        recipient,
        protectors: [],
        identities: [
          { recipient, state: 'current', createdMs: nowMs, sinceMs: nowMs, wrapped: [] },
        ],
      });
      await writeFile(path.join(this.#vault(device), 'vault.json'), file);
    }
  }

  async take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'record':
        this.#told.push(...step.records);
        await this.#record(step.device, step.records);
        return;
      case 'compact':
        await this.#record(step.device, []);
        return;
      case 'forget':
        await rm(path.join(this.#storage(step.device), 'sync-state.json'), { force: true });
        return;
      case 'sync':
        await this.sync(step.device);
        return;
      case 'cut':
        await this.sync(step.device, step.at).catch((error: unknown) => {
          assert.ok(error instanceof Error && error.cause instanceof Cut, String(error));
        });
        return;
      case 'carry':
        await this.#carry(step);
    }
  }

  async sync(device: number, cutAt = Infinity): Promise<void> {
    this.#clocks[device]?.advance(1_000);
    let steps = 0;
    const place = makeJobPlace({
      folder: this.#vault(device),
      keyring: [this.#identity],
      keysFolder: `${this.#vault(device)}.keys`,
      sqlite: this.#sqlite,
      clock: this.#clocks[device] ?? new ManualClock(nowMs),
      log: this.#log,
      step: () => {
        if (steps++ === cutAt) {
          throw new Cut('cut short');
        }
      },
    });
    try {
      const params = { folder: this.#folder(device), storage: this.#storage(device) };
      await runTransfer('sync', params, place);
    } finally {
      place.dispose();
    }
  }

  /** The tool has caught up: every device's own files are everywhere, whatever else lies there. */
  async carryAll(): Promise<void> {
    for (const from of devices) {
      const own = path.join(this.#home(from), await deviceId(this.#storage(from)));
      for (const name of await readdir(own).catch(() => [])) {
        const bytes = await readFile(path.join(own, name));
        for (const to of devices) {
          if (to !== from) {
            await this.#put(to, path.join(path.basename(own), name), bytes);
          }
        }
      }
    }
  }

  /** What all devices have to hold in the end: everything that any was told, less what was deleted. */
  async demandUnited(): Promise<void> {
    const expected = await contentOfRecords(this.#told);
    for (const device of devices) {
      assert.deepEqual(
        await contentOf(this.#vault(device), [this.#identity]),
        expected,
        `device ${device}`,
      );
    }
  }

  /** Into a snapshot, as a compaction does; the earlier ones go. */
  async #record(device: number, records: readonly VaultRecord[]): Promise<void> {
    const folder = this.#vault(device);
    const clock = this.#clocks[device] ?? new ManualClock(nowMs);
    const ledger = newLedger({
      folder,
      keyring: [this.#identity],
      sqlite: this.#sqlite,
      log: this.#log,
    });
    try {
      await ledger.refresh();
      ledger.take(records);
      const before = ledger.readSnapshots;
      await makeSnapshot(ledger, { folder, clock, log: this.#log });
      for (const file of before) {
        await rm(path.join(folder, 'snapshots', file));
      }
    } finally {
      ledger.dispose();
    }
  }

  async #carry({ from, to, which, as }: Extract<Step, { kind: 'carry' }>): Promise<void> {
    const files = await readdir(this.#home(from), { recursive: true }).catch(() => []);
    const names = await this.#inOrder(files.filter((name) => name.endsWith('.age')));
    const name = names[which % Math.max(1, names.length)];
    if (name === undefined) {
      return;
    }
    const bytes = await readFile(path.join(this.#home(from), name));
    const seen = this.#seen.get(name) ?? [];
    this.#seen.set(name, [...seen, bytes]);
    switch (as) {
      case 'itself':
        await this.#put(to, name, bytes);
        return;
      case 'torn':
        await this.#put(to, name, bytes.subarray(0, which % bytes.length));
        return;
      case 'conflicted':
        await this.#put(to, name.replace('.age', ` (conflicted ${this.#copies++}).age`), bytes);
        return;
      case 'again':
        await this.#put(to, path.join('copies', `${this.#copies++}.age`), bytes);
        return;
      case 'earlier':
        await this.#put(to, name, seen[which % Math.max(1, seen.length)] ?? bytes);
    }
  }

  /** The same at every run: a device's folder has a random name, so its number decides. */
  async #inOrder(names: readonly string[]): Promise<readonly string[]> {
    const ids = new Map<string, string>();
    for (const device of devices) {
      ids.set(await deviceId(this.#storage(device)), `${device}`);
    }
    const keyOf = (name: string): string => {
      const [folder = '', ...rest] = name.split(path.sep);
      return [ids.get(folder) ?? folder, ...rest].join('/');
    };
    const keyed = names.map((name) => ({ name, key: keyOf(name) }));
    keyed.sort((one, other) => (one.key < other.key ? -1 : 1));
    return keyed.map(({ name }) => name);
  }

  async #put(device: number, name: string, bytes: Uint8Array): Promise<void> {
    const target = path.join(this.#home(device), name);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, bytes);
  }

  #vault(device: number): string {
    return path.join(this.#parent, `${device}`, 'vault');
  }

  #storage(device: number): string {
    return path.join(this.#parent, `${device}`);
  }

  #folder(device: number): string {
    return path.join(this.#parent, `${device}`, 'shared');
  }

  #home(device: number): string {
    return path.join(this.#folder(device), 'millrace-00000000');
  }
}

class Cut extends Error {}

describe('folder sync under any schedule', function () {
  this.timeout(1_800_000);
  let parent: string;

  beforeEach(async () => {
    // Some tens of thousands of small files that are all fsynced: in memory where that can be had.
    const memory = process.env['MILLRACE_TEST_MEMORY'] ?? '/dev/shm';
    parent = await mkdtemp(path.join(existsSync(memory) ? memory : tmpdir(), 'millrace-sync-'));
  });

  afterEach(async () => {
    await rm(parent, { recursive: true, force: true });
  });

  const title = `makes three devices the same, and loses nothing, in ${schedules} of them`;
  it(titleOfForms(title), async function () {
    const sqlite = await loadSqlite(wasmPath);
    const seed = Number(process.env['MILLRACE_SEED'] ?? randomInt(2 ** 31));
    console.log(`      seed ${seed}`);
    let run = 0;
    const converges = async (steps: readonly Step[]): Promise<void> => {
      const folder = path.join(parent, `${run++}`);
      const machines = new Machines(folder, sqlite);
      try {
        await machines.start();
        for (const step of steps) {
          await machines.take(step);
        }
        // Torn and earlier files lie where they lie; what each device last wrote reaches the others at last.
        for (const device of devices) {
          await machines.sync(device);
        }
        await machines.carryAll();
        for (const device of devices) {
          await machines.sync(device);
        }
        await machines.demandUnited();
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    };
    await fc.assert(fc.asyncProperty(fc.array(aStep, { minLength: 3, maxLength: 12 }), converges), {
      numRuns: schedules,
      seed,
      endOnFailure: true,
    });
    assert.equal(run, schedules);
  });
});
