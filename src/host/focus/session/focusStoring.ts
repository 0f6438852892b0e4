import { DisposableStore, type Disposable } from '../../../base/disposable.ts';
import type { Clock } from '../../../base/clock.ts';
import { loggingEmitter, type Emitter, type Event } from '../../../base/emitter.ts';
import type { FocusSession } from '../../../facts/focusSession.ts';
import { runDetached, type Log } from '../../../base/log.ts';
import { SingleFlight } from '../../../base/singleFlight.ts';
import { focusSessionRecord, type FocusSessionRecord } from '../../../vault/record.ts';

export interface FocusStoringOptions {
  readonly sessions: {
    readonly unstored: readonly FocusSession[];
    readonly drives: boolean;
    readonly onDidChange: Event<unknown>;
    markStored(id: string): Promise<void>;
  };
  readonly vault: { append(records: readonly FocusSessionRecord[]): Promise<void> };
  readonly clock: Clock;
  readonly log: Log;
}

/** What could not be stored is tried again. */
const againMs = 60_000;

/**
 * Brings sessions that have ended into the vault, also those that ended while no window was there. A session
 * waits in the shared state until the vault has said that it is on the disk; told twice, it is the same record.
 */
export class FocusStoring implements Disposable {
  readonly #options: FocusStoringOptions;
  readonly #store = new DisposableStore();
  readonly #didStore: Emitter<void>;
  readonly #storing = new SingleFlight(() => this.#storeAll());

  constructor(options: FocusStoringOptions) {
    this.#options = options;
    const { sessions, clock, log } = options;
    this.#didStore = this.#store.add(loggingEmitter('stored focus sessions', log));
    const store = (): void => {
      runDetached(log, 'Saving a focus session', this.store());
    };
    this.#store.add(sessions.onDidChange(store));
    this.#store.add(clock.every(againMs, store));
  }

  get onDidStore(): Event<void> {
    return this.#didStore.event;
  }

  /** Stores what waits, if this window is the one that acts. @throws {Error} as the vault's append does */
  store(): Promise<void> {
    return this.#storing.join();
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #storeAll(): Promise<void> {
    const { sessions, vault } = this.#options;
    if (!sessions.drives || sessions.unstored.length === 0) {
      return;
    }
    for (const session of [...sessions.unstored]) {
      await vault.append([focusSessionRecord(session)]);
      await sessions.markStored(session.id);
    }
    this.#didStore.fire();
  }
}
