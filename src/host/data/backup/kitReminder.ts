import type { Clock } from '../../../base/clock.ts';

const memoryKey = 'data.kitAsked';
const quarterMs = 91 * 24 * 3_600_000;

export interface KitReminderOptions {
  readonly memory: {
    get(key: string, otherwise: number): number;
    update(key: string, value: number): PromiseLike<void>;
  };
  readonly clock: Clock;
  /** Since when there has been something to lose; `undefined` while there is nothing. */
  readonly sinceMs: () => number | undefined;
}

/** Whether to ask after the recovery kit: at most once in a quarter, and not of somebody who has just begun. */
export class KitReminder {
  readonly #options: KitReminderOptions;

  constructor(options: KitReminderOptions) {
    this.#options = options;
  }

  get isDue(): boolean {
    const { memory, clock, sinceMs } = this.#options;
    const nowMs = clock.wallMs();
    const beganMs = sinceMs();
    const askedMs = memory.get(memoryKey, 0);
    // A clock that was set back must not silence it for years.
    const lastMs = askedMs > nowMs ? 0 : askedMs;
    return beganMs !== undefined && nowMs - Math.max(beganMs, lastMs) >= quarterMs;
  }

  /** The kit was checked, or the question put off. */
  async settle(): Promise<void> {
    await this.#options.memory.update(memoryKey, this.#options.clock.wallMs());
  }
}
