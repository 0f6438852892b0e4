import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import { DashboardPageHost, type DashboardPageOptions } from './dashboardPageHost.ts';
import { storeForFrame } from './frameLifetime.ts';

const viewType = 'millrace.dashboardEditor';

interface OpenPanel {
  readonly panel: vscode.WebviewPanel;
  readonly page: DashboardPageHost;
}

/**
 * The dashboard as an editor tab, where there is room for it. There is one at most. The tab is VS Code's: it
 * outlives a reload, so it is not closed with us.
 */
export class DashboardPanel implements vscode.WebviewPanelSerializer, Disposable {
  readonly #options: DashboardPageOptions;
  readonly #store = new DisposableStore();
  #open: OpenPanel | undefined;

  constructor(options: DashboardPageOptions) {
    this.#options = options;
    this.#store.add(vscode.window.registerWebviewPanelSerializer(viewType, this));
  }

  get isVisible(): boolean {
    return this.#open?.page.isVisible === true;
  }

  /** Opens the tab, or brings the one there is to the front. */
  open(): void {
    if (this.#open !== undefined) {
      this.#open.panel.reveal();
      return;
    }
    const title = vscode.l10n.t('Millrace Dashboard');
    this.#fill(vscode.window.createWebviewPanel(viewType, title, vscode.ViewColumn.Active));
  }

  refresh(): void {
    this.#open?.page.refresh();
  }

  /** Leads the open tab to what is stored, and into the front. */
  showStored(): void {
    this.#open?.panel.reveal();
    this.#open?.page.showStored();
  }

  /** Called by VS Code for a tab that was open before the window was reloaded. */
  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    if (this.#open === undefined) {
      this.#fill(panel);
    } else {
      panel.dispose();
    }
    return Promise.resolve();
  }

  dispose(): void {
    this.#store.dispose();
  }

  #fill(panel: vscode.WebviewPanel): void {
    const own = storeForFrame(this.#store, panel, () => {
      this.#open = undefined;
    });
    panel.iconPath = vscode.Uri.joinPath(this.#options.extensionUri, 'media/icon.svg');
    const page = own.add(new DashboardPageHost(panel, 'editor', this.#options));
    this.#open = { panel, page };
    page.visibilityChanged();
    own.add(
      panel.onDidChangeViewState(() => {
        page.visibilityChanged();
      }),
    );
  }
}
