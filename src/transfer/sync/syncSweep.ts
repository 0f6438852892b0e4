import type { VaultFile } from '../../vault/protectors/vaultFile.ts';
import type {
  Synced,
  SyncedDoubt,
  SyncParams,
  UnreadFile,
  UnreadReason,
} from '../messages/syncMessages.ts';
import { isHidden, type HomeEntry, type SyncHomes } from './syncHomes.ts';
import { placeholderOf } from '../copies/toolNames.ts';
import { parseMonthName } from './syncNames.ts';
import { SyncNews } from './syncNews.ts';
import type { MonthLabel } from './monthLabel.ts';
import { digestMonths } from './syncMonths.ts';
import {
  isSealedFor,
  listSynced,
  openSynced,
  readSynced,
  sha256Of,
  unreadReason,
} from './syncedFiles.ts';
import type { NewestMonths, SyncState } from './syncState.ts';
import type { PresentMonth } from './syncWriting.ts';
import { limitOf } from '../copies/fileLimit.ts';
import type { JobPlace } from '../transferJob.ts';

export interface SweepOptions {
  /** The vault's sync folders. */
  readonly homes: SyncHomes;
  readonly device: string;
  readonly vault: VaultFile;
  readonly before: SyncState | undefined;
  /** Whether what {@link SyncState.merged} says is still so. */
  readonly trusts: boolean;
  /** What the person says is theirs: {@link SyncParams.accepts}. */
  readonly accepts: SyncParams['accepts'];
  readonly place: JobPlace;
}

type SweepReport = Pick<Synced, 'merged' | 'known' | 'waiting' | 'unread' | 'earlier' | 'devices'>;

interface SweepResult {
  /** The hashes of the files that are in the vault once the news are. */
  readonly merged: ReadonlySet<string>;
  /** Those of files that are not to be opened again. */
  readonly refused: ReadonlySet<string>;
  readonly newest: NewestMonths;
  readonly report: SweepReport;
}

/** What a file turned out to be. */
type Looked = UnreadReason | 'known' | 'taken';

/** One look at every file of a vault's sync folders, those of this device among them. Nothing in them is changed. */
export class SyncSweep {
  readonly ownMonths = new Map<string, PresentMonth>();
  /**
   * Copies of this device's files under other names or in other folders, as a sync tool makes them, by path. All of them are
   * merged. A tool's own (hidden) ones are not among them, as it may be at work on them.
   */
  readonly ownCopies: string[] = [];
  readonly #options: SweepOptions;
  readonly #merged = new Set<string>();
  readonly #unread: UnreadFile[] = [];
  readonly #devices = new Map<string, { files: number; earlierKey: number; otherKey: number }>();
  readonly #refused = new Set<string>();
  readonly #newest: NewestMonths;
  readonly #earlier: string[] = [];
  /** What is not asked again who made it: it was merged once, or this device wrote it. */
  readonly #vouched: ReadonlySet<string>;
  readonly #knownRefused: ReadonlySet<string>;
  #highestOwn = 0;
  #taken = 0;
  #known = 0;
  #news: SyncNews | undefined;

  constructor(options: SweepOptions) {
    const { before, accepts = [], trusts } = options;
    this.#options = options;
    this.#newest = { ...before?.newest };
    this.#vouched = new Set([
      ...(before?.merged ?? []),
      ...Object.values(before?.written ?? {}).map(({ sha256 }) => sha256),
      ...(accepts === 'all' ? [] : accepts),
    ]);
    // A whole reading forgives: a later Millrace may take it.
    this.#knownRefused = new Set(trusts ? before?.refused : []);
  }

  /** Reads everything. @returns what is new; `undefined` when no file was opened */
  async run(): Promise<SyncNews | undefined> {
    const { homes, device, place } = this.#options;
    const { files, unread } = await listSynced(homes);
    // Of this device it is not asked what it may have written: it writes it.
    this.#unread.push(
      ...unread.filter(({ file }) => file !== `${device}/` && !this.#isOwnAway(file)),
    );
    for (const [done, file] of files.entries()) {
      place.progress(done, files.length);
      place.signal.throwIfAborted();
      const bytes = await readSynced(file);
      if (typeof bytes === 'string') {
        this.#lookAway(file, bytes);
      } else {
        await this.#look(file, bytes);
      }
    }
    return this.#news;
  }

  /** Whether this device's files are all there and as they were written, and nothing else is in its folder. */
  get isOwnAsWritten(): boolean {
    const written = this.#options.before?.written ?? {};
    return (
      this.ownCopies.length === 0 &&
      Object.keys(written).length === this.ownMonths.size &&
      [...this.ownMonths].every(([month, { sha256 }]) => written[month]?.sha256 === sha256)
    );
  }

  /** The highest number in this device's files, of those that were opened; 0 where there is none. */
  get highestOwn(): number {
    return this.#highestOwn;
  }

  /** What was found. */
  result(): SweepResult {
    const waiting = this.#unread.filter(
      ({ reason }) => reason === 'torn' || reason === 'unavailable',
    );
    return {
      merged: this.#merged,
      refused: this.#refused,
      newest: this.#newest,
      report: {
        merged: this.#taken,
        known: this.#known,
        waiting: waiting.length,
        unread: this.#unread.toSorted((one, other) => (one.file < other.file ? -1 : 1)),
        ...(this.#earlier.length > 0 && { earlier: this.#earlier }),
        devices: [...this.#devices].map(([device, counts]) => ({ device, ...counts })),
      },
    };
  }

  /** Whether a sync tool holds a month of this device elsewhere, as it was written: it is neither missing nor to be written again. */
  #isOwnAway(file: string): boolean {
    const { device, vault, before, trusts } = this.#options;
    const [top, name = '', ...rest] = file.split('/');
    const month = parseMonthName(placeholderOf(name) ?? '');
    const written = month === undefined ? undefined : before?.written[month];
    if (
      !(trusts && before?.recipient === vault.recipient && top === device && rest.length === 0) ||
      month === undefined ||
      written === undefined
    ) {
      return false;
    }
    this.ownMonths.set(month, { ...written, isCurrent: true });
    return true;
  }

  /** Of a file that is not read whole. */
  #lookAway(file: HomeEntry, reason: UnreadReason): void {
    this.#unread.push({ file: file.name, reason });
    if (reason === 'unavailable') {
      return;
    }
    if (file.device !== this.#options.device) {
      this.#count(file, reason, false);
      return;
    }
    const month = parseMonthName(file.ownName ?? '');
    if (month !== undefined) {
      const isUnknown = this.#isUnknown(month);
      const unread = { sha256: '', contentSha256: undefined, isCurrent: false, isUnknown };
      this.ownMonths.set(month, unread);
    }
  }

  /** Whether nobody knows what a month of this device that can't be read holds. */
  #isUnknown(month: string): boolean {
    const { before, trusts } = this.#options;
    return !trusts || before?.written[month] === undefined;
  }

  async #look(file: HomeEntry, bytes: Buffer): Promise<void> {
    const { device, vault, before, trusts, place } = this.#options;
    const isOwn = file.device === device;
    const month = isOwn && file.ownName !== undefined ? parseMonthName(file.ownName) : undefined;
    const sha256 = sha256Of(bytes);
    const written = month === undefined ? undefined : before?.written[month];
    if (month !== undefined && trusts && written?.sha256 === sha256) {
      this.ownMonths.set(month, { ...written, isCurrent: before?.recipient === vault.recipient });
      return;
    }
    const isCurrent = isSealedFor(bytes, vault.recipient, place.keyring);
    const looked = await this.#find(file, bytes, { sha256, month, isCurrent });
    if (month !== undefined && !this.ownMonths.has(month)) {
      const isUnknown = this.#isUnknown(month);
      const isDoubtful = isDoubt(looked);
      this.ownMonths.set(month, {
        ...{ sha256, contentSha256: undefined, isCurrent: false, isUnknown, isDoubtful },
      });
    }
    if (looked === 'known' || looked === 'taken') {
      this.#merged.add(sha256);
      if (isOwn && month === undefined && !file.isLinked && !isHidden(file.name)) {
        this.ownCopies.push(file.path);
      }
    } else {
      this.#unread.push({ file: file.name, reason: looked, ...(isDoubt(looked) && { sha256 }) });
    }
    if (!isOwn) {
      this.#count(file, looked, isCurrent);
    }
  }

  #count({ device }: HomeEntry, looked: Looked, isCurrent: boolean): void {
    const isMerged = looked === 'known' || looked === 'taken';
    this.#taken += looked === 'taken' ? 1 : 0;
    this.#known += looked === 'known' ? 1 : 0;
    if (device === undefined) {
      return;
    }
    const counts = this.#devices.get(device) ?? { files: 0, earlierKey: 0, otherKey: 0 };
    this.#devices.set(device, counts);
    counts.files++;
    counts.earlierKey += (isMerged || looked === 'retired') && !isCurrent ? 1 : 0;
    counts.otherKey += looked === 'sealedForAnother' ? 1 : 0;
  }

  /** Opens a file, where nothing is known of it. */
  async #find(
    file: HomeEntry,
    bytes: Buffer,
    known: {
      readonly sha256: string;
      readonly month: string | undefined;
      readonly isCurrent: boolean;
    },
  ): Promise<Looked> {
    const { before, trusts } = this.#options;
    const { sha256, month } = known;
    if (this.#knownRefused.has(sha256)) {
      this.#refused.add(sha256);
      return 'refused';
    }
    // An own file that is not as it was written: it may be right all the same, so look into it.
    if (trusts && month === undefined && before?.merged.includes(sha256) === true) {
      this.#noteKnown(file, sha256);
      return 'known';
    }
    const looked = await this.#take(file, bytes, known);
    if (looked === 'refused') {
      this.#refused.add(sha256);
    }
    return looked;
  }

  async #take(
    file: HomeEntry,
    bytes: Buffer,
    {
      sha256,
      month,
      isCurrent,
    }: { readonly sha256: string; readonly month: string | undefined; readonly isCurrent: boolean },
  ): Promise<Looked> {
    const { place, accepts } = this.#options;
    // Not within what may be a file's fault: this reads the vault.
    this.#news ??= new SyncNews(await place.ledger());
    const between = limitOf(place, [0, 1]);
    try {
      const takesDoubtful = accepts === 'all' || this.#vouched.has(sha256);
      const opened = openSynced(file, bytes, { ...place, takesDoubtful });
      if (typeof opened === 'string') {
        return opened;
      }
      const { database, label, doubt } = opened;
      try {
        if (month !== undefined) {
          const digests = digestMonths(database, between);
          const contentSha256 = digests.size === 1 ? digests.get(month) : undefined;
          const isAsWritten = isCurrent && doubt === undefined;
          this.ownMonths.set(month, { sha256, contentSha256, isCurrent: isAsWritten });
        }
        this.#news.take(database, between);
        if (label !== undefined && doubt === undefined) {
          this.#noteNumber(file, label, sha256);
        }
        return 'taken';
      } finally {
        database.close();
      }
    } catch (error) {
      return unreadReason(error);
    }
  }

  /** Remembers the newest of a month, and tells of one that is older than that where the newest has to lie. */
  #noteNumber(file: HomeEntry, { device, month, number }: MonthLabel, sha256: string): void {
    if (device === this.#options.device) {
      this.#highestOwn = Math.max(this.#highestOwn, number);
    }
    const key = `${device}/${month}`;
    const newest = this.#newest[key];
    if (newest === undefined || number >= newest.number) {
      this.#newest[key] = { number, sha256 };
    } else if (isMonthsPlace(file)) {
      this.#earlier.push(file.name);
    }
  }

  /** Of a file that was merged before it is known which it is where it is the newest; any other one there is older. */
  #noteKnown(file: HomeEntry, sha256: string): void {
    const newest = isMonthsPlace(file)
      ? this.#newest[file.name.slice(0, -'.age'.length)]
      : undefined;
    if (newest !== undefined && newest.sha256 !== sha256) {
      this.#earlier.push(file.name);
    }
  }
}

/** Whether the newest of a device's month has to lie there. */
function isMonthsPlace({ ownName }: HomeEntry): boolean {
  return ownName !== undefined && parseMonthName(ownName) !== undefined;
}

function isDoubt(looked: Looked): looked is SyncedDoubt {
  return looked === 'unsigned' || looked === 'retired' || looked === 'misplaced';
}
