import { DisposableStore, type Disposable } from '../base/disposable.ts';
import type { DashboardPageParts } from './dashboardPageHost.ts';
import { DashboardPanel } from './dashboardPanel.ts';
import { DashboardView } from './dashboardView.ts';

/** The dashboard in all its places, which show the same. */
export class Dashboards implements Disposable {
  readonly #store = new DisposableStore();
  readonly #view: DashboardView;
  readonly #panel: DashboardPanel;

  constructor(parts: DashboardPageParts) {
    this.#view = this.#store.add(new DashboardView(parts));
    this.#panel = this.#store.add(new DashboardPanel(parts));
  }

  /** Somebody can see one of them. */
  get isVisible(): boolean {
    return this.#view.isVisible || this.#panel.isVisible;
  }

  refresh(): void {
    this.#view.refresh();
    this.#panel.refresh();
  }

  openInEditor(): void {
    this.#panel.open();
  }

  dispose(): void {
    this.#store.dispose();
  }
}
