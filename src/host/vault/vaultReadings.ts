import type { Clock } from '../../base/clock.ts';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import { dayAt, dayBounds, type DayNumber } from '../../facts/localDay.ts';
import type { Log } from '../../base/log.ts';
import type { DayReading, LoadedDayReading } from '../../readings/dayReading.ts';
import type { ReadingState } from '../../protocol/dashboard.ts';
import type { InsightsReading } from '../../readings/insightsReading.ts';
import type { PastReading } from '../../readings/pastReading.ts';
import type { KeeperAsk, PastQuery } from '../../vault/keeper/keeperContract.ts';
import { LastReading } from './lastReading.ts';

export interface VaultReadingsOptions {
  readonly keeper: KeeperAsk;
  readonly clock: Clock;
  readonly dayStartHour: () => number;
  readonly log: Log;
}

/** What the dashboard and the status bar show of the vault: today, the look back from it, and insights. */
export class VaultReadings implements Disposable {
  readonly today: LastReading<DayReading>;
  readonly past: LastReading<PastReading>;
  readonly insights: LastReading<InsightsReading>;
  readonly #options: VaultReadingsOptions;
  readonly #store = new DisposableStore();

  constructor(options: VaultReadingsOptions) {
    this.#options = options;
    const { keeper, clock, dayStartHour, log } = options;
    this.today = this.#store.add(
      new LastReading({
        what: 'Today',
        read: () => keeper.ask('loadDay', dayBounds(this.#dayNow(), dayStartHour())),
        isStillTrue: ({ endMs }) => clock.wallMs() < endMs,
        log,
      }),
    );
    this.past = this.#store.add(
      new LastReading({
        what: 'The look back',
        read: () => keeper.ask('loadPast', this.#pastQuery()),
        isStillTrue: ({ history }) => history.today === this.#dayNow(),
        log,
      }),
    );
    this.insights = this.#store.add(
      new LastReading({
        what: 'Insights',
        read: () => keeper.ask('loadInsights', this.#pastQuery()),
        isStillTrue: ({ today }) => today === this.#dayNow(),
        log,
      }),
    );
  }

  /**
   * Any day, with the days that lie next to it in the record.
   * @throws {VaultError} as {@link KeeperAsk.ask}
   */
  async loadDay(day: DayNumber): Promise<LoadedDayReading> {
    const { keeper, dayStartHour } = this.#options;
    const today = this.#dayNow();
    const [loaded, { previousDay, nextDay }] = await Promise.all([
      keeper.ask('loadDay', dayBounds(day, dayStartHour())),
      keeper.ask('neighbours', { day, dayStartHour: dayStartHour() }),
    ]);
    const isPast = day < today;
    return { day: loaded, previousDay, nextDay: isPast ? Math.min(nextDay ?? today, today) : null };
  }

  /** How the last reading went. */
  get state(): ReadingState {
    if (this.#failure !== undefined) {
      return 'failed';
    }
    return this.today.current === undefined ? 'pending' : 'done';
  }

  /**
   * Reads today and the look back once more, because somebody asks for it.
   * @throws what either of them failed with
   */
  async readAgain(): Promise<void> {
    await Promise.all([this.today.refresh(), this.past.refresh(), this.insights.refresh()]);
    const failure = this.#failure;
    if (failure !== undefined) {
      throw failure instanceof Error ? failure : new Error('Reading failed', { cause: failure });
    }
  }

  clear(): void {
    this.today.clear();
    this.past.clear();
    this.insights.clear();
  }

  dispose(): void {
    this.#store.dispose();
  }

  get #failure(): unknown {
    return this.today.failure ?? this.past.failure ?? this.insights.failure;
  }

  #pastQuery(): PastQuery {
    const { clock, dayStartHour } = this.#options;
    return { today: this.#dayNow(), dayStartHour: dayStartHour(), endMs: clock.wallMs() };
  }

  #dayNow(): DayNumber {
    const { clock, dayStartHour } = this.#options;
    const nowMs = clock.wallMs();
    return dayAt(nowMs, clock.zoneOffsetMinutes(nowMs), dayStartHour());
  }
}
