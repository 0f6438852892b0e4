import type { Clock } from '../../../base/clock.ts';
import { describeError, type Log } from '../../../base/log.ts';
import { SingleFlight } from '../../../base/singleFlight.ts';
import type { Synced } from '../../../transfer/messages/syncMessages.ts';
import { asTransferError, type TransferFailure } from '../../../transfer/transferError.ts';

/** Other devices' files arrive in their own time; nothing is lost by looking seldom. */
const periodMs = 30 * 60_000;
/** A folder that is gone for a while comes back. */
const triesBeforeTelling = 3;

export interface SyncSchedulerOptions {
  readonly folder: () => string;
  readonly isReady: () => boolean;
  /** @param accepts SHA-256 of files that the person has just said are theirs */
  readonly sync: (folder: string, accepts: readonly string[]) => Promise<Synced>;
  /** Something came in. */
  readonly onAdded: () => void;
  /** What a sync has found, each time. */
  readonly onSynced?: (synced: Synced) => void;
  /** Told once for each failing state. */
  readonly tell: (failure: TransferFailure) => void;
  readonly clear: () => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** Syncs now and then while a folder is set. Failures are quiet but for one word in each failing state. */
export class SyncScheduler {
  readonly #options: SyncSchedulerOptions;
  #dueMs = -Infinity;
  readonly #syncing = new SingleFlight(() => this.#sync());
  #failures = 0;
  #told: TransferFailure | undefined;
  #accepts: readonly string[] = [];

  constructor(options: SyncSchedulerOptions) {
    this.#options = options;
  }

  /** Syncs when it is time. Never rejects for a sync that fails. */
  async tend(): Promise<void> {
    const { folder, isReady, clock } = this.#options;
    if (
      folder() === '' ||
      this.#syncing.isBusy ||
      !isReady() ||
      clock.monotonicMs() < this.#dueMs
    ) {
      return;
    }
    try {
      await this.syncNow();
    } catch (error) {
      this.#failed(asTransferError(error).reason);
    }
  }

  /** A sync that begins now, or right after the one that is under way. @throws {TransferError} */
  syncNow(): Promise<Synced> {
    return this.#syncing.runAfresh();
  }

  /** As {@link syncNow}, with files that the person says are theirs, by their SHA-256. @throws {TransferError} */
  syncAccepting(hashes: readonly string[]): Promise<Synced> {
    this.#accepts = [...this.#accepts, ...hashes];
    return this.syncNow();
  }

  /** The folder is another now: it is looked at with the next look. */
  reset(): void {
    this.#dueMs = -Infinity;
    this.#failures = 0;
    this.#told = undefined;
    this.#accepts = [];
  }

  async #sync(): Promise<Synced> {
    const { folder, sync, onAdded, onSynced, clear, clock, log } = this.#options;
    this.#dueMs = clock.monotonicMs() + periodMs;
    const accepts = this.#accepts;
    this.#accepts = [];
    try {
      const synced = await sync(folder(), accepts);
      const { merged, written, waiting } = synced;
      log.info('Synced', { merged, written, waiting, unread: synced.unread.length });
      this.#failures = 0;
      this.#told = undefined;
      clear();
      onSynced?.(synced);
      if (Object.values(synced.added).some((count) => count > 0)) {
        onAdded();
      }
      return synced;
    } catch (error) {
      log.warn('The sync failed', describeError(error));
      throw error;
    }
  }

  #failed(reason: TransferFailure): void {
    if (reason === 'cancelled' || reason === 'locked') {
      return;
    }
    this.#failures += 1;
    const isLate = this.#failures >= triesBeforeTelling;
    if (this.#told !== reason && (isLate || (reason !== 'unreachable' && reason !== 'busy'))) {
      this.#told = reason;
      this.#options.tell(reason);
    }
  }
}
