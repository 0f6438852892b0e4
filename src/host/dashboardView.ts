import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { Channel, type Transport } from '../base/channel.ts';
import { DisposableStore, toDisposable, type Disposable } from '../base/disposable.ts';
import type { Log } from '../base/log.ts';
import { dashboardPage } from '../protocol/dashboardPage.ts';
import {
  hostContract,
  webviewContract,
  type DashboardAction,
  type DashboardState,
  type HostContract,
  type LoadedDayState,
  type WebviewContract,
} from '../protocol/dashboard.ts';
import { readDashboardStrings } from './dashboardStrings.ts';
import type { Answer } from './feedback.ts';

const requestTimeoutMs = 10_000;

/** Where the dashboard's contents come from. */
export interface DashboardSource {
  /** The whole state as it is known now. */
  current(): DashboardState;
  runAction(action: DashboardAction): Promise<void>;
  /** What somebody says of the last ten minutes. */
  answer(answer: Answer): Promise<void>;
  dismissQuestion(): void;
  /** One day of the record, by its number. */
  loadDay(day: number): Promise<LoadedDayState>;
  /** Somebody looks at the dashboard now who did not before. */
  becameVisible(): void;
}

/** The dashboard in the side bar. While it is out of sight its page does not exist. */
export class DashboardView implements vscode.WebviewViewProvider, Disposable {
  static readonly viewId = 'millrace.dashboard';

  readonly #extensionUri: vscode.Uri;
  readonly #source: DashboardSource;
  readonly #log: Log;
  readonly #store = new DisposableStore();
  #channel: Channel<HostContract, WebviewContract> | undefined;
  #view: vscode.WebviewView | undefined;

  constructor(extensionUri: vscode.Uri, source: DashboardSource, log: Log) {
    this.#extensionUri = extensionUri;
    this.#source = source;
    this.#log = log;
    this.#store.add(vscode.window.registerWebviewViewProvider(DashboardView.viewId, this));
  }

  get isVisible(): boolean {
    return this.#view?.visible === true;
  }

  /** Sends the whole state to a dashboard that somebody can see. */
  refresh(): void {
    if (this.isVisible) {
      this.#channel?.send('stateChanged', this.#source.current());
    }
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const own = new DisposableStore();
    this.#view = view;
    const folder = vscode.Uri.joinPath(this.#extensionUri, 'dist');
    view.webview.options = { enableScripts: true, localResourceRoots: [folder] };
    const channel = own.add(
      new Channel({
        transport: webviewTransport(view.webview),
        own: hostContract,
        other: webviewContract,
        handlers: {
          ready: () => this.#source.current(),
          answerQuestion: async (answer) => {
            await this.#source.answer(answer);
            return {};
          },
          dismissQuestion: () => {
            this.#source.dismissQuestion();
            return {};
          },
          loadDay: ({ day }) => this.#source.loadDay(day),
          runAction: async ({ action }) => {
            await this.#source.runAction(action);
            return {};
          },
        },
        log: this.#log,
        timeoutMs: requestTimeoutMs,
      }),
    );
    this.#channel = channel;
    own.add(
      channel.on('failed', ({ what }) => {
        this.#log.warn('The dashboard reported a failure', { length: what.length });
      }),
    );
    own.add(
      view.onDidChangeVisibility(() => {
        if (view.visible) {
          this.#source.becameVisible();
        }
      }),
    );
    own.add(
      view.onDidDispose(() => {
        this.#view = undefined;
        this.#channel = undefined;
        own.dispose();
      }),
    );
    this.#store.add(own);
    view.webview.html = dashboardPage({
      nonce: randomBytes(16).toString('base64'),
      scriptUri: view.webview.asWebviewUri(vscode.Uri.joinPath(folder, 'webview.js')).toString(),
      language: vscode.env.language,
      boot: {
        state: this.#source.current(),
        strings: readDashboardStrings(
          vscode.Uri.joinPath(this.#extensionUri, 'l10n').fsPath,
          vscode.env.language,
          this.#log,
        ),
      },
    });
    this.#source.becameVisible();
  }

  dispose(): void {
    this.#store.dispose();
  }
}

function webviewTransport(webview: vscode.Webview): Transport {
  return {
    post: (message) => {
      // False when the page is hidden: then it asks for the whole state when it comes back.
      void webview.postMessage(message);
    },
    onMessage: (listener) => {
      const registration = webview.onDidReceiveMessage(listener);
      return toDisposable(() => {
        registration.dispose();
      });
    },
  };
}
