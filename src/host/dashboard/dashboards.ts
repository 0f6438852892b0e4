import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import type { DashboardPageOptions } from './dashboardPageHost.ts';
import { DashboardPanel } from './dashboardPanel.ts';
import { DashboardView } from './dashboardView.ts';

/** The dashboard in all its places, which show the same. */
export class Dashboards implements Disposable {
  readonly #store = new DisposableStore();
  readonly #view: DashboardView;
  readonly #panel: DashboardPanel;

  constructor(options: DashboardPageOptions) {
    this.#view = this.#store.add(new DashboardView(options));
    this.#panel = this.#store.add(new DashboardPanel(options));
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

  /** Leads to what is stored: in the tab where that is in front, else in the side bar. */
  async showStored(): Promise<void> {
    if (this.#panel.isVisible) {
      this.#panel.showStored();
    } else {
      this.#view.showStored();
      await vscode.commands.executeCommand(`${DashboardView.viewId}.focus`);
    }
  }

  dispose(): void {
    this.#store.dispose();
  }
}
