import type { Clock } from '../base/clock.ts';
import { DisposableStore, toDisposable, type Disposable } from '../base/disposable.ts';
import { loggingEmitter, type Emitter, type Event } from '../base/emitter.ts';
import { runDetached, type Log } from '../base/log.ts';
import { SingleFlight } from '../base/singleFlight.ts';

export interface LazyPartOptions<Part> {
  /** What the log calls it, such as `the focus part`. */
  readonly name: string;
  /** After how long it is first looked whether there is something to load it for. */
  readonly firstLookMs: number;
  readonly lookMs: number;
  /** Whether there is something to load it for, though nobody has asked. */
  readonly isNeeded: () => Promise<boolean>;
  /** Makes the part and starts it. */
  readonly load: () => Promise<Part>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Part of a window that is loaded when it is first needed: by who asks for it, or because a look now and then finds
 * something for it to do. Loaded once; disposed with this.
 */
export class LazyPart<
  Part extends Disposable & { readonly onDidChange: Event<void> },
> implements Disposable {
  readonly #options: LazyPartOptions<Part>;
  readonly #store = new DisposableStore();
  readonly #didChange: Emitter<void>;
  #looking: Disposable | undefined;
  readonly #loading = new SingleFlight(() => this.#make());
  #loaded: Part | undefined;

  constructor(options: LazyPartOptions<Part>) {
    this.#options = options;
    this.#didChange = this.#store.add(loggingEmitter(options.name, options.log));
  }

  /** Begins to look now and then. */
  start(): void {
    const { firstLookMs, lookMs, clock } = this.#options;
    const look = (): void => {
      this.lookSoon();
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

  /** The part; `undefined` while it is not loaded. */
  get loaded(): Part | undefined {
    return this.#loaded;
  }

  /** The part was loaded, or has changed since. */
  get onDidChange(): Event<void> {
    return this.#didChange.event;
  }

  /** The part, loaded now if it is not. @throws what its making threw; the next who asks tries again */
  async get(): Promise<Part> {
    return this.#loaded ?? (await this.#loading.join());
  }

  /** Looks without being waited for. */
  lookSoon(): void {
    const { log, name } = this.#options;
    runDetached(log, `Looking whether ${name} is needed`, this.look());
  }

  /** One look; loads the part when it has something to do. */
  async look(): Promise<void> {
    if (this.#loaded !== undefined || this.#loading.isBusy || this.#store.isDisposed) {
      return;
    }
    if (await this.#options.isNeeded()) {
      await this.get();
    }
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #make(): Promise<Part> {
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
