import type { Clock } from '../../base/clock.ts';
import { describeError, type Log } from '../../base/log.ts';
import { SingleFlight } from '../../base/singleFlight.ts';
import { isSamePlace, placeOf } from '../../files/place.ts';
import {
  foldersOf,
  leadTo,
  type EarlierVault,
  type Succession,
} from '../../vault/folder/successions.ts';
import { readSuccessions } from '../../vault/folder/vaultLocation.ts';
import { readVaultActivity } from './vaultActivity.ts';

const memoryKey = 'data.followed';
/** A window that stays with an earlier vault writes each minute; that is brought over now and then. */
const catchUpPeriodMs = 60 * 60_000;

/** What was brought over from an earlier vault, by its folder: its files as they were then. */
export type CaughtUp = Readonly<Record<string, string>>;

/** What the list of vaults means to this window. */
interface Standing {
  /** The list and the setting that it is true of. */
  readonly of: string;
  /** Another vault took the place of the one that this window writes to. */
  readonly isLeft: boolean;
  /** That the window's vault is the current one of. */
  readonly succession: Succession | undefined;
}

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
  /** What is the case since the list and the setting were as they are. */
  #standing: Standing = { of: '', isLeft: false, succession: undefined };

  constructor(options: VaultWatcherOptions) {
    this.#options = options;
  }

  /** The vaults that were left and are still there, as the last look found them. */
  get earlier(): readonly EarlierVault[] {
    return this.#earlier.filter(({ removedMs }) => removedMs === undefined);
  }

  /** One look, which costs the reading of one small file, and more only when something has changed. */
  async look(): Promise<void> {
    const { storage, configuredFolder, onLeft, isReady, clock } = this.#options;
    this.#stand(await readSuccessions(storage), configuredFolder());
    const { isLeft, succession } = this.#standing;
    if (isLeft) {
      onLeft();
      return;
    }
    if (succession === undefined || this.#catchingUp.isBusy || !isReady()) {
      return;
    }
    if (clock.monotonicMs() >= this.#dueMs) {
      await this.catchUp();
    }
  }

  /** Compares places only when they may have changed: one may be on a drive that does not answer. */
  #stand(successions: readonly Succession[], configured: string): void {
    const of = JSON.stringify([configured, successions]);
    if (of !== this.#standing.of) {
      const own = placeOf(this.#options.vaultFolder);
      const isOwn = (folder: string): boolean => isSamePlace(placeOf(folder), own);
      const isLeft = successions.length > 0 && !isOwn(leadTo(configured, successions).folder);
      // Where this window's vault is the current one. What became of others is theirs.
      const succession = successions.find(({ folder }) => isOwn(folder));
      this.#standing = { of, isLeft, succession };
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
    const [, ...left] =
      this.#standing.succession === undefined ? [] : foldersOf(this.#standing.succession);
    for (const folder of left) {
      isWhole = (await this.#catchUpWith(folder)) && isWhole;
    }
    this.#dueMs = this.#options.clock.monotonicMs() + catchUpPeriodMs;
    return isWhole;
  }

  get #earlier(): readonly EarlierVault[] {
    return this.#standing.succession?.earlier ?? [];
  }

  async #catchUpWith(folder: string): Promise<boolean> {
    const { vaultFolder, merge, memory, log } = this.#options;
    try {
      const { fingerprint, lastWrittenMs } = await readVaultActivity(folder);
      const known = memory.get(memoryKey, {});
      const key = `${vaultFolder} ${folder}`;
      const sinceMs = this.#standing.succession?.sinceMs ?? 0;
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
