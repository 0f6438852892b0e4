import { toDisposable, type Disposable } from './disposable.ts';
import { describeError, type Log } from './log.ts';

/** Subscribes a listener; dispose the result to unsubscribe. Events tell what is, they don't steer. */
export type Event<T> = (listener: (value: T) => void) => Disposable;

/**
 * A source of events. A listener that throws does not keep the others from hearing: its error goes to
 * `onListenerError`.
 */
export class Emitter<T> implements Disposable {
  readonly #listeners = new Set<(value: T) => void>();
  readonly #onListenerError: (error: unknown) => void;

  constructor(onListenerError: (error: unknown) => void) {
    this.#onListenerError = onListenerError;
  }

  readonly event: Event<T> = (listener) => {
    const own = (value: T): void => {
      listener(value);
    };
    this.#listeners.add(own);
    return toDisposable(() => this.#listeners.delete(own));
  };

  fire(value: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(value);
      } catch (error) {
        this.#onListenerError(error);
      }
    }
  }

  dispose(): void {
    this.#listeners.clear();
  }
}

/** An emitter that logs what a listener throws. @param name what is listened to, such as `the vault` */
export function loggingEmitter<T>(name: string, log: Log): Emitter<T> {
  return new Emitter((error) => {
    log.error(`A listener of ${name} failed`, describeError(error));
  });
}
