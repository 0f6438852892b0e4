import path from 'node:path';
import type { SqlJsStatic } from 'sql.js';
import type { Handlers } from '../../base/channel.ts';
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import { runDetached, type Log } from '../../base/log.ts';
import { SerialQueue } from '../../base/serialQueue.ts';
import { readPlain } from '../../files/plainFile.ts';
import { compact, makeSnapshot, type CompactionPlace } from '../upkeep/compaction.ts';
import { withCompactionLock } from '../upkeep/compactionLock.ts';
import { identityFromSecret, wipe, type Keyring } from '../age/identity.ts';
import type { HistoryScorer } from '../database/historyScorer.ts';
import { HistoryRescorer } from './historyRescorer.ts';
import { keeperAnswers } from './keeperAnswers.ts';
import {
  keeperQuestions,
  type SnapshotResult,
  type CompactionSummary,
  type KeeperContract,
  type KeeperParams,
  type KeeperResult,
  type QuestionName,
  type RescoreProgress,
  type VerifySummary,
} from './keeperContract.ts';
import { believeIn } from '../trust/believedFile.ts';
import { Ledger } from '../ledger/ledger.ts';
import { purgeDeletedTemplates, pruneTemplates } from '../upkeep/templatePurge.ts';
import { VaultError } from '../vaultError.ts';
import { summarizeReport } from './summarizeReport.ts';
import { verifyVault } from '../upkeep/verify.ts';
import { parseVaultFile, type VaultFile } from '../protectors/vaultFile.ts';
import { vaultFileName } from '../folder/vaultFolder.ts';
import { largestVaultFileBytes } from '../folder/vaultParts.ts';

export interface KeeperOptions {
  readonly sqlite: () => Promise<SqlJsStatic>;
  readonly clock: Clock;
  readonly log: Log;
  readonly scorer: HistoryScorer;
}

/** So many records in segments, or so much time since the last snapshot, and they are put into a new one. */
const recordsBetweenCompactions = 5_000;
const longestBetweenCompactionsMs = 24 * 3_600_000;
const pauseBetweenTriesMs = 10 * 60_000;

/** Owns the database and all long cryptography. One request at a time; a worker thread is its usual home. */
export class Keeper implements Disposable {
  readonly #options: KeeperOptions;
  readonly #queue = new SerialQueue();
  readonly #rescorer: HistoryRescorer;
  #folder = '';
  #keyring: Keyring = [];
  #ledger: Ledger | undefined;
  #nextCompactionMs = 0;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#rescorer = new HistoryRescorer(options.scorer);
  }

  /** What answers the host's requests. Each rejects with a {@link VaultError}. */
  get handlers(): Handlers<KeeperContract> {
    const questions = questionHandlers((name, params) => this.#answer(name, params));
    return {
      ...questions,
      loadDay: async (query) => {
        const day = await questions.loadDay(query);
        this.#compactSoon();
        return day;
      },
      open: (params) => this.#queue.run(() => this.#open(params)),
      verify: () => this.#queue.run(() => this.#verify()),
      rescore: () => this.#queue.run(() => this.#rescore()),
      purgeTemplates: () => this.#queue.run(() => this.#purgeTemplates()),
      makeSnapshot: () => this.#queue.run(() => this.#makeSnapshot()),
      compact: () => this.#queue.run(() => this.#compact()),
    };
  }

  /** Forgets the keys and the database. */
  dispose(): void {
    this.#ledger?.dispose();
    this.#ledger = undefined;
    wipe(...this.#keyring);
    this.#keyring = [];
  }

  async #open({
    folder,
    keysFolder,
    secrets,
  }: Parameters<Handlers<KeeperContract>['open']>[0]): Promise<Record<string, never>> {
    this.dispose();
    const { log, scorer } = this.#options;
    this.#folder = folder;
    this.#keyring = secrets.map((secret) => identityFromSecret(secret));
    const sqlite = await this.#options.sqlite();
    const keyring = this.#keyring;
    const believe = believeIn(folder, keyring.slice(0, 1), keysFolder);
    this.#ledger = new Ledger({ folder, keyring, believe, sqlite, log, rules: scorer.rules });
    return {};
  }

  #answer<N extends QuestionName>(name: N, params: KeeperParams<N>): Promise<KeeperResult<N>> {
    return this.#queue.run(async () => {
      const place = {
        ledger: await this.#fresh(),
        folder: this.#folder,
        scorer: this.#options.scorer,
        clock: this.#options.clock,
      };
      return keeperAnswers[name](params, place);
    });
  }

  async #verify(): Promise<VerifySummary> {
    const ledger = this.#opened();
    const sqlite = await this.#options.sqlite();
    await ledger.believe();
    return summarizeReport(await verifyVault(this.#folder, ledger.keys, sqlite));
  }

  async #rescore(): Promise<RescoreProgress> {
    const progress = this.#rescorer.advance(await this.#fresh());
    if (progress.isOver) {
      await this.#compact();
    }
    return progress;
  }

  async #makeSnapshot(): Promise<SnapshotResult> {
    const ledger = this.#opened();
    await ledger.refresh();
    const { file, sizeBytes } = await makeSnapshot(ledger, this.#place());
    return { file, sizeBytes, records: ledger.countRecords() };
  }

  /** Compacts when it is time, after whatever was asked has been answered. */
  #compactSoon(): void {
    const { clock, log } = this.#options;
    if (clock.wallMs() < this.#nextCompactionMs) {
      return;
    }
    this.#nextCompactionMs = clock.wallMs() + pauseBetweenTriesMs;
    runDetached(
      log,
      'Compacting',
      this.#queue.run(async () => {
        if (this.#ledger !== undefined && (await this.#isCompactionDue(this.#ledger))) {
          await this.#compact();
        }
      }),
    );
  }

  async #isCompactionDue(ledger: Ledger): Promise<boolean> {
    if (ledger.segments.uncoveredRecords >= recordsBetweenCompactions) {
      return true;
    }
    const sinceMs = ledger.snapshotMs ?? (await this.#vaultFile()).createdMs;
    const isOld = this.#options.clock.wallMs() - sinceMs >= longestBetweenCompactionsMs;
    return isOld && ledger.segments.uncoveredRecords > 0;
  }

  async #purgeTemplates(): Promise<{ readonly left: number }> {
    const ledger = this.#opened();
    const place = this.#place();
    const sqlite = await this.#options.sqlite();
    const left = await withCompactionLock(this.#folder, place.clock.wallMs(), () =>
      purgeDeletedTemplates(ledger, { ...place, sqlite }),
    );
    if (left === undefined) {
      throw new VaultError('busy', 'Another process compacts the vault');
    }
    return { left };
  }

  async #compact(): Promise<CompactionSummary> {
    const ledger = this.#opened();
    const place = this.#place();
    const result = await withCompactionLock(this.#folder, place.clock.wallMs(), async () => {
      await ledger.refresh();
      pruneTemplates(ledger, place.clock.wallMs());
      return compact(ledger, place);
    });
    const { discarded = 0, purged = 0 } = result ?? {};
    this.#options.log.info('Compacted', { discarded, purged, done: result !== undefined });
    return { done: result !== undefined, discarded, purged };
  }

  #place(): CompactionPlace {
    const { clock, log } = this.#options;
    return { folder: this.#folder, clock, log };
  }

  async #vaultFile(): Promise<VaultFile> {
    return parseVaultFile(
      await readPlain(path.join(this.#folder, vaultFileName), {
        largestBytes: largestVaultFileBytes,
      }),
    );
  }

  /** The ledger with everything that the folder holds now. */
  async #fresh(): Promise<Ledger> {
    const ledger = this.#opened();
    await ledger.refresh();
    return ledger;
  }

  #opened(): Ledger {
    if (this.#ledger === undefined) {
      throw new VaultError('locked', 'The keeper has no key');
    }
    return this.#ledger;
  }
}

type QuestionHandlers = Pick<Handlers<KeeperContract>, QuestionName>;

/** One handler for each question. */
function questionHandlers(
  answer: <N extends QuestionName>(name: N, params: KeeperParams<N>) => Promise<KeeperResult<N>>,
): QuestionHandlers {
  const names = Object.keys(keeperQuestions) as QuestionName[];
  // Each has the name of its own question, whose guard its parameters have passed.
  return Object.fromEntries(
    names.map((name) => [name, (params: never) => answer(name, params)]),
  ) as unknown as QuestionHandlers;
}
