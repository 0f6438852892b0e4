import type { Clock } from '../../base/clock.ts';
import { DisposableStore, toDisposable, type Disposable } from '../../base/disposable.ts';
import { loggingEmitter, type Emitter, type Event } from '../../base/emitter.ts';
import { runDetached, type Log } from '../../base/log.ts';
import { SingleFlight } from '../../base/singleFlight.ts';
import type { CommandAction } from '../commandTable.ts';
import type { LazyPart, LoadedPart, PartStatus } from './lazyPart.ts';

export interface LazyPartHolderOptions<State> extends Pick<
  LazyPart<State>,
  'firstLookMs' | 'lookMs'
> {
  /** What the log calls it. */
  readonly name: string;
  /** Whether there is something to load it for, though nobody has asked. */
  readonly isNeeded: () => Promise<boolean>;
  readonly load: () => Promise<LoadedPart<State>>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Stands for a lazy part, and loads it once when it is first needed. It is disposed with this. */
export class LazyPartHolder<State = unknown> implements Disposable {
  readonly #options: LazyPartHolderOptions<State>;
  readonly #store = new DisposableStore();
  readonly #didChange: Emitter<void>;
  readonly #didStore: Emitter<void>;
  #looking: Disposable | undefined;
  readonly #loading = new SingleFlight(() => this.#make());
  #loaded: LoadedPart<State> | undefined;

  constructor(options: LazyPartHolderOptions<State>) {
    this.#options = options;
    const { name, log } = options;
    this.#didChange = this.#store.add(loggingEmitter(`the ${name} part`, log));
    this.#didStore = this.#store.add(loggingEmitter(`the ${name} part`, log));
  }

  /** Begins to look now and then whether there is anything to load the part for. */
  start(): void {
    const { firstLookMs, lookMs, clock } = this.#options;
    const look = (): void => {
      this.#lookSoon();
    };
    const first = setTimeout(look, firstLookMs);
    first.unref();
    this.#store.add(
      toDisposable(() => {
        clearTimeout(first);
      }),
    );
    this.#looking = this.#store.add(clock.every(lookMs, look));
  }

  get isLoaded(): boolean {
    return this.#loaded !== undefined;
  }

  /** The part was loaded, or has changed since. */
  get onDidChange(): Event<void> {
    return this.#didChange.event;
  }

  /** Something of it is in the vault now. */
  get onDidStore(): Event<void> {
    return this.#didStore.event;
  }

  get status(): PartStatus | undefined {
    return this.#loaded?.status;
  }

  /** What the dashboard shows of it; `null` while it is not known. */
  dashboardState(isLocked: boolean): State | null {
    return this.#loaded?.dashboardState?.(isLocked) ?? null;
  }

  /** @throws what loading it threw; the next who asks tries again */
  async run(command: CommandAction): Promise<void> {
    await (await this.#get()).run(command);
  }

  /** @throws what loading it threw; the next who asks tries again */
  async wish(wish: unknown): Promise<void> {
    await (await this.#get()).wish?.(wish);
  }

  settingsChanged(): void {
    this.#loaded?.settingsChanged();
    this.#lookSoon();
  }

  /** Somebody looks at what it shows. */
  refresh(): void {
    const { log, name } = this.#options;
    const work = this.#get().then((loaded) => loaded.refresh?.());
    runDetached(log, `Loading the ${name} part`, work);
  }

  /** One look; loads the part when it has something to do. */
  async look(): Promise<void> {
    if (this.#loaded !== undefined || this.#loading.isBusy || this.#store.isDisposed) {
      return;
    }
    if (await this.#options.isNeeded()) {
      await this.#get();
    }
  }

  dispose(): void {
    this.#store.dispose();
  }

  #lookSoon(): void {
    const { log, name } = this.#options;
    runDetached(log, `Looking whether the ${name} part is needed`, this.look());
  }

  async #get(): Promise<LoadedPart<State>> {
    return this.#loaded ?? (await this.#loading.join());
  }

  async #make(): Promise<LoadedPart<State>> {
    const made = await this.#options.load();
    try {
      await made.start();
    } catch (error) {
      made.dispose();
      throw error;
    }
    const loaded = this.#store.add(made);
    this.#loaded = loaded;
    this.#looking?.dispose();
    const { onDidChange, onDidStore } = loaded;
    this.#store.add(
      onDidChange(() => {
        this.#didChange.fire();
      }),
    );
    if (onDidStore !== undefined) {
      this.#store.add(
        onDidStore(() => {
          this.#didStore.fire();
        }),
      );
    }
    this.#didChange.fire();
    return loaded;
  }
}
