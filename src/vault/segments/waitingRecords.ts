import { VaultError } from '../vaultError.ts';

/** A record as its plaintext. */
export interface PlainRecord {
  readonly plain: Uint8Array;
  /** Counts towards the minutes that are not saved yet. */
  readonly isMinute: boolean;
  /** The segment is ended once this is in it. */
  readonly endsSegment?: boolean;
}

interface Waiting {
  readonly record: PlainRecord;
  readonly batch: Batch;
}

/** What was given in one call. */
interface Batch {
  left: number;
  readonly resolve: () => void;
  readonly reject: (error: VaultError) => void;
}

/** Records on their way to disk, oldest first, and who waits for them. */
export class WaitingRecords {
  readonly #mostBytes: number;
  readonly #waiting: Waiting[] = [];
  #bytes = 0;
  /** How many at the front are being written. */
  #inFlight = 0;

  /** @param mostBytes what may wait at most; beyond it the oldest is given up */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  get minutes(): number {
    return this.#waiting.reduce((sum, { record }) => sum + (record.isMinute ? 1 : 0), 0);
  }

  /**
   * Resolves once each of the records was written.
   * @throws {VaultError} `unwritable` when one was given up
   */
  add(records: readonly PlainRecord[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const batch: Batch = { left: records.length, resolve, reject };
      for (const record of records) {
        this.#waiting.push({ record, batch });
        this.#bytes += record.plain.length;
      }
      this.#giveUpOldest();
    });
  }

  /** The oldest, to be written now. They stay until {@link written}; {@link notWritten} lets them wait again. */
  take(most: number): PlainRecord[] {
    this.#inFlight = Math.min(most, this.#waiting.length);
    return this.#waiting.slice(0, this.#inFlight).map(({ record }) => record);
  }

  written(): void {
    for (const { record, batch } of this.#waiting.splice(0, this.#inFlight)) {
      this.#bytes -= record.plain.length;
      batch.left -= 1;
      if (batch.left === 0) {
        batch.resolve();
      }
    }
    this.#inFlight = 0;
  }

  notWritten(): void {
    this.#inFlight = 0;
    this.#giveUpOldest();
  }

  /** Gives up everything. */
  rejectAll(): void {
    for (const { batch } of this.#waiting.splice(0)) {
      batch.reject(new VaultError('unwritable', 'The vault was closed before this was written'));
    }
    this.#bytes = 0;
    this.#inFlight = 0;
  }

  /** Keeps the newest: the oldest is most likely to have been seen already, and memory is not ours alone. */
  #giveUpOldest(): void {
    let count = 0;
    while (this.#bytes > this.#mostBytes && this.#inFlight + count < this.#waiting.length - 1) {
      const oldest = this.#waiting[this.#inFlight + count];
      count += 1;
      this.#bytes -= oldest?.record.plain.length ?? 0;
      oldest?.batch.reject(new VaultError('unwritable', 'Too much waited to be written'));
    }
    this.#waiting.splice(this.#inFlight, count);
  }
}
