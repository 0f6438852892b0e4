import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { Emitter, type Event } from '../base/emitter.ts';
import { dayAt, dayBounds } from '../base/localDay.ts';
import { describeError, type Log } from '../base/log.ts';
import type { DayState } from '../protocol/dashboard.ts';

/** What reads a day from the vault. */
export interface DayReader {
  loadDay(query: { readonly startMs: number; readonly endMs: number }): Promise<DayState>;
}

export interface TodayOptions {
  readonly reader: DayReader;
  readonly clock: Clock;
  readonly dayStartHour: () => number;
  readonly log: Log;
}

/**
 * Today's totals over all windows as they were last read. Reading starts the keeper, so nothing is read
 * before somebody looks.
 */
export class TodayTotals implements Disposable {
  readonly #options: TodayOptions;
  readonly #didChange: Emitter<void>;
  #current: DayState | undefined;
  #running: Promise<void> | undefined;
  #isStale = false;

  constructor(options: TodayOptions) {
    this.#options = options;
    this.#didChange = new Emitter((error) => {
      options.log.error('A listener failed', describeError(error));
    });
  }

  get onDidChange(): Event<void> {
    return this.#didChange.event;
  }

  /** The last reading, or `undefined` when there is none or the day is over. */
  get current(): DayState | undefined {
    return this.#current !== undefined && this.#options.clock.wallMs() < this.#current.endMs
      ? this.#current
      : undefined;
  }

  /** Reads again. Calls while a reading is under way share one further reading. Never rejects. */
  refresh(): Promise<void> {
    if (this.#running !== undefined) {
      this.#isStale = true;
      return this.#running;
    }
    this.#running = this.#readUntilFresh().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Forgets the totals, as when the vault they came from is no longer the one in use. */
  clear(): void {
    this.#current = undefined;
    this.#didChange.fire();
  }

  dispose(): void {
    this.#didChange.dispose();
  }

  async #readUntilFresh(): Promise<void> {
    await this.#read();
    if (this.#takeStale()) {
      await this.#readUntilFresh();
    }
  }

  #takeStale(): boolean {
    const wasStale = this.#isStale;
    this.#isStale = false;
    return wasStale;
  }

  async #read(): Promise<void> {
    const { clock, dayStartHour, reader, log } = this.#options;
    const nowMs = clock.wallMs();
    const startHour = dayStartHour();
    const bounds = dayBounds(dayAt(nowMs, clock.zoneOffsetMinutes(nowMs), startHour), startHour);
    try {
      this.#current = await reader.loadDay(bounds);
    } catch (error) {
      log.warn("Today's totals could not be read", describeError(error));
      this.#current = undefined;
    }
    this.#didChange.fire();
  }
}
