import { randomBytes } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { EarlyReason } from '../facts/focusSession.ts';
import type { StoredKind } from '../readings/storedReading.ts';
import type { DayQuery } from './history/countedMinutes.ts';
import type { KeeperAsk } from './keeper/keeperContract.ts';
import type {
  Activity,
  AuditAction,
  AuditRecord,
  FocusSessionRecord,
  RecordId,
  VaultRecord,
} from './record.ts';
import { decodeRecord } from './segments/recordCodec.ts';

/** What somebody puts right in one record; all else of it stays as it is. */
export type StoredCorrection =
  | {
      readonly kind: 'session';
      /** Minutes that lie outside of these are dropped; one that lies partly within stays. */
      readonly startMs: number;
      readonly endMs: number;
    }
  | {
      readonly kind: 'feedback';
      readonly rating: number;
      readonly activity: Activity;
      readonly interrupted: boolean;
    }
  /** Why a session that the person ended was ended. */
  | { readonly kind: 'focusSession'; readonly reason: EarlyReason };

/** One record of what is stored. */
export interface StoredRef {
  readonly kind: StoredKind;
  readonly id: RecordId;
}

export interface VaultContentsOptions {
  readonly append: (records: readonly VaultRecord[]) => Promise<void>;
  readonly keeper: KeeperAsk;
  readonly clock: Clock;
}

const minuteMs = 60_000;

/** Single records of the vault, and how a person deletes one or puts it right. */
export class VaultContents {
  readonly #options: VaultContentsOptions;

  constructor(options: VaultContentsOptions) {
    this.#options = options;
  }

  /**
   * The focus sessions of which a part lies in a stretch of time, by their start, with the one that runs; none that
   * runs and was begun more than a day before.
   * @throws {VaultError} as {@link KeeperAsk.ask}
   */
  async focusSessions({ startMs, endMs }: DayQuery): Promise<FocusSessionRecord[]> {
    const found = await this.#options.keeper.ask('loadFocus', { startMs, endMs });
    return found.map(decodeRecord).filter((record) => record?.type === 'focusSession');
  }

  /**
   * Deletes a record for good; works while the vault is locked. Nothing shows or counts it from here on, whatever copy
   * of it is read again. Its bytes are out of every new snapshot; they leave the files that held it when these are
   * superseded (a segment once its writer has ended it) and have lain in the trash for seven days. A window that still
   * records the session goes on to do so, and what it records is dropped.
   * @returns once the deletion is on the disk
   * @throws {RangeError} for what is no id. @throws {VaultError} as `Vault.append`
   */
  delete({ id }: StoredRef): Promise<void> {
    return this.#options.append([this.audit('delete'), this.#tombstone(id)]);
  }

  /**
   * Puts a record right: the corrected one has a new id, and the old one is deleted as by {@link delete}, in one append.
   * A session's minutes go over to the new one as they were recorded.
   * @returns once it is on the disk
   * @throws {RangeError} when there is no such record, it is of another kind, or the correction makes none
   * @throws {VaultError} as `Vault.append` and {@link KeeperAsk.ask}
   */
  async replace({ id }: StoredRef, correction: StoredCorrection): Promise<void> {
    const found = await this.#options.keeper.ask('loadRecords', { id });
    const told = found.map(decodeRecord).filter((record) => record !== undefined);
    const records = corrected(told, correction, newId());
    // Should the end of the append be lost, the old record is still there, and nobody was told otherwise.
    await this.#options.append([...records, this.audit('correct'), this.#tombstone(id)]);
  }

  /** A line of the log, about now. */
  audit(action: AuditAction): AuditRecord {
    const atMs = this.#nowMs();
    const zoneOffsetMinutes = -new Date(atMs).getTimezoneOffset();
    return { type: 'audit', id: newId(), atMs, zoneOffsetMinutes, action };
  }

  #tombstone(id: RecordId): VaultRecord {
    return { type: 'tombstone', id, deletedMs: this.#nowMs() };
  }

  #nowMs(): number {
    return Math.max(0, Math.round(this.#options.clock.wallMs()));
  }
}

function newId(): RecordId {
  return randomBytes(16).toString('hex');
}

/** What is told of a record, under another id and with the correction in it. */
function corrected(
  told: readonly VaultRecord[],
  correction: StoredCorrection,
  id: RecordId,
): VaultRecord[] {
  const [record] = told;
  if (record?.type === 'session' && correction.kind === 'session') {
    const { startMs, endMs } = correction;
    if (!(startMs < endMs)) {
      throw new RangeError('A session ends after it begins');
    }
    const minutes = told.flatMap((one) =>
      one.type === 'minute' && isWithin(one.sample.minute * minuteMs, startMs, endMs)
        ? [{ ...one, session: id }]
        : [],
    );
    return [{ ...record, id, startMs, endMs }, ...minutes];
  }
  if (record?.type === 'feedback' && correction.kind === 'feedback') {
    const { rating, activity, interrupted } = correction;
    return [{ ...record, id, rating, activity, interrupted }];
  }
  if (record?.type === 'focusSession' && correction.kind === 'focusSession') {
    if (record.end?.by !== 'early') {
      throw new RangeError('Only a session that was ended early has a reason');
    }
    return [{ ...record, id, end: { ...record.end, reason: correction.reason } }];
  }
  throw new RangeError('There is no such record');
}

function isWithin(minuteStartMs: number, startMs: number, endMs: number): boolean {
  return minuteStartMs + minuteMs > startMs && minuteStartMs < endMs;
}
