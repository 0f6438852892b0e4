import path from 'node:path';
import type { SqlJsStatic } from 'sql.js';
import { readDamagedSnapshot } from '../database/damagedDatabase.ts';
import type { Database } from '../sqlite/database.ts';
import { readSigned } from '../trust/ownerSeal.ts';
import type { VaultKeys } from '../trust/readTrust.ts';
import { readSegment } from '../segments/segmentReader.ts';
import { openForeign } from '../database/foreignDatabase.ts';
import { unpackTemplate } from '../database/templateStore.ts';
import { VaultError, type VaultFailure } from '../vaultError.ts';
import { segmentsFolderOf, snapshotsFolderName } from '../folder/vaultFolder.ts';
import { listSegments, listSnapshots } from '../folder/vaultListing.ts';
import { readSealedFile, readSegmentFile } from '../folder/vaultParts.ts';

/** What was there and cannot be read. */
interface Loss {
  /** Records in a segment, sessions in a snapshot; at least so many. */
  readonly count: number;
  /** From when to when, as far as what is around it tells; UTC milliseconds. */
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
}

export interface FileReport {
  readonly kind: 'segment' | 'snapshot';
  readonly file: string;
  /** `unreadable`: nothing of it could be opened; `later`: written by a later Millrace; `strange`: not by the vault's owner. */
  readonly state: 'whole' | 'damaged' | 'unreadable' | 'later' | 'strange';
  /** It is sealed for none of the keys at hand. Of a segment that is sure; a snapshot's damaged header tells no more. */
  readonly isForOthers?: boolean;
  /** Records in a segment, sessions in a snapshot. */
  readonly count: number;
  readonly losses: readonly Loss[];
}

export interface VaultReport {
  readonly files: readonly FileReport[];
  readonly isWhole: boolean;
}

/** Reads and authenticates every byte of every segment and snapshot. Writes nothing. */
export async function verifyVault(
  folder: string,
  keys: VaultKeys,
  sqlite: SqlJsStatic,
): Promise<VaultReport> {
  const files: FileReport[] = [];
  for (const { file } of await listSegments(folder)) {
    files.push(await verifySegment(path.join(segmentsFolderOf(folder), file), keys));
  }
  for (const { file } of await listSnapshots(folder)) {
    files.push(await verifySnapshot(path.join(folder, snapshotsFolderName, file), keys, sqlite));
  }
  return { files, isWhole: files.every(({ state }) => state === 'whole') };
}

/** Verifies one segment. A torn end is whole: it was never acknowledged. */
async function verifySegment(segmentPath: string, keys: VaultKeys): Promise<FileReport> {
  const report = { kind: 'segment', file: path.basename(segmentPath) } as const;
  try {
    const { records, damage, unknownRecords } = readSegment(
      await readSegmentFile(segmentPath),
      keys,
    );
    return {
      ...report,
      state: damage === undefined ? (unknownRecords > 0 ? 'later' : 'whole') : 'damaged',
      count: records.length,
      losses: (damage?.gaps ?? []).map((gap) => ({
        count: gap.records,
        fromMs: gap.afterMs,
        toMs: gap.beforeMs,
      })),
    };
  } catch (error) {
    return { ...report, ...unreadable(error) };
  }
}

/** Verifies one snapshot: every chunk, SQLite's own structures, and every template's hash. */
async function verifySnapshot(
  snapshotPath: string,
  keys: VaultKeys,
  sqlite: SqlJsStatic,
): Promise<FileReport> {
  const report = { kind: 'snapshot', file: path.basename(snapshotPath) } as const;
  try {
    const bytes = await readSealedFile(snapshotPath);
    const database = openForeign(sqlite, readSigned(bytes, keys, 'snapshot'));
    try {
      checkContent(database);
      const count = database.row('SELECT count(*) FROM sessions')?.number(0) ?? 0;
      return { ...report, state: 'whole', count, losses: [] };
    } finally {
      database.close();
    }
  } catch (error) {
    return VaultError.is(error, 'damaged')
      ? describeDamage(report, snapshotPath, keys, sqlite)
      : { ...report, ...unreadable(error) };
  }
}

async function describeDamage(
  report: { readonly kind: 'snapshot'; readonly file: string },
  snapshotPath: string,
  keys: VaultKeys,
  sqlite: SqlJsStatic,
): Promise<FileReport> {
  try {
    const { sessions, lostSessions, lostStartsMs } = await readDamagedSnapshot(
      snapshotPath,
      keys,
      sqlite,
    );
    const loss = { count: lostSessions, fromMs: lostStartsMs[0], toMs: lostStartsMs.at(-1) };
    return {
      ...report,
      state: 'damaged',
      count: sessions.length,
      losses: lostSessions > 0 ? [loss] : [],
    };
  } catch (error) {
    return { ...report, ...unreadable(error) };
  }
}

function checkContent(database: Database): void {
  if (database.row('PRAGMA quick_check(1)')?.text(0) !== 'ok') {
    throw new VaultError('damaged', 'A snapshot authenticates, and its database is broken');
  }
  for (const row of database.rows('SELECT sha256, deflated FROM templates')) {
    unpackTemplate(row.blob(1), row.blob(0));
  }
}

/** What is more than unreadable. */
const states: Partial<Record<VaultFailure, FileReport['state']>> = {
  unknownVersion: 'later',
  untrusted: 'strange',
};

function unreadable(
  error: unknown,
): Pick<FileReport, 'state' | 'count' | 'losses' | 'isForOthers'> {
  if (!VaultError.is(error)) {
    throw error;
  }
  return {
    state: states[error.reason] ?? 'unreadable',
    count: 0,
    losses: [],
    ...(error.reason === 'wrongKey' && { isForOthers: true }),
  };
}
