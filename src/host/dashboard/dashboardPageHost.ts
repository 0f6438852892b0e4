import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { Channel, type Handlers, type Transport } from '../../base/channel.ts';
import { systemClock } from '../../base/clock.ts';
import { DisposableStore, toDisposable, type Disposable } from '../../base/disposable.ts';
import type { Event } from '../../base/emitter.ts';
import type { Log } from '../../base/log.ts';
import { dashboardPage, type DashboardPlace } from '../../protocol/dashboardPage.ts';
import {
  hostContract,
  webviewContract,
  type DashboardState,
  type HostContract,
  type WebviewContract,
} from '../../protocol/dashboard.ts';
import type { StoredOutcome } from '../../protocol/dashboard.ts';
import { readDashboardStrings } from './dashboardStrings.ts';
import { withMessageBudget } from './messageBudget.ts';

const requestTimeoutMs = 10_000;
/** As many failures as a page reports of itself. */
const mostReports = 5;

/** Where the dashboard's contents come from. */
export interface DashboardSource {
  /** The whole state as it is known now. */
  current(): DashboardState;
  /** What answers the pages, whichever of them asks. */
  readonly answers: Omit<Handlers<HostContract>, 'ready'>;
  /** What a request to change a stored record came to. */
  readonly onDidChangeStored: Event<StoredOutcome>;
  /** Somebody looks at the dashboard now who did not before. */
  becameVisible(): void;
}

/** What every page of the dashboard needs, wherever it is. */
export interface DashboardPageOptions {
  readonly extensionUri: vscode.Uri;
  readonly source: DashboardSource;
  readonly log: Log;
}

/** What VS Code draws the page in: a view or a panel. */
export interface DashboardFrame {
  readonly webview: vscode.Webview;
  readonly visible: boolean;
}

/**
 * One page of the dashboard and the line to it. While it is out of sight the page does not exist; it comes
 * back with the state that it has then. The frame stays its owner's.
 */
export class DashboardPageHost implements Disposable {
  readonly #frame: DashboardFrame;
  readonly #source: DashboardSource;
  readonly #store = new DisposableStore();
  readonly #channel: Channel<HostContract, WebviewContract>;
  /** The page that is in sight has said that it listens. */
  #isReady = false;
  #showsStored = false;

  constructor(
    frame: DashboardFrame,
    place: DashboardPlace,
    { extensionUri, source, log }: DashboardPageOptions,
  ) {
    this.#frame = frame;
    this.#source = source;
    const { webview } = frame;
    const folder = vscode.Uri.joinPath(extensionUri, 'dist');
    webview.options = { enableScripts: true, localResourceRoots: [folder] };
    this.#channel = this.#store.add(
      new Channel({
        transport: withMessageBudget(webviewTransport(webview), systemClock, log),
        own: hostContract,
        other: webviewContract,
        handlers: {
          ready: () => {
            this.#isReady = true;
            if (this.#showsStored) {
              this.#showsStored = false;
              this.#channel.send('showStored', {});
            }
            return source.current();
          },
          ...source.answers,
        },
        log,
        timeoutMs: requestTimeoutMs,
      }),
    );
    let reports = 0;
    this.#store.add(
      this.#channel.on('failed', ({ what }) => {
        if (reports < mostReports) {
          reports += 1;
          log.warn('The dashboard reported a failure', { length: what.length });
        }
      }),
    );
    this.#store.add(
      source.onDidChangeStored((outcome) => {
        this.#channel.send('storedChanged', { outcome });
      }),
    );
    webview.html = dashboardPage({
      nonce: randomBytes(16).toString('base64'),
      scriptUri: webview.asWebviewUri(vscode.Uri.joinPath(folder, 'webview.js')).toString(),
      language: vscode.env.language,
      place,
      boot: {
        state: source.current(),
        strings: readDashboardStrings(
          vscode.Uri.joinPath(extensionUri, 'l10n').fsPath,
          vscode.env.language,
          log,
        ),
      },
    });
  }

  get isVisible(): boolean {
    return this.#frame.visible;
  }

  /** To be called by the owner of the frame once it holds this page, and whenever it may have come into sight. */
  visibilityChanged(): void {
    if (this.isVisible) {
      this.#source.becameVisible();
    } else {
      this.#isReady = false;
    }
  }

  /** Leads the page to what is stored, or the next one where there is none now. */
  showStored(): void {
    if (this.isVisible && this.#isReady) {
      this.#channel.send('showStored', {});
    } else {
      this.#showsStored = true;
    }
  }

  /** Sends the whole state to a page that somebody can see. */
  refresh(): void {
    if (this.isVisible) {
      this.#channel.send('stateChanged', this.#source.current());
    }
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
