import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import { DashboardPageHost, type DashboardPageOptions } from './dashboardPageHost.ts';
import { storeForFrame } from './frameLifetime.ts';

/** The dashboard in the side bar. */
export class DashboardView implements vscode.WebviewViewProvider, Disposable {
  static readonly viewId = 'millrace.dashboard';

  readonly #options: DashboardPageOptions;
  readonly #store = new DisposableStore();
  #page: DashboardPageHost | undefined;
  /** Asked for before VS Code has made the view. */
  #showsStored = false;

  constructor(options: DashboardPageOptions) {
    this.#options = options;
    this.#store.add(vscode.window.registerWebviewViewProvider(DashboardView.viewId, this));
  }

  get isVisible(): boolean {
    return this.#page?.isVisible === true;
  }

  refresh(): void {
    this.#page?.refresh();
  }

  /** Leads to what is stored, now or as soon as the view is there. */
  showStored(): void {
    if (this.#page === undefined) {
      this.#showsStored = true;
    } else {
      this.#page.showStored();
    }
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const own = storeForFrame(this.#store, view, () => {
      this.#page = undefined;
    });
    const page = own.add(new DashboardPageHost(view, 'sideBar', this.#options));
    this.#page = page;
    if (this.#showsStored) {
      this.#showsStored = false;
      page.showStored();
    }
    page.visibilityChanged();
    own.add(
      view.onDidChangeVisibility(() => {
        page.visibilityChanged();
      }),
    );
  }

  dispose(): void {
    this.#store.dispose();
  }
}
