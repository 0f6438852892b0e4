import type { Clock } from '../../base/clock.ts';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import { loggingEmitter, type Emitter, type Event } from '../../base/emitter.ts';
import { runDetached, type Log } from '../../base/log.ts';
import type { FocusView } from '../../focus/session/focusView.ts';
import type { FocusState } from '../../readings/focusReading.ts';
import type { FocusWish } from '../../protocol/focusWish.ts';
import { LazyPart } from '../lazyPart.ts';
import type { FocusSettings } from '../settings/settingTable.ts';
import type { CommandOf } from '../commandTable.ts';
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
  run(command: CommandOf<'focus'>): Promise<void>;
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
  readonly #store = new DisposableStore();
  readonly #part: LazyPart<LoadedFocus>;
  readonly #didStore: Emitter<void>;
  readonly #log: Log;

  constructor({ storageFolder, settings, load, clock, log }: FocusGatewayOptions) {
    this.#log = log;
    this.#didStore = this.#store.add(loggingEmitter('the focus part', log));
    this.#part = this.#store.add(
      new LazyPart({
        ...{ name: 'the focus part', firstLookMs, lookMs, clock, log },
        isNeeded: async () => {
          const { companionIsOn, proxyIsOn, flowProtections } = settings();
          const isOn = companionIsOn || proxyIsOn || flowProtections.length > 0;
          return isOn || (await hasFocusTraces(storageFolder));
        },
        load: async () => {
          const loaded = await load();
          this.#store.add(
            loaded.onDidStore(() => {
              this.#didStore.fire();
            }),
          );
          return loaded;
        },
      }),
    );
  }

  /** Looks now and then whether there is anything to load the part for. */
  start(): void {
    this.#part.start();
  }

  get view(): FocusView | undefined {
    return this.#part.loaded?.view;
  }

  /** `null` while it is not known. */
  get dashboardState(): FocusState | null {
    return this.#part.loaded?.dashboardState ?? null;
  }

  get onDidChange(): Event<void> {
    return this.#part.onDidChange;
  }

  get onDidStore(): Event<void> {
    return this.#didStore.event;
  }

  get isLoaded(): boolean {
    return this.#part.loaded !== undefined;
  }

  async run(command: CommandOf<'focus'>): Promise<void> {
    await (await this.#part.get()).run(command);
  }

  async wish(wish: FocusWish): Promise<void> {
    await (await this.#part.get()).wish(wish);
  }

  settingsChanged(): void {
    this.#part.loaded?.settingsChanged();
    this.#part.lookSoon();
  }

  /** Somebody looks at the dashboard. */
  refresh(): void {
    const work = this.#part.get().then((loaded) => {
      loaded.refresh();
    });
    runDetached(this.#log, 'Loading focus sessions', work);
  }

  /** One look; loads the part when it has something to do. */
  look(): Promise<void> {
    return this.#part.look();
  }

  dispose(): void {
    this.#store.dispose();
  }
}
