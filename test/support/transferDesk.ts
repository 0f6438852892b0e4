import * as fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Identity } from '../../src/vault/age/identity.ts';
import { loadSqlite, type Database } from '../../src/vault/sqlite/database.ts';
import { origins, type VaultRecord } from '../../src/vault/record.ts';
import type {
  ExportForm,
  Exported,
  ImportReport,
} from '../../src/transfer/messages/exportMessages.ts';
import { exportVault } from '../../src/transfer/export/exportJob.ts';
import { importFile, previewImport, undoImport } from '../../src/transfer/import/importJob.ts';
import {
  makeJobPlace,
  type JobPlace,
  type JobPlaceOptions,
} from '../../src/transfer/transferJob.ts';
import { wasmPath } from './keeperBundle.ts';
import { TestVault } from './testVault.ts';
import { anyRecord, anySample } from './vaultTools.ts';

/** A vault and a folder for what leaves it; {@link release} removes both. */
export class Desk {
  readonly vault: TestVault;
  readonly folder: string;

  private constructor(vault: TestVault, folder: string) {
    this.vault = vault;
    this.folder = folder;
  }

  /** @param identity of another device that has the same vault */
  static async create(nowMs: number, identity?: Identity): Promise<Desk> {
    const folder = await mkdtemp(path.join(tmpdir(), 'millrace-desk-'));
    return new Desk(await TestVault.create(nowMs, identity), folder);
  }

  /** In the desk's folder, or elsewhere when the name is a whole path. */
  file(name: string): string {
    return path.resolve(this.folder, name);
  }

  /** Does something at a place of its own, as a worker does. */
  async at<T>(
    work: (place: JobPlace) => Promise<T>,
    options: Partial<JobPlaceOptions> = {},
  ): Promise<T> {
    const place = makeJobPlace({
      folder: this.vault.folder,
      keyring: this.vault.keyring(),
      keysFolder: this.vault.keysFolder,
      sqlite: await loadSqlite(wasmPath),
      clock: this.vault.clock,
      log: this.vault.log,
      ...options,
    });
    try {
      return await work(place);
    } finally {
      place.dispose();
    }
  }

  export(
    format: ExportForm,
    name: string,
    days: { from: string; to: string } | null = null,
  ): Promise<Exported> {
    const params = { target: this.file(name), format, replaces: false, days };
    return this.at((place) => exportVault(params, place));
  }

  import(name: string): Promise<ImportReport> {
    return this.at((place) => importFile({ file: this.file(name) }, place));
  }

  preview(name: string): Promise<ImportReport> {
    return this.at((place) => previewImport({ file: this.file(name) }, place));
  }

  undo(): ReturnType<typeof undoImport> {
    return this.at((place) => undoImport({}, place));
  }

  /** Everything that the vault shows, deletions apart, in an order of its own. */
  contents(): Promise<readonly string[]> {
    return this.at(async (place) => {
      const ledger = await place.ledger();
      // Brings the roll-ups up to date, as a snapshot does.
      ledger.prepareSnapshot(new Set());
      return contentsOf(ledger.database);
    });
  }

  async release(): Promise<void> {
    await this.vault.release();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** All rows that say something of a person, each as one line. */
function contentsOf(database: Database): readonly string[] {
  return [
    ...['hex(id), told, start_ms, end_ms, zone_offset_minutes, origin, hex(series) FROM sessions'],
    'hex(id), at_ms, zone_offset_minutes, rating, activity, interrupted, origin, hex(features) FROM feedback',
    'hex(id), name, version, created_ms, hex(sha256), hex(deflated) FROM templates',
    'hex(id), start_ms, end_ms, zone_offset_minutes, kind, planned_ms, ended_by, reason, asked_ms, origin, extensions, pauses, shifts, counts FROM focus_sessions',
    'hex(id), at_ms, zone_offset_minutes, action FROM audit_log',
    'day, unknown_seconds, steady_seconds, in_flow_seconds, longest_spell_seconds, sessions, demo FROM days',
  ]
    .flatMap((query) => {
      const [columns = '', table = ''] = query.split(' FROM ');
      const parts = columns.split(', ').map((column) => `coalesce(${column}, '-')`);
      return database
        .rows(`SELECT ${parts.join(" || ' ' || ")} FROM ${table}`)
        .map((row) => `${table} ${row.text(0)}`);
    })
    .sort();
}

/** How many deletions the vault knows of. */
export function deletionsOf(database: Database): number {
  return database.row('SELECT count(*) FROM tombstones')?.number(0) ?? 0;
}

const longestMinutes = 30 * 1_440;
const firstMinute = 1_000_000;

/** A session with minutes in and around it, as the vault might hold: with and without a record of its own. */
const anySession: fc.Arbitrary<readonly VaultRecord[]> = fc
  .record({
    id: fc.uint8Array({ minLength: 16, maxLength: 16 }),
    start: fc.integer({ min: firstMinute, max: 60_000_000 }),
    startMs: fc.nat(59_999),
    isTold: fc.boolean(),
    lengthMs: fc.nat(3 * 3_600_000),
    zoneOffsetMinutes: fc.integer({ min: -14 * 60, max: 14 * 60 }),
    origin: fc.constantFrom(...origins),
    samples: fc.array(fc.tuple(fc.nat(longestMinutes), anySample), { maxLength: 20 }),
  })
  .map(({ id, start, startMs, isTold, lengthMs, zoneOffsetMinutes, origin, samples }) => {
    const session = Buffer.from(id).toString('hex');
    const place = { zoneOffsetMinutes, origin };
    const from = start * 60_000 + startMs;
    return [
      ...(isTold
        ? [
            {
              ...place,
              type: 'session' as const,
              id: session,
              startMs: from,
              endMs: from + lengthMs,
            },
          ]
        : []),
      ...samples.map(([offset, sample]) => ({
        ...place,
        type: 'minute' as const,
        session,
        sample: { ...sample, minute: start + offset },
      })),
    ];
  });

/** Records of all kinds, as a vault of some years may hold. */
export const anyRecords: fc.Arbitrary<readonly VaultRecord[]> = fc
  .tuple(
    fc.array(anySession, { maxLength: 8 }),
    fc.array(
      anyRecord.filter(({ type }) => type !== 'session' && type !== 'minute'),
      { maxLength: 12 },
    ),
  )
  .map(([sessions, others]) => [...sessions.flat(), ...others]);
