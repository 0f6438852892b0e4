/** Something that holds a resource until it is disposed. Disposing twice is harmless. */
export interface Disposable {
  dispose(): void;
}

/** Told of every {@link DisposableStore} that is made and disposed; the unit tests set one to find leaks. */
export interface DisposableTracker {
  opened(store: DisposableStore): void;
  closed(store: DisposableStore): void;
}

let tracker: DisposableTracker | undefined;

/** Sets the leak tracker, or removes it with `undefined`. For tests only. */
export function trackDisposables(next: DisposableTracker | undefined): void {
  tracker = next;
}

/** Wraps a function so that it runs once, at the first `dispose`. */
export function toDisposable(release: () => void): Disposable {
  let pending: (() => void) | undefined = release;
  return {
    dispose() {
      const run = pending;
      pending = undefined;
      run?.();
    },
  };
}

/**
 * Owns disposables and releases them in reverse order. What is added after the store was disposed is
 * disposed at once, so that a slow start that ends after the stop leaks nothing.
 */
export class DisposableStore implements Disposable {
  readonly #items = new Set<Disposable>();
  #disposed = false;

  constructor() {
    tracker?.opened(this);
  }

  get isDisposed(): boolean {
    return this.#disposed;
  }

  /** How many it owns. */
  get size(): number {
    return this.#items.size;
  }

  /** Takes ownership and returns the same value, so that registering stands beside making. */
  add<T extends Disposable>(item: T): T {
    if (this.#disposed) {
      item.dispose();
    } else {
      this.#items.add(item);
    }
    return item;
  }

  /** Disposes one of what it owns and lets go of it, so that what comes and goes does not pile up. */
  delete(item: Disposable): void {
    if (this.#items.delete(item)) {
      item.dispose();
    }
  }

  /** Releases everything; when parts throw, the rest is still released and the errors are thrown together. */
  dispose(): void {
    if (this.#disposed) {
      return;
    }
    this.#disposed = true;
    tracker?.closed(this);
    const failures: unknown[] = [];
    const items = [...this.#items].reverse();
    this.#items.clear();
    for (const item of items) {
      try {
        item.dispose();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) {
      throw new AggregateError(failures, 'Some parts failed to dispose');
    }
  }
}
