import type { Clock } from '../base/clock.ts';
import { DisposableStore, type Disposable } from '../base/disposable.ts';
import type { Event } from '../base/emitter.ts';
import type { FlowReading } from '../flow/flowReading.ts';
import type { DashboardState, VaultState } from '../protocol/dashboard.ts';
import { composeDashboardState } from './dashboardState.ts';
import type { StatusBarContent } from './statusBar.ts';
import type { TodayTotals } from './todayTotals.ts';

const minuteMs = 60_000;

export interface PresentedTracker {
  readonly latest: FlowReading;
  readonly isFocused: boolean;
  readonly onDidStep: Event<FlowReading>;
}

export interface PresentedVault {
  readonly condition: VaultState['condition'];
  readonly unsavedMinutes: number;
  readonly lastBackupMs: number | undefined;
  readonly onDidChange: Event<void>;
}

export interface PresenterParts {
  readonly tracker: PresentedTracker;
  readonly vault: PresentedVault;
  readonly today: TodayTotals;
  readonly statusBar: { show(content: StatusBarContent): void };
  readonly clock: Clock;
}

/** Brings together what a person sees: whenever a part changes, the status bar and the dashboard are drawn. */
export class Presenter implements Disposable {
  readonly #parts: PresenterParts;
  readonly #store = new DisposableStore();
  #dashboard: { readonly isVisible: boolean; refresh(): void } | undefined;

  constructor(parts: PresenterParts) {
    this.#parts = parts;
    const draw = (): void => {
      this.draw();
    };
    this.#store.add(parts.tracker.onDidStep(draw));
    this.#store.add(parts.vault.onDidChange(draw));
    this.#store.add(parts.today.onDidChange(draw));
    // Other windows record too; what they add shows within a minute.
    this.#store.add(
      parts.clock.every(minuteMs, () => {
        this.refreshToday();
      }),
    );
  }

  /** Joins the dashboard, whose contents come from here. */
  attach(dashboard: { readonly isVisible: boolean; refresh(): void }): void {
    this.#dashboard = dashboard;
  }

  draw(): void {
    const { tracker, vault, today, statusBar } = this.#parts;
    statusBar.show({ reading: tracker.latest, vault: vault.condition, today: today.current });
    this.#dashboard?.refresh();
  }

  /** Reads today's totals again while somebody looks; a closed dashboard pays for no database. */
  refreshToday(): void {
    if (this.#dashboard?.isVisible === true) {
      // Never rejects.
      void this.#parts.today.refresh();
    }
  }

  dashboardState(): DashboardState {
    const { tracker, vault, today, clock } = this.#parts;
    const wallMs = clock.wallMs();
    return composeDashboardState(
      tracker.latest,
      { wallMs, zoneOffsetMinutes: clock.zoneOffsetMinutes(wallMs), focused: tracker.isFocused },
      today.current,
      {
        condition: vault.condition,
        unsavedMinutes: vault.unsavedMinutes,
        lastBackupMs: vault.lastBackupMs ?? null,
      },
    );
  }

  dispose(): void {
    this.#store.dispose();
  }
}
