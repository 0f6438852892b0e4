import type { Clock } from '../../base/clock.ts';
import { DisposableStore, toDisposable, type Disposable } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/emitter.ts';
import { describeError, runDetached, type Log } from '../../base/log.ts';
import type { FocusView } from '../../focus/session/focusView.ts';
import type { FocusState, FocusWish } from '../../protocol/focus.ts';
import type { FocusCommand } from './focusCommands.ts';
import type { FocusSettings } from '../settings/focusSettingValues.ts';
import { hasFocusTraces } from './focusTraces.ts';

/** The focus part of a window, once it is loaded. */
export interface LoadedFocus extends Disposable {
  /** The running session, as it is now. */
  readonly view: FocusView | undefined;
  readonly dashboardState: FocusState;
  /** What is shown of it has changed. */
  readonly onDidChange: Event<void>;
  /** A session that has ended is in the vault now. */
  readonly onDidStore: Event<void>;
  run(command: FocusCommand): Promise<void>;
  wish(wish: FocusWish): Promise<void>;
  settingsChanged(): void;
  /** Somebody looks: reads the figures and asks the ways of blocking how they are. */
  refresh(): void;
}

export interface FocusGatewayOptions {
  readonly storageFolder: string;
  readonly settings: () => FocusSettings;
  /** Makes the part and starts it. */
  readonly load: () => Promise<LoadedFocus>;
  readonly clock: Clock;
  readonly log: Log;
}

/** The window is up and somebody may type; then is the time to look what an earlier window left. */
const firstLookMs = 2_000;
/** Another window may begin the very first session. */
const lookMs = 5_000;

/**
 * Stands for the focus part, and loads it when it is first needed: for a command, for somebody who looks at the
 * dashboard, for a way of blocking that is on, or for what an earlier window left on the disk.
 */
export class FocusGateway implements Disposable {
  readonly #options: FocusGatewayOptions;
  readonly #store = new DisposableStore();
  readonly #didChange: Emitter<void>;
  readonly #didStore: Emitter<void>;
  #looking: Disposable | undefined;
  #loading: Promise<LoadedFocus> | undefined;
  #loaded: LoadedFocus | undefined;

  constructor(options: FocusGatewayOptions) {
    this.#options = options;
    const onListenerError = (error: unknown): void => {
      options.log.error('A listener of the focus part failed', describeError(error));
    };
    this.#didChange = this.#store.add(new Emitter(onListenerError));
    this.#didStore = this.#store.add(new Emitter(onListenerError));
  }

  /** Looks now and then whether there is anything to load the part for. */
  start(): void {
    const look = (): void => {
      runDetached(this.#options.log, 'Looking for focus sessions', this.look());
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

  get view(): FocusView | undefined {
    return this.#loaded?.view;
  }

  /** `null` while it is not known. */
  get dashboardState(): FocusState | null {
    return this.#loaded?.dashboardState ?? null;
  }

  get onDidChange(): Event<void> {
    return this.#didChange.event;
  }

  get onDidStore(): Event<void> {
    return this.#didStore.event;
  }

  get isLoaded(): boolean {
    return this.#loaded !== undefined;
  }

  async run(command: FocusCommand): Promise<void> {
    await (await this.#load()).run(command);
  }

  async wish(wish: FocusWish): Promise<void> {
    await (await this.#load()).wish(wish);
  }

  settingsChanged(): void {
    this.#loaded?.settingsChanged();
    runDetached(this.#options.log, 'Looking for focus sessions', this.look());
  }

  /** Somebody looks at the dashboard. */
  refresh(): void {
    const work = this.#load().then((loaded) => {
      loaded.refresh();
    });
    runDetached(this.#options.log, 'Loading focus sessions', work);
  }

  /** One look; loads the part when it has something to do. */
  async look(): Promise<void> {
    const { settings, storageFolder } = this.#options;
    if (this.#loading !== undefined || this.#store.isDisposed) {
      return;
    }
    const { companionIsOn, proxyIsOn, flowProtections } = settings();
    const isOn = companionIsOn || proxyIsOn || flowProtections.length > 0;
    if (isOn || (await hasFocusTraces(storageFolder))) {
      await this.#load();
    }
  }

  dispose(): void {
    this.#store.dispose();
  }

  #load(): Promise<LoadedFocus> {
    this.#loading ??= this.#make().catch((error: unknown) => {
      // The next one who needs it tries again.
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  async #make(): Promise<LoadedFocus> {
    const loaded = this.#store.add(await this.#options.load());
    this.#loaded = loaded;
    this.#looking?.dispose();
    this.#store.add(
      loaded.onDidChange(() => {
        this.#didChange.fire();
      }),
    );
    this.#store.add(
      loaded.onDidStore(() => {
        this.#didStore.fire();
      }),
    );
    this.#didChange.fire();
    return loaded;
  }
}
