import type { VaultFile } from '../../vault/protectors/vaultFile.ts';
import type { Synced, UnreadFile, UnreadReason } from '../messages/syncMessages.ts';
import { isHidden, type HomeEntry, type SyncHomes } from './syncHomes.ts';
import { placeholderOf } from '../copies/toolNames.ts';
import { parseMonthName } from './syncNames.ts';
import { SyncNews } from './syncNews.ts';
import { digestMonths } from './syncMonths.ts';
import {
  isSealedFor,
  listSynced,
  openSynced,
  readSynced,
  sha256Of,
  unreadReason,
} from './syncedFiles.ts';
import type { SyncState } from './syncState.ts';
import type { PresentMonth } from './syncWriting.ts';
import type { JobPlace } from '../transferJob.ts';

export interface SweepOptions {
  /** The vault's sync folders. */
  readonly homes: SyncHomes;
  readonly device: string;
  readonly vault: VaultFile;
  readonly before: SyncState | undefined;
  /** Whether what {@link SyncState.merged} says is still so. */
  readonly trusts: boolean;
  readonly place: JobPlace;
}

type SweepReport = Pick<Synced, 'merged' | 'known' | 'waiting' | 'unread' | 'devices'>;

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
  #taken = 0;
  #known = 0;
  #news: SyncNews | undefined;

  constructor(options: SweepOptions) {
    this.#options = options;
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
      if (bytes === undefined) {
        this.#unread.push({ file: file.name, reason: 'unavailable' });
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

  /** What was found. `merged` are the hashes of the files that are in the vault once {@link run}'s news are. */
  result(): { readonly merged: ReadonlySet<string>; readonly report: SweepReport } {
    return {
      merged: this.#merged,
      report: {
        merged: this.#taken,
        known: this.#known,
        waiting: this.#unread.filter(({ reason }) => reason === 'torn' || reason === 'unavailable')
          .length,
        unread: this.#unread.toSorted((one, other) => (one.file < other.file ? -1 : 1)),
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

  async #look(file: HomeEntry, bytes: Buffer): Promise<void> {
    const { device, vault, before, trusts, place } = this.#options;
    const isOwn = file.device === device;
    const month = isOwn && file.ownName !== undefined ? parseMonthName(file.ownName) : undefined;
    const sha256 = sha256Of(bytes);
    const isCurrent = isSealedFor(bytes, vault.recipient, place.keyring);
    const written = month === undefined ? undefined : before?.written[month];
    if (month !== undefined && trusts && written?.sha256 === sha256) {
      this.ownMonths.set(month, { ...written, isCurrent });
      return;
    }
    const isKnown = trusts && before?.merged.includes(sha256) === true;
    // An own file that is not as it was written: it may be right all the same, so look into it.
    const reason =
      isKnown && month === undefined ? 'known' : await this.#take(bytes, month, isCurrent);
    if (month !== undefined && !this.ownMonths.has(month)) {
      const isUnknown = !trusts || written === undefined;
      this.ownMonths.set(month, { sha256, contentSha256: undefined, isCurrent, isUnknown });
    }
    if (reason === 'known' || reason === 'taken') {
      this.#merged.add(sha256);
      if (isOwn && month === undefined && !file.isLinked && !isHidden(file.name)) {
        this.ownCopies.push(file.path);
      }
    }
    this.#unreadOf(reason, file);
    if (isOwn) {
      return;
    }
    this.#taken += reason === 'taken' ? 1 : 0;
    this.#known += reason === 'known' ? 1 : 0;
    if (file.device === undefined) {
      return;
    }
    const counts = this.#devices.get(file.device) ?? { files: 0, earlierKey: 0, otherKey: 0 };
    this.#devices.set(file.device, counts);
    counts.files++;
    counts.earlierKey += (reason === 'known' || reason === 'taken') && !isCurrent ? 1 : 0;
    counts.otherKey += reason === 'sealedForAnother' ? 1 : 0;
  }

  #unreadOf(reason: UnreadReason | 'known' | 'taken', file: HomeEntry): void {
    if (reason !== 'known' && reason !== 'taken') {
      this.#unread.push({ file: file.name, reason });
    }
  }

  async #take(
    bytes: Buffer,
    month: string | undefined,
    isCurrent: boolean,
  ): Promise<UnreadReason | 'taken'> {
    const { place } = this.#options;
    const between = (): void => {
      place.progress(0, 1);
      place.signal.throwIfAborted();
    };
    // Not within what may be a file's fault: this reads the vault.
    this.#news ??= new SyncNews(await place.ledger());
    try {
      const database = openSynced(bytes, place.keyring, place.sqlite);
      try {
        if (month !== undefined) {
          const digests = digestMonths(database, between);
          const contentSha256 = digests.size === 1 ? digests.get(month) : undefined;
          this.ownMonths.set(month, { sha256: sha256Of(bytes), contentSha256, isCurrent });
        }
        this.#news.take(database, between);
        return 'taken';
      } finally {
        database.close();
      }
    } catch (error) {
      return unreadReason(error);
    }
  }
}
