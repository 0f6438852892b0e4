import type { LitElement, ReactiveController } from 'lit';
import type { DayNumber } from '../../facts/localDay.ts';
import type { DashboardState } from '../../protocol/dashboard.ts';
import type { DashboardHost } from '../shared/dashboardHost.ts';
import { formatDate } from '../shared/format.ts';
import type { Outcome } from '../shared/outcome.ts';
import { text } from '../shared/strings.ts';
import { DayEvent } from '../shared/viewEvents.ts';
import type { KeptDay, OtherDay } from './otherDay.ts';

export interface DayTurningOptions {
  readonly state: () => DashboardState | undefined;
  readonly host: () => DashboardHost;
  readonly outcome: Outcome;
}

/** Turns an element to another day and back to today, and to where the person was before the page was hidden. */
export class DayTurning implements ReactiveController {
  readonly #element: LitElement;
  readonly #options: DayTurningOptions;
  #other: OtherDay | undefined;
  #kept: KeptDay | undefined;

  constructor(element: LitElement, options: DayTurningOptions) {
    this.#element = element;
    this.#options = options;
    element.addController(this);
  }

  /** The day on view; `undefined` for today. */
  get other(): OtherDay | undefined {
    return this.#other;
  }

  /** The day on view to come back to; `undefined` for today. */
  get kept(): KeptDay | undefined {
    const today = this.#options.state()?.history?.today;
    const other = this.#other;
    return other === undefined || today === undefined ? this.#kept : { day: other.day, today };
  }

  /** The day to show once it is known what today is. */
  set kept(kept: KeptDay | undefined) {
    this.#kept = kept;
  }

  hostConnected(): void {
    this.#element.addEventListener(DayEvent.type, this.#hear);
  }

  hostDisconnected(): void {
    this.#element.removeEventListener(DayEvent.type, this.#hear);
  }

  hostUpdate(): void {
    if (this.#isLocked()) {
      this.#other = undefined;
    }
    this.#comeBack();
  }

  readonly #hear = (event: Event): void => {
    if (event instanceof DayEvent) {
      void this.#show(event.day);
    }
  };

  /** Shows another day once it has been read, or today again. */
  async #show(day: DayNumber | undefined): Promise<void> {
    const { outcome, host } = this.#options;
    if (day === undefined) {
      this.#other = undefined;
      outcome.say(text('today.title'));
      return;
    }
    this.#other = { day, content: 'loading' };
    outcome.say(formatDate(day));
    const content = await host()
      .request('loadDay', { day })
      .catch(() => 'failed' as const);
    // The person may have gone on meanwhile.
    if (this.#other.day === day) {
      this.#other = { day, content };
      this.#element.requestUpdate();
    }
  }

  /** Shows the day again that was on view when the page was hidden, unless a new day has begun. */
  #comeBack(): void {
    const kept = this.#kept;
    const today = this.#options.state()?.history?.today;
    if (kept === undefined || today === undefined) {
      return;
    }
    this.#kept = undefined;
    if (kept.today === today && !this.#isLocked()) {
      queueMicrotask(() => void this.#show(kept.day));
    }
  }

  #isLocked(): boolean {
    return this.#options.state()?.vault.condition === 'locked';
  }
}
