import type { Disposable } from '../../base/disposable.ts';
import { loggingEmitter, type Emitter, type Event } from '../../base/emitter.ts';
import { describeError, runDetached, type Log } from '../../base/log.ts';
import {
  isCorrectable,
  isCorrectableKind,
  isDeletable,
  type CorrectableKind,
  type DeletableKind,
  type StoredKind,
  type StoredOverview,
  type StoredPage,
  type StoredRecord,
} from '../../readings/storedReading.ts';
import type { StoredOutcome } from '../../protocol/dashboard.ts';
import type { StoredRef, StoredSource } from '../dashboard/dashboardSource.ts';
import type { KeeperAsk } from '../../vault/keeper/keeperContract.ts';
import type { StoredCorrection } from '../../vault/vaultContents.ts';

/** As many records as somebody may have on view at once; older ones are read again. */
const mostRemembered = 5000;

/** How the vault changes what it holds. */
export interface StoredRecords {
  delete(ref: StoredRef): Promise<void>;
  replace(ref: StoredRef, correction: StoredCorrection): Promise<void>;
}

export interface StoredRecordsOptions {
  readonly records: StoredRecords;
  readonly keeper: KeeperAsk;
  /** Asks the person; resolves to false when the record is to stay. */
  readonly confirm: (kind: DeletableKind, record: StoredRecord) => Promise<boolean>;
  /** Asks the person; resolves to `undefined` when the record is to stay as it is. */
  readonly ask: (
    kind: CorrectableKind,
    record: StoredRecord,
  ) => Promise<StoredCorrection | undefined>;
  /** Lets go of a record that is still being written. Resolves to false when that is not in its power. */
  readonly letGo: (kind: StoredKind, record: StoredRecord) => Promise<boolean>;
  /** Something else than before is stored. */
  readonly onChanged: () => void;
  /** Tells the person why a change came to nothing. */
  readonly tell: (error: unknown) => void;
  /** Nothing that was on view is kept in memory beyond the locking of the vault. */
  readonly isLocked: () => boolean;
  readonly onDidChangeLock: Event<void>;
  readonly log: Log;
}

/**
 * What is stored, for every page of the dashboard, and the changes that the person asks for. A change is of a record
 * that was on view; it is answered as soon as the person is being asked, and told of once it is done.
 */
export class StoredRecordSource implements StoredSource, Disposable {
  readonly #options: StoredRecordsOptions;
  readonly #didChange: Emitter<StoredOutcome>;
  /** The records that were on view, the latest last. */
  readonly #seen = new Map<string, StoredRecord>();
  readonly #lock: Disposable;
  #isAsking = false;

  constructor(options: StoredRecordsOptions) {
    this.#options = options;
    this.#didChange = loggingEmitter('what is stored', options.log);
    this.#lock = options.onDidChangeLock(() => {
      if (options.isLocked()) {
        this.#seen.clear();
      }
    });
  }

  get onDidChange(): Event<StoredOutcome> {
    return this.#didChange.event;
  }

  /** @throws {VaultError} */
  overview(): Promise<StoredOverview> {
    return this.#options.keeper.ask('storedOverview', {});
  }

  /** @throws {VaultError} */
  async page(query: {
    readonly kind: StoredKind;
    readonly beforeMs: number | null;
  }): Promise<StoredPage> {
    const page = await this.#options.keeper.ask('storedPage', query);
    for (const record of page.records) {
      this.#remember(query.kind, record);
    }
    return page;
  }

  /** @throws {RangeError} for a record that was never on view, or of a kind that is not deleted. */
  delete(ref: StoredRef): Promise<void> {
    const { kind } = ref;
    return this.#begin(
      ref,
      () => isDeletable(kind),
      async (record) => {
        const { records, confirm, letGo } = this.#options;
        if (!isDeletable(kind) || !(await confirm(kind, record)) || !(await letGo(kind, record))) {
          return undefined;
        }
        await records.delete(ref);
        this.#seen.delete(keyOf(ref));
        return 'deleted';
      },
    );
  }

  /** @throws {RangeError} for a record that was never on view, or of a kind that is not corrected. */
  correct(ref: StoredRef): Promise<void> {
    const { kind } = ref;
    const isAllowed = (record: StoredRecord): boolean => isCorrectable(kind, record);
    return this.#begin(ref, isAllowed, async (record) => {
      const { records, ask, letGo } = this.#options;
      const correction = isCorrectableKind(kind) ? await ask(kind, record) : undefined;
      if (correction === undefined || !(await letGo(kind, record))) {
        return undefined;
      }
      await records.replace(ref, correction);
      return 'corrected';
    });
  }

  dispose(): void {
    this.#lock.dispose();
    this.#didChange.dispose();
    this.#seen.clear();
  }

  /** Begins to ask the person; a second change while one is being asked about comes to nothing. */
  #begin(
    ref: StoredRef,
    isAllowed: (record: StoredRecord) => boolean,
    act: (record: StoredRecord) => Promise<StoredOutcome | undefined>,
  ): Promise<void> {
    const record = this.#seen.get(keyOf(ref));
    if (record === undefined || !isAllowed(record)) {
      return Promise.reject(new RangeError('That record is not to be changed'));
    }
    if (!this.#isAsking) {
      this.#isAsking = true;
      runDetached(this.#options.log, 'Changing what is stored', this.#finish(act, record));
    }
    return Promise.resolve();
  }

  async #finish(
    act: (record: StoredRecord) => Promise<StoredOutcome | undefined>,
    record: StoredRecord,
  ): Promise<void> {
    const { log, tell, onChanged } = this.#options;
    try {
      const outcome = await act(record);
      if (outcome !== undefined) {
        onChanged();
        this.#didChange.fire(outcome);
      }
    } catch (error) {
      log.warn('A stored record could not be changed', describeError(error));
      tell(error);
      this.#didChange.fire('failed');
    } finally {
      this.#isAsking = false;
    }
  }

  #remember(kind: StoredKind, record: StoredRecord): void {
    const key = keyOf({ kind, id: record.id });
    this.#seen.delete(key);
    this.#seen.set(key, record);
    for (const oldest of this.#seen.keys()) {
      if (this.#seen.size <= mostRemembered) {
        break;
      }
      this.#seen.delete(oldest);
    }
  }
}

function keyOf({ kind, id }: StoredRef): string {
  return `${kind} ${id}`;
}
