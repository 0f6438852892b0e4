import type { Clock } from '../../base/clock.ts';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import type { Event } from '../../base/emitter.ts';
import type { FlowReading } from '../../flow/flowReading.ts';
import type { PartStatus } from '../lazy/lazyPart.ts';
import type { PartStates, DashboardState } from '../../protocol/dashboard.ts';
import type { DayReading } from '../../readings/dayReading.ts';
import type { VaultReading } from '../../readings/vaultReading.ts';
import type { InsightsReading } from '../../readings/insightsReading.ts';
import type { PastReading } from '../../readings/pastReading.ts';
import { composeDashboardState } from './dashboardState.ts';
import type { StatusBarContent } from '../statusBar/statusBar.ts';
import type { VaultReadings } from '../vault/vaultReadings.ts';

const minuteMs = 60_000;
/** The past changes only as today's minutes are added to it. */
const pastPeriodMs = 5 * minuteMs;

interface PresentedTracker {
  readonly latest: FlowReading;
  readonly isFocused: boolean;
  readonly onDidStep: Event<FlowReading>;
}

interface PresentedVault {
  readonly condition: VaultReading['condition'];
  readonly unsavedMinutes: number;
  readonly lastSnapshotMs: number | undefined;
  readonly onDidChange: Event<void>;
  readonly access: { readonly isWithheld: boolean };
}

interface PresentedLazyParts {
  readonly statuses: readonly PartStatus[];
  /** `null` where it is not known. */
  dashboardStates(isLocked: boolean): PartStates;
  readonly onDidChange: Event<void>;
  /** Something of them is in the vault now. */
  readonly onDidStore: Event<void>;
  /** Somebody looks. */
  refresh(): void;
}

export interface PresenterOptions {
  readonly tracker: PresentedTracker;
  readonly vault: PresentedVault;
  readonly readings: VaultReadings;
  readonly feedback: { readonly askedMs: number | undefined; readonly onDidChange: Event<void> };
  readonly lazyParts: PresentedLazyParts;
  readonly statusBar: { show(content: StatusBarContent): void };
  readonly clock: Clock;
}

interface ShownReadings {
  readonly today?: DayReading | undefined;
  readonly past?: PastReading | undefined;
  readonly insights?: InsightsReading | undefined;
}

/** Brings together what a person sees: whenever any of it changes, the status bar and the dashboard are drawn. */
export class Presenter implements Disposable {
  readonly #options: PresenterOptions;
  readonly #store = new DisposableStore();
  #pastDueMs = -Infinity;
  #dashboard: { readonly isVisible: boolean; refresh(): void } | undefined;

  constructor(options: PresenterOptions) {
    this.#options = options;
    const draw = (): void => {
      this.draw();
    };
    this.#store.add(options.tracker.onDidStep(draw));
    let condition = options.vault.condition;
    this.#store.add(
      options.vault.onDidChange(() => {
        if (options.vault.condition !== condition) {
          condition = options.vault.condition;
          this.#conditionChanged(condition);
        }
        draw();
      }),
    );
    this.#store.add(options.readings.today.onDidChange(draw));
    this.#store.add(options.readings.past.onDidChange(draw));
    this.#store.add(options.readings.insights.onDidChange(draw));
    this.#store.add(options.feedback.onDidChange(draw));
    this.#store.add(options.lazyParts.onDidChange(draw));
    this.#store.add(
      options.lazyParts.onDidStore(() => {
        this.refresh();
      }),
    );
    // Other windows record too; what they add shows within a minute.
    this.#store.add(
      options.clock.every(minuteMs, () => {
        this.refresh();
      }),
    );
  }

  /** Joins the dashboard, whose contents come from here. */
  attach(dashboard: { readonly isVisible: boolean; refresh(): void }): void {
    this.#dashboard = dashboard;
  }

  draw(): void {
    const { tracker, vault, readings, statusBar, lazyParts } = this.#options;
    statusBar.show({
      reading: tracker.latest,
      vault: vault.condition,
      today: this.#shown.today,
      hasReadingFailed: readings.state === 'failed',
      parts: lazyParts.statuses,
    });
    this.#dashboard?.refresh();
  }

  /** Reads today again, and now and then the past, while somebody looks; else nobody pays for a database. */
  refresh(): void {
    if (this.#dashboard?.isVisible !== true) {
      return;
    }
    const { readings, clock, lazyParts } = this.#options;
    lazyParts.refresh();
    // None ever rejects.
    void readings.today.refresh();
    if (readings.past.current === undefined || clock.monotonicMs() >= this.#pastDueMs) {
      this.#pastDueMs = clock.monotonicMs() + pastPeriodMs;
      void readings.past.refresh();
      void readings.insights.refresh();
    }
  }

  /** What was read before is forgotten when the vault is locked, and read again as soon as it is not. */
  #conditionChanged(condition: VaultReading['condition']): void {
    if (condition === 'locked') {
      this.#options.readings.clear();
    } else if (condition === 'ready') {
      this.refresh();
    }
  }

  dashboardState(): DashboardState {
    const { tracker, vault, readings, feedback, lazyParts, clock } = this.#options;
    const wallMs = clock.wallMs();
    const { today, past, insights } = this.#shown;
    const composed = composeDashboardState(
      tracker.latest,
      { wallMs, zoneOffsetMinutes: clock.zoneOffsetMinutes(wallMs), focused: tracker.isFocused },
      today,
      readings.state,
      past,
      insights,
      {
        condition: vault.condition,
        isWithheld: vault.access.isWithheld,
        unsavedMinutes: vault.unsavedMinutes,
        lastSnapshotMs: vault.lastSnapshotMs ?? null,
      },
      feedback.askedMs,
    );
    return { ...composed, ...lazyParts.dashboardStates(this.#isLocked) };
  }

  dispose(): void {
    this.#store.dispose();
  }

  /** What was read of the vault. None of it while that is locked, also not while the readings are being forgotten. */
  get #shown(): ShownReadings {
    const { today, past, insights } = this.#options.readings;
    return this.#isLocked
      ? {}
      : { today: today.current, past: past.current, insights: insights.current };
  }

  get #isLocked(): boolean {
    return this.#options.vault.condition === 'locked';
  }
}
