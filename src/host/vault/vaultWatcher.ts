import type { Clock } from '../../base/clock.ts';
import { describeError, type Log } from '../../base/log.ts';
import { SingleFlight } from '../../base/singleFlight.ts';
import {
  readVaultLocation,
  vaultInPlaceOf,
  type EarlierVault,
  type VaultLocation,
} from '../../vault/folder/vaultLocation.ts';
import { readVaultActivity } from './vaultActivity.ts';

const memoryKey = 'data.followed';
/** A window that stays with an earlier vault writes each minute; that is brought over now and then. */
const catchUpPeriodMs = 60 * 60_000;

/** What was brought over from an earlier vault, by its folder: its files as they were then. */
export type CaughtUp = Readonly<Record<string, string>>;

export interface VaultWatcherOptions {
  readonly storage: string;
  /** The folder this window writes to. */
  readonly vaultFolder: string;
  /** Where the vault is while none was restored. */
  readonly configuredFolder: () => string;
  readonly isReady: () => boolean;
  /** Takes what an earlier vault was given after it was left into this one. */
  readonly merge: (from: string, sinceMs: number) => Promise<void>;
  readonly memory: {
    get(key: string, otherwise: CaughtUp): CaughtUp;
    update(key: string, value: CaughtUp): PromiseLike<void>;
  };
  /** Another vault is the current one now: this window should be loaded again. */
  readonly onLeft: () => void;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Sees to it that nothing is lost where a vault was restored beside another: a window with the earlier one is told, and
 * what windows still wrote to the earlier one is brought into the new one.
 */
export class VaultWatcher {
  readonly #options: VaultWatcherOptions;
  readonly #catchingUp = new SingleFlight(() => this.#catchUp());
  #dueMs = -Infinity;
  #location: VaultLocation | undefined;

  constructor(options: VaultWatcherOptions) {
    this.#options = options;
  }

  /** The vaults that were left and are still there, as the last look found them. */
  get earlier(): readonly EarlierVault[] {
    return this.#earlier.filter(({ removedMs }) => removedMs === undefined);
  }

  /** One look, which costs the reading of one small file. */
  async look(): Promise<void> {
    const { storage, vaultFolder, configuredFolder, onLeft, isReady, clock } = this.#options;
    this.#location = await readVaultLocation(storage);
    if (this.#location === undefined) {
      return;
    }
    if (vaultInPlaceOf(configuredFolder(), this.#location) !== vaultFolder) {
      onLeft();
      return;
    }
    // Another's pointer: the setting names a folder of which no other was restored.
    if (this.#location.folder !== vaultFolder || this.#catchingUp.isBusy || !isReady()) {
      return;
    }
    if (clock.monotonicMs() >= this.#dueMs) {
      await this.catchUp();
    }
  }

  /**
   * Brings over what is new in the earlier vaults since this one took their place; what they had before belongs to a state
   * that somebody chose not to have.
   * @returns false when some of it could not be
   */
  catchUp(): Promise<boolean> {
    return this.#catchingUp.runAfresh();
  }

  async #catchUp(): Promise<boolean> {
    let isWhole = true;
    // A window that was not loaded again since may have made a new one where one was removed.
    for (const { folder } of this.#earlier) {
      isWhole = (await this.#catchUpWith(folder)) && isWhole;
    }
    this.#dueMs = this.#options.clock.monotonicMs() + catchUpPeriodMs;
    return isWhole;
  }

  get #earlier(): readonly EarlierVault[] {
    return this.#location?.earlier ?? [];
  }

  async #catchUpWith(folder: string): Promise<boolean> {
    const { vaultFolder, merge, memory, log } = this.#options;
    try {
      const { fingerprint, lastWrittenMs } = await readVaultActivity(folder);
      const known = memory.get(memoryKey, {});
      const key = `${vaultFolder} ${folder}`;
      const sinceMs = this.#location?.sinceMs ?? 0;
      if (lastWrittenMs === undefined || lastWrittenMs < sinceMs || known[key] === fingerprint) {
        return true;
      }
      await merge(folder, sinceMs);
      await memory.update(memoryKey, { ...memory.get(memoryKey, {}), [key]: fingerprint });
      return true;
    } catch (error) {
      log.warn(
        'What was written to an earlier vault is not brought over yet',
        describeError(error),
      );
      return false;
    }
  }
}
