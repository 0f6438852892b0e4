import { randomBytes } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import { describeError, runDetached, type Log } from '../../base/log.ts';
import { makeFolder } from '../../files/durableFiles.ts';
import {
  markerTouchMs,
  removeLiveMarker,
  touchLiveMarker,
  writeLiveMarker,
} from '../folder/liveMarkers.ts';
import { SegmentFile } from './segmentFile.ts';
import type { SegmentAuthor } from './segmentHeader.ts';
import { VaultError } from '../vaultError.ts';
import { WaitingRecords, type PlainRecord } from './waitingRecords.ts';

/** Whom records are sealed for, and who says that they are this vault's. */
export interface SealFor extends SegmentAuthor {
  readonly recipient: string;
}

export interface SegmentWriterOptions {
  readonly segmentsFolder: string;
  /**
   * Whom to seal for now; asked before and after each new segment's first records. When it rejects, nothing is
   * written and it is asked again later.
   */
  readonly sealFor: () => Promise<SealFor>;
  readonly clock: Clock;
  readonly log: Log;
  /** Called when {@link SegmentWriter.unsavedMinutes} or {@link SegmentWriter.failure} changed. */
  readonly onChange: () => void;
  /** Pauses between tries while nothing can be written; the last one repeats. */
  readonly retryPausesMs?: readonly number[];
  /** What may wait in memory at most; beyond it the oldest is given up. */
  readonly waitingBytes?: number;
}

/** A segment past this size is ended. It also bounds what is held to be written again. */
const rollBytes = 128 << 10;
/** Sealing so many records takes the thread about 2 ms. */
const recordsPerWrite = 100;
const defaultPausesMs = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000];
const defaultWaitingBytes = 4 << 20;

/**
 * The one writer of this process: appends records to its own segments, several calls to one fsync. While
 * nothing can be written the records wait in memory, the newest of them, and it tries again and again.
 */
export class SegmentWriter implements Disposable {
  readonly writerId = randomBytes(16).toString('hex');
  readonly #options: SegmentWriterOptions;
  readonly #pausesMs: readonly number[];
  readonly #waiting: WaitingRecords;
  #segment: SegmentFile | undefined;
  #sealedFor: SealFor | undefined;
  /** Acknowledged records whose segment was taken away, until they are in another. */
  #owed: readonly Uint8Array[] = [];
  #nextNumber = 0;
  #pumping: Promise<void> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #failure: unknown;
  #marker: Disposable | undefined;
  #rollWanted = false;
  #closed = false;

  constructor(options: SegmentWriterOptions) {
    this.#options = options;
    this.#waiting = new WaitingRecords(options.waitingBytes ?? defaultWaitingBytes);
    this.#pausesMs = options.retryPausesMs ?? defaultPausesMs;
  }

  /** Minutes that are not durable yet. */
  get unsavedMinutes(): number {
    return this.#waiting.minutes;
  }

  /** Why the last try to write failed; `undefined` once one succeeded. */
  get failure(): unknown {
    return this.#failure;
  }

  /**
   * Resolves once the records are on disk and fsynced.
   * @throws {VaultError} `unwritable` when they had to be given up: too many waited, or the writer was closed.
   */
  append(records: readonly PlainRecord[]): Promise<void> {
    if (records.length === 0) {
      return Promise.resolve();
    }
    if (this.#closed) {
      return Promise.reject(new VaultError('unwritable', 'The vault is closed'));
    }
    const written = this.#waiting.add(records);
    if (this.#retry === undefined) {
      this.#pump();
    }
    this.#options.onChange();
    return written;
  }

  /** The next record begins a new segment, sealed for whom `recipient` names then. */
  roll(): void {
    this.#rollWanted = true;
  }

  /** Tries now what waits for its next try. */
  retryNow(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#pump();
  }

  /** Writes what waits, once more; ends the segment. What still can't be written is given up. */
  async close(): Promise<void> {
    if (this.#closed) {
      return;
    }
    this.#closed = true;
    await this.#pumping;
    this.retryNow();
    await this.#pumping;
    this.#letGo();
    try {
      await this.#endForGood();
      await removeLiveMarker(this.#options.segmentsFolder, this.writerId);
    } catch (error) {
      this.#options.log.warn('The last segment was not ended', describeError(error));
    }
  }

  /** Lets go of everything, as it is. Records that are not durable yet are given up. */
  dispose(): void {
    if (this.#closed) {
      return;
    }
    this.#closed = true;
    this.#letGo();
    const abandon = async (): Promise<void> => {
      await this.#pumping;
      await this.#segment?.abandon();
    };
    runDetached(this.#options.log, 'Leaving a segment', abandon());
  }

  #letGo(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#marker?.dispose();
    this.#waiting.rejectAll();
  }

  #pump(): void {
    if (this.#pumping !== undefined || this.#waiting.isEmpty) {
      return;
    }
    this.#pumping = this.#writeAll().finally(this.#options.onChange);
  }

  async #writeAll(): Promise<void> {
    // One turn of the event loop, so that what is appended in this one shares the fsync.
    await Promise.resolve();
    while (!this.#waiting.isEmpty) {
      try {
        const records = this.#waiting.take(recordsPerWrite);
        await this.#write(records.map(({ plain }) => plain));
        if (records.some(({ endsSegment }) => endsSegment)) {
          await this.#endForGood();
        }
      } catch (error) {
        this.#waiting.notWritten();
        await this.#fail(error);
        break;
      }
      this.#failures = 0;
      this.#failure = undefined;
      this.#waiting.written();
    }
    // Nothing is awaited since the last look at what waits: what comes in between would wait for the record after it.
    this.#pumping = undefined;
    if (this.#failures > 0 && !this.#closed) {
      const pauses = this.#pausesMs;
      const pauseMs = pauses[Math.min(this.#failures, pauses.length) - 1] ?? 60_000;
      this.#retry = setTimeout(() => {
        this.retryNow();
      }, pauseMs);
      this.#retry.unref();
    }
  }

  async #write(plains: readonly Uint8Array[]): Promise<void> {
    if (this.#segment !== undefined && (this.#rollWanted || this.#segment.sizeBytes >= rollBytes)) {
      await this.#endSegment();
    }
    this.#rollWanted = false;
    let pending = plains;
    while (this.#owed.length > 0 || pending.length > 0) {
      const isNew = this.#segment === undefined;
      const segment = (this.#segment ??= await this.#begin());
      const isOwed = this.#owed.length > 0;
      const share = (isOwed ? this.#owed : pending).slice(0, recordsPerWrite);
      const inPlace = (await segment.append(share)) && (!isNew || (await this.#isStillRight()));
      if (!inPlace) {
        this.#segment = undefined;
        this.#takeBack(segment.held.slice(0, segment.held.length - share.length));
        await segment.abandon();
      } else if (isOwed) {
        this.#owed = this.#owed.slice(share.length);
      } else {
        pending = pending.slice(share.length);
      }
    }
  }

  /** Should it turn out that the segment was taken away, what it held goes into another, which is ended too. */
  async #endForGood(): Promise<void> {
    await this.#endSegment();
    if (this.#owed.length > 0) {
      await this.#write([]);
      await this.#endSegment();
    }
  }

  async #endSegment(): Promise<void> {
    const segment = this.#segment;
    this.#segment = undefined;
    try {
      if (segment !== undefined && !(await segment.end())) {
        this.#takeBack(segment.held);
      }
    } catch (error) {
      this.#options.log.warn('A segment was not ended', describeError(error));
    }
  }

  /** What a segment held that is not, or no longer, the right one. */
  #takeBack(held: readonly Uint8Array[]): void {
    this.#options.log.warn('A segment was taken away or made for an old key; writing it again', {
      records: held.length,
    });
    this.#owed = [...held, ...this.#owed];
  }

  /**
   * Looks again once a new segment is there to be found. Either this sees that the identity was retired
   * meanwhile, or who wants to destroy the identity sees the segment: docs/vault-format.md, "Rotation".
   */
  async #isStillRight(): Promise<boolean> {
    const now = await this.#options.sealFor();
    return now.recipient === this.#sealedFor?.recipient;
  }

  /** Another window may have rotated the keys meanwhile: then goes on in a new segment. */
  async #touchMarker(): Promise<void> {
    const { segmentsFolder, clock } = this.#options;
    await touchLiveMarker(segmentsFolder, this.writerId, clock.wallMs());
    if (!(await this.#isStillRight())) {
      this.#rollWanted = true;
    }
  }

  async #begin(): Promise<SegmentFile> {
    const { segmentsFolder, clock } = this.#options;
    const sealFor = await this.#options.sealFor();
    if (this.#sealedFor !== undefined && this.#sealedFor.vaultId !== sealFor.vaultId) {
      // What was acknowledged belonged to a vault that was purged. It must not come back in the next one.
      this.#owed = [];
    }
    this.#sealedFor = sealFor;
    await makeFolder(segmentsFolder);
    await writeLiveMarker(segmentsFolder, this.writerId);
    this.#marker ??= clock.every(markerTouchMs, () => {
      runDetached(this.#options.log, 'Touching the live marker', this.#touchMarker());
    });
    const number = this.#nextNumber++;
    return SegmentFile.create(
      segmentsFolder,
      { writerId: this.writerId, number, createdMs: Math.max(0, Math.round(clock.wallMs())) },
      sealFor.recipient,
      sealFor,
    );
  }

  async #fail(error: unknown): Promise<void> {
    this.#failure = error;
    if (this.#failures === 0) {
      this.#options.log.error('Nothing can be written; it waits in memory', describeError(error));
    }
    this.#failures += 1;
    // What a file holds after a failed write or fsync is anyone's guess: never append to it again.
    const segment = this.#segment;
    this.#segment = undefined;
    await segment?.abandon().catch(() => undefined);
  }
}
