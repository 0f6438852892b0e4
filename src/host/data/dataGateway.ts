import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import type { Event } from '../../base/emitter.ts';
import { runDetached, type Log } from '../../base/log.ts';
import type { DataState } from '../../readings/dataReading.ts';
import { readVaultLocation } from '../../transfer/copies/vaultLocation.ts';
import { LazyPart } from '../lazyPart.ts';
import type { DataSettings } from '../settings/settingTable.ts';
import type { CommandOf } from '../commandTable.ts';

/** The data part of a window, once it is loaded. */
export interface LoadedData extends Disposable {
  readonly dashboardState: DataState;
  /** Why backups have failed for days, in words; `undefined` when they have not. */
  readonly trouble: string | undefined;
  /** What is shown of it has changed. */
  readonly onDidChange: Event<void>;
  run(command: CommandOf<'data'>): Promise<void>;
  settingsChanged(): void;
}

export interface DataGatewayOptions {
  readonly storageFolder: string;
  readonly settings: () => DataSettings;
  /** Makes the part and starts it. */
  readonly load: () => Promise<LoadedData>;
  readonly clock: Clock;
  readonly log: Log;
}

/** An editor that starts has better things to do. */
const firstLookMs = 20_000;
/** Another window may restore a vault at any time. */
const lookMs = 60_000;

/**
 * Stands for the data part, and loads it when it is first needed: for a command, for somebody who looks at the
 * dashboard, for a folder that is set, or because a vault was restored beside another.
 */
export class DataGateway implements Disposable {
  readonly #part: LazyPart<LoadedData>;
  readonly #log: Log;

  constructor({ storageFolder, settings, load, clock, log }: DataGatewayOptions) {
    this.#log = log;
    const isNeeded = async (): Promise<boolean> => {
      const { backupFolder, backupSchedule, syncFolder } = settings();
      const isOn = (backupFolder !== '' && backupSchedule !== 'off') || syncFolder !== '';
      return isOn || (await hasRestoredVault(storageFolder));
    };
    const name = 'the data part';
    this.#part = new LazyPart({ name, firstLookMs, lookMs, isNeeded, load, clock, log });
  }

  /** Looks now and then whether there is anything to load the part for. */
  start(): void {
    this.#part.start();
  }

  /** `null` while it is not known. */
  get dashboardState(): DataState | null {
    return this.#part.loaded?.dashboardState ?? null;
  }

  get trouble(): string | undefined {
    return this.#part.loaded?.trouble;
  }

  get onDidChange(): Event<void> {
    return this.#part.onDidChange;
  }

  async run(command: CommandOf<'data'>): Promise<void> {
    await (await this.#part.get()).run(command);
  }

  settingsChanged(): void {
    this.#part.loaded?.settingsChanged();
    this.#part.lookSoon();
  }

  /** Somebody looks at the dashboard. */
  refresh(): void {
    runDetached(this.#log, 'Loading the data part', this.#part.get());
  }

  /** One look; loads the part when it has something to do. */
  look(): Promise<void> {
    return this.#part.look();
  }

  dispose(): void {
    this.#part.dispose();
  }
}

async function hasRestoredVault(storageFolder: string): Promise<boolean> {
  try {
    return (await readVaultLocation(storageFolder)) !== undefined;
  } catch {
    // A pointer that can't be read is said by the vault itself.
    return false;
  }
}
