import type { Clock } from '../../base/clock.ts';
import { DisposableStore, toDisposable, type Disposable } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/emitter.ts';
import { describeError, runDetached, type Log } from '../../base/log.ts';
import type { DataState } from '../../protocol/data.ts';
import { readVaultLocation } from '../../transfer/copies/vaultLocation.ts';
import type { DataCommand } from './dataCommands.ts';
import type { DataSettings } from '../settings/dataSettingValues.ts';

/** The data part of a window, once it is loaded. */
export interface LoadedData extends Disposable {
  readonly dashboardState: DataState;
  /** Why backups have failed for days, in words; `undefined` when they have not. */
  readonly trouble: string | undefined;
  /** What is shown of it has changed. */
  readonly onDidChange: Event<void>;
  run(command: DataCommand): Promise<void>;
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
  readonly #options: DataGatewayOptions;
  readonly #store = new DisposableStore();
  readonly #didChange: Emitter<void>;
  #looking: Disposable | undefined;
  #loading: Promise<LoadedData> | undefined;
  #loaded: LoadedData | undefined;

  constructor(options: DataGatewayOptions) {
    this.#options = options;
    this.#didChange = this.#store.add(
      new Emitter((error: unknown) => {
        options.log.error('A listener of the data part failed', describeError(error));
      }),
    );
  }

  /** Looks now and then whether there is anything to load the part for. */
  start(): void {
    const look = (): void => {
      runDetached(this.#options.log, 'Looking for backups to make', this.look());
    };
    const first = setTimeout(look, firstLookMs);
    first.unref();
    this.#store.add(
      toDisposable(() => {
        clearTimeout(first);
      }),
    );
    this.#looking = this.#store.add(this.#options.clock.every(lookMs, look));
  }

  /** `null` while it is not known. */
  get dashboardState(): DataState | null {
    return this.#loaded?.dashboardState ?? null;
  }

  get trouble(): string | undefined {
    return this.#loaded?.trouble;
  }

  get onDidChange(): Event<void> {
    return this.#didChange.event;
  }

  async run(command: DataCommand): Promise<void> {
    await (await this.#load()).run(command);
  }

  settingsChanged(): void {
    this.#loaded?.settingsChanged();
    runDetached(this.#options.log, 'Looking for backups to make', this.look());
  }

  /** Somebody looks at the dashboard. */
  refresh(): void {
    runDetached(this.#options.log, 'Loading the data part', this.#load());
  }

  /** One look; loads the part when it has something to do. */
  async look(): Promise<void> {
    if (this.#loading !== undefined || this.#store.isDisposed) {
      return;
    }
    const { settings, storageFolder } = this.#options;
    const { backupFolder, backupSchedule, syncFolder } = settings();
    const isOn = (backupFolder !== '' && backupSchedule !== 'off') || syncFolder !== '';
    if (isOn || (await hasRestoredVault(storageFolder))) {
      await this.#load();
    }
  }

  dispose(): void {
    this.#store.dispose();
  }

  #load(): Promise<LoadedData> {
    this.#loading ??= this.#make().catch((error: unknown) => {
      // The next one who needs it tries again.
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  async #make(): Promise<LoadedData> {
    const loaded = this.#store.add(await this.#options.load());
    this.#loaded = loaded;
    this.#looking?.dispose();
    this.#store.add(
      loaded.onDidChange(() => {
        this.#didChange.fire();
      }),
    );
    this.#didChange.fire();
    return loaded;
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
