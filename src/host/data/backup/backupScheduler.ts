import path from 'node:path';
import type { Clock } from '../../../base/clock.ts';
import { loggingEmitter, type Emitter, type Event } from '../../../base/emitter.ts';
import { describeError, type Log } from '../../../base/log.ts';
import { SingleFlight } from '../../../base/singleFlight.ts';
import { readIfThere, replaceFile } from '../../../files/durableFiles.ts';
import { withLock } from '../../../files/fileLock.ts';
import type { MadeBackup } from '../../../transfer/messages/backupMessages.ts';
import {
  afterFailure,
  afterGood,
  formatBackupState,
  isBackupDue,
  newBackupState,
  parseBackupState,
  type BackupState,
} from '../../../transfer/backup/backupSchedule.ts';
import { asTransferError, type TransferFailure } from '../../../transfer/transferError.ts';
import type { DataSettings } from '../../settings/settingTable.ts';
import { readVaultActivity } from '../../vault/vaultActivity.ts';

/** A window that began a backup so long ago has ended without a word. */
const claimMs = 10 * 60_000;
const stateFileName = 'backup-state.json';

export interface BackupSchedulerOptions {
  readonly storage: string;
  readonly vaultFolder: string;
  readonly settings: () => Pick<DataSettings, 'backupFolder' | 'backupSchedule'>;
  /** The vault can be read: a locked one is no failure, and is backed up when it is not. */
  readonly isReady: () => boolean;
  /** When somebody typed last in this window. */
  readonly lastTypedMs: () => number | undefined;
  readonly backUp: (folder: string) => Promise<MadeBackup>;
  readonly prune: (folder: string) => Promise<unknown>;
  /** Told once for each failing state. */
  readonly tell: (failure: TransferFailure) => void;
  /** What was told is over. */
  readonly clear: () => void;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Backups into the folder that the person named: when they are due, who of several windows makes them, and what is
 * remembered of them. Failures are quiet but for one word in each failing state.
 */
export class BackupScheduler {
  readonly #options: BackupSchedulerOptions;
  readonly #didChange: Emitter<void>;
  #state: BackupState | undefined;
  #isStart = true;
  readonly #trying = new SingleFlight(() => this.#makeWhatIsDue());

  constructor(options: BackupSchedulerOptions) {
    this.#options = options;
    this.#didChange = loggingEmitter('the backups', options.log);
  }

  get onDidChange(): Event<void> {
    return this.#didChange.event;
  }

  /** What is known of the present folder's backups; `undefined` where none is set or it was not read yet. */
  get state(): BackupState | undefined {
    const { backupFolder } = this.#options.settings();
    return backupFolder !== '' && this.#state?.folder === backupFolder ? this.#state : undefined;
  }

  /** Reads anew what this and other windows remember. */
  async read(): Promise<void> {
    const { storage, settings } = this.#options;
    this.#set(await readBackupState(storage, settings().backupFolder));
  }

  /** Makes a backup when one is due. Never rejects for a backup that fails. */
  async tend(): Promise<void> {
    if (this.#options.settings().backupFolder === '') {
      return;
    }
    await this.read();
    if (!this.#trying.isBusy && this.#options.isReady()) {
      await this.#trying.join();
    }
  }

  /**
   * Makes one now, whether or not one is due.
   * @throws {TransferError} which is remembered, and not told besides
   */
  async backUpNow(folder: string): Promise<MadeBackup> {
    const { storage, clock } = this.#options;
    const state = await readBackupState(storage, folder);
    return this.#make({ state, startedMs: Math.round(clock.wallMs()), isAsked: true });
  }

  dispose(): void {
    this.#didChange.dispose();
  }

  async #makeWhatIsDue(): Promise<void> {
    const { backupFolder, backupSchedule } = this.#options.settings();
    const isOn = backupFolder !== '' && backupSchedule !== 'off';
    const claimed = isOn ? await this.#claim(backupFolder) : undefined;
    if (claimed !== undefined) {
      await this.#make(claimed).catch(() => undefined);
    }
  }

  /** Of several windows one goes on. */
  async #claim(
    folder: string,
  ): Promise<{ readonly state: BackupState; readonly startedMs: number } | undefined> {
    const { storage, vaultFolder, lastTypedMs, clock } = this.#options;
    const { lastWrittenMs } = await readVaultActivity(vaultFolder);
    const isStart = this.#isStart;
    this.#isStart = false;
    return withLock(path.join(storage, 'backup.lock'), async () => {
      const state = await readBackupState(storage, folder);
      const startedMs = Math.round(clock.wallMs());
      const moment = {
        nowMs: startedMs,
        newestRecordMs: lastWrittenMs,
        // Other windows' typing is seen in what they write.
        lastTypedMs: laterOf(lastTypedMs(), lastWrittenMs),
        isStart,
      };
      const { lastTriedMs, lastGoodMs, failures } = state;
      const isClaimed =
        failures === 0 &&
        lastTriedMs !== null &&
        lastTriedMs > (lastGoodMs ?? -Infinity) &&
        Math.abs(startedMs - lastTriedMs) < claimMs;
      if (isClaimed || !isBackupDue(state, moment)) {
        return undefined;
      }
      await writeBackupState(storage, { ...state, lastTriedMs: startedMs });
      return { state, startedMs };
    });
  }

  async #make({
    state,
    startedMs,
    isAsked = false,
  }: {
    readonly state: BackupState;
    readonly startedMs: number;
    readonly isAsked?: boolean;
  }): Promise<MadeBackup> {
    const { backUp, prune, tell, clear, log } = this.#options;
    try {
      const made = await backUp(state.folder);
      await this.#remember(afterGood(state, startedMs, made.verifiedMs));
      clear();
      log.info('Backed up', { sizeBytes: made.sizeBytes, leftOut: made.leftOut });
      if (made.madeRoom !== undefined) {
        const { removed, kept } = made.madeRoom;
        log.warn('There was no room: old backups were removed first', {
          removed: removed.length,
          kept,
        });
      }
      // What could not be read whole may be whole in an older one.
      if (made.leftOut === 0) {
        await prune(state.folder).catch((error: unknown) => {
          log.warn('Old backups were not removed', describeError(error));
        });
      }
      return made;
    } catch (error) {
      const { reason } = asTransferError(error);
      log.warn('A backup failed', { reason });
      if (reason === 'locked') {
        throw error;
      }
      const failed = afterFailure(state, startedMs, reason);
      await this.#remember(isAsked ? { ...failed.state, told: reason } : failed.state);
      if (failed.tells && !isAsked) {
        tell(reason);
      }
      throw error;
    }
  }

  async #remember(state: BackupState): Promise<void> {
    const { storage, log } = this.#options;
    this.#set(state);
    await writeBackupState(storage, state).catch((error: unknown) => {
      log.warn('The state of the backups was not kept', describeError(error));
    });
  }

  #set(state: BackupState): void {
    this.#state = state;
    this.#didChange.fire();
  }
}

function laterOf(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);
}

/** What this device remembers of its backups into a folder; nothing, where the last ones went to another. */
async function readBackupState(storage: string, folder: string): Promise<BackupState> {
  const bytes = await readIfThere(path.join(storage, stateFileName)).catch(() => undefined);
  const state = parseBackupState(bytes);
  return state.folder === folder ? state : { ...newBackupState, folder };
}

/** Remembers, whole or not at all. */
async function writeBackupState(storage: string, state: BackupState): Promise<void> {
  await replaceFile(path.join(storage, stateFileName), formatBackupState(state), {
    makesFolder: true,
  });
}
