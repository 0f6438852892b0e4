import path from 'node:path';
import type { SqlJsStatic } from 'sql.js';
import type { Disposable } from '../../base/disposable.ts';
import { systemErrorCode } from '../../base/errors.ts';
import { describeError, type Log } from '../../base/log.ts';
import { Database } from '../sqlite/database.ts';
import { importedDays, recordedDays, rollUp } from '../history/dayQueries.ts';
import { FollowedSegments } from './followedSegments.ts';
import { isCountedAnew, noteCountedAnew } from '../database/countingRules.ts';
import type { HistoryScorer } from '../database/historyScorer.ts';
import type { Keyring } from '../age/identity.ts';
import {
  ingest,
  ingestDatabase,
  type IngestOptions,
  type TakeOptions,
} from '../database/ingest.ts';
import type { VaultRecord } from '../record.ts';
import { recordTables } from '../kinds/registry.ts';
import { HistoryPass, setRules } from '../database/rescoredHistory.ts';
import { createSchema } from '../database/schema.ts';
import { dropUnsoundRows } from '../database/unsoundRows.ts';
import { SegmentFollower } from './segmentFollower.ts';
import { openSnapshot, writeCoverage, type OpenSnapshot } from '../database/snapshot.ts';
import type { Believe } from '../trust/believedFile.ts';
import type { ReadTrust, VaultKeys } from '../trust/readTrust.ts';
import { VaultError } from '../vaultError.ts';
import { snapshotsFolderName } from '../folder/vaultFolder.ts';
import { listSegments, listSnapshots, parseSnapshotName } from '../folder/vaultListing.ts';

export interface LedgerOptions {
  readonly folder: string;
  readonly keyring: Keyring;
  /** Asked at each look: only what is of the vault's owner is read. */
  readonly believe: Believe;
  readonly sqlite: SqlJsStatic;
  readonly log: Log;
  /** The rules under which whoever writes here scores now; left out where nobody does. */
  readonly rules?: number;
}

/** The hour at which a day of the roll-ups begins; queries for a day bring their own bounds. */
export const defaultDayStartHour = 4;
/** A peer that compacts takes files away between our listing and our reading. */
const mostAttempts = 10;

/**
 * Everything readable of a vault as one database: the union of all snapshots that no other one supersedes,
 * and of all segments. It lives in memory; {@link prepareSnapshot} gives what may be written.
 */
export class Ledger implements Disposable {
  readonly segments: FollowedSegments;
  readonly #options: LedgerOptions;
  readonly #dirtyDays = new Set<number>();
  /** The snapshots' names as last listed; what they stand for has been read. */
  #listed: readonly string[] | undefined;
  #heads: readonly string[] = [];
  #ancestors: readonly string[] = [];
  #base: OpenSnapshot | undefined;
  /** There is none until something is read or taken in: an empty one takes as long to make as a full one to open. */
  #opened: Database | undefined;
  #unreadableSnapshots = 0;
  #strangeSnapshots = 0;
  #trust: ReadTrust | undefined;

  constructor(options: LedgerOptions) {
    this.#options = options;
    this.segments = new FollowedSegments(options.folder, options.keyring);
  }

  get database(): Database {
    return (this.#opened ??= this.#newDatabase());
  }

  /** Snapshots and segments of the vault of which a part could not be read. */
  get unreadableFiles(): number {
    return this.#unreadableSnapshots + this.segments.incomplete;
  }

  /** Snapshots and segments that somebody else made, as far as can be told. They stay where they are, and nothing of them is read. */
  get strangeFiles(): number {
    return this.#strangeSnapshots + this.segments.strange;
  }

  /** What opens the files of the vault, and whom to trust in it since the last {@link refresh}. */
  get keys(): VaultKeys {
    if (this.#trust === undefined) {
      throw new VaultError('locked', 'Nobody has said yet whom to trust');
    }
    return { keyring: this.#options.keyring, trust: this.#trust };
  }

  /** Looks again whom to trust, and reads nothing. @throws {VaultError} as {@link Believe} */
  async believe(): Promise<ReadTrust> {
    const trust = await this.#options.believe();
    if (trust.mark !== this.#trust?.mark) {
      // What was passed over may be the vault's own now, as when a device was let in.
      this.#listed = undefined;
      this.#trust = trust;
    }
    return trust;
  }

  /**
   * Reads what has come since the last time. Segments are listed before snapshots: a peer that compacts
   * writes its snapshot before it takes a segment away, so what is missing in the one list is in the other.
   * @throws {VaultError} `unknownVersion` when a later Millrace wrote a snapshot here; as {@link Believe}
   */
  async refresh(): Promise<void> {
    const trust = await this.#believeAgain();
    for (let attempt = 1; ; attempt++) {
      try {
        const segments = await listSegments(this.#options.folder);
        const snapshots = (await listSnapshots(this.#options.folder)).map(({ file }) => file);
        if (this.#listed?.join() !== snapshots.join()) {
          this.#reopen(snapshots, trust);
        }
        const records = await this.segments.read(segments, trust);
        if (records.length > 0) {
          ingest(this.database, records, this.#ingestOptions());
        }
        return;
      } catch (error) {
        // What was read but not taken in is read again.
        this.#listed = undefined;
        if (systemErrorCode(error) !== 'ENOENT' || attempt === mostAttempts) {
          throw error;
        }
      }
    }
  }

  /** A file that can't be read just now changes nothing of what was believed: reading goes on; whoever writes asks themselves. */
  async #believeAgain(): Promise<ReadTrust> {
    try {
      return await this.believe();
    } catch (error) {
      const isUnread = VaultError.is(error, 'damaged') || VaultError.is(error, 'unusable');
      if (this.#trust === undefined || !isUnread) {
        throw error;
      }
      return this.#trust;
    }
  }

  /** Takes in records that come from nowhere in the folder, as an import does; the next snapshot holds them. */
  take(records: readonly VaultRecord[]): void {
    ingest(this.database, records, this.#ingestOptions());
  }

  /**
   * Takes in another vault's database, as {@link take} does records: all of it, or nothing.
   * @throws {RefusedContent} when a row of it is no record
   */
  takeDatabase(other: Database, options?: TakeOptions): void {
    ingestDatabase(this.database, other, this.#ingestOptions(), options);
  }

  /** Brings the roll-ups up to date; when the day begins at another hour than before, all of them. */
  rollUp(dayStartHour = this.#ingestOptions().dayStartHour): void {
    if (dayStartHour !== this.#ingestOptions().dayStartHour) {
      this.database.run("INSERT OR REPLACE INTO meta VALUES ('day_start_hour', ?)", [dayStartHour]);
      this.database.run('DELETE FROM days', []);
      for (const day of recordedDays(this.database, dayStartHour)) {
        this.#dirtyDays.add(day);
      }
    }
    if (!isCountedAnew(this.database)) {
      for (const day of importedDays(this.database, dayStartHour)) {
        this.#dirtyDays.add(day);
      }
      noteCountedAnew(this.database);
    }
    rollUp(this.database, this.#dirtyDays, dayStartHour);
    this.#dirtyDays.clear();
  }

  /** Begins to score the past again. The pass is over when the vault's files have changed under it. */
  beginPass(scorer: HistoryScorer): HistoryPass {
    return new HistoryPass(this.database, scorer, this.#ingestOptions().dayStartHour);
  }

  /** Says that every reading of the past may have changed. */
  noteRescored(): void {
    for (const day of recordedDays(this.database, this.#ingestOptions().dayStartHour)) {
      this.#dirtyDays.add(day);
    }
  }

  /**
   * The database as a file that supersedes every snapshot read so far.
   * @param kept the snapshots that still lie in the folder or its trash: older ones need no mention
   */
  prepareSnapshot(kept: ReadonlySet<string>): Uint8Array {
    try {
      this.rollUp();
      const parents = new Set([
        ...this.#heads,
        ...this.#ancestors.filter((name) => kept.has(name)),
      ]);
      this.database.transaction(() => {
        writeCoverage(this.database, parents, this.segments.coverage().values());
      });
      return this.database.export();
    } catch (error) {
      // SQLite's state after a failed export is anybody's guess.
      this.#listed = undefined;
      throw error;
    }
  }

  /** Says that what {@link prepareSnapshot} gave is in the folder now, under this name. */
  noteSnapshot(file: string): void {
    this.segments.noteCovered();
    this.#ancestors = [...this.#ancestors, ...this.#heads];
    this.#heads = [file];
    this.#listed = this.#listed === undefined ? undefined : [...this.#listed, file].sort();
  }

  /** The snapshots that were read, or that one of those read holds whole: the next one supersedes them. */
  get readSnapshots(): readonly string[] {
    const listed = new Set(this.#listed);
    return [...this.#heads, ...this.#ancestors].filter((file) => listed.has(file));
  }

  /** The snapshots of which all is in the database, whether they still lie in the folder or not. */
  get heldSnapshots(): readonly string[] {
    return [...this.#heads, ...this.#ancestors];
  }

  /** Says that these snapshots are no longer in the folder. */
  noteDiscarded(snapshots: readonly string[]): void {
    const gone = new Set(snapshots);
    this.#listed = this.#listed?.filter((file) => !gone.has(file));
  }

  /**
   * Reads a segment that lies elsewhere, as in the trash.
   * @returns whether all of it was understood, and is of somebody who is trusted
   */
  async readDiscarded(file: string): Promise<boolean> {
    const follower = new SegmentFollower(file, this.#options.keyring);
    try {
      ingest(this.database, await follower.read(await this.believe()), this.#ingestOptions());
      return !follower.isIncomplete && !follower.isStrange;
    } finally {
      follower.dispose();
    }
  }

  /** When the newest snapshot was made, or `undefined` when there is none that can be read. */
  get snapshotMs(): number | undefined {
    return this.#heads
      .map((file) => parseSnapshotName(file) ?? 0)
      .reduce<number | undefined>((newest, madeMs) => Math.max(newest ?? 0, madeMs), undefined);
  }

  /** How many records there are, but for minutes. */
  countRecords(): number {
    return Object.values(recordTables)
      .map(({ name }) => this.database.row(`SELECT count(*) FROM ${name}`)?.number(0) ?? 0)
      .reduce((sum, count) => sum + count, 0);
  }

  dispose(): void {
    this.#forget();
  }

  /** Begins again from the snapshots that no other one supersedes. */
  #reopen(files: readonly string[], trust: ReadTrust): void {
    this.#unreadableSnapshots = this.#strangeSnapshots = 0;
    const opened = this.#openAll(files, trust);
    const parents = new Set([...opened.values()].flatMap((snapshot) => snapshot.parents));
    for (const [file, snapshot] of opened) {
      if (parents.has(file)) {
        snapshot.dispose();
        opened.delete(file);
      }
    }
    this.#forget();
    const heads = [...opened.values()].sort((one, other) => other.sizeBytes - one.sizeBytes);
    const [base, ...others] = heads;
    this.#base = base;
    this.#opened = base?.database;
    this.#dropUnsound();
    this.segments.assumeCovered(heads.flatMap((head) => head.coverage));
    for (const other of others) {
      ingestDatabase(this.database, other.database, this.#ingestOptions(), {
        unsound: 'leaveOut',
      });
      other.dispose();
    }
    this.#heads = [...opened.keys()];
    this.#ancestors = [...parents];
    this.#listed = files;
  }

  #dropUnsound(): void {
    const rows = this.#opened === undefined ? 0 : dropUnsoundRows(this.#opened);
    if (rows > 0) {
      this.#options.log.warn('Rows with a time that no calendar has were left out', { rows });
    }
  }

  #openAll(files: readonly string[], trust: ReadTrust): Map<string, OpenSnapshot> {
    const opened = new Map<string, OpenSnapshot>();
    try {
      for (const file of files) {
        const snapshot = this.#open(file, trust);
        if (snapshot !== undefined) {
          opened.set(file, snapshot);
        }
      }
      return opened;
    } catch (error) {
      for (const snapshot of opened.values()) {
        snapshot.dispose();
      }
      throw error;
    }
  }

  /** A snapshot that can't be read is counted and left where it is; those that it superseded count again. */
  #open(file: string, trust: ReadTrust): OpenSnapshot | undefined {
    const { folder, keyring, sqlite, log } = this.#options;
    try {
      return openSnapshot(path.join(folder, snapshotsFolderName, file), { keyring, trust }, sqlite);
    } catch (error) {
      if (!VaultError.is(error) || error.reason === 'unknownVersion') {
        throw error;
      }
      if (error.reason === 'untrusted') {
        this.#strangeSnapshots++;
      } else {
        this.#unreadableSnapshots++;
      }
      log.warn('A snapshot could not be read', describeError(error));
      return undefined;
    }
  }

  #forget(): void {
    this.segments.dispose();
    this.#dirtyDays.clear();
    this.#opened?.close();
    this.#opened = undefined;
    this.#base?.release();
    this.#base = undefined;
  }

  #ingestOptions(): IngestOptions {
    const row = this.database.row("SELECT value FROM meta WHERE key = 'day_start_hour'");
    return { dayStartHour: row?.number(0) ?? defaultDayStartHour, dirtyDays: this.#dirtyDays };
  }

  #newDatabase(): Database {
    const { sqlite, rules } = this.#options;
    const database = new Database(sqlite, undefined);
    database.execute(createSchema);
    if (rules !== undefined && this.#listed?.length === 0) {
      // The first database of a vault holds what was recorded since it was made: nothing of it is of earlier rules.
      setRules(database, rules);
    }
    return database;
  }
}
