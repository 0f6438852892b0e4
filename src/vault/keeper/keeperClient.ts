import path from 'node:path';
import type { Params, Result } from '../../base/channel.ts';
import type { Disposable } from '../../base/disposable.ts';
import type { Log } from '../../base/log.ts';
import type { DayState } from '../../readings/dayReading.ts';
import type { InsightsState } from '../../readings/insightsReading.ts';
import type { StoredOverview, StoredPage } from '../../readings/storedReading.ts';
import type { DayQuery } from '../history/daySummary.ts';
import type { Neighbours } from '../history/historyQueries.ts';
import type { StoredQuery } from '../history/storedRecords.ts';
import { wipe, type Keyring } from '../age/identity.ts';
import {
  keeperContract,
  type BackUpResult,
  type CompactionSummary,
  type KeeperContract,
  type KeeperThreadData,
  type PastQuery,
  type PastState,
  type VerifySummary,
} from './keeperContract.ts';
import type { FocusSessionRecord, RecordId, VaultRecord } from '../record.ts';
import { decodeRecord } from '../segments/recordCodec.ts';
import type { Template, TemplateInfo } from '../database/templateStore.ts';
import { asVaultError } from './keeperFailure.ts';
import type { RescoreProgress } from './keeperHistory.ts';
import { ThreadOnDemand, type ThreadChannel } from '../../threads/threadOnDemand.ts';

export interface KeeperClientOptions {
  /** The thread's bundle; `sql-wasm.wasm` lies beside it. */
  readonly keeperPath: string;
  readonly folder: string;
  /**
   * The identities that may open something of the vault. Asked each time a keeper starts; the client wipes
   * what it is given once the keeper has it. A rejection is passed on, and no keeper stays.
   */
  readonly keyring: () => Promise<Keyring>;
  readonly log: Log;
  /** A keeper that was asked nothing for so long is ended. */
  readonly idleMs: number;
  /** A keeper that does not answer for so long is ended. */
  readonly timeoutMs?: number;
}

type Requests = KeeperContract['requests'];
type RequestName = Exclude<keyof Requests, 'open'>;

const defaultTimeoutMs = 60_000;

/**
 * The host's end of the keeper, which is there while something is asked and gets the keys first. An error in the keeper
 * is an answer; only a dead or silent one is `keeperFailed`.
 */
export class KeeperClient implements Disposable {
  readonly #options: KeeperClientOptions;
  readonly #thread: ThreadOnDemand<KeeperContract>;

  constructor(options: KeeperClientOptions) {
    this.#options = options;
    const { keeperPath, log, idleMs, timeoutMs = defaultTimeoutMs } = options;
    const data: KeeperThreadData = {
      wasmPath: path.join(path.dirname(keeperPath), 'sql-wasm.wasm'),
    };
    this.#thread = new ThreadOnDemand({
      name: 'keeper',
      file: keeperPath,
      data,
      contract: keeperContract,
      prepare: (channel) => this.#open(channel),
      log,
      idleMs,
      timeoutMs,
    });
  }

  /** True while there is a thread. */
  get isRunning(): boolean {
    return this.#thread.isRunning;
  }

  /** @throws {VaultError} `locked`, `wrongKey`, `damaged`, `unknownVersion`, `keeperFailed` */
  loadDay(query: DayQuery): Promise<DayState> {
    return this.#ask('loadDay', { startMs: query.startMs, endMs: query.endMs });
  }

  /** What a look back from today shows. Throws as {@link loadDay}. */
  loadPast(query: PastQuery): Promise<PastState> {
    return this.#ask('loadPast', query);
  }

  /** What the last twelve weeks show of the person's own habits. Throws as {@link loadDay}. */
  loadInsights(query: PastQuery): Promise<InsightsState> {
    return this.#ask('loadInsights', query);
  }

  /** The focus sessions of which a part lies between two times. Throws as {@link loadDay}. */
  async loadFocus({ startMs, endMs }: DayQuery): Promise<FocusSessionRecord[]> {
    const records = (await this.#ask('loadFocus', { startMs, endMs })).map(decodeRecord);
    return records.filter((record) => record?.type === 'focusSession');
  }

  /** What tells of a session, a focus session or an answer; none when it is not there. Throws as {@link loadDay}. */
  async loadRecords(id: RecordId): Promise<VaultRecord[]> {
    const records = (await this.#ask('loadRecords', { id })).map(decodeRecord);
    return records.filter((record) => record !== undefined);
  }

  /** How much there is of each kind of record. Throws as {@link loadDay}. */
  storedOverview(): Promise<StoredOverview> {
    return this.#ask('storedOverview', {});
  }

  /** Records of one kind, the latest first. Throws as {@link loadDay}. */
  storedPage(query: StoredQuery): Promise<StoredPage> {
    return this.#ask('storedPage', query);
  }

  /** The nearest days with a record on either side of one. Throws as {@link loadDay}. */
  neighbours(day: number, dayStartHour: number): Promise<Neighbours> {
    return this.#ask('neighbours', { day, dayStartHour });
  }

  /**
   * The newest version of a template, or the one asked for.
   * @throws {VaultError} as {@link loadDay}; `damaged` when it does not match its hash
   */
  async getTemplate(name: string, version?: number): Promise<Template | undefined> {
    const [template] = await this.#ask('getTemplates', {
      names: [name],
      ...(version !== undefined && { version }),
    });
    return template;
  }

  /** The newest version of each of these that there is. Throws as {@link getTemplate}, for any of them. */
  getTemplates(names: readonly string[]): Promise<readonly Template[]> {
    return this.#ask('getTemplates', { names: [...names] });
  }

  /** Every version of every template, the newest of each name first. Throws as {@link loadDay}. */
  listTemplates(): Promise<readonly TemplateInfo[]> {
    return this.#ask('listTemplates', {});
  }

  /**
   * Removes every trace of templates that were deleted.
   * @returns how many files may still hold one
   * @throws {VaultError} as {@link backUp}; `busy` while another process compacts
   */
  purgeTemplates(): Promise<{ readonly left: number }> {
    return this.#ask('purgeTemplates', {});
  }

  /** Whether the past is shown under earlier rules than the present ones. Throws as {@link loadDay}. */
  isHistoryBehind(): Promise<boolean> {
    return this.#ask('isHistoryBehind', {});
  }

  /** Scores the past under the present rules until `progressed` answers false. Throws as {@link backUp}. */
  async rescoreAll(progressed: (progress: RescoreProgress) => boolean): Promise<void> {
    let progress: RescoreProgress;
    do {
      progress = await this.#ask('rescore', {});
    } while (progressed(progress) && !progress.isOver);
  }

  /** What is usual for the person, as a template, from a stretch of time. Throws as {@link loadDay}. */
  learnBaseline(query: DayQuery, dayStartHour: number): Promise<Uint8Array> {
    return this.#ask('learnBaseline', { ...query, dayStartHour });
  }

  /** What the person's answers teach, as a template. Throws as {@link loadDay}. */
  learnModel(dayStartHour: number): Promise<Uint8Array> {
    return this.#ask('learnModel', { dayStartHour });
  }

  /** Checks every byte of every segment and snapshot; changes nothing. Throws as {@link loadDay}. */
  verify(): Promise<VerifySummary> {
    return this.#ask('verify', {});
  }

  /**
   * Writes a snapshot of everything.
   * @throws {VaultError} as {@link loadDay}, and `unwritable`
   */
  backUp(): Promise<BackUpResult> {
    return this.#ask('backUp', {});
  }

  /**
   * Puts the segments into a new snapshot now. The keeper does so by itself, when it is time and it runs.
   * @throws {VaultError} as {@link backUp}
   */
  compact(): Promise<CompactionSummary> {
    return this.#ask('compact', {});
  }

  /** Ends the keeper, if there is one, and with it whatever is being asked. The next request starts another. */
  end(): void {
    this.#thread.end();
  }

  dispose(): void {
    this.#thread.dispose();
  }

  async #ask<N extends RequestName>(
    name: N,
    params: Params<KeeperContract, N>,
  ): Promise<Result<KeeperContract, N>> {
    try {
      return await this.#thread.ask(name, params);
    } catch (error) {
      throw asVaultError(error);
    }
  }

  /** Fetching the keys and starting the thread go side by side. */
  async #open(channel: ThreadChannel<KeeperContract>): Promise<void> {
    const { folder, keyring } = this.#options;
    const keys = await keyring();
    const secrets = keys.map(({ secret }) => secret);
    // The message is a copy by the time this returns, so what the host has can go at once.
    const opened = channel.request('open', { folder, secrets });
    wipe(...keys);
    await opened;
  }
}
